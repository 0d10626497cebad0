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
from functools import lru_cache, partial
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.kept_answers import KeptAnswers
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
        cache: file that keeps the answers, as for `KeptAnswers`.

    Returns:
        Lineage by the model's qualified name.
    """
    columns = _columns(models)
    kept, parser = KeptAnswers(cache), version("sqlglot")

    @lru_cache
    def tracer() -> Tracer:
        from warehouse.lineage_tracing import Tracer

        return Tracer(columns)

    def trace(model: Model) -> dict[str, list[list[str]]]:
        return tracer().trace(model)

    found = {m.qualified_name: kept.get(_key(m, columns, parser), partial(trace, m)) for m in models}
    kept.keep()
    return {
        model: {name: tuple((table, column) for table, column in sources) for name, sources in answer.items()}
        for model, answer in found.items()
    }


def _columns(models: Sequence[Model]) -> dict[str, dict[str, str]]:
    """Type by column, by qualified name of every table and model."""
    found = {table.qualified_name: {column.name: column.type for column in table.columns} for table in TABLES}
    return found | {m.qualified_name: {column.name: column.data_type for column in m.columns} for m in models}


def _key(model: Model, columns: Mapping[str, Mapping[str, str]], parser: str) -> str:
    read = {name: list(columns.get(name, ())) for name in sorted(model.depends_on)}
    text = json.dumps([parser, model.qualified_name, model.sql, read])
    return blake2b(text.encode(), digest_size=12).hexdigest()
