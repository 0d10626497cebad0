"""A small build database that stays open from one step of a run to the next.

What belongs here: `kept_open` and what `open_build` asks of it. What does not: opening a database (`connection.py`).

A run opens its build database twenty times, for 25 to 55 ms of CPU each, and each closing writes a checkpoint of what
publication writes again. So the first connection that may write stays until publication, and the others are cursors of it.
What is committed is in the log, and a killed run leaves it there, as one does that is killed within a step. A long log is
folded into the file while what was written is checked (`fold_log`), which takes DuckDB one core. After any failure the
database is closed, as what it holds in memory need not be what is on the disk. One that is larger is closed after each step,
as DuckDB would hold what it has read while other steps need memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import duckdb

logger = logging.getLogger(__name__)

MOST_BYTES = 512_000_000  # of the database and its log
# Of a log that is folded before the publication does; each time costs a tenth of a second for the tables that stay as they are.
LEAST_LOG_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class _Kept:
    con: duckdb.DuckDBPyConnection
    inode: int
    folding: list[Thread] = field(default_factory=list)


_kept: dict[Path, _Kept | None] = {}


@contextmanager
def kept_open(path: Path) -> Iterator[None]:
    """For the block, keep a build database open that was opened to be written, while it is small; closed at the end.

    Args:
        path: the build database; the caller holds its `WriterLock`.
    """
    _kept[path.absolute()] = None
    try:
        yield
    finally:
        release(path)
        del _kept[path.absolute()]


def keep(path: Path, con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Keep a connection, where this is wanted.

    Args:
        path: the build database.
        con: a new connection to it, which may write.

    Returns:
        A connection for the caller to close: this one or a cursor of it.
    """
    if _kept.get(path.absolute(), ...) is not None or _size(path) > MOST_BYTES:
        return con
    _kept[path.absolute()] = _Kept(con, path.stat().st_ino)
    return _cursor(con)


def lent(path: Path) -> duckdb.DuckDBPyConnection | None:
    """A cursor of the connection that is kept, for the caller to close; `None` if there is none any more."""
    kept = _kept.get(path.absolute())
    if kept is None:
        return None
    with suppress(duckdb.Error, OSError):  # a database that a failure has made invalid
        if path.stat().st_ino == kept.inode:
            return _cursor(kept.con)
    release(path)
    return None


def release(path: Path) -> None:
    """Close the connection that is kept, if there is one; the database can be opened anew, and be kept again."""
    kept = _kept.get(path.absolute())
    if kept is not None:
        _kept[path.absolute()] = None
        for thread in kept.folding:
            thread.join()
        kept.con.close()


def fold_log(path: Path) -> None:
    """Begin to write what is in the log of the connection that is kept into the file, where that is worth it.

    Nobody waits for it but who wants to write; others may read meanwhile. One that fails is left to the publication, which folds
    the log that there is then, and tells.

    Args:
        path: the build database; no transaction that writes is open.
    """
    kept = _kept.get(path.absolute())
    if kept is None or _log_size(path) < LEAST_LOG_BYTES:
        return

    def fold(con: duckdb.DuckDBPyConnection) -> None:
        with closing(con):
            try:
                con.execute("checkpoint")
            except duckdb.Error as err:
                logger.info("the log of %s stays as it is: %s", path, err)

    kept.folding.append(Thread(target=fold, args=(kept.con.cursor(),), name="log into the file", daemon=True))
    kept.folding[-1].start()


def release_large(path: Path) -> None:
    """Close the connection that is kept of a database that has become large; no cursor of it is in use, as that would end."""
    if _kept.get(path.absolute()) is not None and _size(path) > MOST_BYTES:
        release(path)


@contextmanager
def released_on_failure() -> Iterator[None]:
    """Close whatever is kept open, if the block fails; a query that lacked memory has done no harm, and may be tried again."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except BaseException:
        for path in list(_kept):
            release(path)
        raise


def _cursor(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    cursor = con.cursor()
    cursor.execute("set timezone = 'UTC'")
    return cursor


def _size(path: Path) -> int:
    return path.stat().st_size + _log_size(path)


def _log_size(path: Path) -> int:
    with suppress(FileNotFoundError):  # a checkpoint has just removed it
        return path.with_name(path.name + ".wal").stat().st_size
    return 0
