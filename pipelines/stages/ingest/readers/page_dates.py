"""Dates that an HTML page marks as its own: when it was published, and when it was last changed.

What belongs here: `page_dates`. Read are JSON-LD (`datePublished`, `dateModified`), `meta` elements (Open Graph, Dublin Core,
Parse.ly, Sailthru and others), microdata (`itemprop`), `time` elements by their class, `pubdate` or the words before them, and
elements whose class says so. What does not: lines of the text ("Published: ..."), which every format may have
(`datelines.py`), and the search for other dates, which is trafilatura's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from pipelines.stages.ingest.metadata_dates import metadata_date

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_ASIDES = frozenset(("aside", "nav", "footer"))
_MAX_DEPTH = 200
_MAX_MARKS = 200  # dates of a page that are looked at
_MAX_SHOWN = 60  # characters of an element that is a date
_MAX_JSON_CHARACTERS = 500_000
_MAX_JSON_OBJECTS = 2_000

# Names of meta elements, without case and everything but letters.
_PUBLISHED_NAMES = frozenset(
    "articlepublishedtime articlepublished articlepublicationdate articledateoriginal ogpublishedtime ogarticlepublishedtime "
    "ogpubdate datepublished publisheddate published publishedtime publishdate publishtime publicationdate pubdate pubtime "
    "originalpublicationdate originalpublishdate firstpublished parselypubdate sailthrudate dcdateissued dctermsissued dcissued "
    "dctermscreated dcdatecreated dccreated dctermsavailable citationpublicationdate citationonlinedate prismpublicationdate "
    "rnewsdatepublished btpubdate vrpublishedtime cxenseparserecspublishtime shareaholicarticlepublishedtime displaydate "
    "gentimedisplayformatdatepublished krnpublishedtime czhdevpublicationdate datecreated releasedate dateline".split()
)
# What may be either; they count after the names that leave no doubt.
_PLAIN_NAMES = frozenset(
    "date dcdate dctermsdate dctermsvalid articledate creationdate datetime timestamp eomportalinstanceid".split()
)
_UPDATED_NAMES = frozenset(
    "articlemodifiedtime articlemodified articleupdatedtime ogupdatedtime ogmodifiedtime ogarticlemodifiedtime datemodified "
    "dateupdated modifieddate modifiedtime modified updateddate updatedtime updated lastmodified lastupdated lastmod revised "
    "revisiondate dcdatemodified dctermsmodified dcmodified prismmodificationdate rnewsdatemodified vrmodifiedtime".split()
)
_UPDATED_MARK = re.compile(r"updat|modif|revis|edited|lastmod|changed", re.I)
_PUBLISHED_MARK = re.compile(r"publi|pubdate|pub-date|posted|entry-date|post-date|dateline|created|release", re.I)
_UPDATED_WORDS = re.compile(
    r"(?:updated|modified|revised|edited|changed|amended|corrected)\b[\s:]*(?:on|at)?[\s:]*$", re.I
)
_PUBLISHED_WORDS = re.compile(r"(?:published|posted|issued|released)\b[\s:]*(?:on|at)?[\s:]*$", re.I)
_STARTS_UPDATED = re.compile(r"\s*(?:last\s)?(?:updated|modified|revised|edited)\b", re.I)
_ARTICLE_TYPE = re.compile(r"article|posting|report|webpage|creativework|review|statement|announcement", re.I)
_OTHER_ARTICLES = frozenset(
    (
        "itemlistelement",
        "haspart",
        "comment",
        "relatedlink",
        "mentions",
        "citation",
        "isbasedon",
        "video",
        "image",
        "review",
    )
)


@dataclass(frozen=True, slots=True)
class PageDates:
    """Dates as the page writes them; every one can be read as a day or states an open one."""

    published: str | None = None
    updated: str | None = None


def page_dates(html: str) -> PageDates:
    """The dates that a page marks as its own.

    Args:
        html: the page.
    """
    parser = _Marks()
    parser.feed(html)
    parser.close()
    published, updated = parser.published, parser.updated
    structured = [pair for text in parser.json_texts for pair in _dates_of_json(text)]
    published = [("json", value) for name, value in structured if name == "datepublished"] + published
    updated = [("json", value) for name, value in structured if name == "datemodified"] + updated
    return PageDates(_best(published), _best(updated))


def _best(marks: list[tuple[str, str]]) -> str | None:
    """The value of the surest mark that states a day, the first of its kind."""
    ranks = {"json": 0, "meta": 1, "microdata": 2, "time": 3, "class": 4, "plain": 5}
    ordered = sorted(marks[:_MAX_MARKS], key=lambda mark: ranks[mark[0]])
    return next((value for _, value in ordered if metadata_date(value)), None)


@dataclass(slots=True)
class _Open:
    """An open element whose text may be a date."""

    tag: str
    mark: str
    is_updated: bool | None
    text: list[str] = field(default_factory=list)


class _Marks(HTMLParser):
    """Collects the marked dates of a page in its order, by kind of mark."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.published: list[tuple[str, str]] = []
        self.updated: list[tuple[str, str]] = []
        self.json_texts: list[str] = []
        self._asides = 0
        self._open: _Open | None = None
        self._json: list[str] | None = None
        self._before = ""  # the last words before an element

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs[:50]}
        if tag == "meta":
            self._meta(values)
        elif tag == "script":
            self._json = [] if "ld+json" in values.get("type", "") else None
        elif tag in _ASIDES:
            self._asides += 1
        elif not self._asides:
            self._element(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._json is not None:
            self.json_texts.append("".join(self._json))
            self._json = None
        elif tag in _ASIDES:
            self._asides = max(0, self._asides - 1)
        elif self._open is not None and self._open.tag == tag:
            self._close()

    def handle_data(self, data: str) -> None:
        if self._json is not None:
            self._json.append(data)
            return
        if self._open is not None:
            self._open.text.append(data[:_MAX_SHOWN])
        if data.strip():
            self._before = data[-40:]

    def _meta(self, values: dict[str, str]) -> None:
        content = values.get("content", "")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = re.sub(r"[^a-z]", "", values.get(attribute, "").lower()[:100])
            if name in _UPDATED_NAMES:
                self.updated.append(("meta", content))
            elif name in _PUBLISHED_NAMES:
                self.published.append(("meta", content))
            elif name in _PLAIN_NAMES and attribute != "http-equiv":
                self.published.append(("plain", content))

    def _element(self, tag: str, values: dict[str, str]) -> None:
        if self._open is not None and len(self._open.text) < 5 and tag != "time":
            return  # inside an element that is a date
        item = values.get("itemprop", "").lower()
        named = " ".join(values.get(name, "") for name in ("class", "id", "data-testid"))
        mark = f"{named} {item} {'pubdate' if 'pubdate' in values else ''}"
        is_updated: bool | None = None
        if _UPDATED_MARK.search(mark):
            is_updated = True
        elif _PUBLISHED_MARK.search(mark):
            is_updated = False
        kind = (
            "microdata"
            if item in ("datepublished", "datemodified", "datecreated")
            else "time"
            if tag == "time"
            else "class"
        )
        if kind == "class" and (is_updated is None or not re.search(r"date|time|publish|updat|posted", mark, re.I)):
            return
        if is_updated is None and _UPDATED_WORDS.search(self._before):
            is_updated = True
        elif is_updated is None and _PUBLISHED_WORDS.search(self._before):
            is_updated = False
        value = values.get("datetime") or values.get("content") or values.get("data-datetime")
        if value and is_updated is not None:
            self._add(kind, value, is_updated=is_updated)
            if tag != "time" or is_updated:
                return
        if tag not in _VOID and not value:
            self._open = _Open(tag, kind, is_updated)

    def _close(self) -> None:
        opened, self._open = self._open, None
        text = " ".join("".join(opened.text).split()) if opened else ""
        if not opened or not text or len(text) > _MAX_SHOWN or opened.is_updated is None:
            return
        self._add(opened.mark, text, is_updated=opened.is_updated or bool(_STARTS_UPDATED.match(text)))

    def _add(self, kind: str, value: str, *, is_updated: bool) -> None:
        marks = self.updated if is_updated else self.published
        if len(marks) < _MAX_MARKS:
            marks.append((kind, value))


def _dates_of_json(text: str) -> Iterator[tuple[str, str]]:
    """`datepublished` and `datemodified` of the first article of a JSON-LD text."""
    if len(text) > _MAX_JSON_CHARACTERS:
        return
    try:
        top = json.loads(re.sub(r"^\s*(?:<!--|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*$", "", text.strip()), strict=False)
    except (ValueError, RecursionError):
        for name, value in re.findall(r'"(datePublished|dateModified)"\s*:\s*"([^"]{4,60})"', text)[:2]:
            yield name.lower(), value
        return
    waiting: list[Any] = [top]
    for _ in range(_MAX_JSON_OBJECTS):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value[:50]
        elif isinstance(value, dict):
            dates = {
                str(name).lower(): str(inner[0] if isinstance(inner, list) and inner else inner)
                for name, inner in value.items()
                if str(name).lower() in ("datepublished", "datemodified", "datecreated")
            }
            kind = value.get("@type", "Article")
            if dates and _ARTICLE_TYPE.search(" ".join(map(str, kind)) if isinstance(kind, list) else str(kind)):
                if "datepublished" not in dates and "datecreated" in dates:
                    dates["datepublished"] = dates["datecreated"]
                yield from dates.items()
                return
            waiting.extend(
                inner
                for name, inner in value.items()
                if isinstance(inner, dict | list) and str(name).lower() not in _OTHER_ARTICLES
            )
