"""Bytes to text: which encoding a file is in.

What belongs here: `decode` for whole files and `open_text` for streams of lines. What does not: what happens to the text
afterwards (`canonical.py`).
"""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, NamedTuple

import charset_normalizer

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
# The control bytes that plain text has: tab, line feed, vertical tab, form feed, carriage return, escape.
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1b")
_CONTROLS = bytes(byte for byte in (*range(0x20), 0x7F) if byte not in _TEXT_CONTROLS)
# Share of control bytes above which a file is no text; a stray NUL in an article is far below, UTF-16 without a mark above.
_MAX_CONTROL_SHARE = 0.02
# Share of non-ASCII bytes below which text in an old 8-bit encoding is taken for Windows-1252: Western text has accents
# in under a tenth of its letters, other alphabets have little else.
_WESTERN_SHARE = 0.15
_FALLBACK = "communique-cp1252"


class Decoded(NamedTuple):
    """A decoded text and the encoding that was found."""

    text: str
    encoding: str


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Decode the bytes of a file.

    A byte-order mark decides; then UTF-8 where it fits; then the declared encoding; then UTF-8 with some foreign bytes, an
    8-bit Western text (Windows-1252) or what charset-normalizer finds.

    Args:
        data: the bytes.
        declared: the encoding that the file itself names (HTML meta, XML declaration), if any; it may be wrong.

    Returns:
        The text and its encoding.

    Raises:
        Refused: the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(encoding, errors="replace"), encoding)
    refuse_binary(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if declared and (text := _try(data, declared)) is not None:
        return Decoded(text, declared)
    return _decode_legacy(data)


def open_text(stream: BinaryIO) -> io.TextIOWrapper:
    """Wrap a stream of bytes as text, line ends untouched, for files that are read line by line.

    A byte-order mark decides; everything else is UTF-8 whose invalid bytes are read as Windows-1252, so that one bad line
    costs nothing but itself.

    Raises:
        Refused: the first bytes are no text.
    """
    buffered = io.BufferedReader(stream, 2 * _SAMPLE_BYTES)  # type: ignore[type-var]
    head = buffered.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES]
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline="")
    refuse_binary(head)
    return io.TextIOWrapper(buffered, encoding="utf-8", errors=_FALLBACK, newline="")


def refuse_binary(data: bytes) -> None:
    """Raise `Refused` when bytes are no text: too many control bytes."""
    sample = data[:_SAMPLE_BYTES]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > _MAX_CONTROL_SHARE * len(sample):
        raise Refused(
            Reason.BINARY,
            f"not text: {controls} control bytes (NUL and the like) in the first {len(sample)}; "
            "a binary file, or UTF-16 encoding without a byte-order mark",
        )


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeError, ValueError):  # no such text encoding, bytes that do not fit, a NUL in the name
        return None


def _decode_legacy(data: bytes) -> Decoded:
    high = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    tolerant = data.decode("utf-8", errors="replace")
    broken = tolerant.count("�")
    if 2 * broken < high:  # most non-ASCII bytes are in valid UTF-8 sequences
        return Decoded(data.decode("utf-8", errors=_FALLBACK), "utf-8")
    if high > _WESTERN_SHARE * len(data):
        best = charset_normalizer.from_bytes(data[:_SAMPLE_BYTES]).best()
        text = _try(data, best.encoding) if best else None
        if text is None or best is None:
            raise Refused(Reason.BINARY, f"no encoding fits: {high} of {len(data)} bytes are not ASCII; a binary file?")
        return Decoded(text, best.encoding)
    return Decoded(data.decode("utf-8", errors=_FALLBACK), "cp1252")


def _decode_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Error handler: the bytes that are no UTF-8, read as Windows-1252, its five holes as U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_FALLBACK, _decode_as_cp1252)
