"""The run that has nothing to do, found out before Dagster, spaCy and the SQL models are loaded.

What belongs here: `unchanged_run`, and `program_version`, which says whether anything but the seeds folder could make a
difference. What does not: the whole run (`pipelines/defs`), what is asked of the build database (`warehouse/standing.py`), how
Dagster hears of it (`pipelines/defs/unchanged.py`).

It looks at the same things by the same code as the whole run: each file's hash against the ledger, documents that no extractor
has read, the stamps, the published file. It answers only where all is as the last publication left it; in any doubt, and after
any failure, the whole run decides and tells.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import duckdb

from pipelines.errors import PipelineError
from pipelines.ids import code_version
from pipelines.records import IngestionRun
from pipelines.settings import PROJECT_ROOT, Settings
from warehouse import builds
from warehouse.connection import WriterLock, is_unborn, open_build
from warehouse.models import PRINTS_FOLDER
from warehouse.seal import is_sealed, seal
from warehouse.standing import noted_standing, standing_publication

if TYPE_CHECKING:
    from pipelines.stages.ingest.isolation import ChangedFile
    from pipelines.stages.ingest.read_records import ReadRecord

# Settings that change nothing of what is published.
_WITHOUT_EFFECT = frozenset(
    (
        *("seeds", "warehouse", "corrections", "sql", "workers", "batch_documents", "max_worker_bytes", "max_vanished_share"),
        *("lock_seconds", "query_seconds", "query_memory", "cron", "time_zone", "quiet_times", "longest_wait_seconds"),
        *("fresh_hours", "keep_run_days", "webhook_url", "docs_url"),
    )
)  # fmt: skip
# A Dagster home that has no such file has seen no run of the command line since it was made or emptied.
OPENING_LOCK = ".opening.lock"
_CODE = ("**/*.py", "lexicons/**/*")


@dataclass(frozen=True, slots=True)
class UnchangedRun:
    """A run that found nothing to do: its id, and the run whose publication stands."""

    run_id: str
    published_by: str
    started_at: datetime


class _SomethingToRead(Exception):
    """Files are new or were changed; with their size in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


def program_version(settings: Settings) -> str:
    """The version of everything but the seeds folder that decides what is published.

    Args:
        settings: the bounds, the model, the SQL models and the corrections.
    """
    told = settings.model_dump_json(exclude=set(_WITHOUT_EFFECT))
    packages = " ".join(sorted({path.name for folder in sys.path for path in Path(folder).glob("*.dist-info")}))
    corrections = settings.corrections.read_bytes() if settings.corrections.is_file() else None
    parts = (
        # Another Dagster home has not seen the publication yet.
        *(told, packages, repr(corrections), sys.version, os.environ.get("DAGSTER_HOME", "")),
        code_version("pipelines", _CODE),
        code_version("warehouse", ("**/*.py",), package=PROJECT_ROOT / "warehouse"),
        code_version("sql", ("**/*",), package=settings.sql),
    )
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def is_first_run(settings: Settings) -> bool:
    """Whether nothing of the seeds folder was ever read."""
    return is_unborn(settings.build_database) and not settings.published_database.exists()


@contextmanager
def unchanged_run(
    settings: Settings, *, expect: Callable[[int], None] = lambda _size: None
) -> Iterator[UnchangedRun | None]:
    """Hold the warehouse for a run, if that has nothing to do; its row is in `raw.ingestion_runs` of the build database then.

    Args:
        settings: of the run.
        expect: called with the bytes that there are to read, as soon as that is known.

    Yields:
        The run; `None`, without the warehouse, if there is something to do or it cannot be told.
    """
    note = noted_standing(settings.published_database)
    if note is None or is_unborn(settings.build_database) or note.program != program_version(settings):
        yield None
        return
    run = UnchangedRun(str(uuid4()), note.run_id, datetime.now(UTC))
    lock = WriterLock(settings.build_database, run.run_id)
    try:
        lock.__enter__()
    except PipelineError:
        yield None
        return
    try:
        yield run if _is_confirmed(settings, run, expect) else None
    finally:
        lock.__exit__(None, None, None)


def _is_confirmed(settings: Settings, run: UnchangedRun, expect: Callable[[int], None]) -> bool:
    """Whether there is nothing to do; if so, the row of the run is written."""
    prints = settings.warehouse / PRINTS_FOLDER
    is_as_left = is_sealed(settings.build_database, prints)
    try:
        with closing(open_build(settings.build_database)) as con:
            row = _account(
                con, settings, run
            )  # first, as workers can load as soon as it is known that there is a file to read
            if row is None or standing_publication(con, settings.published_database, models=None) != run.published_by:
                return False
            _add_row(con, row)
        if is_as_left:  # no model reads the list of runs
            seal(settings.build_database, prints)
    except _SomethingToRead as found:
        expect(found.size)
        return False
    except (PipelineError, duckdb.Error, OSError):
        return False  # the whole run meets it again, and tells
    return True


def _account(con: duckdb.DuckDBPyConnection, settings: Settings, run: UnchangedRun) -> IngestionRun | None:
    """The row of a run over the seeds folder as it is; `None` if there is something to extract or to forget.

    Raises:
        _SomethingToRead: a file is new or was changed.
    """
    from pipelines.stages.ingest.ingest import ingest_files
    from pipelines.stages.versions import extractor_version
    from warehouse.ledger import read_ledger

    ledger, version = read_ledger(con), extractor_version(settings.model)
    unread = ledger.stale_documents(version)
    if set(unread) - _refused_documents(con):
        return None
    result = ingest_files(
        settings.seeds, ledger=ledger, settings=settings, run_id=run.run_id, now=run.started_at, read_files=_read_nothing
    )  # fmt: skip
    if result.documents or result.document_sources or result.files or result.quarantine:
        return None
    counts = result.counts
    return IngestionRun(
        run_id=run.run_id,
        started_at=run.started_at,
        finished_at=datetime.now(UTC),
        file_count=counts.files,
        seen_count=counts.seen,
        loaded_count=0,
        duplicate_count=0,
        unchanged_count=counts.unchanged,
        quarantined_count=0,
        skipped_count=counts.skipped,
        extracted_count=0,
        reused_count=len(ledger.document_ids) - len(unread),
        word_count=0,
        extract_seconds=0.0,
        extractor_version=version,
    )


def _read_nothing(
    changed: Sequence[ChangedFile], _settings: Settings
) -> Iterator[tuple[ChangedFile, list[ReadRecord]]]:
    if changed:
        raise _SomethingToRead(sum(item.file.size_bytes for item in changed))
    return iter(())


def _refused_documents(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The documents that extraction failed on; they are tried again when someone asks for it."""
    rows = con.execute(
        "select document_id from raw.document_sources join raw.quarantine using (path, record_number) where stage = 'extract'"
    ).fetchall()
    return {document_id for (document_id,) in rows}


def _add_row(con: duckdb.DuckDBPyConnection, row: IngestionRun) -> None:
    from warehouse.load import add_run

    builds.begin(con, [builds.RUNS], run_id=row.run_id)
    add_run(con, row)
    builds.stamp(con, [builds.Part(builds.RUNS)], run_id=row.run_id)
