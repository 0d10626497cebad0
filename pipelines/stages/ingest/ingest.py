"""The ingest stage: every file below the seeds folder to documents, ledger rows and quarantine rows.

What belongs here: `ingest_files`, the order of work. What does not: finding files (`inbox.py`), reading one (`reading.py`),
the accounts (`accounts.py`).

A file is identified by path and content hash, never by its modification time. An unchanged one costs its hash and nothing
else. Formats read by large libraries are read in child processes, so that a file which crashes or hangs one of them costs
itself only (`worker_pool.py`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipelines.records import Document
from pipelines.settings import Settings
from pipelines.stages.ingest.accounts import Accounts, IngestResult, KnownLedger, is_unchanged
from pipelines.stages.ingest.inbox import InboxFile, list_inbox, open_file
from pipelines.stages.ingest.readers.raw_record import BadRecord
from pipelines.stages.ingest.readers.registry import find_reader
from pipelines.stages.ingest.reading import ReadRecord, read_documents, read_isolated
from pipelines.stages.ingest.reasons import Reason, Refused, SkipReason
from pipelines.stages.ingest.sources import Source, load_sources
from pipelines.stages.worker_pool import Failure, Outcome, Task, WorkerPool

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1024 * 1024
# Time that a child process may take for a file: a start, and as slow a reader as there is (HTML at 50 kB a second).
_READ_SECONDS = 30.0
_SECONDS_PER_BYTE = 1 / 50_000

_FAILURES = {
    Failure.TIMED_OUT: Reason.TIMED_OUT,
    Failure.OUT_OF_MEMORY: Reason.OUT_OF_MEMORY,
    Failure.DIED: Reason.WORKER_DIED,
    Failure.RAISED: Reason.READER_FAILED,
}


class _Changed(NamedTuple):
    """A changed file that a child process is to read."""

    file: InboxFile
    source: Source
    content_hash: str
    media_type: str


def ingest_files(
    root: Path,
    *,
    ledger: KnownLedger,
    settings: Settings,
    run_id: str,
    now: datetime,
    find_documents: Callable[[Collection[str]], Iterable[Document]] | None = None,
    reread: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> IngestResult:
    """Read what is new or changed below a folder.

    Args:
        root: the seeds folder.
        ledger: what earlier runs have read.
        settings: bounds, and the number of worker processes.
        run_id: id of this run, for ledger and quarantine.
        now: time of this run, UTC; stamps ledger and quarantine rows and nothing else.
        find_documents: looks documents up in the warehouse by id; with it the metadata of a text that comes again from
            another file is merged the same way in whatever order the files came. Without it the first file's stays.
        reread: paths of files to read again though they are unchanged (a retry of quarantined ones).
        progress: called with the number of files done and the number of files in all.

    Returns:
        The rows to load, and counts that balance.

    Raises:
        SeedsMissingError: the folder does not exist.
        SettingsError: its sources.toml cannot be used.
        WorkerDiedError: no child process can be started.
    """
    sources = load_sources(root)
    accounts = Accounts(ledger=ledger, run_id=run_id, now=now, kind_of=lambda path: sources.find(path).kind)
    files = list(list_inbox(root))
    accounts.counts = replace(accounts.counts, files=len(files))
    isolated: list[_Changed] = []
    done = 0
    for file in files:
        source = sources.find(file.path)
        changed = _take(file, accounts, settings=settings, source=source, is_forced=file.path in reread)
        if changed is not None:
            isolated.append(changed)
            continue
        done += 1
        if progress is not None:
            progress(done, len(files))
    for read, outcome in _read_in_children(isolated, settings):
        accounts.add(read.file, read.content_hash, read.media_type, _records(outcome))
        done += 1
        if progress is not None:
            progress(done, len(files))
    result = accounts.result(_known_documents(accounts, find_documents))
    logger.info("ingested %d files: %s", len(files), result.counts)
    return result


def _take(
    file: InboxFile, accounts: Accounts, *, settings: Settings, source: Source, is_forced: bool
) -> _Changed | None:
    """Account for one file; returns it when it is changed and has to be read in a child process."""
    if file.skip is not None:
        accounts.skip(file, file.skip)
        return None
    try:
        if file.refusal is not None:
            raise file.refusal
        if file.size_bytes > settings.max_file_bytes:
            raise Refused(
                Reason.FILE_TOO_LARGE,
                f"{file.size_bytes} bytes are over the size limit (max_file_bytes {settings.max_file_bytes})",
            )
        form = find_reader(file.path)
        with open_file(file) as stream:
            content_hash = _stable_hash(stream, settings.max_file_bytes)
            if content_hash is None:
                accounts.skip(file, SkipReason.CHANGING)
            elif is_unchanged(accounts.ledger, file, content_hash) and not is_forced:
                accounts.keep_unchanged(file)
            elif form.is_isolated:
                return _Changed(file, source, content_hash, form.media_type)
            else:
                stream.seek(0)
                records = read_documents(stream, path=file.path, settings=settings, source=source)
                accounts.add(file, content_hash, form.media_type, records)
    except Refused as refusal:
        accounts.refuse(file, refusal, is_forced=is_forced)
    except OSError as error:
        unreadable = Refused(Reason.UNREADABLE_FILE, f"cannot be read: {error.strerror}")
        accounts.refuse(file, unreadable, is_forced=is_forced)
    return None


def _stable_hash(stream: BinaryIO, limit: int) -> str | None:
    """The hash of a file's bytes, or None when it was changed meanwhile or has grown over the limit."""
    before = os.fstat(stream.fileno())
    digest = blake2b(digest_size=16)
    size = 0
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        if size > limit:
            return None
    after = os.fstat(stream.fileno())
    is_stable = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and size == after.st_size
    return digest.hexdigest() if is_stable else None


def _read_in_children(isolated: list[_Changed], settings: Settings) -> Iterator[tuple[_Changed, Outcome]]:
    if not isolated:
        return
    waiting = iter(isolated)
    workers = min(settings.workers, len(isolated))
    with WorkerPool(read_isolated, workers=workers, max_bytes=settings.max_worker_bytes) as pool:
        _fill(pool, waiting, settings)
        for outcome in pool.outcomes():
            yield outcome.task.key, outcome
            _fill(pool, waiting, settings)


def _fill(pool: WorkerPool, waiting: Iterator[_Changed], settings: Settings) -> None:
    while pool.has_room and (changed := next(waiting, None)) is not None:
        seconds = _READ_SECONDS + changed.file.size_bytes * _SECONDS_PER_BYTE
        pool.submit(Task(changed, (changed.file, settings, changed.source), seconds))


def _records(outcome: Outcome) -> list[ReadRecord]:
    if outcome.failure is None:
        return list(outcome.result)
    return [BadRecord(None, _FAILURES[outcome.failure], f"while the file was read: {outcome.message}")]


def _known_documents(
    accounts: Accounts, find_documents: Callable[[Collection[str]], Iterable[Document]] | None
) -> dict[str, Document]:
    again = accounts.documents.keys() & accounts.ledger.document_ids
    if not again or find_documents is None:
        return {}
    return {document.document_id: document for document in find_documents(sorted(again))}
