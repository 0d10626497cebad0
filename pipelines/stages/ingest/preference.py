"""Whose metadata a text keeps that came twice.

What belongs here: `preferred`. What does not: making a document (`documents.py`).
"""

from __future__ import annotations

from datetime import date

from pipelines.records import DateSource, Document

_DATE_SOURCES = tuple(DateSource)  # from the most to the least reliable


def preferred(first: Document, second: Document) -> Document:
    """Which of two documents of one id to keep: the same one in whatever order they came.

    The better source of the published date wins, then the earlier date, then the row that says more, then plain order.
    """
    return min(first, second, key=_preference)


def _preference(document: Document) -> tuple[object, ...]:
    described = (
        *(document.title, document.url, document.author, document.source_name, document.published_date_evidence),
        document.licence,
    )
    return (
        _DATE_SOURCES.index(DateSource(document.published_date_source)),
        document.published_date or date.max,
        sum(value is None for value in described),
        *(value or "" for value in described),
    )
