"""From which columns a SQL model's columns are made: column lineage, found in the parsed SQL.

What belongs here: `column_lineage` and the file that keeps its answers. What does not: finding them (`lineage_tracing.py`), which
tables a model reads (`models.py`).

sqlglot resolves every column through the common table expressions. Tracing all models takes seconds, so an answer is kept beside
the warehouse until the model or the columns of a table it reads change. A column that cannot be traced has no lineage; nothing
rests on it but what the UI shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.models import Model
from warehouse.tables import TABLES

if TYPE_CHECKING:
    from warehouse.lineage_tracing import Tracer

# Column of a model: the columns it is made from, as (qualified name of the table, column).
Lineage = Mapping[str, tuple[tuple[str, str], ...]]


def column_lineage(models: Sequence[Model], cache: Path) -> Mapping[str, Lineage]:
    """The lineage of every model's columns.

    Args:
        models: all models.
        cache: file that keeps the answers; made anew when it is missing or cannot be read.

    Returns:
        Lineage by the model's qualified name.
    """
    columns = _columns(models)
    known = _read(cache)
    answers: dict[str, dict[str, list[list[str]]]] = {}
    parser = version("sqlglot")
    tracer: Tracer | None = None
    for model in models:
        key = _key(model, columns, parser)
        if key not in known:
            if tracer is None:
                from warehouse.lineage_tracing import Tracer

                tracer = Tracer(columns)
            known[key] = tracer.trace(model)
        answers[key] = known[key]
    if tracer is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(answers), encoding="utf-8")
    return {
        model.qualified_name: {
            name: tuple((table, column) for table, column in sources) for name, sources in answers[key].items()
        }
        for model, key in zip(models, answers, strict=True)
    }


def _columns(models: Sequence[Model]) -> dict[str, dict[str, str]]:
    """Type by column, by qualified name of every table and model."""
    found = {table.qualified_name: {column.name: column.type for column in table.columns} for table in TABLES}
    return found | {m.qualified_name: {column.name: column.data_type for column in m.columns} for m in models}


def _key(model: Model, columns: Mapping[str, Mapping[str, str]], parser: str) -> str:
    read = {name: list(columns.get(name, ())) for name in sorted(model.depends_on)}
    text = json.dumps([parser, model.qualified_name, model.sql, read])
    return blake2b(text.encode(), digest_size=12).hexdigest()


def _read(cache: Path) -> dict[str, dict[str, list[list[str]]]]:
    try:
        return dict(json.loads(cache.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
