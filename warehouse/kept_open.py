"""A small build database that stays open from one step of a run to the next.

What belongs here: `kept_open` and what `open_build` asks of it. What does not: opening a database (`connection.py`).

A run opens its build database twenty times, for 25 to 55 ms of CPU each, and each closing writes a checkpoint of what publication
writes again. So the first connection that may write stays until publication, and the others are cursors of it. What is committed
is in the log, and a killed run leaves it there, as one does that is killed within a step. After any failure the database is
closed, as what it holds in memory need not be what is on the disk. One that is larger is closed after each step, as DuckDB would
hold what it has read while other steps need memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

MOST_BYTES = 512_000_000  # of the database and its log


@dataclass(frozen=True, slots=True)
class _Kept:
    con: duckdb.DuckDBPyConnection
    inode: int


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
        kept.con.close()


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
    log = path.with_name(path.name + ".wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)
