"""From which columns a SQL model's columns are made: column lineage, found in the parsed SQL.

What belongs here: `column_lineage` and the file that keeps its answers. What does not: which tables a model reads (`models.py`).

sqlglot resolves every column through the common table expressions. Tracing all models takes seconds, so an answer is kept beside
the warehouse until the model or the columns of a table it reads change. A column that cannot be traced has no lineage; nothing
rests on it but what the UI shows.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope
from sqlglot.schema import MappingSchema

from warehouse.models import Model
from warehouse.tables import TABLES

logger = logging.getLogger(__name__)

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
    # What cannot be traced is left out; sqlglot's word on it would only clutter the log of a run.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    answers: dict[str, dict[str, list[list[str]]]] = {}
    schema: MappingSchema | None = None
    for model in models:
        key = _key(model, columns)
        if key not in known and schema is None:
            schema = MappingSchema(_nested(columns), dialect="duckdb")
        if key not in known and schema is not None:
            known[key] = _trace(model, schema, columns)
        answers[key] = known[key]
    if schema is not None:
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


def _nested(columns: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, types in columns.items():
        schema, _, table = name.partition(".")
        nested.setdefault(schema, {})[table] = dict(types)
    return nested


def _key(model: Model, columns: Mapping[str, Mapping[str, str]]) -> str:
    read = {name: list(columns.get(name, ())) for name in sorted(model.depends_on)}
    text = json.dumps([sqlglot.__version__, model.qualified_name, model.sql, read])
    return blake2b(text.encode(), digest_size=12).hexdigest()


def _trace(model: Model, schema: MappingSchema, columns: Mapping[str, Mapping[str, str]]) -> dict[str, list[list[str]]]:
    query = sqlglot.parse_one(model.sql, read="duckdb")
    for read in query.find_all(exp.Table):  # a bare name is a mart, unless a common table expression has it
        if not read.db and f"main.{read.name}" in model.depends_on:
            read.set("db", exp.to_identifier("main"))
    names = {column.name.casefold(): column.name for column in model.columns}
    try:
        query = qualify(query, dialect="duckdb", schema=schema, validate_qualify_columns=False, identify=False)
        for union in list(query.find_all(exp.Union)):
            _align(union)
        nodes = lineage(None, query, schema, dialect="duckdb", scope=build_scope(query), trim_selects=False)
    except (sqlglot.errors.SqlglotError, RecursionError, ValueError) as error:
        logger.debug("the columns of %s cannot be traced: %s", model.qualified_name, error)
        return {}
    traced: dict[str, list[list[str]]] = {}
    for name, node in nodes.items():
        sources = set()
        for leaf in node.walk():
            if not leaf.downstream and isinstance(leaf.source, exp.Table):
                table = f"{leaf.source.db}.{leaf.source.name}"
                column = exp.to_column(leaf.name).name
                real = {known.casefold(): known for known in columns.get(table, ())}
                if column.casefold() in real:
                    sources.add((table, real[column.casefold()]))
        if sources and name.casefold() in names:
            traced[names[name.casefold()]] = [list(source) for source in sorted(sources)]
    return traced


def _align(union: exp.Union) -> None:
    """Put the columns of a union by name into one order, as sqlglot pairs them by position."""
    if not union.args.get("by_name"):
        return
    branches = list(_branches(union))
    names = list(dict.fromkeys(select.alias_or_name for branch in branches for select in branch.selects))
    for branch in branches:
        own = {select.alias_or_name: select for select in branch.selects}
        branch.set("expressions", [own.get(name) or exp.alias_(exp.null(), name) for name in names])


def _branches(query: object) -> Iterator[exp.Select]:
    if isinstance(query, exp.Union):
        yield from _branches(query.left)
        yield from _branches(query.right)
    elif isinstance(query, exp.Select):
        yield query


def _read(cache: Path) -> dict[str, dict[str, list[list[str]]]]:
    try:
        return dict(json.loads(cache.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
