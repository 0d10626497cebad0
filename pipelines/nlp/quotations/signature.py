"""Find the name that signs a quotation behind a dash: "...", then on its line or on the next one: - Smith, a farmer.

What belongs here: the dash, the name and what may stand around them. What does not: words of saying (`attribution.py`).
"""

from __future__ import annotations

from bisect import bisect_left

from pipelines.nlp.quotations import patterns
from pipelines.nlp.quotations.expressions import Attribution
from pipelines.nlp.quotations.page import Page, Passage
from pipelines.nlp.quotations.phrases import Bounds, phrase_from

_LINES = 2  # line ends between a quotation and its signature: one blank line


def signature(page: Page, passage: Passage) -> Attribution | None:
    """The person named behind the dash that follows a passage, when nothing but the signature stands there; else None."""
    doc = page.doc
    if passage.span.parent is not None or not _stands_alone(page, passage):
        return None
    dash = passage.after
    while dash < len(doc) and doc[dash].is_space:
        dash += 1
    lines = sum(token.text.count("\n") for token in doc[passage.after : dash])
    if dash + 1 >= len(doc) or not _is_dash(page, dash) or lines > _LINES:
        return None
    end = _line_end(page, dash + 1)
    speaker = phrase_from(page, dash + 1, end)
    if speaker is None or not _is_signature(page, speaker, end):
        return None
    return Attribution((dash, dash + 1), speaker, True, "adjacent")


def _is_dash(page: Page, at: int) -> bool:
    """Whether a token is a dash; a hyphen is one where white space stands on both sides."""
    token = page.doc[at]
    if token.text in patterns.DASHES:
        return True
    before = page.doc[at - 1]
    return token.text == "-" and bool(token.whitespace_) and (bool(before.whitespace_) or before.is_space)


def _stands_alone(page: Page, passage: Passage) -> bool:
    """Whether a passage is speech and no part of a sentence: only a label, a number or a bullet may lead to it."""
    if not passage.is_clausal or (passage.is_title and passage.ending not in patterns.STOPS):
        return False  # a title and its author
    doc = page.doc
    start, _ = page.window_before(passage)
    lead = [token for token in doc[start : passage.before] if not token.is_space]
    return not lead or lead[-1].text == ":" or not any(token.is_alpha for token in lead)


def _line_end(page: Page, start: int) -> int:
    """The token after the last one of the line or the sentence that a token begins, whichever ends first."""
    doc = page.doc
    end = start
    while end < len(doc) and "\n" not in doc[end].text and not page.ends_sentence(end) and end not in page.covered:
        end += 1
    return end


def _is_signature(page: Page, speaker: Bounds, end: int) -> bool:
    """Whether a phrase names a person and at most a description follows it, no predicate."""
    doc = page.doc
    mentions = doc._.mentions or ()  # by start
    first, last = (bisect_left(mentions, at, key=lambda mention: mention.start) for at in speaker)
    if not any(
        mention.is_name
        and (mention.label == "PERSON" or mention.title is not None)
        and (mention.end >= speaker[1] or doc[mention.end].lower_ in patterns.NAME_PREPOSITIONS)
        for mention in mentions[first:last]
    ):
        return False
    rest = doc[speaker[1] : end]
    if len(rest) > 0 and not rest[0].is_space and rest[0].lower_ not in patterns.NAME_ENDS:
        return False
    for token in rest:
        if token.tag_ in ("WP", "WDT", "WRB"):  # a relative clause describes
            return True
        if token.tag_ in patterns.FINITE_TAGS:
            return False
    return True
