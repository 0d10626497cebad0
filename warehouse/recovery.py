"""Starting over after damage: the build database is set aside, and another takes its place.

What belongs here: `start_over`. What does not: the run that brings the new one up to date, or a damaged published file,
which the next publication replaces.
"""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.errors import PipelineError
from warehouse.connection import open_build, set_aside
from warehouse.layout import quoted
from warehouse.transaction import translated_errors

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was done."""

    set_aside: Path | None  # the new name of the old build database, if there was one
    is_restored: bool  # the published version is the new build database; else there is none, and a run makes it


def start_over(build_path: Path, published_path: Path, *, from_seeds: bool = False) -> Recovery:
    """Set the build database aside and put the published version, which is a copy of an earlier state, in its place.

    The published version keeps what the seeds folder no longer tells: documents of removed files, the history of runs. If
    it cannot be read there is no build database afterwards, and a run makes one from the seeds and the extraction batches.

    Args:
        build_path: the build database; no connection to it is open. The caller holds the `WriterLock`.
        published_path: the published database.
        from_seeds: leave the published version out.

    Raises:
        DiskFullError: there is no space for the copy.
    """
    old = set_aside(build_path) if build_path.exists() else None
    if from_seeds or not _is_readable(published_path):
        return Recovery(old, is_restored=False)
    copy = build_path.with_name(f"{build_path.name}.restored")
    with translated_errors(doing=f"copying {published_path} to {build_path}"):
        try:
            shutil.copyfile(published_path, copy)
            os.replace(copy, build_path)
        finally:
            copy.unlink(missing_ok=True)
    return Recovery(old, is_restored=True)


def _is_readable(path: Path) -> bool:
    """Whether a database is there and every block of its tables can be read."""
    if not path.exists():
        return False
    try:
        con = open_build(path, read_only=True)
    except PipelineError as err:
        logger.warning("%s cannot be opened: %s", path, err)
        return False
    try:
        tables = con.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
        for schema, table in tables:
            con.execute(f"select count(hash(item)) from {quoted(schema, table)} as item").fetchall()
    except duckdb.Error as err:
        logger.warning("%s is damaged: %s", path, err)
        return False
    finally:
        con.close()
    return True
