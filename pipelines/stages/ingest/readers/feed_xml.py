"""Reader of RSS and Atom feeds: one record an item.

What belongs here: the check of the XML, and items to records. The check is expat's and comes first: a document type
declaration (which could define entities that expand without end or read files) and a nesting no feed has are refused before
any other parser sees the file. feedparser then reads it, also where it is not well-formed; the items it saves are good,
and the file is put into quarantine beside them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from html.entities import html5
from typing import Any, BinaryIO
from xml.parsers import expat

from pipelines.stages.ingest.decoding import decode
from pipelines.stages.ingest.readers.markup import fragment_text
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions, costs_itself
from pipelines.stages.ingest.reasons import Reason, Refused

_MAX_FEED_BYTES = 64 * 1024**2
_MAX_DEPTH = 100
_PROLOGUE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ROOTS = ("rss", "feed", "rdf")
# What else is written in XML, for the message.
_OTHER_ROOTS = {
    "urlset": "a sitemap",
    "sitemapindex": "an index of sitemaps",
    "opml": "a list of feeds (OPML)",
    "newsml": "NewsML",
    "newsitem": "NewsML-G2",
    "newsmessage": "NewsML-G2",
    "nitf": "NITF",
    "svg": "an SVG image",
    "channel": "a piece of a feed",
    "item": "a piece of a feed",
}
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,12};)")
_BARE_LESS_THAN = re.compile(r"<(?![\w/!?:])|<(?=\d)")
_HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z]\w{1,11};)")
_FORBIDDEN_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|&#(?:0?[0-8]|1[124-9]|2\\d|3[01]);"
)
_BEHIND_ROOT = re.compile(r"(?s)(.*</(?:rss|feed|(?:\w+:)?RDF)\s*>).*", re.IGNORECASE)
# Vocabularies whose descriptions are captions of pictures or notes of an episode; feedparser gives them for the item's own
# (its issue 53). By the prefix they usually have and what their address contains.
_MEDIA, _EPISODES = {"media": "search.yahoo.com/mrss"}, {"itunes": "itunes.com/dtds", "googleplay": "play-podcasts"}
_PREFIX = re.compile(r"xmlns:([\w.\-]{1,40})\s*=\s*[\"']([^\"']{1,300})[\"']")
_ASIDES = "description|text|title|subtitle|subTitle|summary|credit|copyright|keywords|author"
_VIDEO_SITE = "youtube.com/xml/schemas"  # there the media description is what the item says


def read_feed(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a feed."""
    data = stream.read(_MAX_FEED_BYTES + 1)
    if len(data) > _MAX_FEED_BYTES:
        raise Refused(Reason.RECORD_TOO_LARGE, f"a feed over {_MAX_FEED_BYTES} bytes (size limit)")
    if not data.strip():
        raise Refused(Reason.EMPTY, "empty file")
    declared = _ENCODING.search(data[:300])
    named = declared.group(1).decode("ascii") if declared else None
    text = decode(data, declared=named, encoding=options.encoding).text
    _refuse_foreign(text)
    flaw = _flaw(text)
    if flaw is not None:
        text = _mend(text)
        flaw = _flaw(text)
    feed = _parse(_without(text, _MEDIA | _EPISODES))
    if flaw is not None and not feed.entries:
        raise Refused(Reason.MALFORMED_XML, f"not a well-formed xml feed: {flaw}")
    texts = [_text(entry, is_atom=feed.version.startswith("atom")) for entry in feed.entries]
    if not all(texts):  # an episode's notes are better than nothing; a caption is not
        second = _parse(text if _VIDEO_SITE in text else _without(text, _MEDIA)).entries
        texts = [own or _text(entry, is_atom=False) for own, entry in zip(texts, second, strict=False)]
    for number, (entry, own) in enumerate(zip(feed.entries, texts, strict=False), start=1):
        record = _record(entry, own, number, feed.feed.get("title"))
        if flaw is None or isinstance(record, RawRecord):
            yield record
    if flaw is not None:
        raise Refused(Reason.MALFORMED_XML, f"the xml is not well-formed, items may be missing: {flaw}")


def _parse(text: str) -> Any:
    import feedparser  # loaded with the first feed: `plain_text.py` imports this module for what is rarely one

    return feedparser.parse(
        io.BytesIO(_as_utf8(text)),
        resolve_relative_uris=False,
        sanitize_html=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )


def _without(text: str, vocabularies: Mapping[str, str]) -> str:
    """The feed without the descriptions that belong to pictures and episodes."""
    prefixes = set(vocabularies)
    prefixes.update(
        prefix for prefix, address in _PREFIX.findall(text) if any(part in address for part in vocabularies.values())
    )
    names = "|".join(map(re.escape, sorted(prefixes)))
    element = re.compile(rf"<((?:{names}):(?:{_ASIDES}))(?:\s[^<>]*)?(?:/>|>.*?</\1\s*>)", re.DOTALL)
    return element.sub("", text)


def _text(entry: Any, *, is_atom: bool) -> str:
    """The longest text of an item: its content or its description, without tags."""
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    texts = [
        detail["value"] if is_atom and _is_plain(detail) else fragment_text(detail["value"])
        for detail in details
        if detail.get("value") and _is_textual(detail.get("type") or "text/html")
    ]
    return max((text.strip() for text in texts), key=len, default="")


def _is_textual(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type.endswith(("+xml", "/xml"))


def _is_plain(detail: Any) -> bool:
    """Whether an Atom text says that it is no HTML, and has no closed tag that says otherwise."""
    return detail.get("type") == "text/plain" and "</" not in detail["value"]


@costs_itself
def _record(entry: Any, text: str, number: int, publisher: str | None) -> RawRecord | BadRecord:
    title = fragment_text(entry.get("title") or "").strip() or None
    if not text and title is None:
        return BadRecord(number, Reason.EMPTY, f"item {number}: empty, no content, description or title")
    return RawRecord(
        number=number,
        text=text or title or "",
        title=title,
        published=entry.get("published") or entry.get("created"),
        updated=dict.get(entry, "updated"),
        url=entry.get("link"),
        author=entry.get("author"),
        source_name=fragment_text(publisher) if publisher else None,
        is_title_only=not text,
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
    if root is None:
        raise Refused(Reason.MALFORMED_XML, "not an xml feed: no rss, feed or RDF element at its top")
    if root.group(1) not in _ROOTS:
        name = _OTHER_ROOTS.get(root.group(1), f"an XML document of <{root.group(1)[:60]}>")
        raise Refused(Reason.MALFORMED_XML, f"{name}, not an xml feed: no rss, feed or RDF element at its top")


def _mend(text: str) -> str:
    """The usual faults of feeds made good.

    These are: a bare "&" or "<" in a title, HTML's entities, which XML does not know, characters that XML does not allow, and
    what a server or a page writer added behind the end.
    """
    text = _FORBIDDEN_CHARACTER.sub("", _BEHIND_ROOT.sub(r"\1", text))
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
