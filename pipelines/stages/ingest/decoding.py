"""Bytes to text: which encoding a file is in.

What belongs here: `decode` for whole files and `open_text` for streams of lines. What does not: what happens to the text
afterwards (`canonical.py`).
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

import charset_normalizer

from pipelines.stages.ingest.eight_bit import ENCODINGS, POOR, WESTERN, find_encoding
from pipelines.stages.ingest.foreign_formats import format_name
from pipelines.stages.ingest.reasons import Reason, Refused

# UTF-32 first: its little-endian mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 64 * 1024
# How much of a stream that cannot be read twice is looked at before its first line is decoded.
_PEEK_BYTES = 1024 * 1024
# The control bytes that plain text has: tab, line feed, vertical tab, form feed, carriage return, escape.
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1b")
_CONTROLS = bytes(byte for byte in (*range(0x20), 0x7F) if byte not in _TEXT_CONTROLS)
# Share of control bytes above which a file is no text; a stray NUL in an article is far below, UTF-16 without a mark above.
_MAX_CONTROL_SHARE = 0.02
# Share of non-ASCII bytes above which text may be in an encoding of two bytes a letter.
_FOREIGN_SHARE = 0.15
_HANDLER = "communique-{}"
# Labels of pages and feeds that browsers read as a larger encoding, since what is labelled so rarely keeps to it.
_LABELS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "utf-16": "utf-16-le",
}
# Encodings whose bytes are all ASCII, so that they pass for UTF-8.
_ESCAPING = ("iso2022", "hz")


class Decoded(NamedTuple):
    """A decoded text and the encoding that was found."""

    text: str
    encoding: str


def decode(data: bytes, *, declared: str | None = None, encoding: str | None = None) -> Decoded:
    """Decode the bytes of a file.

    A byte-order mark decides; then the user's word; then UTF-8 where it fits; then the declared encoding. What is left is
    decoded line by line: as UTF-8 where that fits, else as the 8-bit encoding in which the words make most sense.

    Args:
        data: the bytes.
        declared: the encoding that the file itself names (HTML meta, XML declaration), if any; it may be wrong.
        encoding: the encoding that the user names for the folder, if any.

    Returns:
        The text and its encoding.

    Raises:
        Refused: the bytes are no text.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(marked, errors="replace"), marked)
    if encoding is not None:
        return Decoded(data.decode(encoding, errors="replace"), encoding)
    declared = _browser_name(declared)
    if wide := _unmarked_utf_16(data, declared):
        return Decoded(data.decode(wide, errors="replace"), wide)
    refuse_binary(data)
    if declared and declared.startswith(_ESCAPING) and (text := _try(data, declared)) is not None:
        return Decoded(text, declared)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if declared and (text := _try(data, declared)) is not None:
        return Decoded(text, declared)
    return _decode_legacy(data)


def open_text(stream: BinaryIO, *, encoding: str | None = None) -> io.TextIOWrapper:
    """Wrap a stream of bytes as text, line ends untouched, for files that are read line by line.

    Args:
        stream: the bytes; looked through once before, where it can be read twice.
        encoding: the encoding that the user names for the folder, if any; without it as `decode` finds it.

    Raises:
        Refused: the first bytes are no text.
    """
    start = stream.tell() if stream.seekable() else None
    buffered = io.BufferedReader(stream, 2 * _PEEK_BYTES)  # type: ignore[type-var]
    head = buffered.peek(_SAMPLE_BYTES)
    for mark, marked in _MARKS:
        if head.startswith(mark):
            return io.TextIOWrapper(buffered, encoding=marked, errors="replace", newline="")
    if encoding is None and (encoding := _unmarked_utf_16(head, None)) is None:
        refuse_binary(head)
        if start is None:
            found = _find_legacy(io.BytesIO(head))
        else:
            found = _find_legacy(buffered)
            buffered.seek(start)
        if found is not None and found.is_whole:
            return io.TextIOWrapper(buffered, encoding=found.encoding, errors="replace", newline="")
        handler = _HANDLER.format(found.encoding if found else WESTERN)
        return io.TextIOWrapper(buffered, encoding="utf-8", errors=handler, newline="")
    return io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline="")


def is_text_encoding(name: str) -> bool:
    """Whether Python decodes text by this name ("base64" and the like are codecs of something else)."""
    try:
        return isinstance("".encode(name), bytes) and b"a".decode(name, errors="replace") is not None
    except (LookupError, ValueError):
        return False


