"""Pair the quotation marks of a text: which characters are quoted, whatever the typographer or the typist did.

What belongs here: marks, paragraphs and the repair of missing marks, on characters alone. What does not: whether a quoted
span is a quotation (`component.py`) and who says it (`attribution.py`).

A mark's direction is the one its glyph says (curly marks, guillemets, LaTeX-style ones) unless its neighbours say the
opposite and the state of the paragraph agrees; a straight mark's direction is the one its neighbours say, or else the one
the state of the paragraph asks for. A quotation that runs over paragraphs, each opened again and only the last one closed,
is one span. Other missing marks are repaired inside their paragraph, so a lost mark never turns the rest of the document
inside out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from pipelines.immutable import dataclass
from pipelines.nlp.quotations import patterns

_OPEN, _CLOSE, _UNKNOWN = 1, -1, 0
_SHORT_CHARACTERS = 40  # a quotation inside an unclosed one that is not longer needs no proof that it is nested
_SINGLE_CHARACTERS = 1500  # single marks further apart are apostrophes
_DEPTH = 3  # quotations inside quotations beyond this depth are slips
_LOOK_AHEAD = 40  # marks read to decide whether an opening mark is nested; bounds the cost of hostile text


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """Characters between quotation marks; `start` and `end` include the marks, the inner bounds do not."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    is_single: bool = False
    parent: int | None = None  # index of the enclosing span in the list


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    glyph: int  # the direction its glyph says
    context: int  # the direction its neighbours say


def paragraph_bounds(text: str) -> list[tuple[int, int]]:
    """Character bounds of the paragraphs of a text, without the white space around them.

    A line end parts paragraphs unless the text is wrapped at a line length, as wire copy is: then a blank line or an
    indented line does.
    """
    lines = [match.span() for match in patterns.LINE.finditer(text)]
    gaps = [text[end:start] for (_, end), (start, _) in zip(lines, lines[1:], strict=False)]
    wrapped = _is_wrapped(text, lines, gaps)
    bounds = lines[:1]
    for (start, end), gap in zip(lines[1:], gaps, strict=True):
        if wrapped and gap.count("\n") == 1 and not gap.endswith("  "):
            bounds[-1] = (bounds[-1][0], end)
        else:
            bounds.append((start, end))
    return bounds


def _is_wrapped(text: str, lines: list[tuple[int, int]], gaps: list[str]) -> bool:
    """Whether most single line ends fall inside sentences, so that they mean nothing."""
    ends = [text[end - 1] for (_, end), gap in zip(lines, gaps, strict=False) if gap.count("\n") == 1]
    inside = sum(last.isalnum() or last in ",-" for last in ends)
    return len(ends) > 1 and inside * 2 > len(ends)


def quoted_spans(text: str, bounds: Sequence[tuple[int, int]]) -> list[QuotedSpan]:
    """Quoted spans of a text by position, an enclosing span before the ones inside it.

    Args:
        text: the text.
        bounds: its `paragraph_bounds`.
    """
    doubles = sorted(_double_spans(text, bounds), key=lambda span: span.start)
    singles = _single_spans(text, bounds, doubles) if patterns.SINGLE_OPENING.search(text) else []
    nested: list[QuotedSpan] = []
    enclosing: list[int] = []
    for span in sorted(doubles + singles, key=lambda span: (span.start, -span.end)):
        while enclosing and nested[enclosing[-1]].end <= span.start:
            enclosing.pop()
        if enclosing and nested[enclosing[-1]].end < span.end:
            continue  # crossing spans: the earlier one stands
        nested.append(replace(span, parent=enclosing[-1] if enclosing else None))
        enclosing.append(len(nested) - 1)
    return nested


# Double marks.


def _double_spans(text: str, bounds: Sequence[tuple[int, int]]) -> list[QuotedSpan]:
    spans: list[QuotedSpan] = []
    pending: _Mark | None = None  # opened in an earlier paragraph and not closed yet
    pending_end = 0
    for start, end in bounds:
        marks = _double_marks(text, start, end)
        if pending is not None:
            first = _resolved(marks[0], is_open=marks[0].start != start) if marks else _UNKNOWN
            if first == _OPEN and marks[0].start == start:
                marks = marks[1:]  # the same quotation, opened again
            elif first != _CLOSE:
                spans.append(_closed(text, pending, pending_end))
                pending = None
        found, pending = _pair(text, start, marks, pending)
        spans += found
        pending_end = end
    if pending is not None:
        spans.append(_closed(text, pending, pending_end))
    return [span for span in spans if span.inner_end > span.inner_start]


def _double_marks(text: str, start: int, end: int) -> list[_Mark]:
    marks = []
    values = [match.span() for match in patterns.MARKUP_VALUE.finditer(text, start, end)] if '="' in text else []
    for match in patterns.DOUBLE_MARK.finditer(text, start, end):
        if any(first < match.start() < last for first, last in values):
            continue
        glyph = patterns.DIRECTIONS.get(match.group(), _UNKNOWN)
        marks.append(_Mark(match.start(), match.end(), glyph, _context(text, *match.span())))
    return marks


