"""A document as it was read: its text with the spans that rows stand on, and the rows beside it.

What belongs here: the list of documents and one document's text, cut into blocks with the event reports of each. What does not:
why a report was coded as it was (`reasons.py`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.spans import Segment, Span, cut

_MOST_LISTED = 20
_LONG_BLOCK = 280  # characters from which a paragraph is cut at sentence ends, so that rows stand near their sentence
_PARAGRAPH_END = re.compile(r"\n\s*")

_FOUND = """
select documents.*, count(*) over () as found_count
from main.dim_documents as documents
inner join raw.documents as texts using (document_id)
where $words = '' or contains(lower(coalesce(texts.title, '') || ' ' || texts.text), lower($words))
order by documents.is_dated_in_future, documents.published_date desc nulls last, documents.event_mention_count desc,
    documents.document_id
limit $most
"""
_DOCUMENT = """
select documents.*, texts.text
from main.dim_documents as documents
inner join raw.documents as texts using (document_id)
where documents.document_id = $document
"""
_REPORTS = """
select * from main.fct_event_mentions where document_id = $document order by start_char, event_mention_id
"""
_SPANS = """
select start_char, end_char, role as kind, role || ' of event report: ' || text as title
from nlp.event_participants where document_id = $document
union all
select start_char, end_char, 'place', 'place: ' || concat_ws(', ', name, admin1, country) || ' (' || precision || ', '
    || round(confidence, 2) || ')'
from nlp.place_mentions where document_id = $document
union all
select start_char, end_char, 'time', 'time: ' || coalesce(value, text)
from nlp.time_expressions where document_id = $document
union all
select start_char, end_char, 'quotation', 'quotation' || coalesce(' of ' || speaker_name, '')
from main.fct_quotations where document_id = $document
"""
_SENTENCES = "select start_char, end_char from nlp.sentences where document_id = $document order by start_char"


@dataclass(frozen=True, slots=True)
class NumberedReport:
    """An event report with the number that stands at its trigger in the text."""

    number: int
    row: Row


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text and the reports whose triggers are in it."""

    segments: tuple[Segment, ...]
    reports: tuple[NumberedReport, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its text and rows."""

    document: Row
    blocks: tuple[Block, ...]
    report_count: int


def find_documents(warehouse: Warehouse, words: str) -> list[Row]:
    """The latest documents that have the words in title or text, or the latest of all; `found_count` says of how many."""
    return warehouse.rows(_FOUND, words=words, most=_MOST_LISTED)


def read_document(warehouse: Warehouse, document_id: str) -> DocumentView | None:
    """Read a document; None where the published version has none of that id."""
    document = warehouse.first(_DOCUMENT, document=document_id)
    if document is None:
        return None
    text: str = document["text"]
    rows = warehouse.rows(_REPORTS, document=document_id)
    reports = [NumberedReport(number, row) for number, row in enumerate(rows, start=1)]
    spans = [
        Span(r.row["start_char"], r.row["end_char"], "trigger", f"{r.number}: {r.row['event_type']}", r.number)
        for r in reports
    ]
    spans += [
        Span(row["start_char"], row["end_char"], row["kind"], row["title"] or "")
        for row in warehouse.rows(_SPANS, document=document_id)
    ]
    ends = [row["end_char"] for row in warehouse.rows(_SENTENCES, document=document_id)]
    borders = block_borders(text, ends)
    blocks = []
    for start, end in zip(borders, borders[1:], strict=False):
        inside = tuple(r for r in reports if start <= r.row["start_char"] < end)
        blocks.append(Block(tuple(cut(text[start:end].rstrip(), start, spans)), inside))
    return DocumentView(document, tuple(blocks), len(reports))


def block_borders(text: str, sentence_ends: list[int]) -> list[int]:
    """Where a text is cut into blocks: at line ends, and a long paragraph at the sentence ends that keep its parts short.

    Returns:
        Ascending offsets from 0 to the text's length.
    """
    paragraphs = [0, *(match.end() for match in _PARAGRAPH_END.finditer(text)), len(text)]
    borders = [0]
    for end in sorted(set(paragraphs)):
        while end - borders[-1] > _LONG_BLOCK:
            # The last sentence that ends within the length; one that is longer alone stays whole.
            position = bisect_right(sentence_ends, borders[-1] + _LONG_BLOCK) - 1
            if position < 0 or sentence_ends[position] <= borders[-1]:
                position = bisect_right(sentence_ends, borders[-1] + _LONG_BLOCK)
            if position >= len(sentence_ends) or not borders[-1] < sentence_ends[position] < end:
                break
            borders.append(sentence_ends[position])
        if end > borders[-1]:
            borders.append(end)
    return borders
