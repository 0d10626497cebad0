"""The tables that Python builds, in one list, the version of their layout, and the function that creates them.

What belongs here: `TABLES`, `LAYOUT_VERSION`, `create_tables`. The contract of each table, the only place where its columns are
defined, is in `contracts/`, one module a schema. DDL and comments (`layout.py`), checks (`checks.py`) and the data dictionary
(`dictionary.py`) are made from it. What does not: tables that SQL models build; a .yml beside each model describes those.

The view `raw.layout` says which version of the layout a database has; the published file, being a copy, says it too.
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from pipelines.errors import LayoutError
from warehouse.contracts.builds import BUILDS
from warehouse.contracts.core import CORE
from warehouse.contracts.form import Table
from warehouse.contracts.nlp import NLP
from warehouse.contracts.publications import PUBLICATIONS
from warehouse.contracts.raw import RAW, REFERENCE
from warehouse.layout import comment_statements, sync_tables
from warehouse.transaction import transaction

TABLES: tuple[Table, ...] = RAW + REFERENCE + BUILDS + NLP + CORE + PUBLICATIONS

# To be raised with every change of a contract after a release: by it an older program knows that a database is not for it.
LAYOUT_VERSION = 1

_LAYOUT_COLUMNS = (
    ("layout_version", "Version of the layout of raw, nlp and core; a program refuses one later than its own."),
    (
        "is_started_anew",
        "Whether this database was started from nothing, on purpose, beside an earlier published version.",
    ),
)


class Layout(NamedTuple):
    """What a database says of itself; 0 is the layout of a database that does not say it."""

    layout_version: int
    is_started_anew: bool


def layout_of(con: duckdb.DuckDBPyConnection) -> Layout:
    """The layout that a database has."""
    if not con.execute("select 1 from duckdb_views() where schema_name = 'raw' and view_name = 'layout'").fetchall():
        return Layout(0, is_started_anew=False)
    return Layout(*con.execute("select layout_version, is_started_anew from raw.layout").fetchall()[0])


def create_tables(con: duckdb.DuckDBPyConnection, *, is_started_anew: bool = False) -> tuple[str, ...]:
    """Bring a database to the layout of `TABLES`: create what is missing, migrate what an older version made.

    Args:
        con: a connection that may write, outside a transaction.
        is_started_anew: note that the database does without an earlier published version, on purpose.

    Returns:
        What had to be changed in an existing layout, one line each; empty for a new or an up-to-date database.

    Raises:
        LayoutError: the layout is a later one, or one whose documents cannot be taken over; nothing was changed.
    """
    found = layout_of(con)
    require_not_later(con, found)
    changes = sync_tables(con, TABLES)
    wanted = Layout(LAYOUT_VERSION, is_started_anew or found.is_started_anew)
    if found != wanted:
        with transaction(con, doing="noting the version of the layout"):
            con.execute(
                f"create or replace view raw.layout as select {wanted.layout_version}::integer as layout_version, "
                f"{wanted.is_started_anew}::boolean as is_started_anew"
            )
            comment = "Which layout this database has. Grain: one row."
            for statement in comment_statements("view", "raw", "layout", comment, _LAYOUT_COLUMNS):
                con.execute(statement)
    return changes


def require_not_later(con: duckdb.DuckDBPyConnection, found: Layout) -> None:
    """Make sure that a layout is not that of a later program.

    Raises:
        LayoutError: it is.
    """
    if found.layout_version > LAYOUT_VERSION:
        raise LayoutError(
            f"{path_of(con)} has layout {found.layout_version} of a later version of this program, which knows layouts up to "
            f"{LAYOUT_VERSION}; use that version, or another warehouse folder (COMMUNIQUE_WAREHOUSE)"
        )


def require_layout(con: duckdb.DuckDBPyConnection) -> None:
    """Make sure that a database that is only read has the layout of this program.

    Raises:
        LayoutError: it has not.
    """
    found = layout_of(con)
    require_not_later(con, found)
    if found.layout_version < LAYOUT_VERSION:
        raise LayoutError(
            f"{path_of(con)} has the older layout {found.layout_version}, not {LAYOUT_VERSION}; `communique run` brings it up "
            "to date"
        )


def path_of(con: duckdb.DuckDBPyConnection) -> str:
    """The file of a database, for messages."""
    ((path,),) = con.execute("select path from duckdb_databases() where database_name = current_database()").fetchall()
    return str(path or "the database")