def _context(text: str, start: int, end: int) -> int:
    """Direction of a mark by its neighbours: a gap before and a word after it opens, the reverse closes."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    gap_before = before.isspace() or before in patterns.OPENING_NEIGHBOURS
    gap_after = after.isspace() or after in patterns.CLOSING_NEIGHBOURS
    if gap_before and not gap_after:
        return _OPEN
    return _CLOSE if gap_after and not before.isspace() else _UNKNOWN


def _resolved(mark: _Mark, *, is_open: bool) -> int:
    """Direction of a mark, given whether a quotation is open where it stands."""
    if mark.glyph == _UNKNOWN:
        return mark.context or (_CLOSE if is_open else _OPEN)
    wanted = _CLOSE if is_open else _OPEN
    return wanted if mark.context == wanted else mark.glyph


def _pair(text: str, start: int, marks: list[_Mark], pending: _Mark | None) -> tuple[list[QuotedSpan], _Mark | None]:
    """Pair the marks of one paragraph; returns its spans and the mark that is still open at its end."""
    spans: list[QuotedSpan] = []
    stack = [pending] if pending else []
    free_from = start  # where a quotation without an opening mark may begin
    for position, mark in enumerate(marks):
        if _resolved(mark, is_open=bool(stack)) == _OPEN:
            if stack and not _is_nested(marks[position : position + _LOOK_AHEAD], len(stack)):
                spans.append(_closed(text, stack[0], mark.start))
                stack.clear()
            stack.append(mark)
            continue
        if stack:
            opening = stack.pop()
            spans.append(QuotedSpan(opening.start, mark.end, opening.end, mark.start))
        else:
            opened_at = _repaired_start(text, free_from, mark)
            if opened_at is not None:
                spans.append(QuotedSpan(opened_at, mark.end, opened_at, mark.start))
        free_from = mark.end
    return spans, stack[0] if stack else None  # an inner mark that nothing closes is a slip: the outer quotation stands


def _is_nested(marks: list[_Mark], depth: int) -> bool:
    """Whether an opening mark (the first of `marks`) opens inside a quotation rather than after an unclosed one."""
    if len(marks) > 1 and marks[1].end - marks[0].start <= _SHORT_CHARACTERS:
        return _resolved(marks[1], is_open=True) == _CLOSE
    if depth >= _DEPTH:
        return False
    for mark in marks:
        depth += _resolved(mark, is_open=mark is not marks[0])
    return depth <= 0


def _closed(text: str, opening: _Mark, limit: int) -> QuotedSpan:
    """The span of a mark that nothing closes: up to an attribution inside it, or up to `limit`."""
    attribution = patterns.UNMARKED_ATTRIBUTION.search(text, opening.end, limit)
    end = attribution.start() + 1 if attribution else opening.end + len(text[opening.end : limit].rstrip())
    return QuotedSpan(opening.start, end, opening.end, end)


def _repaired_start(text: str, free_from: int, closing: _Mark) -> int | None:
    """Where a quotation begins that has a closing mark only: its sentence's start; None when the mark is no quotation's."""
    before = text[free_from : closing.start]
    if patterns.INCHES.search(before):
        return None
    starts = [match.end() for match in patterns.SENTENCE_GAP.finditer(before)]
    offset = starts[-1] if starts else len(before) - len(before.lstrip())
    return free_from + offset if len(before[offset:].split()) > 2 else None


# Single marks.


def _single_spans(text: str, bounds: Sequence[tuple[int, int]], doubles: list[QuotedSpan]) -> list[QuotedSpan]:
    spans: list[QuotedSpan] = []
    starts = [double.start for double in doubles]
    for start, end in bounds:
        free_from = start
        for match in patterns.SINGLE_OPENING.finditer(text, start, end):
            if match.start() < free_from:
                continue
            at = bisect_right(starts, match.start())
            before = doubles[max(0, at - _DEPTH) : at]
            enclosing = [double.inner_end for double in before if double.inner_end > match.start()]
            limit = min([end, match.end() + _SINGLE_CHARACTERS, *enclosing])
            closing = _single_closing(text, match.end(), limit)
            if closing is not None:
                spans.append(QuotedSpan(match.start(), closing + 1, match.end(), closing, is_single=True))
                free_from = closing + 1
    return spans


def _single_closing(text: str, start: int, limit: int) -> int | None:
    """Position of the mark that closes a single quotation, told apart from apostrophes and plural possessives."""
    possessive: int | None = None
    for match in patterns.SINGLE_CLOSING.finditer(text, start, limit):
        if patterns.PLURAL_POSSESSIVE.search(text, max(start, match.start() - 1), match.end() + 2):
            possessive = possessive or match.start()
            continue
        return match.start()
    return possessive
