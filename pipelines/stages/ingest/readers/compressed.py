"""Readers of what is compressed: `.gz`, `.bz2`, `.xz` and `.zst` files, and zip archives.

What belongs here: streams that stop at the bounds, and entries of archives to records. Nothing is ever written to disk, and no
size that a header states is believed: bytes are counted as they come.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from pipelines.stages.ingest.foreign_formats import office_name
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, Reader, ReadOptions, SkippedRecord
from pipelines.stages.ingest.reasons import Reason, Refused, SkipReason, refusal_of


def _zstandard(stream: BinaryIO) -> BinaryIO:
    import pyarrow as pa  # whoever only asks whether a name is that of a compressed file needs no Arrow

    return cast(BinaryIO, pa.CompressedInputStream(stream, "zstd"))


COMPRESSIONS: dict[str, Callable[[BinaryIO], BinaryIO]] = {
    ".gz": lambda stream: cast(BinaryIO, gzip.GzipFile(fileobj=stream)),
    ".bz2": lambda stream: cast(BinaryIO, bz2.BZ2File(stream)),
    ".zst": _zstandard,
    ".xz": lambda stream: cast(BinaryIO, lzma.LZMAFile(stream)),  # noqa: SIM115 - closed with the stream below it
}
_BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
# What may expand freely before the ratio counts: a file of one repeated line compresses a thousandfold.
_FREE_BYTES = 8 * 1024**2
_HEAD_BYTES = 8_192
_END_OF_DIRECTORY = b"PK\x05\x06"
_MAX_COMMENT_BYTES = 65_535
# Longest central directory for each entry: 46 bytes, a name, an extra field.
_DIRECTORY_BYTES = 1_024


class BoundedStream(io.RawIOBase):
    """A stream that raises `Refused` instead of giving more bytes than its budget, or when what it reads is broken.

    Args:
        stream: the expanding stream.
        budget: bytes it may give; shared by the entries of an archive.
        name: the format, for messages.
    """

    def __init__(self, stream: BinaryIO, budget: Budget, name: str) -> None:
        self._stream = stream
        self._budget = budget
        self._name = name

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        """Read into a buffer, as `io.RawIOBase` asks for."""
        try:
            data = self._stream.read(len(buffer))
        except _BROKEN as error:
            raise Refused(
                Reason.MALFORMED_ARCHIVE,
                f"the {self._name} data is damaged or cut short (crc, eof): {str(error)[:200]}",
            ) from error
        self._budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


class Budget:
    """How many bytes a compressed file may still expand to.

    Args:
        compressed_bytes: its size.
        options: the bounds.
    """

    def __init__(self, compressed_bytes: int, options: ReadOptions) -> None:
        allowed = max(_FREE_BYTES, int(options.max_expansion_ratio * compressed_bytes))
        self._left = min(allowed, options.max_expanded_bytes)

    def spend(self, count: int) -> None:
        """Count bytes; raises `Refused` when there are none left."""
        self._left -= count
        if self._left < 0:
            raise Refused(Reason.EXPANSION_LIMIT, "expands beyond the size and ratio limits; a bomb?")


def read_compressed(
    stream: BinaryIO, options: ReadOptions, *, suffix: str, read: Reader
) -> Iterator[RawRecord | BadRecord | SkippedRecord]:
    """Read a compressed file with the reader of what is in it.

    Args:
        stream: the file.
        options: the bounds.
        suffix: one of `COMPRESSIONS`.
        read: the reader.
    """
    budget = Budget(_size(stream), options)
    expanded = BoundedStream(COMPRESSIONS[suffix](stream), budget, {".gz": "gzip"}.get(suffix, suffix[1:]))
    yield from read(io.BufferedReader(expanded), options)


def read_zip(
    stream: BinaryIO, options: ReadOptions, *, find: Callable[[str], Reader | None]
) -> Iterator[RawRecord | BadRecord | SkippedRecord]:
    """Read every entry of a zip archive with the reader of its name.

    Args:
        stream: the archive.
        options: the bounds.
        find: gives the reader of an entry's name; None for a type that is not read.
    """
    if name := office_name(stream.read(_HEAD_BYTES)):
        raise Refused(Reason.BINARY, f"{name}, not an archive of texts")
    stream.seek(0)
    _refuse_many_entries(stream, options)
    try:
        archive = zipfile.ZipFile(stream)
    except (*_BROKEN, struct.error) as error:
        raise Refused(Reason.MALFORMED_ARCHIVE, f"not a zip archive, or a damaged one: {str(error)[:200]}") from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if not entries:
            raise Refused(Reason.EMPTY, "an empty zip archive")
        budget = Budget(_size(stream), options)
        number = 0
        for entry in entries:
            for record in _entry_records(archive, entry, budget, options, find):
                number += 1
                yield replace(record, number=number)


def _entry_records(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    budget: Budget,
    options: ReadOptions,
    find: Callable[[str], Reader | None],
) -> Iterator[RawRecord | BadRecord | SkippedRecord]:
    name = entry.filename
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")[:300]
    try:
        _refuse_unsafe(entry)
        base = PurePosixPath(name).name
        if base.startswith((".", "__MACOSX")) or base.endswith("~") or name.startswith("__MACOSX/"):
            yield SkippedRecord(0, SkipReason.HIDDEN, shown)
            return
        read = find(base)
        if read is None:
            yield SkippedRecord(0, SkipReason.OTHER_CONTENT, shown)
            return
        try:
            opened = archive.open(entry)
        except (*_BROKEN, struct.error, KeyError) as error:
            raise Refused(Reason.MALFORMED_ARCHIVE, f"a damaged zip entry (crc?): {str(error)[:200]}") from error
        with opened:
            for record in read(io.BufferedReader(BoundedStream(cast(BinaryIO, opened), budget, "zip")), options):
                if isinstance(record, RawRecord):
                    yield replace(record, member=shown)
                elif isinstance(record, BadRecord):
                    yield replace(record, message=f"{shown}: {record.message}")
                else:
                    yield record
    except Exception as error:  # noqa: BLE001 - whatever its reader raises, an entry costs itself
        refusal = refusal_of(error)
        if refusal.reason is Reason.EXPANSION_LIMIT:  # the budget is the archive's, not the entry's
            raise
        yield BadRecord(0, refusal.reason, f"{shown}: {refusal.message}")


def _refuse_unsafe(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or (len(name) > 1 and name[1] == ":"):
        raise Refused(Reason.UNSAFE_PATH, "the path leads out of the archive (traversal)")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(Reason.UNSAFE_PATH, "a symlink")
    if entry.flag_bits & 0x1:
        raise Refused(Reason.ENCRYPTED_ARCHIVE, "encrypted, needs a password")


def _refuse_many_entries(stream: BinaryIO, options: ReadOptions) -> None:
    """Refuse an archive with too many entries by its end record, before `zipfile` makes an object of each."""
    size = _size(stream)
    stream.seek(max(0, size - _MAX_COMMENT_BYTES - 22))
    tail = stream.read()
    stream.seek(0)
    position = tail.rfind(_END_OF_DIRECTORY)
    if position < 0 or len(tail) < position + 16:
        return  # no archive; `zipfile` says so
    entries, directory_bytes = struct.unpack_from("<HI", tail, position + 10)
    if entries > options.max_entries or directory_bytes > options.max_entries * _DIRECTORY_BYTES:
        raise Refused(
            Reason.TOO_MANY_ENTRIES, f"too many entries: a count over {options.max_entries} (max_archive_entries)"
        )


def _size(stream: BinaryIO) -> int:
    position = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(position)
    return size
