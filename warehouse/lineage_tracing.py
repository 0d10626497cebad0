"""From which columns the columns of one SQL model are made, found by sqlglot in its SQL.

What belongs here: whatever needs sqlglot, which takes longer to load than all models without changes take to look up. What does
not: keeping the answers (`lineage.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope
from sqlglot.schema import MappingSchema

from warehouse.models import Model

logger = logging.getLogger(__name__)


class Tracer:
    """Traces columns through queries over known tables."""

    def __init__(self, columns: Mapping[str, Mapping[str, str]]) -> None:
        """Make one.

        Args:
            columns: type by column, by qualified name of every table and model.
        """
        self._columns = columns
        self._schema = MappingSchema(_nested(columns), dialect="duckdb")
        # What cannot be traced is left out; sqlglot's word on it would only clutter the log of a run.
        logging.getLogger("sqlglot").setLevel(logging.ERROR)

    def trace(self, model: Model) -> dict[str, list[list[str]]]:
        """The columns that each column of a model is made from; none where they cannot be found."""
        return _trace(model, self._schema, self._columns)


def _nested(columns: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, types in columns.items():
        schema, _, table = name.partition(".")
        nested.setdefault(schema, {})[table] = dict(types)
    return nested


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
