"""From contracts to a database: DDL, comments, comparison of layouts, migration.

What belongs here: everything that creates or alters tables that Python builds, from the `Table` contracts it is given. What
does not: the contracts (`contracts/`), rows (`load.py`).

A database of an older layout is brought up to date without reading a document again where that is possible: a changed table
keeps the rows of the columns it shares with its contract. Rows in nlp come from extraction, so a change there only forgets
which extractor made them: the next run loads them again from the batches. After a change in core the next run resolves again.
Where raw cannot be kept and holds documents, the layout is refused: documents of removed files would be lost without a word.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.errors import LayoutError
from warehouse.contracts.form import Column, Table
from warehouse.transaction import transaction

logger = logging.getLogger(__name__)

# What every later run rests on.
LEDGER = ("raw.files", "raw.documents", "raw.document_sources")
_MIGRATED_SCHEMAS = ("raw", "nlp", "core")
# What a rebuild keeps: the record of past runs depends on nothing else.
_HISTORY = ("raw.ingestion_runs",)


@dataclass(frozen=True, slots=True)
class _Existing:
    """Columns of a table as the database has them: name to (type, nullable)."""

    columns: dict[str, tuple[str, bool]]


def quoted(*names: str) -> str:
    """An identifier in SQL, such as `"raw"."files"`; names come from contracts, never from data."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str) -> str:
    """A string literal, for the statements that take no parameters (COMMENT ON); text comes from contracts."""
    return "'" + text.replace("'", "''") + "'"


def null_or_one_of(column: str, keys: Iterable[str]) -> str:
    """Condition of the rows of a column that has no value or one of some.

    DuckDB compares each row with each value of a list that stands beside an `or`; the rows of a query it looks up.

    Args:
        column: name of the column.
        keys: the values, as text.
    """
    name = quoted(column)
    listed = ", ".join(map(literal, sorted(keys)))
    return f"{name} is null" + (f" or cast({name} as varchar) in (select unnest([{listed}]))" if listed else "")


def table_ddl(table: Table) -> str:
    """The CREATE TABLE statement of a contract.

    Keys are no constraints: DuckDB would keep an index for each, which slows deletes and loads; checks hold them
    (`checks.py`).
    """
    columns = ",\n  ".join(_column_ddl(column) for column in table.columns)
    return f"create table {quoted(table.schema, table.name)} (\n  {columns}\n)"


def _column_ddl(column: Column) -> str:
    return f"{quoted(column.name)} {column.type}{'' if column.nullable else ' not null'}"


def comment_statements(kind: str, schema: str, name: str, text: str, columns: Iterable[tuple[str, str]]) -> list[str]:
    """The COMMENT ON statements of a table or view.

    Args:
        kind: "table" or "view".
        schema: schema of the table.
        name: name of the table.
        text: the comment of the table.
        columns: names and comments of the columns.
    """
    return [f"comment on {kind} {quoted(schema, name)} is {literal(text)}"] + [
        f"comment on column {quoted(schema, name, column)} is {literal(comment)}" for column, comment in columns
    ]


