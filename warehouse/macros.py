"""Macros: functions of SQL that the published file carries, one or more to a file of `sql/macros/`.

What belongs here: creating them in the build database. What does not: their SQL, the models (`models.py`), which use none of
them, so that a model means the same in every DuckDB.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.errors import ModelError
from warehouse.layout import quoted
from warehouse.transaction import transaction


def create_macros(con: duckdb.DuckDBPyConnection, sql_dir: Path) -> int:
    """Create every macro anew, in one transaction; those of earlier files that are gone are dropped.

    Args:
        con: the build database, outside a transaction.
        sql_dir: the folder whose `macros/` holds them.

    Returns:
        Statements that ran.

    Raises:
        ModelError: a statement is wrong; names the file and the statement.
        DiskFullError, WarehouseCorruptError: see `pipelines/errors.py`.
    """
    count = 0
    with transaction(con, doing="creating the macros"):
        _drop_macros(con)
        for path in sorted((sql_dir / "macros").glob("*.sql")):
            count += _run(con, path)
    return count


def _drop_macros(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "select distinct schema_name, function_name, if(function_type = 'table_macro', 'macro table', 'macro') "
        "from duckdb_functions() where not internal and function_type in ('macro', 'table_macro') "
        "and database_name = current_database() order by all"
    ).fetchall()
    for schema, name, kind in found:
        con.execute(f"drop {kind} {quoted(schema, name)}")


def _run(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    try:
        statements = duckdb.extract_statements(path.read_text(encoding="utf-8"))
    except duckdb.Error as err:
        raise ModelError(f"{path}: cannot parse the SQL: {err}") from err
    for statement in statements:
        try:
            con.execute(statement)
        except duckdb.FatalException:
            raise  # the database is invalid now, whatever the macro
        except duckdb.Error as err:
            raise ModelError(f"{path}: {statement.query.strip()}: {err}") from err
    return len(statements)
