"""Blocking checks that failed: what publication is refused for, and the reason it gives.

What belongs here: keeping `raw.failed_checks`. What does not: running checks (`checks.py`), the stamps of what was built
(`builds.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A blocking check that failed when it was run last."""

    table_name: str
    check_name: str
    run_id: str
    message: str


def read_failed_checks(con: duckdb.DuckDBPyConnection) -> tuple[FailedCheck, ...]:
    """The checks that failed and have not passed since, in the order of their names."""
    rows = con.execute(
        "select table_name, check_name, run_id, message from raw.failed_checks order by table_name, check_name"
    ).fetchall()
    return tuple(FailedCheck(*row) for row in rows)


def note_failed_checks(
    con: duckdb.DuckDBPyConnection, run: Collection[tuple[str, str]], failed: Sequence[FailedCheck]
) -> None:
    """Take the place of what is noted of some checks.

    Args:
        con: the build database, outside a transaction.
        run: table and name of the checks that were run, or that are none any longer.
        failed: those that failed.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    with transaction(con, doing="noting which checks failed"):
        for table_name, check_name in sorted(run):
            con.execute(
                "delete from raw.failed_checks where table_name = ? and check_name = ?", [table_name, check_name]
            )
        for row in failed:
            con.execute(
                "insert into raw.failed_checks values (?, ?, ?, ?, ?)",
                [row.table_name, row.check_name, row.run_id, row.message, now],
            )