def layout_differences(con: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> tuple[str, ...]:
    """How the tables of a database differ from their contracts, one line each; empty when they agree."""
    existing = _existing(con)
    return tuple(
        line
        for table in tables
        for line in (
            _differences(table, existing[table.qualified_name])
            if table.qualified_name in existing
            else [f"{table.qualified_name}: the table is missing"]
        )
    )


def sync_tables(con: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> tuple[str, ...]:
    """Create what is missing and migrate what differs, in one transaction; see the module docstring.

    Args:
        con: a connection that may write, outside a transaction.
        tables: the contracts.

    Returns:
        What was changed in an existing layout, one line each; empty for a new or an up-to-date database.

    Raises:
        LayoutError: it is one whose documents cannot be taken over; nothing was changed.
    """
    existing = _existing(con)
    changes = layout_differences(con, tables) if existing else ()
    rebuild = any(_must_rebuild(table, existing.get(table.qualified_name)) for table in tables if existing)
    if rebuild and _holds_documents(con, existing):
        ledger = next(change for change in changes if change.startswith(tuple(f"{name}:" for name in LEDGER)))
        raise LayoutError(
            f"the build database has an older layout whose documents cannot be taken over ({ledger}); `communique rebuild` puts "
            "the published version in its place, `communique rebuild --from-seeds` reads the seeds folder anew"
        )
    outdated_comments = _outdated_comments(con, tables)
    if existing and not changes and not outdated_comments:
        return ()
    with transaction(con, doing="creating the tables of the warehouse"):
        for schema in sorted({table.schema for table in tables}):
            con.execute(f"create schema if not exists {quoted(schema)}")
        for table in tables:
            _sync_table(con, table, existing.get(table.qualified_name), rebuild=rebuild)
        if not rebuild and any(change.startswith("nlp.") for change in changes):
            con.execute("update raw.documents set extractor_version = null")
        if any(change.startswith("core.") for change in changes):
            con.execute("delete from raw.builds where part = 'core'")
        for statement in _outdated_comments(con, tables):
            con.execute(statement)
    for change in changes:
        logger.warning("the warehouse had an older layout: %s", change)
    return changes


def _outdated_comments(con: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> list[str]:
    """The COMMENT ON statements that would change something."""
    rows = con.execute(
        "select schema_name, table_name, null, comment from duckdb_tables() where database_name = current_database() "
        "union all select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = current_database()"
    ).fetchall()
    current = {(schema, table, column): comment for schema, table, column, comment in rows}
    outdated = []
    for table in tables:
        text = f"{table.description} Grain: {table.grain}."
        columns = [
            (column.name, column.description)
            for column in table.columns
            if current.get((table.schema, table.name, column.name)) != column.description
        ]
        if columns or current.get((table.schema, table.name, None)) != text:
            outdated += comment_statements("table", table.schema, table.name, text, columns)
    return outdated


def _existing(con: duckdb.DuckDBPyConnection) -> dict[str, _Existing]:
    rows = con.execute(
        "select c.schema_name, c.table_name, c.column_name, c.data_type, c.is_nullable from duckdb_columns() as c "
        "join duckdb_tables() as t using (database_name, schema_name, table_name) "
        "where c.database_name = current_database() order by c.table_oid, c.column_index"
    ).fetchall()
    found: dict[str, _Existing] = {}
    for schema, name, column, data_type, nullable in rows:
        found.setdefault(f"{schema}.{name}", _Existing({})).columns[column] = (data_type, nullable)
    return found


def _differences(table: Table, existing: _Existing) -> list[str]:
    lines = []
    for column in table.columns:
        found = existing.columns.get(column.name)
        if found is None:
            lines.append(f"{table.qualified_name}: the column {column.name} is missing")
        elif found != (column.type, column.nullable):
            lines.append(f"{table.qualified_name}: the column {column.name} is {found[0]}, not {_column_ddl(column)}")
    known = set(table.column_names)
    lines += [f"{table.qualified_name}: the column {name} is unknown" for name in existing.columns if name not in known]
    if not lines and tuple(existing.columns) != table.column_names:
        lines.append(f"{table.qualified_name}: the columns are in another order")
    return lines


def _can_keep_rows(table: Table, existing: _Existing) -> bool:
    """Whether every column without nulls can be filled from the existing table."""
    return all(
        column.nullable or (existing.columns.get(column.name) == (column.type, False)) for column in table.columns
    ) and all(
        existing.columns[column.name][0] == column.type for column in table.columns if column.name in existing.columns
    )


def _must_rebuild(table: Table, existing: _Existing | None) -> bool:
    """Whether a table that the ledger rests on has lost its rows."""
    if table.qualified_name not in LEDGER:
        return False
    return existing is None or not _can_keep_rows(table, existing)


def _holds_documents(con: duckdb.DuckDBPyConnection, existing: Mapping[str, _Existing]) -> bool:
    return "raw.documents" in existing and bool(con.execute("select 1 from raw.documents limit 1").fetchall())


def _sync_table(con: duckdb.DuckDBPyConnection, table: Table, existing: _Existing | None, *, rebuild: bool) -> None:
    name = quoted(table.schema, table.name)
    if existing is None:
        con.execute(table_ddl(table))
        return
    emptied = rebuild and table.schema in _MIGRATED_SCHEMAS and table.qualified_name not in _HISTORY
    if not emptied and not _differences(table, existing):
        return
    keeps_rows = not emptied and _can_keep_rows(table, existing)
    if keeps_rows:
        con.execute(f"create temporary table _kept as select * from {name}")
    con.execute(f"drop table {name}")
    con.execute(table_ddl(table))
    if keeps_rows:
        shared = ", ".join(quoted(column) for column in table.column_names if column in existing.columns)
        con.execute(f"insert into {name} by name select {shared} from temp._kept")
        con.execute("drop table temp._kept")
