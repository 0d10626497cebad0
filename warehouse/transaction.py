"""Transactions, and DuckDB's failures told in the pipeline's own words.

What belongs here: `transaction` and `translated_errors`, used wherever the package writes. What does not: opening and
locking a database (`connection.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from pipelines.errors import DiskFullError, PipelineError, WarehouseCorruptError, WarehouseLockedError, is_full_disk
from warehouse import kept_open

logger = logging.getLogger(__name__)

_DISK_FULL = ("No space left on device", "Disk quota exceeded")
_LOCKED = "Could not set lock on file"
# DuckDB has no class for a damaged file: a plain IOException or Error with one of these.
_CORRUPT = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Could not read enough bytes",
    "Failure while replaying WAL",
    "Trying to read a database file with version number",
)
# What DuckDB makes of the exception that a signal raised while it ran a query, whatever that was: a plain RuntimeError.
_INTERRUPTED = "Query interrupted"


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection, *, doing: str) -> Iterator[None]:
    """Run a block in one transaction: commit at its end, roll back when anything interrupts it.

    Args:
        con: a connection outside a transaction.
        doing: what the block does, for error messages ("loading run x").

    Raises:
        DiskFullError: there is no space left.
        WarehouseCorruptError: the database is damaged.
        duckdb.Error: any other failure. An error at COMMIT does not say that nothing was written; see
            `load.run_is_loaded`.
    """
    with translated_errors(doing=doing), kept_open.released_on_failure():
        con.execute("begin transaction")
        try:
            yield
        except BaseException:
            # Nothing to roll back if the failure already ended the transaction or invalidated the database.
            with suppress(duckdb.Error):
                con.execute("rollback")
            raise
        con.execute("commit")


@contextmanager
def translated_errors(*, doing: str) -> Iterator[None]:
    """Raise the pipeline's error for a full disk, a damaged file or a lock; let everything else pass as it is.

    Args:
        doing: what the block does, for the message.

    Raises:
        DiskFullError, WarehouseCorruptError, WarehouseLockedError: see `pipelines/errors.py`.
        KeyboardInterrupt: a signal came while DuckDB ran a query; so a run that is cancelled then has not failed.
    """
    try:
        yield
    except duckdb.Error as err:
        translated = _translated(str(err), doing)
        if translated is None:
            raise
        raise translated from err
    except OSError as err:
        if not is_full_disk(err):
            raise
        raise DiskFullError(_disk_full(doing, str(err))) from err
    except RuntimeError as err:
        if str(err) != _INTERRUPTED:
            raise
        raise KeyboardInterrupt from err


def _translated(message: str, doing: str) -> PipelineError | None:
    if any(part in message for part in _DISK_FULL):
        return DiskFullError(_disk_full(doing, message))
    if _LOCKED in message:
        return WarehouseLockedError(f"{doing}: another process has the database open: {message}")
    if any(part in message for part in _CORRUPT):
        return WarehouseCorruptError(
            f"{doing}: the database is damaged; `communique rebuild` sets it aside and builds it anew ({message})"
        )
    return None


def _disk_full(doing: str, message: str) -> str:
    return f"{doing}: no space is left on the disk; free some and run again, nothing was half written ({message})"
