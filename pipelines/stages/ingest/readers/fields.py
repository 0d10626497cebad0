"""Which key or column of a record means what: the names that news collectors really use.

What belongs here: `FIELD_NAMES` and `record_from_fields`. Names are those of news-please and Fundus (`maintext`,
`date_publish`, `source_domain`), newspaper3k and 4k (`text`, `publish_date`, `authors`), trafilatura (`sitename`,
`hostname`), NewsAPI (`publishedAt`, `content`), the Guardian and New York Times dumps on research sites (`article`,
`headline`, `pub_date`, `byline`), GDELT (`DocumentIdentifier`, `SourceCommonName`, `seendate`) and schema.org
(`articleBody`, `datePublished`). A folder's own mapping goes before them (`sources.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from math import isfinite
from typing import Any

from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord
from pipelines.stages.ingest.reasons import Reason

# In order of preference; compared without case, spaces and marks.
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


KNOWN_NAMES = frozenset(name for names in FIELD_NAMES.values() for name in names)
# Where content management systems put a field's value when the field is an object (WordPress, XML turned into JSON).
_VALUE_KEYS = ("rendered", "value", "text", "content", "plain", "plaintext", "#text", "$t", "_")
# Where texts that are divided have their parts (Fundus, block editors).
_PART_KEYS = ("summary", "headline", "text", "content", "sections", "paragraphs", "blocks", "children")
# Persons in persons in lists: deeper than any record, and far from the depth at which Python gives up.
_MAX_DEPTH = 5
# Longer ones are no names.
_MAX_NAME_CHARACTERS = 200
_NO_LETTER = re.compile(r"[\W_]+")


def normal_name(name: object) -> str:
    """A key or column name as it is compared: its letters and digits, without case, spaces and marks."""
    text = str(name)
    return _normal(text) if len(text) <= _MAX_NAME_CHARACTERS else text


@lru_cache(maxsize=4096)
def _normal(name: str) -> str:
    return _NO_LETTER.sub("", name).casefold()


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
        if not is_missing(value):
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
    name, text = text_of(fields, own) or (name, fields[name])
    if is_missing(text):
        return BadRecord(number, Reason.EMPTY, f"{where}: the text {name!r} is empty or null")
    if not isinstance(text, str):
        kind = type(text).__name__
        return BadRecord(number, Reason.WRONG_TYPE, f"{where}: the text {name!r} is of type {kind}, not a string")
    return record_from_fields(fields, text, number=number, own=own)


def text_field(names: Iterable[str], own: Mapping[str, str] | None = None) -> str | None:
    """Which of the names is that of the text, or None."""
    return next(iter(_text_fields(names, own)), None)


def text_of(fields: Mapping[str, Any], own: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """Name and value of the first field for the text that has one: collectors leave `text` null beside a full `content`."""
    for name in _text_fields(fields, own):
        text = plain_value(fields[name])
        if isinstance(text, str) and not is_missing(text):
            return name, text
    return None


def is_missing(value: Any) -> bool:
    """Whether a value stands for none: null, white space, a number that is none."""
    return value is None or (isinstance(value, str) and not value.strip()) or value != value  # noqa: PLR0124 - NaN


def plain_value(value: Any) -> Any:
    """A field's value, also where the field is an object that has it under a key of its own, or a list of paragraphs."""
    if isinstance(value, Mapping):
        single = next((value[key] for key in _VALUE_KEYS if isinstance(value.get(key), str)), None)
        return single if single is not None else "\n\n".join(_paragraphs(value, 0)) or value
    if isinstance(value, list | tuple) and len(value) > 1:
        return "\n\n".join(_paragraphs(value, 0)) or value
    return value


def _paragraphs(value: Any, depth: int) -> Iterator[str]:
    """The paragraphs of a text that is divided into parts, in their order."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif depth > _MAX_DEPTH:
        return
    elif isinstance(value, Mapping):
        for key in _PART_KEYS:
            yield from _paragraphs(value.get(key), depth + 1)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _paragraphs(part, depth + 1)


def _text_fields(names: Iterable[str], own: Mapping[str, str] | None) -> list[str]:
    by_normal: dict[str, str] = {}
    for name in names:
        by_normal.setdefault(normal_name(name), name)
    return [by_normal[candidate] for candidate in _names("text", own) if candidate in by_normal]


def _names(meaning: str, own: Mapping[str, str] | None) -> tuple[str, ...]:
    return (normal_name(own[meaning]), *FIELD_NAMES[meaning]) if own and meaning in own else FIELD_NAMES[meaning]


def _string(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = plain_value(value)
    return value if isinstance(value, str) else None


def _persons(value: Any, depth: int = 0) -> str | None:
    """A name, or several: a list of names, a list of or one object with a name (schema.org, NewsAPI)."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, list | tuple):
        names = [name for item in value[:20] if (name := _persons(item, depth + 1))]
        return ", ".join(names) or None
    return _string(value)


def _date_value(value: Any) -> date | str | int | float | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float) and not isfinite(value):
        return None
    return value if isinstance(value, date | str | int | float) and not isinstance(value, bool) else None
