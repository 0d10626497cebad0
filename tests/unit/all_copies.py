"""Near-duplicates of all texts at once: what the search by what changed has to equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipelines.records import DocumentDuplicate
from pipelines.stages.ingest.boilerplate import MIN_PAGES, long_lines, own_text
from pipelines.stages.ingest.fingerprint import MIN_CHARACTERS, TextRow, copies_among, is_comparable, signature


def near_duplicates(rows: Iterable[TextRow]) -> list[DocumentDuplicate]:
    """The documents that repeat an earlier one; those without signature and short ones are neither copies nor originals."""
    comparable = [row for row in rows if is_comparable(row)]
    texts = own_texts(
        [(row.source_key, row.url or row.document_id, row.text) for row in comparable], least=MIN_CHARACTERS
    )
    return copies_among(
        row if text is row.text else row._replace(text=text, signature=signature(text))
        for row, text in zip(comparable, texts, strict=True)
    )


def own_texts(rows: Iterable[tuple[str, str, str]], *, least: int) -> list[str]:
    """The texts without the paragraphs that several pages of their source share.

    Args:
        rows: key of the source, key of the page (versions of one page count once) and text.
        least: characters that have to remain; a text that would keep fewer comes back whole.

    Returns:
        A text for each row, in their order.
    """
    split = [(source, page, text, long_lines(text)) for source, page, text in rows]
    pages: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for source, page, _, lines in split:
        for line in lines:
            if len(pages[source, line]) < MIN_PAGES:
                pages[source, line].add(page)
    return [
        own_text(text, {line for line in lines if len(pages[source, line]) >= MIN_PAGES}, least=least)
        for source, _, text, lines in split
    ]
