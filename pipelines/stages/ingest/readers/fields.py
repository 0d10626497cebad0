"""Which key or column of a record means what: the names that news collectors really use.

What belongs here: `FIELD_NAMES` and `record_from_fields`. Names are those of news-please and Fundus (`maintext`,
`date_publish`, `source_domain`), newspaper3k and 4k (`text`, `publish_date`, `authors`), trafilatura (`sitename`,
`hostname`), NewsAPI (`publishedAt`, `content`), the Guardian and New York Times dumps on research sites (`article`,
`headline`, `pub_date`, `byline`), GDELT (`DocumentIdentifier`, `SourceCommonName`, `seendate`) and schema.org
(`articleBody`, `datePublished`). A folder's own mapping goes before them (`sources.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, costs_itself
from pipelines.stages.ingest.reasons import Reason

# In order of preference; compared without case, spaces, "-" and "_".
FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text",
        "maintext",
        "articlebody",
        "articletext",
        "fulltext",
        "bodytext",
        "body",
        "content",
        "article",
        "story",
        "plaintext",
        "rawcontent",
        "contentplain",
    ),
    "title": ("title", "headline", "articletitle", "head"),
    "published": (
        "publisheddate",
        "datepublish",
        "datepublished",
        "publishdate",
        "published",
        "publishedat",
        "pubdate",
        "publicationdate",
        "date",
        "datetime",
        "timestamp",
        "created",
        "createdat",
        "seendate",
        "webpublicationdate",
    ),
    "url": ("url", "link", "canonicalurl", "articleurl", "sourceurl", "weburl", "documentidentifier", "guid"),
    "author": ("author", "authors", "byline", "creator"),
    "source_name": (
        "sourcename",
        "source",
        "publisher",
        "publication",
        "sitename",
        "sourcedomain",
        "sourcecommonname",
        "newspaper",
        "outlet",
        "domain",
        "hostname",
        "site",
    ),
}


def normal_name(name: object) -> str:
    """A key or column name without case, spaces, "-" and "_"."""
    return str(name).lower().replace("_", "").replace("-", "").replace(" ", "")


def record_from_fields(
    fields: Mapping[str, Any], text: str, *, number: int, own: Mapping[str, str] | None = None
) -> RawRecord:
    """A record from its text and whatever metadata fields stand beside it.

    Args:
        fields: values by name; names that `FIELD_NAMES` does not know and values that cannot be used are left out.
        text: the text.
        number: position in the file, from 1.
        own: the user's names by meaning; they go before the usual ones.
    """
    values: dict[str, Any] = {}
    for name, value in fields.items():
        if value not in (None, ""):
            values.setdefault(normal_name(name), value)

    def first(meaning: str) -> Any:
        return next((values[name] for name in _names(meaning, own) if name in values), None)

    return RawRecord(
        number=number,
        text=text,
        title=_string(first("title")),
        published=_date_value(first("published")),
        url=_string(first("url")),
        author=_persons(first("author")),
        source_name=_persons(first("source_name")),
    )


@costs_itself
def record_from_mapping(
    fields: Mapping[str, Any], *, number: int, own: Mapping[str, str] | None = None
) -> RawRecord | BadRecord:
    """A record from a JSON object or a row: the text is one of its fields.

    Args:
        fields: values by name.
        number: position in the file, from 1.
        own: the user's names by meaning.

    Returns:
        The record, or why there is none: no field holds the text, or it is no string.
    """
    where = f"record {number} (line {number})"
    name = text_field(fields, own)
    if name is None:
        known = ", ".join(FIELD_NAMES["text"][:4])
        return BadRecord(number, Reason.MISSING_COLUMN, f"{where}: no text column or key ({known}, ...)")
    text = fields[name]
    if text is None or text == "":
        return BadRecord(number, Reason.EMPTY, f"{where}: the text {name!r} is empty or null")
    if not isinstance(text, str):
        kind = type(text).__name__
        return BadRecord(number, Reason.WRONG_TYPE, f"{where}: the text {name!r} is of type {kind}, not a string")
    return record_from_fields(fields, text, number=number, own=own)


def text_field(names: Iterable[str], own: Mapping[str, str] | None = None) -> str | None:
    """Which of the names holds the text, or None."""
    by_normal: dict[str, str] = {}
    for name in names:
        by_normal.setdefault(normal_name(name), name)
    return next((by_normal[candidate] for candidate in _names("text", own) if candidate in by_normal), None)


def _names(meaning: str, own: Mapping[str, str] | None) -> tuple[str, ...]:
    return (normal_name(own[meaning]), *FIELD_NAMES[meaning]) if own and meaning in own else FIELD_NAMES[meaning]


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _persons(value: Any) -> str | None:
    """A name, or several: a list of names, a list of or one object with a name (schema.org, NewsAPI)."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, list | tuple):
        names = [name for item in value[:20] if (name := _persons(item))]
        return ", ".join(names) or None
    return _string(value)


def _date_value(value: Any) -> date | str | int | float | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date | str | int | float) and not isinstance(value, bool) else None
