"""Opening the build database: one writer, known layout, clean leftovers.

What belongs here: `WriterLock`, `open_build`, and setting a damaged database aside. What does not: the published database,
which users read (`query.py`) and a run replaces (`publish.py`).

A writer takes the lock first and opens the database inside it:

    with WriterLock(path, run_id):
        con = open_build(path)
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import duckdb

from pipelines.errors import SettingsError, WarehouseCorruptError, WarehouseLockedError
from warehouse import kept_open
from warehouse.tables import create_tables
from warehouse.transaction import translated_errors

logger = logging.getLogger(__name__)

# Tools that embed DuckDB 1.4 can still open the file; a new database takes the version, an existing one keeps its own.
STORAGE_VERSION = "v1.4.0"
_CONFIG = {
    "storage_compatibility_version": STORAGE_VERSION,
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
# Three header blocks; a shorter file was left by a process killed while it created the database.
_HEADER_BYTES = 3 * 4096
_POLL_SECONDS = 0.2
# DuckDB by itself would keep four fifths of the machine's memory full of what it has read.
_LEAST_MEMORY_BYTES = 384 * 1024**2
_MEMORY_SHARE = 1 / 16  # of the database
_MACHINE_SHARE = 0.8

_LEAST_BLOCKS = "64MB"  # of what DuckDB holds where it is to give back


class WriterLock:
    """The right to write the warehouse: an flock on a file beside the build database, held as a context manager.

    The kernel frees the lock when its holder ends, however it ends. The file keeps the name of the run, for the message
    that a second run gets.
    """

    def __init__(self, path: Path, run_id: str, wait_seconds: float = 0.0) -> None:
        """Prepare the lock; nothing is taken yet.

        Args:
            path: the build database.
            run_id: the run that wants to write.
            wait_seconds: how long to wait for another holder, seconds.
        """
        self._lock_path = path.with_name(path.name + ".lock")
        self._run_id = run_id
        self._wait_seconds = wait_seconds
        self._descriptor: int | None = None

    def __enter__(self) -> WriterLock:
        """Take the lock.

        Raises:
            WarehouseLockedError: another run still holds it after the wait; the message names the run.
            DiskFullError: there is no space for the name of the run.
        """
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._acquire(descriptor)
            with translated_errors(doing=f"writing {self._lock_path}"):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, json.dumps({"run_id": self._run_id, "pid": os.getpid()}).encode())
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Free the lock; the file stays, since removing it would let two runs lock two files of one name."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def _acquire(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._wait_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError as err:
                if err.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
                if time.monotonic() >= deadline:
                    raise WarehouseLockedError(
                        f"run {self._holder(descriptor)} holds the warehouse ({self._lock_path}); "
                        "wait for it to end, or set COMMUNIQUE_LOCK_SECONDS to wait longer"
                    ) from err
            time.sleep(_POLL_SECONDS)

    @staticmethod
    def _holder(descriptor: int) -> str:
        try:
            return str(json.loads(os.pread(descriptor, 4096, 0))["run_id"])
        except (ValueError, KeyError, TypeError):
            return "(unnamed)"  # the holder is between taking the lock and writing its name


def open_build(path: Path, *, read_only: bool = False, is_started_anew: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the build database; create it, or bring its layout up to date, unless `read_only`.

    Args:
        path: the build database, such as `Settings.build_database`.
        read_only: open for reading, as it is.
        is_started_anew: note in it that it does without an earlier published version, on purpose.

    Returns:
        A connection; the caller closes it. A writer holds the `WriterLock` around it. While the database is kept open
        (`kept_open.py`), one that could write also where it is to read only.

    Raises:
        WarehouseCorruptError: the file is no usable database; `set_aside` makes room for a new one.
        WarehouseLockedError: another process has it open.
        DiskFullError: there is no space to create it.
        SettingsError: the folder does not let the file be opened.
        LayoutError: its layout cannot be used by this version of the program.
    """
    if (kept := kept_open.lent(path)) is not None:
        kept.execute(f"set memory_limit = '{_memory_bytes(path)} B'")  # it may have grown
        return kept
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_unborn(path)
    con = _connect(path, read_only=read_only)
    try:
        con.execute("set timezone = 'UTC'")
        con.execute(f"set memory_limit = '{_memory_bytes(path)} B'")
        if not read_only:
            _remove_spill(path)
            create_tables(con, is_started_anew=is_started_anew)
            return kept_open.keep(path, con)
    except BaseException:
        con.close()
        raise
    return con


