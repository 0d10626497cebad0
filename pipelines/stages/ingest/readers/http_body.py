"""Bodies of archived HTTP responses, without what servers put round them: chunks and compression.

What belongs here: `decoded_body`. Archives keep a response as it came or decoded, often with headers that say the other, so
a header is a claim that the bytes confirm or not. Brotli and Zstandard are read by Arrow, which has them.
"""

from __future__ import annotations

import io
import zlib
from typing import Any, cast

import pyarrow as pa
from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader

_READ_BYTES = 64 * 1024
_DEFLATE_WINDOWS = (zlib.MAX_WBITS, -zlib.MAX_WBITS)  # with the header that the standard asks for, and without
_STREAMED = {"br": "brotli", "zstd": "zstd"}


class BrokenBody(Exception):
    """A body that is not what its headers say, and no text as it is."""


def decoded_body(data: bytes, headers: Any, limit: int) -> bytes | None:
    """The body of an archived response.

    Args:
        data: the body as it is archived, cut behind the limit.
        headers: of HTTP, as warcio gives them; None where there are none.
        limit: most bytes that it may have, before and after decompression.

    Returns:
        The body, or None when it is larger.

    Raises:
        BrokenBody: it cannot be decompressed.
    """
    if headers is not None and "chunked" in (headers.get_header("Transfer-Encoding") or "").lower():
        data = _without_chunks(data, limit)
    names = (headers.get_header("Content-Encoding") or "") if headers is not None else ""
    for name in reversed([part.strip().lower().removeprefix("x-") for part in names.split(",")]):
        if len(data) > limit:
            return None
        data = _decompressed(data, name, limit)
    return data if len(data) <= limit else None


def _without_chunks(data: bytes, limit: int) -> bytes:
    """A body without its chunks' sizes; as it is where the archive took them out already."""
    reader = ChunkedDataReader(io.BytesIO(data))
    parts: list[bytes] = []
    size = 0
    try:
        while size <= limit and (part := reader.read(_READ_BYTES)):
            parts.append(bytes(part))
            size += len(part)
    except (ChunkedDataException, ValueError):
        if not parts:
            return data
    return b"".join(parts)


def _decompressed(data: bytes, name: str, limit: int) -> bytes:
    if name not in ("gzip", "deflate", *_STREAMED) or not data:
        return data
    # A record's own line ends may be counted among the bytes of its body.
    for candidate in (data, data.rstrip(b"\r\n")):
        try:
            if name in _STREAMED:
                return _streamed(candidate, _STREAMED[name], limit)
            return _inflated(candidate, name, limit)
        except (OSError, zlib.error, pa.ArrowException):
            continue
    if _is_plain(data):
        return data
    raise BrokenBody(f"the body cannot be decompressed ({name})")


def _streamed(data: bytes, codec: str, limit: int) -> bytes:
    with pa.CompressedInputStream(io.BytesIO(data), codec) as stream:
        return cast(bytes, stream.read(limit + 1))


def _inflated(data: bytes, name: str, limit: int) -> bytes:
    if name == "gzip" or data[:2] == b"\x1f\x8b":
        return _inflated_members(data, limit)
    for window in _DEFLATE_WINDOWS:
        try:
            return zlib.decompressobj(window).decompress(data, limit + 1)
        except zlib.error:
            continue
    raise zlib.error("no deflate data")


def _inflated_members(data: bytes, limit: int) -> bytes:
    parts = b""
    while data[:2] == b"\x1f\x8b" and len(parts) <= limit:
        inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        parts += inflater.decompress(data, limit + 1 - len(parts))
        data = inflater.unused_data
    if not parts:
        raise zlib.error("no gzip data")
    return parts


def _is_plain(data: bytes) -> bool:
    """Whether a body that should be compressed is text already."""
    sample = data[:4096]
    return sample.lstrip()[:1] == b"<" or (b"\x00" not in sample and sample.isascii())
