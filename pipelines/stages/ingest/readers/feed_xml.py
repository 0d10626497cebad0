"""Reader of RSS and Atom feeds: one record an item.

What belongs here: the check of the XML, and items to records. The check is expat's and comes first: a document type
declaration (which could define entities that expand without end or read files) and a nesting no feed has are refused before
any other parser sees the file. feedparser then reads it, also where it is not well-formed; the items it saves are good,
and the file is put into quarantine beside them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any, BinaryIO
from xml.parsers import expat

import feedparser

from pipelines.stages.ingest.decoding import decode
from pipelines.stages.ingest.readers.html_page import fragment_text
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions, costs_itself
from pipelines.stages.ingest.reasons import Reason, Refused

_MAX_FEED_BYTES = 64 * 1024**2
_MAX_DEPTH = 100
_PROLOGUE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ROOTS = ("rss", "feed", "rdf")
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,12};)")
_BARE_LESS_THAN = re.compile(r"<(?![\w/!?:])|<(?=\d)")
_HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z]\w{1,11};)")


def read_feed(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a feed."""
    data = stream.read(_MAX_FEED_BYTES + 1)
    if len(data) > _MAX_FEED_BYTES:
        raise Refused(Reason.RECORD_TOO_LARGE, f"a feed over {_MAX_FEED_BYTES} bytes (size limit)")
    if not data.strip():
        raise Refused(Reason.EMPTY, "empty file")
    declared = _ENCODING.search(data[:300])
    text = decode(data, declared=declared.group(1).decode("ascii") if declared else None).text
    _refuse_foreign(text)
    flaw = _flaw(text)
    if flaw is not None:
        text = _mend(text)
        flaw = _flaw(text)
    feed = feedparser.parse(
        io.BytesIO(_as_utf8(text)),
        resolve_relative_uris=False,
        sanitize_html=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )
    if flaw is not None and not feed.entries:
        raise Refused(Reason.MALFORMED_XML, f"not a well-formed xml feed: {flaw}")
    publisher = feed.feed.get("title")
    for number, entry in enumerate(feed.entries, start=1):
        record = _record(entry, number, publisher)
        if flaw is None or isinstance(record, RawRecord):
            yield record
    if flaw is not None:
        raise Refused(Reason.MALFORMED_XML, f"the xml is not well-formed, items may be missing: {flaw}")


@costs_itself
def _record(entry: Any, number: int, publisher: str | None) -> RawRecord | BadRecord:
    contents = [content.get("value", "") for content in entry.get("content", ())]
    text = fragment_text(max([*contents, entry.get("summary", "")], key=len))
    if not text.strip():
        return BadRecord(number, Reason.EMPTY, f"item {number}: empty, no content or description")
    title = entry.get("title")
    return RawRecord(
        number=number,
        text=text,
        title=fragment_text(title) if title else None,
        published=entry.get("published") or entry.get("updated"),
        url=entry.get("link"),
        author=entry.get("author"),
        source_name=fragment_text(publisher) if publisher else None,
    )


def _refuse_foreign(text: str) -> None:
    """Refuse what is no feed, or has a document type declaration; both show before the root element."""
    match = _PROLOGUE.match(text)
    start = text[match.end() if match else 0 :][:200].lower()
    if start.startswith(("<!doctype html", "<html")):
        raise Refused(Reason.MALFORMED_XML, "an HTML page, not an xml feed")
    if start.startswith("<!"):
        raise Refused(Reason.FORBIDDEN_DTD, "xml with a DTD, which could define entities, is not read")
    root = re.match(r"<(?:[\w.\-]+:)?([\w.\-]+)", start)
    if root is None or root.group(1) not in _ROOTS:
        raise Refused(Reason.MALFORMED_XML, "not an xml feed: no rss, feed or RDF element at its top")


def _mend(text: str) -> str:
    """The usual faults of feeds made good: a bare "&" or "<" in a title, and HTML's entities, which XML does not know."""
    text = _HTML_ENTITY.sub(lambda match: html5.get(match.group(1), match.group()), text)
    return _BARE_LESS_THAN.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", text))


def _flaw(text: str) -> str | None:
    """What is wrong with the XML, or None.

    Raises:
        Refused: a document type declaration, or too deep a nesting.
    """
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise Refused(Reason.TOO_DEEP, f"xml nested deeper than {_MAX_DEPTH} elements (depth limit)")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_arguments: object) -> None:
        raise Refused(Reason.FORBIDDEN_DTD, "xml with a DTD, which could define entities, is not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(_as_utf8(text), True)
    except expat.ExpatError as error:
        return str(error)
    return None


def _as_utf8(text: str) -> bytes:
    """The feed as UTF-8, with an XML declaration that says so, whatever its own said."""
    body = re.sub(r"^\s*<\?xml.*?\?>", "", text.lstrip("\ufeff"), count=1, flags=re.DOTALL)
    return b'<?xml version="1.0" encoding="utf-8"?>' + body.encode("utf-8", "replace")
