"""The tables that Python builds, in one list, and the function that creates them.

What belongs here: `TABLES` and `create_tables`. The contract of each table, the only place where its columns are defined, is
in `contracts/`, one module a schema. DDL and comments (`layout.py`), checks (`checks.py`) and the data dictionary
(`dictionary.py`) are made from it. What does not: tables that SQL models build; a .yml beside each model describes those.
"""

from __future__ import annotations

import duckdb

from warehouse.contracts.builds import BUILDS
from warehouse.contracts.core import CORE
from warehouse.contracts.form import Table
from warehouse.contracts.nlp import NLP
from warehouse.contracts.publications import PUBLICATIONS
from warehouse.contracts.raw import RAW, REFERENCE
from warehouse.layout import sync_tables

TABLES: tuple[Table, ...] = RAW + REFERENCE + BUILDS + NLP + CORE + PUBLICATIONS


def create_tables(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Bring a database to the layout of `TABLES`: create what is missing, migrate what an older version made.

    Args:
        con: a connection that may write, outside a transaction.

    Returns:
        What had to be changed in an existing layout, one line each; empty for a new or an up-to-date database.
    """
    return sync_tables(con, TABLES)
