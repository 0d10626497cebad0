"""Reading files in child processes: a file that crashes, hangs or exhausts its reader costs itself only.

What belongs here: `read_in_children`, how files are put together, what a child hands back, and who is tried again. What does
not: how one file is read (`reading.py`), the processes (`pipelines/stages/worker_pool.py`).

A child takes many small files at a time and writes what it has read into a spool file, one file of the inbox after the other,
and into a second file where each of them ends. So when it ends before its time, what it had read is there, and the first file
without an end is the one it was at. That one is read once more by itself, in a fresh process, before its failure counts: the
machine may have been at fault. The next child gets the rest. No more than a record at a time is in memory on either side.
"""

from __future__ import annotations

import io
import logging
import pickle
import shutil
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import BinaryIO

from pipelines.errors import DiskFullError, is_full_disk
from pipelines.settings import Settings
from pipelines.stages.ingest.inbox import InboxFile
from pipelines.stages.ingest.read_records import ReadRecord
from pipelines.stages.ingest.readers.compressed import COMPRESSIONS
from pipelines.stages.ingest.readers.raw_record import BadRecord
from pipelines.stages.ingest.reasons import Reason
from pipelines.stages.ingest.sources import Source
from pipelines.stages.tasks import Failure, Outcome, Task
from pipelines.stages.worker_pool import WorkerPool

logger = logging.getLogger(__name__)

# What children have imported when they begin.
WARM_READER = "pipelines.stages.ingest.warm_reader"
# Time that a child may take: for each task, and for bytes of as slow a reader as there is (HTML at 50 kB a second).
_READ_SECONDS = 30.0
_SECONDS_PER_BYTE = 1 / 50_000
_USUAL_EXPANSION = 5  # bytes of text for each one of a compressed file
# Files that a child takes at a time.
_BATCH_FILES = 64
_BATCH_BYTES = 512 * 1024
_SPOOL_PREFIX = ".reading-"

_REASONS = {
    Failure.TIMED_OUT: Reason.TIMED_OUT,
    Failure.OUT_OF_MEMORY: Reason.OUT_OF_MEMORY,
    Failure.DIED: Reason.WORKER_DIED,
    Failure.RAISED: Reason.READER_FAILED,
}


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file to read, and what is known of it."""

    file: InboxFile
    source: Source
    content_hash: str
    media_type: str


def read_in_children(
    changed: Sequence[ChangedFile], settings: Settings
) -> Generator[tuple[ChangedFile, Iterable[ReadRecord]], None, None]:
    """Read files in child processes.

    Args:
        changed: the files.
        settings: the bounds, the number of processes, and the folder of the warehouse, which holds the spool files meanwhile.

    Yields:
        Each file as it is done, with its records as `reading.read_documents` gives them; or one refusal, if its reader failed
        twice. The records are gone through before the next file is asked for.

    Raises:
        WorkerDiedError: no child process can be started.
        DiskFullError: no space is left for what was read.
    """
    if not changed:
        return
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    for left in settings.warehouse.glob(f"{_SPOOL_PREFIX}*"):  # by a killed run; the writer's lock allows no other
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_SPOOL_PREFIX, dir=settings.warehouse) as folder:
        again: list[ChangedFile] = []
        yield from _read_batches(changed, settings, Path(folder), again)
        yield from _read_each(again, settings, Path(folder))


def read_batch(files: Sequence[tuple[InboxFile, Source]], settings: Settings, spool: Path) -> None:
    """What a child does: read files one after the other; each one's records go into the spool file, and then its number."""
    from pipelines.stages.ingest.reading import read_file

    with spool.open("wb") as stream, _ends_of(spool).open("w") as ends:
        for file, source in files:
            for record in read_file(file, settings, source):
                pickle.dump(record, stream, pickle.HIGHEST_PROTOCOL)
            stream.flush()
            ends.write(f"{stream.tell()}\n")
            ends.flush()


def start_reading(settings: Settings) -> None:
    """What a child does first: read a text, so that what libraries load when they are first used is no file's time."""
    from pipelines.stages.ingest.reading import read_documents
    from pipelines.stages.ingest.warm_reader import FIRST_TEXT

    list(read_documents(io.BytesIO(FIRST_TEXT), path="first.txt", settings=settings, source=Source()))


