"""Publication: the build database becomes the file that users query, as a whole or not at all.

What belongs here: `publish`. What does not: the checks that must have passed before it (`checks.py`), reading the published file
(`query.py`).

The build database is checkpointed and closed, copied beside the published file, opened once to see that the copy is whole, and
swapped in by a rename, which is atomic. Readers keep the version they opened. A run killed at any point leaves the old file
in place and at most a copy of its own name, which the next publication removes. The file before may stay for the next copy
(`published_copy.py`).
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.durable import sync_folder
from warehouse import kept_open
from warehouse.changed_checks import ChangedRows
from warehouse.connection import open_build
from warehouse.publications import record_publication
from warehouse.published_copy import copy_durably, former_of, keep_former
from warehouse.transaction import transaction, translated_errors

logger = logging.getLogger(__name__)


def publish(build_path: Path, published_path: Path, *, run_id: str, changed: ChangedRows | None = None) -> int:
    """Swap the state of the build database in as the published one.

    Args:
        build_path: the build database; no connection to it is open. The caller holds the `WriterLock`.
        published_path: the file that users query.
        run_id: the run that publishes; becomes the row of `main.warehouse_version`.
        changed: the rows that have changed since the last publication, as far as that is known.

    Returns:
        Size of the published file, bytes.

    Raises:
        DiskFullError: there is no space for the copy; the published file is as it was.
        WarehouseCorruptError: the build database or the copy is damaged; the published file is as it was.
    """
    published_path.parent.mkdir(parents=True, exist_ok=True)
    _remove_copies(published_path)
    removed_count = _seal(build_path, run_id, changed)
    copy = published_path.with_name(f"{published_path.name}.copy-{os.getpid()}")
    try:
        with translated_errors(doing=f"publishing run {run_id} to {published_path}"):
            is_of_use = copy_durably(build_path, copy, published=published_path)
            _check_copy(copy, run_id)
            if is_of_use and _removed_count(published_path) == removed_count:
                keep_former(published_path)
            else:  # what was removed for good is to stay nowhere
                former_of(published_path).unlink(missing_ok=True)
            os.replace(copy, published_path)
            sync_folder(published_path.parent)
    except BaseException:
        with suppress(OSError):
            copy.unlink(missing_ok=True)
        raise
    size = published_path.stat().st_size
    logger.info("published run %s as %s, %.1f MB", run_id, published_path, size / 1e6)
    return size


def _seal(build_path: Path, run_id: str, changed: ChangedRows | None) -> int:
    """Write the version row and what changed, fold the log into the file and close it.

    Returns:
        How many documents were ever removed for good.
    """
    con = open_build(build_path)
    try:
        with transaction(con, doing=f"writing the version of run {run_id}"):
            published_at = datetime.now(UTC).replace(tzinfo=None)
            con.execute("delete from main.warehouse_version")
            con.execute(
                "insert into main.warehouse_version by name select $run_id as run_id, $published_at as published_at, "
                "(select extractor_version from raw.ingestion_runs where run_id = $run_id) as extractor_version, "
                "(select count(*) from raw.documents) as document_count, (select count(*) from core.events) as event_count",
                {"run_id": run_id, "published_at": published_at},
            )
            record_publication(con, run_id=run_id, published_at=published_at, changed=changed)
            removed_count = _removed(con)
        with translated_errors(doing=f"checkpointing {build_path}"):
            con.execute("force checkpoint")
    finally:
        con.close()
        kept_open.release(build_path)
    return removed_count


def _removed_count(published_path: Path) -> int | None:
    """How many documents had been removed for good when a file was published; `None` if there is none, or it is damaged."""
    if not published_path.exists():
        return None
    try:
        con = duckdb.connect(str(published_path), read_only=True)
        try:
            return _removed(con)
        finally:
            con.close()
    except duckdb.Error:
        return None


def _removed(con: duckdb.DuckDBPyConnection) -> int:
    ((count,),) = con.execute("select coalesce(sum(removed_count), 0) from raw.ingestion_runs").fetchall()
    return int(count)


def _check_copy(copy: Path, run_id: str) -> None:
    """The copy opens on its own and holds this run's version; the log of the build database must not be needed for it."""
    con = duckdb.connect(str(copy), read_only=True)
    try:
        found = con.execute("select run_id from main.warehouse_version").fetchall()
    finally:
        con.close()
    if found != [(run_id,)]:
        raise RuntimeError(f"the copy {copy} holds the version {found}, not that of run {run_id}")


def _remove_copies(published_path: Path) -> None:
    """Copies that killed runs left; the lock says that no other run is making one now."""
    for copy in published_path.parent.glob(f"{published_path.name}.copy-*"):
        copy.unlink(missing_ok=True)
        logger.info("removed %s, left by a run that was stopped", copy)
