"""Macros: functions of SQL that the published file carries, one or more to a file of `sql/macros/`.

What belongs here: creating them in the build database. What does not: their SQL, the models (`models.py`), which use none of
them, so that a model means the same in every DuckDB.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.errors import ModelError
from warehouse.transaction import transaction


def create_macros(con: duckdb.DuckDBPyConnection, sql_dir: Path) -> int:
    """Create or replace every macro, in one transaction.

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
        for path in sorted((sql_dir / "macros").glob("*.sql")):
            count += _run(con, path)
    return count


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