def refuse_binary(data: bytes) -> None:
    """Raise `Refused` when bytes are no text: those of a format that is not read, or too many control bytes."""
    sample = data[:_SAMPLE_BYTES]
    if name := format_name(sample.removeprefix(codecs.BOM_UTF8).lstrip(b" \r\n") or sample):
        raise Refused(Reason.BINARY, f"{name}, not text (a binary or word-processor format is not read)")
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > _MAX_CONTROL_SHARE * len(sample):
        raise Refused(
            Reason.BINARY,
            f"not text: {controls} control bytes (NUL and the like) in the first {len(sample)}; "
            "a binary file, or UTF-16 encoding without a byte-order mark (then say so by `encoding` in sources.toml)",
        )


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeError, ValueError):  # no such text encoding, bytes that do not fit, a NUL in the name
        return None


def _browser_name(label: str | None) -> str | None:
    """The encoding that a label means to browsers; None for a label that means nothing."""
    if not label:
        return None
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _LABELS.get(name, name)


def _unmarked_utf_16(data: bytes, declared: str | None) -> str | None:
    """UTF-16 without a mark: where it is declared, or the first character is one that only mark-up and JSON begin with.

    Prose is not taken for it without a word from somebody: other binary formats have NULs at every second byte, too.
    """
    little, big = data[1:2] == b"\x00" != data[:1], data[:1] == b"\x00" != data[1:2]
    if not (little or big) or data[3 - little : 4 - little] == b"\x00":
        return None
    is_marked_up = data[:2].strip(b"\x00") in (b"<", b"{", b"[") and data[2:4].count(0) == 1
    if not is_marked_up and (declared is None or not declared.startswith("utf-16")):
        return None
    return "utf-16-le" if little else "utf-16-be"


class _Legacy(NamedTuple):
    """The encoding of what is not UTF-8, and whether nothing else is UTF-8 either."""

    encoding: str
    is_whole: bool


def _find_legacy(lines: Iterable[bytes]) -> _Legacy | None:
    """The encoding of the lines that are not UTF-8; None when all are.

    Raises:
        Refused: no encoding fits.
    """
    foreign: list[bytes] = []
    size = 0
    is_whole = True
    for line in lines:
        if line.isascii():
            continue
        tolerant = line.decode("utf-8", errors="replace")
        if "\ufffd" not in tolerant:
            is_whole = False
            continue
        # Characters decoded well, in a line that is broken elsewhere: UTF-8 with a foreign word in it.
        if not tolerant.replace("\ufffd", "").isascii() and 2 * tolerant.count("\ufffd") < _count_high(line):
            is_whole = False
        foreign.append(line)
        size += len(line)
        if size > _SAMPLE_BYTES:
            break
    if not foreign:
        return None
    if not is_whole:
        return _Legacy(find_encoding(map(_only_foreign, foreign), is_mixed=True)[0], is_whole)
    encoding, likelihood = find_encoding(foreign)
    data = b"".join(foreign)
    if likelihood >= POOR or _count_high(data) <= _FOREIGN_SHARE * len(data):
        return _Legacy(encoding, is_whole)
    best = charset_normalizer.from_bytes(
        data
    ).best()  # two bytes a letter, or an alphabet that is rare in news in English
    if best is None:
        raise Refused(Reason.BINARY, f"no encoding fits: {_count_high(data)} of {len(data)} bytes are not ASCII")
    return _Legacy(best.encoding, is_whole)


def _only_foreign(line: bytes) -> bytes:
    """A line without its characters beyond ASCII that are well-formed UTF-8."""
    return _WELL_FORMED.sub(b" ", line)


_WELL_FORMED = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _count_high(data: bytes) -> int:
    return len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))


def _decode_legacy(data: bytes) -> Decoded:
    found = _find_legacy(data.splitlines(keepends=True))
    encoding = found.encoding if found else WESTERN
    if found is None or not found.is_whole:
        return Decoded(data.decode("utf-8", errors=_HANDLER.format(encoding)), "utf-8")
    return Decoded(data.decode(encoding, errors="replace"), encoding)


def _register_handler(encoding: str) -> None:
    """Make `communique-ENCODING` an error handler for UTF-8: bytes that are none are read in the 8-bit encoding."""

    def decode_foreign(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        return error.object[error.start : error.end].decode(encoding, errors="replace"), error.end

    codecs.register_error(_HANDLER.format(encoding), decode_foreign)


for _encoding in ENCODINGS:
    _register_handler(_encoding)
