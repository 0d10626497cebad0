"""The ingest stage: every file below the seeds folder to documents, ledger rows and quarantine rows.

What belongs here: `ingest_files`, the order of work. What does not: finding files (`inbox.py`), reading them
(`isolation.py`, `reading.py`), the accounts (`accounts.py`), how many may be gone (`vanished.py`).

A file is identified by path and content hash, never by its modification time. An unchanged one costs its hash and nothing
else. This process reads bytes to hash them and interprets none of them: every reader runs in a child process.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import BinaryIO

from pipelines.settings import Settings
from pipelines.stages.ingest.accounts import Accounts, FindDocuments, IngestResult, KnownLedger, is_unchanged
from pipelines.stages.ingest.document_spool import DocumentSpool
from pipelines.stages.ingest.inbox import InboxFile, list_inbox, open_file
from pipelines.stages.ingest.isolation import ChangedFile, read_in_children
from pipelines.stages.ingest.read_records import ReadRecord
from pipelines.stages.ingest.readers.registry import find_reader
from pipelines.stages.ingest.reasons import Reason, Refused, SkipReason
from pipelines.stages.ingest.sources import Kind, Source, Sources, load_sources
from pipelines.stages.ingest.vanished import require_presence

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1024 * 1024

# Reads files, each with its records as it is done; they are gone through before the next file is asked for.
ReadFiles = Callable[[Sequence[ChangedFile], Settings], Iterator[tuple[ChangedFile, Iterable[ReadRecord]]]]


def ingest_files(
    root: Path,
    *,
    ledger: KnownLedger,
    settings: Settings,
    run_id: str,
    now: datetime,
    find_documents: FindDocuments | None = None,
    reread: Collection[str] = (),
    allow_vanished: bool = False,
    progress: Callable[[int, int], None] | None = None,
    read_files: ReadFiles = read_in_children,
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
        allow_vanished: go on however many documents are gone from the folder.
        progress: called with the number of files done and the number of files in all.
        read_files: reads the files that are new or changed.

    Returns:
        The rows to load, and counts that balance.

    Raises:
        SeedsMissingError: the folder does not exist.
        SettingsError: its sources.toml cannot be used.
        InboxVanishedError: more documents are gone than the settings allow.
        WorkerDiedError: no child process can be started.
        DiskFullError: no space is left in the warehouse for what was read.
    """
    sources = load_sources(root)
    kind_of = partial(_kind_of, sources)
    accounts = Accounts(ledger, run_id, now, kind_of, documents=DocumentSpool(settings.warehouse))
    files = list(list_inbox(root))
    accounts.counts = replace(accounts.counts, files=len(files))
    advance = _counter(progress, len(files))
    changed: list[ChangedFile] = []
    for file in files:
        source = sources.find(file.path)
        found = _take(file, accounts, settings=settings, source=source, is_forced=file.path in reread)
        if found is not None:
            changed.append(found)
        else:
            advance()
    for read, records in read_files(changed, settings):
        accounts.add(read.file, read.content_hash, read.media_type, records)
        advance()
    if not allow_vanished:
        require_presence(accounts, root=root, max_share=settings.max_vanished_share)
    result = accounts.result(find_documents)
    logger.info("ingested %d files: %s", len(files), result.counts)
    return result


def _kind_of(sources: Sources, path: str) -> Kind:
    return sources.find(path).kind


def _counter(progress: Callable[[int, int], None] | None, total: int) -> Callable[[], None]:
    """Calls `progress` with one more file done each time."""
    numbers = count(1)

    def advance() -> None:
        if progress is not None:
            progress(next(numbers), total)

    return advance


def _take(
    file: InboxFile, accounts: Accounts, *, settings: Settings, source: Source, is_forced: bool
) -> ChangedFile | None:
    """Account for one file; returns it when it is new or changed and has to be read."""
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
            else:
                return ChangedFile(file, source, content_hash, form.media_type)
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