def give_back_blocks(con: duckdb.DuckDBPyConnection) -> None:
    """Give back the memory of what DuckDB keeps of files that it has read, before another part of a step needs it.

    Args:
        con: a connection; its limit is what it was.
    """
    ((limit,),) = con.execute("select current_setting('memory_limit')").fetchall()
    with suppress(duckdb.OutOfMemoryException):  # what is in use stays
        con.execute(f"set memory_limit = '{_LEAST_BLOCKS}'")
    con.execute(f"set memory_limit = '{limit}'")


def _memory_bytes(path: Path) -> int:
    """What DuckDB may hold of a database before it goes to disk."""
    wanted = _LEAST_MEMORY_BYTES + int(path.stat().st_size * _MEMORY_SHARE)
    return min(wanted, _most_memory_bytes())


def _most_memory_bytes() -> int:
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * _MACHINE_SHARE)


@contextmanager
def more_memory(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For the block, let DuckDB hold as much as it would by itself: for a query that cannot do with what it was given.

    Args:
        con: a connection of the database.
    """
    ((before,),) = con.execute("select current_setting('memory_limit')").fetchall()
    con.execute(f"set memory_limit = '{_most_memory_bytes()} B'")
    try:
        yield
    finally:
        with suppress(duckdb.OutOfMemoryException):  # more than that is in use
            con.execute(f"set memory_limit = '{before}'")


def set_aside(path: Path) -> Path:
    """Rename a damaged build database, with its log, so that a new one can take its place.

    Returns:
        The new name, `<name>.damaged-<n>` with the first free n.
    """
    number = 1
    while (target := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(target)
    log = _log_of(path)
    if log.exists():
        log.rename(_log_of(target))
    logger.warning("set the damaged database %s aside as %s", path, target)
    return target


def is_unborn(path: Path) -> bool:
    """Whether a database is missing, or is what a process killed while creating it left: a file without its headers."""
    return not path.exists() or (path.is_file() and path.stat().st_size < _HEADER_BYTES)


def connect_as_it_is(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open a database that is there, and leave its layout as it is.

    Raises:
        WarehouseCorruptError, WarehouseLockedError, SettingsError: as `open_build`.
    """
    return _connect(path, read_only=read_only)


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        with translated_errors(doing=f"opening {path}"):
            return duckdb.connect(str(path), read_only=read_only, config=dict(_CONFIG))
    except WarehouseCorruptError as err:
        if read_only or "WAL does not match" not in str(err):
            raise
        # The log of another database, left when this file was put in its place (a restored backup).
        stale = path.with_name(path.name + ".wal.stale")
        _log_of(path).replace(stale)
        logger.warning("%s belongs to another database; moved to %s", _log_of(path), stale)
        return _connect(path, read_only=read_only)
    except duckdb.IOException as err:
        raise SettingsError(f"cannot open the database {path}: {err}") from err


def _remove_unborn(path: Path) -> None:
    """Remove what a process killed while creating the database left: a log alone, or a file without its headers."""
    log = _log_of(path)
    if path.exists() and is_unborn(path):
        logger.warning("%s holds no complete database (%d bytes); starting anew", path, path.stat().st_size)
        path.unlink()
    if not path.exists() and log.exists():
        log.unlink()


def _remove_spill(path: Path) -> None:
    """Remove what a killed process spilled to disk; this process has the database to itself now."""
    folder = path.with_name(path.name + ".tmp")
    for file in folder.glob("duckdb_temp_*"):
        file.unlink(missing_ok=True)


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + ".wal")
