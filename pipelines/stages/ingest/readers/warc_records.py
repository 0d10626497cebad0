"""The records of a WARC or ARC file, one after another, whatever way it is compressed and wherever it is damaged.

What belongs here: `iterate_records`. warcio parses the records, but ends at the first it cannot read, and at the second
of a gzip member. So it is given the expanded bytes, and what was read since the begin of a record is remembered: behind a
broken one the search goes on for the next line that begins a record.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import pyarrow as pa
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipelines.stages.ingest.readers.raw_record import ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ARC = b"filedesc:"
_READ_BYTES = 64 * 1024
# How far behind the begin of a record the next is looked for among bytes that were read already.
_KEPT_BYTES = 16 * 1024**2
_BEGIN = re.compile(rb"(?:^|\n)(WARC/\d\.\d+\r?\n(?:WARC|Content)-[A-Za-z\-]+:)")
# How far before the place where a record should begin its begin may be, if the length of the one before is a little wrong.
_SLACK_BYTES = 16
_ARC_BEGIN = re.compile(rb"\S+ \S+ \d{8,14} \S+(?: \S+){0,6} \d+\r?\n$")
_MAX_BROKEN = 1_000
# Stands where compressed data is damaged, so that the record there is found to be.
_DAMAGE = b"\n\n(compressed data is damaged here)\n"
# What warcio raises on a record that it cannot parse: besides its own, errors of the code that meets the odd value.
_BROKEN = (ArchiveLoadFailed, zlib.error, EOFError, ValueError, OSError, AttributeError, TypeError, IndexError)


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A place where there should be a record and none can be read."""

    message: str


@dataclass(frozen=True, slots=True)
class ArchivedRecord:
    """A record: its headers as warcio gives them, and its body without them, cut behind the limit of a page."""

    headers: Any
    body: bytes


def iterate_records(stream: BinaryIO, options: ReadOptions) -> Iterator[ArchivedRecord | BrokenRecord]:
    """The records of a file, and the places where there should be one.

    Args:
        stream: the file.
        options: the bounds of what it may expand to.

    Raises:
        Refused: it is neither a WARC nor an ARC file, or expands beyond the bounds.
    """
    memory = _Memory(_expanded(stream), options.max_expanded_bytes)
    head = memory.peek(len(_ARC))
    if not head:
        raise Refused(Reason.EMPTY, "empty file")
    if not head.startswith((b"WARC/", _ARC)):
        raise Refused(Reason.MALFORMED_WARC, "not a WARC or ARC file: it does not begin with a record")
    broken = 0
    while True:
        try:
            for record in _parse(memory, options.max_markup_bytes):
                yield record
                if isinstance(record, BrokenRecord):
                    break
            else:
                return
            has_more = memory.seek_begin()
        except Refused:
            raise
        except _BROKEN as error:
            broken += 1
            if head.startswith(_ARC) or broken > _MAX_BROKEN:
                raise Refused(Reason.MALFORMED_WARC, f"damaged; the rest is not read: {_short(error)}") from error
            yield BrokenRecord(_short(error))
            has_more = memory.seek_begin()
        if not has_more:
            return


def _parse(memory: _Memory, limit: int) -> Iterator[ArchivedRecord | BrokenRecord]:
    """Records until one is broken; the memory then begins where it does."""
    iterator = _Iterator(memory, block_size=_READ_BYTES)
    try:
        for record in iterator:
            memory.mark(iterator.offset)
            body = bytes(record.raw_stream.read(limit + 1))
            while len(body) <= limit and (part := record.raw_stream.read(limit + 1 - len(body))):
                body += part
            if _DAMAGE.strip() in body:
                yield BrokenRecord("its compressed data is damaged")
                return
            if (swallowed := _BEGIN.search(body)) is not None:
                yield ArchivedRecord(record, body[: swallowed.start()].rstrip(b"\r\n"))
                yield BrokenRecord(
                    "its Content-Length is too large or missing; its text ends where the next record begins"
                )
                return
            if len(body) <= limit and getattr(record.raw_stream, "limit", 0) > 0:
                yield BrokenRecord("cut short: there are fewer bytes than its Content-Length says")
                return
            yield ArchivedRecord(record, body)
    except _BROKEN:
        memory.mark(iterator.offset)
        raise


