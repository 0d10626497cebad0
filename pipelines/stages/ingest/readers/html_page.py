"""Reader of HTML pages: the article's text, title, date, author, address and publisher.

What belongs here: `read_html` for files, `page_record` for pages inside other formats. The work is trafilatura's; pages it
finds nothing in (a bare paragraph, a nesting too deep for its parser) give every visible word (`markup.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from pipelines.stages.ingest.datelines import LineKind, dates_of_lines
from pipelines.stages.ingest.decoding import decode
from pipelines.stages.ingest.metadata_dates import metadata_date
from pipelines.stages.ingest.page_lines import without_boilerplate
from pipelines.stages.ingest.readers.markup import join_broken_lines, visible_text
from pipelines.stages.ingest.readers.page_dates import PageDates, page_dates
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

if TYPE_CHECKING:
    import trafilatura  # loaded with the first page: a text or a table needs none of it

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # one without an end hides the rest of the page, as in browsers
_HEAD_BYTES = 4_096
# A tag with this many attributes is no article's; libxml2 compares each with every other (100,000 take a minute).
_MAX_ATTRIBUTES = 1_000
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}")

# What web archives put round a page that they show.
_ARCHIVE_BANNER = re.compile(
    r"<!--\s*BEGIN WAYBACK TOOLBAR INSERT\s*-->.*?<!--\s*END WAYBACK TOOLBAR INSERT\s*-->", re.DOTALL | re.IGNORECASE
)
_ARCHIVE_ELEMENTS = [
    "//*[starts-with(@id, 'wm-ipp')]",
    "//*[@id='donato' or @id='wm-toolbar' or @id='bibalex_banner' or @id='google-cache-hdr']",
    "//*[starts-with(@id, 'ukwa-') or starts-with(@id, '__wb_') or starts-with(@class, 'wb-autocomplete')]",
]
_ARCHIVE_ADDRESS = re.compile(
    r"^https?://(?:web\.archive\.org|arquivo\.pt)/(?:web|wayback)/\d{4,14}(?:[a-z]{2}_)?/(?=https?://)"
)
_ARCHIVE_NAMES = frozenset(("wayback machine", "internet archive", "web.archive.org"))
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
    yield page_record(data, number=1, encoding=options.encoding)


def page_record(
    data: bytes, *, number: int, url: str | None = None, charset: str | None = None, encoding: str | None = None
) -> RawRecord:
    """The record of a page.

    Args:
        data: the page.
        number: its position in the file.
        url: its address, if known.
        charset: its encoding as its server named it, which counts before what the page says.
        encoding: its encoding as the user names it.

    Raises:
        Refused: it has no text, or is no text.
    """
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    named = charset or (declared.group(1).decode("ascii") if declared else None)
    html = decode(data, declared=named, encoding=encoding).text
    html = _XML_DECLARATION.sub("", html, count=1).replace("\x00", "")
    html = join_broken_lines(_ARCHIVE_BANNER.sub("", html))
    article = None if _has_huge_tag(html) else _article(html, url)
    dates = page_dates(_COMMENT.sub("", html)) if article is not None else PageDates()
    text = article.text if article is not None and article.text else None
    if text is None or article is None:
        title, text = visible_text(html)
        if not text:
            raise Refused(Reason.EMPTY, "empty: no text on the page")
        return RawRecord(number, text, title=title, published=dates.published, updated=dates.updated, url=url)
    paragraphs = without_boilerplate(line for line in text.split("\n") if line.strip())
    if article.title and len(paragraphs) > 1 and paragraphs[0].strip() == article.title.strip():
        del paragraphs[0]
    return RawRecord(
        number=number,
        text="\n\n".join(paragraphs),
        title=article.title,
        published=dates.published or _other_date(article.date, dates, html),
        updated=dates.updated,
        url=_original_address(url or article.url),
        author=article.author,
        source_name=_publisher(article),
    )


def _original_address(url: str | None) -> str | None:
    """The address of a page, without that of the archive it was fetched from."""
    return _ARCHIVE_ADDRESS.sub("", url) if url else None


def _publisher(article: trafilatura.settings.Document) -> str | None:
    name = article.sitename or article.hostname
    return None if name and name.lower() in _ARCHIVE_NAMES else name


def _article(html: str, url: str | None) -> trafilatura.settings.Document | None:
    import trafilatura

    article = trafilatura.bare_extraction(
        html,
        url=url,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        date_extraction_params=dict(_DATE_SEARCH),
        prune_xpath=_ARCHIVE_ELEMENTS,
    )
    return article if isinstance(article, trafilatura.settings.Document) else None


def _other_date(found: str | None, dates: PageDates, html: str) -> str | None:
    """The date that trafilatura found, unless it is that of the last change or a line of the page tells when it was published."""
    if found is None or metadata_date(found) == metadata_date(dates.updated):
        return _published_line(html)
    return found if dates.updated is None else _published_line(html) or found


def _published_line(html: str) -> str | None:
    """The day that a "Published: ..." line of the page names, though the line is no part of the article's text."""
    lines = dates_of_lines(visible_text(html)[1])
    return next((line.date.isoformat() for line in lines if line.kind is LineKind.PUBLISHED and line.date), None)


def _has_huge_tag(html: str) -> bool:
    return any(tag.group().count("=") > _MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(html))
