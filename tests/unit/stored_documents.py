"""Documents as ingestion stores them, for tests of the stages after it."""

from __future__ import annotations

from pipelines.records import DateSource, Document


def stored_document(number: int, text: str) -> Document:
    """A document of which nothing but its text is known."""
    return Document(
        document_id=f"doc_{number:04}",
        source_key="unknown",
        title=None,
        text=text,
        language="en",
        source_name=None,
        url=None,
        author=None,
        published_date=None,
        published_date_source=DateSource.NONE,
        published_date_evidence=None,
        content_hash=f"h{number}",
    )
