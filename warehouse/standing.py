"""Whether what is published is what a run would publish, so that a run with nothing to do can end without building anything.

What belongs here: `standing_publication`, which asks the stamps of the build database, and the note of the last publication
(`standing.json` beside it), which says what the published file was like and which program made it. What does not: reading the
seeds folder, and the row of the run (`load.py`).

A publication stands while every part was built by today's code from the builds that are there, no check has failed, and the
published file holds the same builds and is the file that was put there. The list of runs (`ingestion_runs`) is left out, as
every run adds to it: its rows reach the published file with the next publication. Whatever is in doubt, nothing stands: the run
goes its whole way, and mends it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from warehouse.builds import RUNS, Part, model_parts, read_builds, unlike_today
from warehouse.failed_checks import read_failed_checks
from warehouse.models import Model
from warehouse.transaction import translated_errors

NOTE_NAME = "standing.json"


@dataclass(frozen=True, slots=True)
class Standing:
    """The last publication as it was when it was made, or found to be what a run would publish."""

    run_id: str  # the run that published
    program: str  # version of everything that decides what is published (`pipelines.stages.versions.program_version`)
    published: tuple[int, int]  # size and time of the published file: bytes, nanoseconds


def note_standing(published_path: Path, run_id: str, program: str) -> None:
    """Keep what the published file is like now.

    Args:
        published_path: the published file; the note is written beside it.
        run_id: the run that published it.
        program: the version of the program that would publish the same.

    Raises:
        DiskFullError: there is no space for the note.
    """
    note = Standing(run_id, program, _likeness(published_path))
    temporary = published_path.with_name(f"{NOTE_NAME}.{os.getpid()}")
    with translated_errors(doing=f"writing {NOTE_NAME}"):
        temporary.write_text(json.dumps(asdict(note)), encoding="utf-8")
        os.replace(temporary, published_path.with_name(NOTE_NAME))


def noted_standing(published_path: Path) -> Standing | None:
    """The note of the last publication, where the published file is still as it says; `None` otherwise."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        note = json.loads(published_path.with_name(NOTE_NAME).read_text(encoding="utf-8"))
        standing = Standing(str(note["run_id"]), str(note["program"]), tuple(note["published"]))
        if standing.published == _likeness(published_path):
            return standing
    return None


def standing_publication(
    con: duckdb.DuckDBPyConnection, published_path: Path, *, parts: Sequence[Part] = (), models: Sequence[Model] | None
) -> str | None:
    """The run whose publication is what a run would publish now that has nothing new to load.

    Args:
        con: the build database; may be read-only.
        published_path: the published file.
        parts: the parts that are no SQL models, as today's code would build them; without the list of runs.
        models: the SQL models; `None` where they are known to be those of the publication.

    Returns:
        The run that published, `None` if there is something to build, to check or to publish.
    """
    note = noted_standing(published_path)
    if note is None or read_failed_checks(con):
        return None
    if con.execute("select run_id from main.warehouse_version").fetchall() != [(note.run_id,)]:
        return None
    if models is not None and unlike_today(con, [*parts, *model_parts(models)], apart_from=RUNS):
        return None
    built = read_builds(con)
    published = published_builds(published_path, note.run_id)
    return note.run_id if published == {name: built[name] for name in built if name != RUNS} else None


def published_builds(path: Path, run_id: str) -> dict[str, str] | None:
    """Which build of each part but the list of runs a published file holds; `None` if it is not that of the run, or damaged.

    Args:
        path: the published file.
        run_id: the run that published it.
    """
    try:
        return _published_builds(path, _likeness(path), run_id)
    except (duckdb.Error, OSError):
        return None


@lru_cache(maxsize=1)  # four steps of a run ask, and to open a database takes 40 ms and more
def _published_builds(path: Path, _of: tuple[int, int], run_id: str) -> dict[str, str] | None:
    with closing(duckdb.connect(str(path), read_only=True)) as con:
        if con.execute("select run_id from main.warehouse_version").fetchall() != [(run_id,)]:
            return None
        return {name: build for name, build in read_builds(con).items() if name != RUNS}


def _likeness(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
