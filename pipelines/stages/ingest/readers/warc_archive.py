"""Reader of WARC and ARC files, as web archives and Common Crawl write them: one record a page.

What belongs here: archived responses, and the texts of WET files, to records. What does not: the order of records in the
file (`warc_records.py`), bodies as servers encode them (`http_body.py`).

Requests, metadata, revisits and what the archiving tool notes about itself are no articles; nor is what a server sent with
an error or a redirection. The time of the crawl is not the date of publication and is not taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from pipelines.stages.ingest.decoding import decode
from pipelines.stages.ingest.readers.html_page import page_record
from pipelines.stages.ingest.readers.http_body import BrokenBody, decoded_body
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions, SkippedRecord, costs_itself
from pipelines.stages.ingest.readers.warc_records import BrokenRecord, iterate_records
from pipelines.stages.ingest.reasons import Reason, Refused, SkipReason

_PAGE_TYPES = frozenset(("response", "resource", "conversion"))
_MARKUP = ("text/html", "application/xhtml+xml")
_PLAIN = "text/plain"
_UNSAID = ("", "application/octet-stream", "unk", "no-type", "application/http")
_LOOKS_LIKE_PAGE = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_PAGE_SCHEMES = frozenset(("http", "https", "ftp", "file"))
_FOR_ROBOTS = re.compile(r"/(?:robots|ads|app-ads|humans|security)\.txt$")


def read_warc(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord | SkippedRecord]:
    """Read a WARC or ARC file: plain, compressed as a whole or with each record compressed; a bad record costs itself."""
    number = 0
    expanded = 0
    for archived in iterate_records(stream, options):
        if isinstance(archived, BrokenRecord):
            number += 1
            yield BadRecord(number, Reason.MALFORMED_WARC, f"record {number} is damaged: {archived.message}")
            continue
        if archived.headers.rec_type not in _PAGE_TYPES:
            continue
        number += 1
        found = _page(archived.headers, archived.body, number, options)
        expanded += len(found.text) if isinstance(found, RawRecord) else 0
        if expanded > options.max_expanded_bytes:
            raise Refused(
                Reason.EXPANSION_LIMIT, f"expands beyond the size limit of {options.max_expanded_bytes} bytes"
            )
        yield found
    if number == 0:
        raise Refused(Reason.EMPTY, "empty: no archived page in the WARC file")


@costs_itself
def _page(record: Any, body: bytes, number: int, options: ReadOptions) -> RawRecord | BadRecord | SkippedRecord:
    url = record.rec_headers.get_header("uri" if record.format == "arc" else "WARC-Target-URI") or ""
    content_type, charset = _content_type(record)
    if not _is_article(record, url, content_type):
        return SkippedRecord(number, SkipReason.OTHER_CONTENT, url)
    try:
        data = decoded_body(body, record.http_headers, options.max_markup_bytes)
    except BrokenBody as error:
        return BadRecord(number, Reason.MALFORMED_WARC, f"page {number}: {error}: {url}")
    if data is None:
        return BadRecord(number, Reason.RECORD_TOO_LARGE, f"page {number} is over the size limit: {url}")
    if content_type in _UNSAID and not _LOOKS_LIKE_PAGE.match(data):
        return SkippedRecord(number, SkipReason.OTHER_CONTENT, url)
    try:
        if content_type == _PLAIN and not _LOOKS_LIKE_PAGE.match(data):
            text = decode(data, declared=charset, encoding=options.encoding).text
            if not text.strip():
                raise Refused(Reason.EMPTY, "empty: no text but white space")
            return RawRecord(number, text, url=url)
        return page_record(data, number=number, url=url or None, charset=charset, encoding=options.encoding)
    except Refused as refusal:
        return BadRecord(number, refusal.reason, f"page {number}: {refusal.message}: {url}")


def _is_article(record: Any, url: str, content_type: str) -> bool:
    """Whether a record can hold one: text that a server gave for a page, not an error, a redirection or a tool's note."""
    try:
        address = urlsplit(url.strip("<> "))
    except ValueError:
        address = urlsplit("")
    if record.rec_type != "conversion" and address.scheme.lower() not in _PAGE_SCHEMES:
        return False
    if _FOR_ROBOTS.search(address.path.lower()):
        return False
    status = record.http_headers.get_statuscode() if record.http_headers is not None else "200"
    return content_type in (*_MARKUP, _PLAIN, *_UNSAID) and (status or "200").startswith("2")


def _content_type(record: Any) -> tuple[str, str | None]:
    if record.http_headers is not None:
        value = record.http_headers.get_header("Content-Type")
    else:
        value = record.rec_headers.get_header("content-type" if record.format == "arc" else "Content-Type")
    content_type, _, parameters = (value or "").lower().partition(";")
    charset = parameters.partition("charset=")[2].split(";")[0].strip(" \"'")
    return content_type.strip(), charset or None
