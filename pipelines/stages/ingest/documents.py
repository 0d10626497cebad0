"""From a raw record to a Document: canonical text, bounds, language, published date, ids and fingerprint.

What belongs here: `make_document`. What does not: whose metadata a text keeps that came twice (`preference.py`), the accounts
(`accounts.py`).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from pipelines.ids import content_hash, document_id
from pipelines.records import Document
from pipelines.settings import Settings
from pipelines.stages.ingest.canonical import canonical_text
from pipelines.stages.ingest.day_orders import DayOrder
from pipelines.stages.ingest.fingerprint import signature
from pipelines.stages.ingest.language import detect_language
from pipelines.stages.ingest.published_date import infer_published_date
from pipelines.stages.ingest.readers.raw_record import RawRecord
from pipelines.stages.ingest.reasons import Reason, Refused
from pipelines.stages.ingest.sources import Source

UNKNOWN_SOURCE = "unknown"

_MAX_TITLE_CHARACTERS = 1_000
_MAX_NAME_CHARACTERS = 300
_MAX_URL_CHARACTERS = 2_000
# What spaCy makes a token of, about: a word, or a symbol by itself.
_TOKEN = re.compile(r"\w+|[^\w\s]")


def make_document(
    record: RawRecord, *, path: str, settings: Settings, source: Source, order: DayOrder | None = None
) -> Document:
    """Turn a raw record into a document.

    Args:
        record: what a reader gave.
        path: path of the file, whose name may hold the published date.
        settings: the bounds max_document_characters and max_document_tokens.
        source: what the user says about the file's folder; goes before what the record says.
        order: the order of day and month in numbers, where the file's other dates settle it.

    Raises:
        Refused: the text is empty or beyond the bounds.
    """
    _refuse_long(record.text, settings)
    text = canonical_text(record.text)
    if not text or text.isspace():
        raise Refused(Reason.EMPTY, "empty: no text but white space")
    refuse_beyond_bounds(text, settings)
    title = _one_line(record.title, _MAX_TITLE_CHARACTERS)
    url = _web_address(record.url)
    source_name = _one_line(source.name or record.source_name, _MAX_NAME_CHARACTERS) or _domain(url)
    source_key = source_name.casefold() if source_name else UNKNOWN_SOURCE
    published = infer_published_date(
        text,
        filename=PurePosixPath(record.member or path).name,
        metadata_date=record.published,
        updated=record.updated,
        title=title,
        order=order,
    )
    return Document(
        document_id=document_id(text, source_key),
        source_key=source_key,
        title=title,
        text=text,
        language=source.language or detect_language(text),
        source_name=source_name,
        url=url,
        author=_one_line(record.author, _MAX_NAME_CHARACTERS),
        published_date=published.date,
        published_date_source=published.source,
        published_date_evidence=_one_line(published.evidence, _MAX_NAME_CHARACTERS),
        content_hash=content_hash(text),
        minhash=signature(text),
        is_title_only=record.is_title_only,
        licence=_one_line(source.licence, _MAX_NAME_CHARACTERS),
    )


def refuse_beyond_bounds(text: str, settings: Settings) -> None:
    """Raise `Refused` when a text has more characters or tokens than the settings allow."""
    _refuse_long(text, settings)
    limit = settings.max_document_tokens
    if len(text) <= limit:  # a token has a character at least
        return
    tokens = sum(1 for _ in _TOKEN.finditer(text))
    if tokens > limit:
        raise Refused(Reason.TOO_MANY_TOKENS, f"about {tokens} tokens (limit max_document_tokens {limit})")


def _refuse_long(text: str, settings: Settings) -> None:
    limit = settings.max_document_characters
    if len(text) > limit:
        raise Refused(
            Reason.TEXT_TOO_LONG, f"text too long: {len(text)} characters (size limit max_document_characters {limit})"
        )


def _one_line(value: str | None, limit: int) -> str | None:
    """A metadata value as one canonical line of limited length; None when nothing is left."""
    return " ".join(canonical_text(value[: 4 * limit]).split())[:limit].rstrip() or None if value else None


def _web_address(value: str | None) -> str | None:
    """An http or https address; others (javascript:, file:) are worth nothing to a reader and may harm."""
    address = _one_line(value, _MAX_URL_CHARACTERS)
    return address if address and address.lower().startswith(("http://", "https://")) else None


def _domain(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
