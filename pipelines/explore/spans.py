"""Cutting a text at the borders of the spans that are highlighted in it.

What belongs here: spans that overlap made into pieces that do not. What does not: which spans there are, and their colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A highlighted stretch of a document, in characters of its canonical text, half open."""

    start: int
    end: int
    kind: str  # trigger, actor, recipient, attribution, place, time, quotation
    title: str = ""  # what a pointer over it shows
    number: int | None = None  # of the row that the span belongs to


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text over which the same spans lie all along."""

    text: str
    kinds: tuple[str, ...] = ()
    title: str = ""
    starts: tuple[int, ...] = field(default=())  # numbers of the rows whose trigger begins here


def cut(text: str, offset: int, spans: Sequence[Span]) -> list[Segment]:
    """Cut a stretch of a document into segments.

    Args:
        text: the stretch.
        offset: characters of the document before it.
        spans: spans of the document; parts outside the stretch are left out.

    Returns:
        Segments whose texts together are `text`.
    """
    end = offset + len(text)
    inside = [span for span in spans if span.start < end and span.end > offset and span.start < span.end]
    borders = sorted({offset, end, *(b for span in inside for b in (span.start, span.end) if offset < b < end)})
    segments = []
    for start, stop in zip(borders, borders[1:], strict=False):
        over = [span for span in inside if span.start <= start and span.end >= stop]
        kinds = tuple(dict.fromkeys(span.kind for span in over))
        titles = dict.fromkeys(span.title for span in over if span.title)
        numbers = tuple(span.number for span in over if span.number is not None and span.start == start)
        segments.append(Segment(text[start - offset : stop - offset], kinds, "; ".join(titles), numbers))
    return segments
