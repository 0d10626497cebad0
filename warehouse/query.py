"""Querying the published warehouse inside a sandbox: read-only, no files, no network, bounded time and memory.

What belongs here: `query`, which `communique sql` and anyone who does not trust a statement use, and `open_published` for
statements of our own. What does not: formatting the rows, or the build database, which users never query.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import QueryError

# MULTI is what DuckDB makes of PIVOT.
_READING = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI})
_ROWS_AT_ONCE = 2048
_OPEN_ATTEMPTS = 5
_OPEN_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Column names and DuckDB types of a result, and its rows, fetched as they are read."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


class _TimeBudget:
    """What is left of a query's time; only time spent in the database counts, not what the reader does between rows."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._con = con
        self._left = seconds

    @contextmanager
    def spend(self) -> Iterator[None]:
        """Interrupt the block when the time is up."""
        started = time.monotonic()
        timer = threading.Timer(max(0.0, self._left), self._con.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._left -= time.monotonic() - started


def query(published_path: Path, sql: str, *, seconds: float = 60.0, memory: str = "2GB") -> QueryResult:
    """Answer one reading statement from the published warehouse.

    Args:
        published_path: the published database, such as `Settings.published_database`. A publication that happens meanwhile
            does not disturb: the query reads the version it opened.
        sql: one SELECT, FROM, DESCRIBE, SHOW, SUMMARIZE, PIVOT or EXPLAIN statement.
        seconds: time limit, seconds.
        memory: memory limit, as DuckDB writes it ("2GB").

    Returns:
        Columns, types and an iterator of rows; reading the rows can raise the same error.

    Raises:
        QueryError: nothing is published, the statement does not only read, is wrong, or passes a limit; says what to do.
    """
    _require_one_reading_statement(sql)
    con = open_published(published_path, memory)
    budget = _TimeBudget(con, seconds)
    try:
        with _told(con, seconds, memory), budget.spend():
            cursor = con.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            types = tuple(str(column[1]) for column in cursor.description or ())
    except BaseException:
        con.close()
        raise
    return QueryResult(columns, types, _rows(con, budget, seconds, memory))


def _require_one_reading_statement(sql: str) -> None:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as err:
        raise QueryError(f"cannot parse the query: {err}") from err
    if len(statements) != 1:
        raise QueryError(f"a query is one statement, not {len(statements)}")
    if statements[0].type not in _READING:
        raise QueryError(
            f"the published warehouse can be read, not changed: {statements[0].type.name} is not allowed; "
            "use SELECT, DESCRIBE, SHOW, SUMMARIZE, PIVOT or EXPLAIN"
        )


def open_published(path: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """Open the published database in the sandbox: read-only, no files, no network, its settings locked.

    Args:
        path: the published database.
        memory: memory limit, as DuckDB writes it ("2GB").

    Returns:
        A connection; the caller closes it.

    Raises:
        QueryError: nothing is published, or the file cannot be opened.
    """
    for attempt in range(_OPEN_ATTEMPTS):
        if not path.exists():
            raise QueryError(f"nothing is published yet as {path}; `communique run` publishes it")
        try:
            con = duckdb.connect(str(path), read_only=True, config=_sandbox(memory))
            con.execute("set timezone = 'UTC'")
            con.execute("set lock_configuration = true")
            return con
        except duckdb.IOException as err:
            if attempt + 1 == _OPEN_ATTEMPTS:
                raise QueryError(f"cannot open {path}: {err}") from err
            time.sleep(_OPEN_PAUSE_SECONDS)
        except duckdb.Error as err:
            raise QueryError(f"cannot open {path} with a memory limit of {memory!r}: {err}") from err
    raise AssertionError("the loop returns or raises")


def _sandbox(memory: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
        "temp_directory": "",  # a query that does not fit into memory fails; it leaves nothing beside the published file
        "memory_limit": memory,
    }


def _rows(
    con: duckdb.DuckDBPyConnection, budget: _TimeBudget, seconds: float, memory: str
) -> Iterator[tuple[Any, ...]]:
    try:
        while True:
            with _told(con, seconds, memory), budget.spend():
                rows = con.fetchmany(_ROWS_AT_ONCE)
            if not rows:
                return
            yield from rows
    finally:
        con.close()


@contextmanager
def _told(con: duckdb.DuckDBPyConnection, seconds: float, memory: str) -> Iterator[None]:
    """Say what a failure means for the person who wrote the query."""
    try:
        yield
    except duckdb.InterruptException as err:
        raise QueryError(
            f"the query ran longer than {seconds:g} seconds; narrow it, or raise COMMUNIQUE_QUERY_SECONDS"
        ) from err
    except duckdb.OutOfMemoryException as err:
        raise QueryError(f"the query needs more than {memory}; narrow it, or raise COMMUNIQUE_QUERY_MEMORY") from err
    except duckdb.PermissionException as err:
        raise QueryError(f"a query reads the published tables alone, no files and no network: {err}") from err
    except duckdb.CatalogException as err:
        raise QueryError(f"{_first_line(err)}{_suggestion(con, str(err))}") from err
    except duckdb.Error as err:
        raise QueryError(str(err)) from err


def _first_line(err: duckdb.Error) -> str:
    return str(err).partition("\n")[0]


def _suggestion(con: duckdb.DuckDBPyConnection, message: str) -> str:
    """Tables with a name like the missing one; DuckDB itself suggests tables of its own catalogue."""
    _, found, rest = message.partition("Table with name ")
    if not found:
        return ""
    missing = rest.partition(" ")[0]
    names = {
        name: f"{schema}.{name}"
        for schema, name in con.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = current_database()"
        ).fetchall()
    }
    close = get_close_matches(missing, names, n=3, cutoff=0.5)
    return f" Did you mean {', '.join(names[name] for name in close)}?" if close else " SHOW ALL TABLES lists them."