class _Iterator(ArchiveIterator):  # type: ignore[misc]
    """warcio's, but for what it does between records: it takes the first line there for rest, even if a record begins."""

    def _consume_blanklines(self) -> tuple[bytes | None, int]:
        size = 0
        while line := self.reader.readline():
            is_record = line.strip() and (self.known_format != "arc" or _ARC_BEGIN.match(line))
            if is_record:
                return line, size
            size += len(line)
        return None, size


def _short(error: Exception) -> str:
    if isinstance(error, (AttributeError, TypeError)):
        return "its headers cannot be used; no WARC-Target-URI?"
    return (str(error).strip().split("\n")[0] or type(error).__name__)[:200]


class _Memory(io.RawIOBase):
    """A stream that can go back to the begin of the current record, as long as that is not too far."""

    def __init__(self, parts: Iterator[bytes], limit: int) -> None:
        self._parts = parts
        self._limit = limit
        self._kept = bytearray()  # from `_start` on
        self._start = 0
        self._position = 0
        self._search_from = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Position in the expanded bytes."""
        return self._position

    def read(self, size: int = -1) -> bytes:
        """The next bytes; fewer than asked for at most."""
        behind = self._start + len(self._kept)
        if self._position == behind:
            part = next(self._parts, b"")
            self._kept += part
            if behind + len(part) > self._limit:
                raise Refused(Reason.EXPANSION_LIMIT, f"expands beyond the size limit of {self._limit} bytes")
            if len(self._kept) > 2 * _KEPT_BYTES:
                self._forget(self._start + len(self._kept) - _KEPT_BYTES)
        offset = self._position - self._start
        data = bytes(self._kept[offset:] if size < 0 else self._kept[offset : offset + size])
        self._position += len(data)
        return data

    def peek(self, size: int) -> bytes:
        """The first bytes, which will be read again."""
        while len(self._kept) < size and (part := next(self._parts, b"")):
            self._kept += part
        return bytes(self._kept[:size])

    def mark(self, position: int) -> None:
        """Forget what is before a record, but for the slack; the record after it is looked for from there."""
        self._forget(min(position, self._position) - _SLACK_BYTES)
        offset = position - self._start
        is_begin = self._kept.startswith(b"WARC/", offset)
        self._search_from = offset + 1 if is_begin else 0

    def seek_begin(self) -> bool:
        """Go to the next begin of a record behind the one that is broken; False when there is none."""
        searched = self._search_from
        while True:
            if (found := _BEGIN.search(self._kept, searched)) is not None:
                self._position = self._start + found.start(1)
                return True
            before = self._start + max(0, len(self._kept) - 200)  # a begin may be only half there
            self._position = self._start + len(self._kept)
            if not self.read(1):
                return False
            searched = max(0, before - self._start)

    def _forget(self, position: int) -> None:
        if position > self._start:
            del self._kept[: position - self._start]
            self._start = position


def _expanded(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file, decompressed where it is compressed: as a whole, or member by member."""
    head = stream.read(_READ_BYTES)
    if head.startswith(_GZIP):
        yield from _inflated(stream, head)
    elif head.startswith(_ZSTD):
        source = io.BufferedReader(_Rest(head, stream), _READ_BYTES)
        with pa.CompressedInputStream(source, "zstd") as expanded:
            while part := expanded.read(_READ_BYTES):
                yield cast(bytes, part)
    else:
        while head:
            yield head
            head = stream.read(_READ_BYTES)


def _inflated(stream: BinaryIO, data: bytes) -> Iterator[bytes]:
    """Gzip members one after another; a damaged one is left at the next that begins."""
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    while data:
        try:
            if part := inflater.decompress(data, _READ_BYTES):
                yield part
            data = inflater.unused_data.lstrip(b"\x00") if inflater.eof else inflater.unconsumed_tail
            if inflater.eof:
                inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        except zlib.error:
            inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield _DAMAGE + _DAMAGE
            data = data[1:]
            while (begin := data.find(_GZIP + b"\x08")) < 0 and (more := stream.read(_READ_BYTES)):
                data = data[-2:] + more
            data = data[begin:] if begin >= 0 else b""
        data = data or stream.read(_READ_BYTES)


class _Rest(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        """Read into a buffer, as `io.RawIOBase` asks for."""
        data, self._head = (self._head[: len(buffer)], self._head[len(buffer) :]) if self._head else (b"", b"")
        data = data or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
