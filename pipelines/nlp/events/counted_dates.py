"""Days that a sentence counts back to: "a year after soldiers overthrew him", "on the tenth anniversary of the raid".

What belongs here: the distance that stands before "after" or "anniversary", and the days it leads to. What does not: times that
are counted from today ("a year ago", `times/`), choosing among the times of a sentence (`event_dates.py`).
"""

from __future__ import annotations

import re
from datetime import date

from pipelines.nlp.events.chains import under_distance
from pipelines.nlp.parsed import Token
from pipelines.nlp.times.patterns import LEXICON
from pipelines.nlp.times.token_class import TokenClass
from pipelines.nlp.times.values import Period, containing, moved

_UNITS = {"day": "D", "week": "W", "fortnight": "F", "month": "M", "year": "Y", "decade": "E", "century": "C"}
_DISTANCE = re.compile(rf"(?P<count>[\w-]+)\s+(?P<unit>{'|'.join(_UNITS)})s?(?:\s+to\s+the\s+day)?\s+$", re.IGNORECASE)
_ANNIVERSARY = re.compile(r"(?:(?P<count>[\w-]+)\s+)?anniversary\s+$", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)?(?:-year)?")
_COUNTED_IN = re.compile(r"\bthe\s+(?P<ordinal>\d+(?:st|nd|rd|th)|[a-z-]+)\s+(?:(?:of|in)\s+)?$", re.IGNORECASE)
_UNTIL_NOW = re.compile(
    r"this\s+(?:week|month|year|season|session|term)\b|(?:the\s+|in\s+)?(?:\w+\s+){1,2}(?:days|weeks|months|years)\b|an?\s+(?:week|month|year)\b",
    re.IGNORECASE,
)
_EXACT = "DWF"  # units that are counted day by day
_BEFORE_CHARS = 40
_NUMBERS = frozenset((TokenClass.ONES, TokenClass.TEENS, TokenClass.TENS, TokenClass.ORDINAL_WORD))
_CLAUSES = 3


def counted_days(chain: list[Token], today: date | None, sayings: list[date]) -> Period | None:
    """The days that an event lies back from what its sentence tells.

    Args:
        chain: the event's token and what governs it (`chains.clause_chain`).
        today: the day of publication.
        sayings: the days that the sentence names, of which one may be that of the clause the distance is counted from.
    """
    found = next(filter(None, map(_distance, chain[:_CLAUSES])), None)
    if found is None or today is None:
        return None
    count, unit = found
    base = next((day for day in sayings if day <= today), today) if unit in _EXACT else today
    day = moved(base, -count, unit)
    return containing(day, "D" if unit in _EXACT and base is not today else unit) if day is not None else None


def is_only_counted_in(text: str, start_char: int) -> bool:
    """Whether a time is the span in which something is counted, and dates nothing: "a protest, the fourth this year".

    Args:
        text: the document's text.
        start_char: where the time begins.
    """
    match = _COUNTED_IN.search(text, max(0, start_char - _BEFORE_CHARS), start_char)
    if match is None or _UNTIL_NOW.match(text, start_char) is None:
        return False  # "the first in April" was then
    word = match["ordinal"].lower()
    return word[0].isdigit() or LEXICON.get(word, (None, None))[0] == TokenClass.ORDINAL_WORD


def _distance(token: Token) -> tuple[int, str] | None:
    """Count and unit of the distance that stands before the word over a clause or noun."""
    head = token.head
    if token.dep_ in ("pobj", "pcomp") and head.lower_ == "of" and head.head.lemma_.lower() == "anniversary":
        match = _ANNIVERSARY.search(_before(head))
        number = _number(match["count"] or "") if match else None
        return (number, "Y") if number else None
    over = (*token.children, *under_distance(token))
    words = [c for c in over if c.lower_ == "after" and c.dep_ in ("mark", "prep", "advmod")]
    if token.dep_ in ("pobj", "pcomp") and head.lower_ == "after":
        words.append(head)
    # "a week after" follows the distance and precedes what it governs; "met after lunch" does not.
    for word in words:
        match = _DISTANCE.search(_before(word))
        if match is not None and (word is head or word.i < token.i):
            number = _number(match["count"])
            if number:
                return number, _UNITS[match["unit"].lower()]
    return None


def _before(token: Token) -> str:
    return token.doc.text[max(0, token.idx - _BEFORE_CHARS) : token.idx]


def _number(word: str) -> int | None:
    """A small number in digits or as a word, ordinal or not."""
    lower = word.lower().removesuffix("-year")
    if lower in ("a", "an"):
        return 1
    if match := _ORDINAL.fullmatch(lower):
        return int(match[1])
    kind, value = LEXICON.get(lower, (None, None))
    return value if kind in _NUMBERS and isinstance(value, int) and value > 0 else None
