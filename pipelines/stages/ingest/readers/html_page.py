"""Reader of HTML pages: the article's text, title, date, author, address and publisher.

What belongs here: `read_html` for files, `page_record` for pages inside other formats and `fragment_text` for the HTML of
feeds. The work is trafilatura's; pages it finds nothing in (a bare paragraph, a nesting too deep for its parser) are read by
the standard library's tolerant parser, which keeps every visible word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import BinaryIO

import trafilatura

from pipelines.stages.ingest.datelines import LineKind, dates_of_lines
from pipelines.stages.ingest.decoding import decode
from pipelines.stages.ingest.metadata_dates import metadata_date
from pipelines.stages.ingest.readers.page_dates import PageDates, page_dates
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # one without an end hides the rest of the page, as in browsers
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_HEAD_BYTES = 4_096
# A tag with this many attributes is no article's; libxml2 compares each with every other (100,000 take a minute).
_MAX_ATTRIBUTES = 1_000
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}")

_HIDDEN = frozenset(("script", "style", "noscript", "template", "title", "head", "svg", "iframe", "object", "select"))
_BLOCKS = frozenset(
    (
        "address article aside blockquote body br caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
        "header hr html li main nav ol p pre section table td th tr ul"
    ).split()
)
# Only dates that the page marks as its own; the extensive search takes any date of the text for one.
_DATE_SEARCH = {"extensive_search": False, "original_date": True}


def read_html(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a file that is one page."""
    data = stream.read(options.max_markup_bytes + 1)
    if len(data) > options.max_markup_bytes:
        raise Refused(
            Reason.RECORD_TOO_LARGE, f"the page is too large: over {options.max_markup_bytes} bytes (size limit)"
        )
    if not data.strip():
        raise Refused(Reason.EMPTY, "empty file")
    yield page_record(data, number=1)


def page_record(data: bytes, *, number: int, url: str | None = None, charset: str | None = None) -> RawRecord:
    """The record of a page.

    Args:
        data: the page.
        number: its position in the file.
        url: its address, if known.
        charset: its encoding as its server named it.

    Raises:
        Refused: it has no text, or is no text.
    """
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    html = decode(data, declared=declared.group(1).decode("ascii") if declared else charset).text
    html = _XML_DECLARATION.sub("", html, count=1).replace("\x00", "")
    article = None if _has_huge_tag(html) else _article(html, url)
    dates = page_dates(_COMMENT.sub("", html)) if article is not None else PageDates()
    text = article.text if article is not None and article.text else None
    if text is None or article is None:
        title, text = _visible_text(html)
        if not text:
            raise Refused(Reason.EMPTY, "empty: no text on the page")
        return RawRecord(number, text, title=title, published=dates.published, updated=dates.updated, url=url)
    paragraphs = [line for line in text.split("\n") if line.strip()]
    if article.title and len(paragraphs) > 1 and paragraphs[0].strip() == article.title.strip():
        del paragraphs[0]
    return RawRecord(
        number=number,
        text="\n\n".join(paragraphs),
        title=article.title,
        published=dates.published or _other_date(article.date, dates, html),
        updated=dates.updated,
        url=url or article.url,
        author=article.author,
        source_name=article.sitename or article.hostname,
    )


def fragment_text(html: str) -> str:
    """The text of a piece of HTML, such as a feed's description; plain text comes back as it is."""
    if "<" not in html and "&" not in html:
        return html
    return _visible_text(html)[1]


def _article(html: str, url: str | None) -> trafilatura.settings.Document | None:
    article = trafilatura.bare_extraction(
        html,
        url=url,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        date_extraction_params=dict(_DATE_SEARCH),
    )
    return article if isinstance(article, trafilatura.settings.Document) else None


def _other_date(found: str | None, dates: PageDates, html: str) -> str | None:
    """The date that trafilatura found, unless it is that of the last change or a line of the page tells when it was published."""
    if found is None or metadata_date(found) == metadata_date(dates.updated):
        return _published_line(html)
    return found if dates.updated is None else _published_line(html) or found


def _published_line(html: str) -> str | None:
    """The day that a "Published: ..." line of the page names, though the line is no part of the article's text."""
    lines = dates_of_lines(_visible_text(html)[1])
    return next((line.date.isoformat() for line in lines if line.kind is LineKind.PUBLISHED and line.date), None)


def _has_huge_tag(html: str) -> bool:
    return any(tag.group().count("=") > _MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(html))


def _visible_text(html: str) -> tuple[str | None, str]:
    """The title and the visible text of a page, blocks parted by blank lines."""
    parser = _TextParser()
    parser.feed(_COMMENT.sub("", html))
    parser.close()
    blocks = ("".join(block) for block in parser.blocks)
    text = "\n\n".join(line for block in blocks if (line := " ".join(block.split())))
    return " ".join("".join(parser.title).split()) or None, text


class _TextParser(HTMLParser):
    """Collects the visible text of a page, block by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[list[str]] = [[]]
        self.title: list[str] = []
        self._hidden: list[str] = []  # open elements whose text is not shown, outermost first

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._hidden.clear()
        elif tag in _HIDDEN:
            self._hidden.append(tag)
        if tag in _BLOCKS:
            self.blocks.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        if tag in _BLOCKS:
            self.blocks.append([])

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.blocks[-1].append(data)
        elif self._hidden[-1] == "title":
            self.title.append(data)
