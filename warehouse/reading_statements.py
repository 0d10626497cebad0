"""Which statements only read, as DuckDB's own parser sees them, and errors of DuckDB in one line.

What belongs here: refusing a statement before it runs. What does not: what the sandbox refuses while it runs, files, the
network and changes of the published file (`query_process.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

import duckdb

from pipelines.errors import QueryError

_SPACES = re.compile(r"\s+")
# MULTI is what DuckDB makes of PIVOT, and of any statement that holds one: "create temp table t as pivot ...".
_QUERIES = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.MULTI})
_ALLOWED = "use SELECT, DESCRIBE, SHOW, SUMMARIZE, PIVOT or EXPLAIN"


def require_one_reading_statement(sql: str) -> None:
    """Refuse what is not one query or the explanation of one.

    Args:
        sql: the text of a statement.

    Raises:
        QueryError: it cannot be parsed, is none or several statements, or does more than read; says which.
    """
    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1:
            raise QueryError(f"a query is one statement, not {len(statements)}")
        kind = statements[0].type
    except duckdb.Error as err:
        raise QueryError(f"cannot parse the query: {first_line(err)}") from err
    except ValueError as err:  # a kind of statement that the Python client has no name for
        raise QueryError(f"the published warehouse can be read, not changed; {_ALLOWED}") from err
    if kind is duckdb.StatementType.SELECT or (kind is duckdb.StatementType.MULTI and _is_query(sql)):
        return
    if kind in (duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI) and _words(sql)[:1] == ["explain"]:
        if any(map(_is_query, _explained(sql))):
            return
        raise QueryError(f"only a query can be explained: EXPLAIN ANALYZE runs what it explains; {_ALLOWED}")
    name = _words(sql)[0].upper() if kind is duckdb.StatementType.MULTI else kind.name
    raise QueryError(f"the published warehouse can be read, not changed: {name} is not allowed; {_ALLOWED}")


def _is_query(sql: str) -> bool:
    """Whether a statement can stand where a table does; no statement that changes anything can."""
    sql = sql.rstrip()
    try:
        statements = duckdb.extract_statements(f"select * from (\n{sql.removesuffix(';')}\n)")
        return len(statements) == 1 and statements[0].type in _QUERIES
    except (duckdb.Error, ValueError):
        return False


def _explained(sql: str) -> Iterator[str]:
    """What an EXPLAIN may explain: what follows its words, and what follows its options in brackets."""
    starts = _starts(sql)
    first = 2 if _words(sql)[1:2] == ["analyze"] else 1
    for number in range(first, len(starts)):
        if number == first or sql[starts[number - 1]] == ")":
            yield sql[starts[number] :]
            if sql[starts[first]] != "(":
                return


def _starts(sql: str) -> list[int]:
    """Where the tokens of a statement start, in characters; comments are none."""
    encoded = sql.encode()
    return [
        len(encoded[:offset].decode()) for offset, kind in duckdb.tokenize(sql) if kind != duckdb.token_type.comment
    ]


def _words(sql: str) -> list[str]:
    """The first two tokens of a statement that are words, in small letters."""
    found = (re.match(r"\w*", sql[start:]) for start in _starts(sql)[:2])
    return [word[0].lower() for word in found if word is not None]


def first_line(err: Exception) -> str:
    """What an error says, in one line; DuckDB draws the place of an error below it."""
    lines = [line for line in str(err).splitlines() if line.strip()]
    kept = [line for number, line in enumerate(lines) if number == 0 or line.startswith("Candidate bindings")]
    return _SPACES.sub(" ", "; ".join(kept)) or type(err).__name__


def suggestion(con: duckdb.DuckDBPyConnection, message: str) -> str:
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