def _pool(settings: Settings, *, workers: int, tasks_per_process: int | None = None) -> WorkerPool:
    return WorkerPool(
        read_batch,
        workers=workers,
        initializer=start_reading,
        arguments=(settings,),
        max_bytes=settings.max_worker_bytes,
        tasks_per_process=tasks_per_process,
        preload=(WARM_READER,),
    )


def _read_batches(
    changed: Sequence[ChangedFile], settings: Settings, folder: Path, again: list[ChangedFile]
) -> Iterator[tuple[ChangedFile, Iterable[ReadRecord]]]:
    """Read files in batches; those in whose midst a child ended are added to `again`."""
    waiting = deque(_batches(changed))
    spools = (folder / f"batch{number}" for number in count())
    with _pool(settings, workers=min(settings.workers, len(waiting))) as pool:
        _fill(pool, waiting, settings, spools)
        for outcome in pool.outcomes():
            batch, spool = outcome.task.key
            done = 0
            for records in _read_spool(spool, outcome):
                yield batch[done], records
                done += 1
            if done < len(batch):
                logger.warning("%s: %s; it is read once more", batch[done].file.path, _what_happened(outcome))
                again.append(batch[done])
                if rest := batch[done + 1 :]:
                    waiting.append(rest)
            _fill(pool, waiting, settings, spools)


def _read_each(
    changed: Sequence[ChangedFile], settings: Settings, folder: Path
) -> Iterator[tuple[ChangedFile, Iterable[ReadRecord]]]:
    """Read files one at a time, each in a process of its own."""
    waiting = deque([item] for item in changed)
    spools = (folder / f"file{number}" for number in count())
    if not waiting:
        return
    with _pool(settings, workers=1, tasks_per_process=1) as pool:
        _fill(pool, waiting, settings, spools)
        for outcome in pool.outcomes():
            (item,), spool = outcome.task.key
            is_read = False
            for records in _read_spool(spool, outcome):
                is_read = True
                yield item, records
            if not is_read:
                reason = _REASONS[outcome.failure] if outcome.failure else Reason.READER_FAILED
                yield item, [BadRecord(None, reason, f"while the file was read: {_what_happened(outcome)}")]
            _fill(pool, waiting, settings, spools)


def _fill(pool: WorkerPool, waiting: deque[list[ChangedFile]], settings: Settings, spools: Iterator[Path]) -> None:
    while waiting and pool.has_room:
        batch, spool = waiting.popleft(), next(spools)
        seconds = _READ_SECONDS + sum(_expanded_bytes(item.file) for item in batch) * _SECONDS_PER_BYTE
        files = [(item.file, item.source) for item in batch]
        pool.submit(Task((batch, spool), (files, settings, spool), seconds))


def _batches(changed: Sequence[ChangedFile]) -> Iterator[list[ChangedFile]]:
    batch: list[ChangedFile] = []
    size = 0
    for item in changed:
        size += item.file.size_bytes
        if batch and (len(batch) == _BATCH_FILES or size > _BATCH_BYTES):
            yield batch
            batch, size = [], item.file.size_bytes
        batch.append(item)
    yield batch


def _expanded_bytes(file: InboxFile) -> int:
    is_compressed = PurePath(file.location).suffix.lower() in (".zip", *COMPRESSIONS)
    return file.size_bytes * (_USUAL_EXPANSION if is_compressed else 1)


def _read_spool(spool: Path, outcome: Outcome) -> Iterator[Iterable[ReadRecord]]:
    """The records of each file that a child has read to its end.

    Raises:
        DiskFullError: it found no space to write them.
    """
    if is_full_disk(outcome.error):
        raise DiskFullError(f"no space is left for what was read, in {spool.parent.parent}; free some and run again")
    ends = _ends_of(spool)
    if not ends.exists():
        return
    begin = 0
    with spool.open("rb") as stream:
        # The last line lacks its end where the child was killed while it wrote it.
        for line in ends.read_text().split("\n")[:-1]:
            end = int(line)
            yield _read_records(stream, begin, end)
            begin = end
    spool.unlink()
    ends.unlink()


def _read_records(stream: BinaryIO, begin: int, end: int) -> Iterator[ReadRecord]:
    stream.seek(begin)
    while stream.tell() < end:
        yield pickle.load(stream)  # noqa: S301 - written by our own child, in a folder of this run


def _ends_of(spool: Path) -> Path:
    """Where each file ends in a spool file, bytes."""
    return spool.with_name(f"{spool.name}.ends")


def _what_happened(outcome: Outcome) -> str:
    return outcome.message or "the worker process ended without a result"
