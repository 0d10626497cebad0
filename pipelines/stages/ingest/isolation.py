"""Reading files in child processes: a file that crashes, hangs or exhausts its reader costs itself only.

What belongs here: `read_in_children`, how files are put together, what a child hands back, and who is tried again. What does
not: how one file is read (`reading.py`), the processes (`pipelines/stages/worker_pool.py`).

A child takes many small files at a time and writes what it has read into a spool file, one file of the inbox after the other,
and into a second file where each of them ends. So when it ends before its time, what it had read is there, and the first file
without an end is the one it was at. That one is read once more by itself, in a fresh process, before its failure counts: the
machine may have been at fault. The next child gets the rest. No more than a record at a time is in memory on either side.

A large file whose records are quickly found is read by several children, a part each (`file_parts.py`). Where one of them ends
before its time the file is read once more likewise, as a whole.
"""

from __future__ import annotations

import io
import logging
import pickle
import shutil
from collections import defaultdict, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import BinaryIO

from pipelines.errors import DiskFullError, is_full_disk
from pipelines.settings import Settings
from pipelines.stages.ingest.file_parts import WHOLE, Part, in_order, parts_worth, stamp_of
from pipelines.stages.ingest.inbox import InboxFile
from pipelines.stages.ingest.read_records import ReadRecord
from pipelines.stages.ingest.readers.compressed import COMPRESSIONS
from pipelines.stages.ingest.readers.raw_record import BadRecord
from pipelines.stages.ingest.readers.registry import find_reader
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


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a child takes at a time: files, or a part of one."""

    files: Sequence[ChangedFile]
    part: Part = WHOLE


_Parts = list[tuple[int, Path, Outcome]]  # those of a file that were read, by their numbers


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


def read_batch(files: Sequence[tuple[InboxFile, Source, Part]], settings: Settings, spool: Path) -> None:
    """What a child does: read files one after the other; each one's records go into the spool file, and then its number."""
    from pipelines.stages.ingest.reading import read_file

    with spool.open("wb") as stream, _ends_of(spool).open("w") as ends:
        for file, source, part in files:
            for record in read_file(file, settings, source, part):
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
    waiting = deque(_batches(changed, settings.workers))
    spools = (folder / f"batch{number}" for number in count())
    of_parts: defaultdict[str, _Parts] = defaultdict(list)
    with _pool(settings, workers=min(settings.workers, len(waiting))) as pool:
        _fill(pool, waiting, settings, spools)
        for outcome in pool.outcomes():
            batch, spool = outcome.task.key
            if batch.part.count > 1:
                (item,) = batch.files
                parts = of_parts[item.file.path]
                parts.append((batch.part.number, spool, outcome))
                if len(parts) == batch.part.count:
                    yield from _read_parts(item, sorted(parts, key=itemgetter(0)), again)
                _fill(pool, waiting, settings, spools)
                continue
            done = 0
            for records in _read_spool(spool, outcome):
                yield batch.files[done], records
                done += 1
            if done < len(batch.files):
                _put_off(batch.files[done], outcome, again)
                if rest := batch.files[done + 1 :]:
                    waiting.append(_Batch(rest))
            _fill(pool, waiting, settings, spools)


def _read_parts(
    item: ChangedFile, parts: _Parts, again: list[ChangedFile]
) -> Iterator[tuple[ChangedFile, Iterable[ReadRecord]]]:
    """A file whose parts have all been read, or in vain; it is added to `again` if one of them was."""
    with ExitStack() as opened:
        found: list[Iterable[ReadRecord]] = []
        for _, spool, outcome in parts:
            records = next(opened.enter_context(closing(_read_spool(spool, outcome))), None)
            if records is None:
                _put_off(item, outcome, again)
                return
            found.append(records)
        yield item, in_order(found)


def _put_off(item: ChangedFile, outcome: Outcome, again: list[ChangedFile]) -> None:
    logger.warning("%s: %s; it is read once more", item.file.path, _what_happened(outcome))
    again.append(item)


def _read_each(
    changed: Sequence[ChangedFile], settings: Settings, folder: Path
) -> Iterator[tuple[ChangedFile, Iterable[ReadRecord]]]:
    """Read files one at a time, each in a process of its own."""
    waiting = deque(_Batch([item]) for item in changed)
    spools = (folder / f"file{number}" for number in count())
    if not waiting:
        return
    with _pool(settings, workers=1, tasks_per_process=1) as pool:
        _fill(pool, waiting, settings, spools)
        for outcome in pool.outcomes():
            batch, spool = outcome.task.key
            (item,) = batch.files
            is_read = False
            for records in _read_spool(spool, outcome):
                is_read = True
                yield item, records
            if not is_read:
                reason = _REASONS[outcome.failure] if outcome.failure else Reason.READER_FAILED
                yield item, [BadRecord(None, reason, f"while the file was read: {_what_happened(outcome)}")]
            _fill(pool, waiting, settings, spools)


def _fill(pool: WorkerPool, waiting: deque[_Batch], settings: Settings, spools: Iterator[Path]) -> None:
    while waiting and pool.has_room:
        batch, spool = waiting.popleft(), next(spools)
        seconds = _READ_SECONDS + sum(_expanded_bytes(item.file) for item in batch.files) * _SECONDS_PER_BYTE
        files = [(item.file, item.source, batch.part) for item in batch.files]
        pool.submit(Task((batch, spool), (files, settings, spool), seconds))


def _batches(changed: Sequence[ChangedFile], workers: int) -> Iterator[_Batch]:
    batch: list[ChangedFile] = []
    size = 0
    total = sum(_expanded_bytes(item.file) for item in changed)
    for item in changed:
        parts = _parts(item, total, workers)
        if len(parts) > 1:
            yield from (_Batch([item], part) for part in parts)
            continue
        size += item.file.size_bytes
        if batch and (len(batch) == _BATCH_FILES or size > _BATCH_BYTES):
            yield _Batch(batch)
            batch, size = [], item.file.size_bytes
        batch.append(item)
    if batch:
        yield _Batch(batch)


def _parts(item: ChangedFile, total: int, workers: int) -> Sequence[Part]:
    """The parts in which a file is read."""
    size = _expanded_bytes(item.file)
    count = parts_worth(size, total, workers) if size > _BATCH_BYTES and find_reader(item.file.path).is_quick else 1
    try:
        stamp = stamp_of(Path(item.file.location).stat()) if count > 1 else None
    except OSError:  # gone meanwhile; reading it says so
        return [WHOLE]
    return [Part(number, count, stamp) for number in range(count)]


def _expanded_bytes(file: InboxFile) -> int:
    is_compressed = PurePath(file.location).suffix.lower() in (".zip", *COMPRESSIONS)
    return file.size_bytes * (_USUAL_EXPANSION if is_compressed else 1)


def _read_spool(spool: Path, outcome: Outcome) -> Generator[Iterable[ReadRecord], None, None]:
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
    try:
        with spool.open("rb") as stream:
            # The last line lacks its end where the child was killed while it wrote it.
            for line in ends.read_text().split("\n")[:-1]:
                end = int(line)
                yield _read_records(stream, begin, end)
                begin = end
    finally:
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
