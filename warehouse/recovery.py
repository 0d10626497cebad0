"""Starting over after damage or loss: another database takes the place of the build database.

What belongs here: `start_over`, on a user's word, and `restore_if_lost`, before each run. What does not: the run that brings the
new one up to date, or a damaged published file, which the next publication replaces.

The published version is a copy of an earlier state of the build database and knows what the seeds folder no longer tells:
documents of removed files, the history of runs. A build database that does not descend from it must not replace it.
"""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.errors import PipelineError, WarehouseCorruptError
from warehouse.connection import connect_as_it_is, is_unborn, open_build, set_aside
from warehouse.layout import LEDGER, quoted
from warehouse.tables import layout_of, require_not_later
from warehouse.transaction import translated_errors

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was done."""

    set_aside: Path | None  # the new name of the old build database, if there was one
    is_restored: bool  # the published version is the new build database; else that is empty, and a run fills it


@dataclass(frozen=True, slots=True)
class _State:
    """What a database holds, as far as it says whether it descends from another."""

    missing_tables: tuple[str, ...]  # of the ledger
    holds_files: bool
    published_at: datetime | None  # when it was published last, itself or the state that it is made from
    is_started_anew: bool


def start_over(build_path: Path, published_path: Path, *, from_seeds: bool = False) -> Recovery:
    """Set the build database aside and put the published version in its place.

    If that cannot be read, the new build database is empty and says so, and a run fills it from the seeds and the extraction
    batches.

    Args:
        build_path: the build database; no connection to it is open. The caller holds the `WriterLock`.
        published_path: the published database.
        from_seeds: leave the published version out.

    Raises:
        DiskFullError: there is no space for the copy.
    """
    old = set_aside(build_path) if build_path.exists() else None
    if from_seeds or not _is_readable(published_path):
        open_build(build_path, is_started_anew=published_path.exists()).close()
        return Recovery(old, is_restored=False)
    _restore(build_path, published_path)
    return Recovery(old, is_restored=True)


def restore_if_lost(build_path: Path, published_path: Path) -> str | None:
    """Make sure that the build database descends from the published version; if it was lost, restore it from that.

    Args:
        build_path: the build database; no connection to it is open. The caller holds the `WriterLock`.
        published_path: the published database; it may be missing.

    Returns:
        What was done, as a sentence; None if nothing had to be.

    Raises:
        WarehouseCorruptError: the build database is damaged, is not what the published version was made from, or was lost and the
            published version cannot be read; the message names `communique rebuild`.
        LayoutError: it has the layout of a later program.
        DiskFullError: there is no space for the copy.
    """
    if not published_path.exists():
        return None
    lost = _why_lost(build_path, published_path)
    if lost is None:
        return None
    if not _is_readable(published_path):
        raise WarehouseCorruptError(
            f"the build database {build_path} {lost}, and the published version {published_path} cannot be read; `communique "
            "rebuild --from-seeds` makes both anew from the seeds folder; documents of removed files are not in it"
        )
    old = set_aside(build_path) if build_path.exists() else None
    _restore(build_path, published_path)
    kept = f"; what there was is now {old}" if old is not None else ""
    done = f"the build database {build_path} {lost} and was restored from the published version{kept}"
    logger.warning(done)
    return done


def _why_lost(build_path: Path, published_path: Path) -> str | None:
    """What is wrong with a build database that holds nothing which could be lost; None if it is as it should be."""
    if is_unborn(build_path):
        return "is empty" if build_path.exists() else "is missing"
    build = _state(build_path, read_only=False)
    if build.missing_tables:
        return f"lacks {', '.join(build.missing_tables)}"
    if build.published_at is None and build.is_started_anew:
        return None
    if build.published_at is None and not build.holds_files:
        return "holds nothing"
    try:
        published = _state(published_path, read_only=True)
    except (PipelineError, duckdb.Error):  # damaged; the next publication replaces it
        return None
    if published.published_at and (build.published_at is None or build.published_at < published.published_at):
        raise WarehouseCorruptError(
            f"the build database {build_path} is older than the published version {published_path}, or not what that was made "
            "from; `communique rebuild` sets it aside and takes the published version in its place, `--from-seeds` starts anew"
        )
    return None


def _state(path: Path, *, read_only: bool) -> _State:
    with (
        closing(connect_as_it_is(path, read_only=read_only)) as con,
        translated_errors(doing=f"opening {path}"),
    ):
        layout = layout_of(con)
        require_not_later(con, layout)
        tables = {f"{schema}.{name}" for schema, name in _tables(con)}
        published_at = None
        if "main.warehouse_version" in tables:
            ((published_at,),) = con.execute("select max(published_at) from main.warehouse_version").fetchall()
        held = [name for name in LEDGER if name in tables]
        return _State(
            missing_tables=tuple(name for name in LEDGER if name not in tables),
            holds_files=any(con.execute(f"select 1 from {name} limit 1").fetchall() for name in held),
            published_at=published_at,
            is_started_anew=layout.is_started_anew,
        )


def _restore(build_path: Path, published_path: Path) -> None:
    copy = build_path.with_name(f"{build_path.name}.restored")
    with translated_errors(doing=f"copying {published_path} to {build_path}"):
        try:
            shutil.copyfile(published_path, copy)
            os.replace(copy, build_path)
        finally:
            copy.unlink(missing_ok=True)


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
        for schema, table in _tables(con):
            con.execute(f"select count(hash(item)) from {quoted(schema, table)} as item").fetchall()
    except duckdb.Error as err:
        logger.warning("%s is damaged: %s", path, err)
        return False
    finally:
        con.close()
    return True


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
