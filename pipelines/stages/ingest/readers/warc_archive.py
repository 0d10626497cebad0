"""Reader of WARC files, as web archives and Common Crawl write them: one record a page.

What belongs here: archived responses to records. Requests and metadata are the archive's own and no records; responses that
are neither HTML nor plain text are passed over. The time of the crawl is not the date of publication and is not taken for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipelines.stages.ingest.decoding import decode
from pipelines.stages.ingest.readers.html_page import page_record
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions, SkippedRecord, costs_itself
from pipelines.stages.ingest.reasons import Reason, Refused, SkipReason

_PAGE_TYPES = frozenset(("response", "resource", "conversion"))
_MARKUP = ("text/html", "application/xhtml+xml")
_PLAIN = "text/plain"


def read_warc(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord | SkippedRecord]:
    """Read a WARC file, plain or with each record compressed."""
    number = 0
    expanded = 0
    try:
        for record in ArchiveIterator(stream):
            if record.format != "warc":  # the library takes any line of words for a record of the older ARC format
                raise Refused(Reason.MALFORMED_WARC, "not a WARC file")
            if record.rec_type not in _PAGE_TYPES:
                continue
            number += 1
            data = _content(record, options)
            expanded += len(data or b"")
            if expanded > options.max_expanded_bytes:
                raise Refused(
                    Reason.EXPANSION_LIMIT, f"expands beyond the size limit of {options.max_expanded_bytes} bytes"
                )
            yield _page(record, data, number, options)
    except (ArchiveLoadFailed, zlib.error, EOFError, ValueError, OSError) as error:
        raise Refused(Reason.MALFORMED_WARC, f"not a WARC file, or a damaged one: {str(error)[:300]}") from error
    if number == 0:
        raise Refused(Reason.EMPTY, "empty: no archived page in the WARC file")


@costs_itself
def _page(record: Any, data: bytes | None, number: int, options: ReadOptions) -> RawRecord | BadRecord | SkippedRecord:
    url = record.rec_headers.get_header("WARC-Target-URI")
    if data is None:
        return SkippedRecord(number, SkipReason.OTHER_CONTENT, url or "")
    if len(data) > options.max_markup_bytes:
        return BadRecord(number, Reason.RECORD_TOO_LARGE, f"page {number} is over the size limit: {url}")
    content_type, charset = _content_type(record)
    try:
        if content_type == _PLAIN:
            return RawRecord(number, decode(data, declared=charset).text, url=url)
        return page_record(data, number=number, url=url, charset=charset)
    except Refused as refusal:
        return BadRecord(number, refusal.reason, f"page {number}: {refusal.message}: {url}")


def _content(record: Any, options: ReadOptions) -> bytes | None:
    """The body of a page, cut after the limit; None when it is no text, or the server reported an error."""
    content_type, _ = _content_type(record)
    status = record.http_headers.get_statuscode() if record.http_headers is not None else "200"
    if not content_type.startswith((*_MARKUP, _PLAIN)) or not status.startswith("2"):
        return None
    return bytes(record.content_stream().read(options.max_markup_bytes + 1))


def _content_type(record: Any) -> tuple[str, str | None]:
    headers = record.http_headers if record.http_headers is not None else record.rec_headers
    value = (headers.get_header("Content-Type") or "").lower()
    content_type, _, parameters = value.partition(";")
    charset = parameters.partition("charset=")[2].split(";")[0].strip(" \"'")
    return content_type.strip(), charset or None
