"""Reading one file: from its bytes to documents and refused records.

What belongs here: `read_documents` and `read_file`. Whatever a reader raises becomes a refusal of the record or of the file it
was at. What does not: which files are read (`ingest.py`), in which process (`isolation.py`), formats (`readers/`).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from pipelines.settings import Settings
from pipelines.stages.ingest.day_orders import DayOrder, OrderOfFile, is_open
from pipelines.stages.ingest.documents import make_document
from pipelines.stages.ingest.file_parts import WHOLE, Part, PartError, stamp_of
from pipelines.stages.ingest.inbox import InboxFile, open_file
from pipelines.stages.ingest.metadata_dates import plain_text
from pipelines.stages.ingest.read_records import GoodRecord, ReadRecord
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions, SkippedRecord
from pipelines.stages.ingest.readers.registry import find_reader
from pipelines.stages.ingest.reasons import Reason, Refused, refusal_of
from pipelines.stages.ingest.sources import Source


def read_documents(
    stream: BinaryIO, *, path: str, settings: Settings, source: Source, part: Part = WHOLE
) -> Iterator[ReadRecord]:
    """Read the records of a file.

    Args:
        stream: the file, opened at its begin.
        path: its path in the ledger; its name says which reader takes it.
        settings: the bounds.
        source: what the user says about its folder.
        part: only of these records documents are made.

    Yields:
        Every record of the part in the order of the file, but for those whose date leaves day and month open, which follow when
        the file's other dates are known; last, with number None, why the rest of the file could not be read, if so. A file
        without any record yields one refusal, too.

    Raises:
        PartError: a part of a file that cannot be read to its end.
        MemoryError: more memory was needed than this process may take.
    """
    options = ReadOptions(
        max_characters=settings.max_document_characters,
        max_expanded_bytes=settings.max_expanded_bytes,
        max_expansion_ratio=settings.max_expansion_ratio,
        max_entries=settings.max_archive_entries,
        fields=source.fields,
        encoding=source.encoding,
    )
    is_empty = True
    places = count()
    refused: BadRecord | None = None
    orders: defaultdict[str | None, OrderOfFile] = defaultdict(OrderOfFile)
    held: list[RawRecord] = []
    try:
        for record in find_reader(path).read(stream, options):
            is_empty = False
            if isinstance(record, RawRecord) and isinstance(record.published, str):
                stated = plain_text(record.published)
                orders[record.member].add(stated)
                if is_open(stated):
                    held.append(record)
                    continue
            if part.holds(next(places)):
                yield _finish(record, path=path, settings=settings, source=source)
        if is_empty:
            raise Refused(Reason.EMPTY, "empty: no records in the file")
    except Exception as error:  # noqa: BLE001 - a reader may raise anything; it costs this file, and says so
        refusal = refusal_of(error)
        refused = BadRecord(None, refusal.reason, refusal.message)
    for record in held:
        if part.holds(next(places)):
            order = orders[record.member].settled
            yield _finish(record, path=path, settings=settings, source=source, order=order)
    if refused is not None:
        if part.count > 1:
            raise PartError(refused.message)
        yield refused


def read_file(file: InboxFile, settings: Settings, source: Source, part: Part = WHOLE) -> Iterator[ReadRecord]:
    """Read a file from its place on disk.

    Yields:
        As `read_documents`.

    Raises:
        PartError: a part of a file that cannot be read to its end, or that has changed since it was cut into parts.
    """
    try:
        with open_file(file) as stream:
            yield from read_documents(stream, path=file.path, settings=settings, source=source, part=part)
        _require_same(file, part)
    except Refused as refusal:
        if part.count > 1:
            raise PartError(refusal.message) from refusal
        yield BadRecord(None, refusal.reason, refusal.message)


def _require_same(file: InboxFile, part: Part) -> None:
    if part.stamp is None:
        return
    try:
        stamp = stamp_of(os.stat(file.location))
    except OSError as error:
        raise PartError("the file went while it was read") from error
    if stamp != part.stamp:
        raise PartError("the file changed while it was read")


def _finish(
    record: RawRecord | BadRecord | SkippedRecord,
    *,
    path: str,
    settings: Settings,
    source: Source,
    order: DayOrder | None = None,
) -> ReadRecord:
    if not isinstance(record, RawRecord):
        return record
    try:
        return GoodRecord(
            record.number, make_document(record, path=path, settings=settings, source=source, order=order)
        )
    except Exception as error:  # noqa: BLE001 - whatever a record's values lead to, it costs this record
        refusal = refusal_of(error)
        message = refusal.message if record.member is None else f"{record.member}: {refusal.message}"
        return BadRecord(record.number, refusal.reason, message)
