"""What bare text tells about the sentence around a time expression, where no model has read it.

What belongs here: `SurfaceReading`, and the checks on neighbouring words that hold with and without a model. What does not:
the answers of tags and heads (`component.py`).
"""

from __future__ import annotations

import re

from pipelines.nlp.times.timeline import Tense

_SENTENCE_END = re.compile(r"[.!?][\"”’')]*\s+(?=[\"“‘'(]?[A-Z0-9])|\n\s*\n")
_FUTURE = re.compile(
    r"""\b(?:will|shall|won['’]t|going\ to|plans?\ to|planned\ for|scheduled|slated|due\ (?:to|on|in|by)
    |(?:is|are)\ expected|set\ (?:to|for)|(?:moved|postponed|delayed|deferred|rescheduled|adjourned)\ (?:to|until|till|for)
    |(?:is|are)\ to\ [a-z]+
    |upcoming|about\ to|to\ be\ (?:held|paid|released|completed|published))\b|['’]ll\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PAST = re.compile(
    r"""\b(?:was|were|had|has|have|did|said|told|made|took|met|went|came|rose|fell|grew|began|became|won|lost|left|led|saw|gave
    |got|put|sent|spent|built|broke|brought|bought|sold|paid|struck|shot|fought|fled|drove|flew|found|kept|knew|ran|sank|spoke
    |stood|stole|swept|threw|wrote|died|shut|cut|hit|burst|sought|shrank|slid|drew|froze|hurt|fed|held|swore|dealt|caught
    |taught|thought|withdrew|[a-z]{2,}ed)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_BEFORE_DATE = re.compile(
    r"\b(?:in|since|until|till|by|of|from|to|between|before|after|during|on|for|through|and|or|last|this|next|every|each"
    r"|early|late|mid|the|until|through|around|about)[\s-]+$",
    re.IGNORECASE,
)
_SEASON_VERBS = ("spring", "fall")
_BEFORE_SEASON = re.compile(
    r"\b(?:in|since|until|by|of|from|between|before|after|during|last|this|next|every|each|early|late|mid|the|through"
    r"|(?:spring|summer|autumn|winter|fall) (?:and|or|to))[\s-]+$",
    re.IGNORECASE,
)
_NAME_MONTHS = ("April", "May", "June", "August")
_BEFORE_NAME_MONTH = re.compile(r"\b(?:in|since|until|by|last|this|next|early|late|mid)[\s-]+$", re.IGNORECASE)
_CAPITALISED_BEFORE = re.compile(
    r"(?<![.!?\n])\s*\b(?!(?:On|In|By|From|The|This|Last|Next|Since|Until|Early|Late)\b)[A-Z][\w’'-]+\s$"
)
_NAME_AFTER = re.compile(r"\s[A-Z][a-z]+")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|until|till|by|of|from|to|between|before|after|during|for|through|throughout|and|or|the|year|early|late|mid"
    r"|around|about|circa|than|back|season|mid-|pre-|post-|[a-z]+['’]s|election|elections)[\s(-]*$|^\W*$|[,;:(\[–—-]\s*$",
    re.IGNORECASE,
)
_NO_YEAR_BEFORE = re.compile(
    r"(?:[$£€¥#№]|\b(?:No|nos?|number|room|flight|channel|route|highway|page|pp?|article|section|resolution|model|apollo"
    r"|windows|boeing|airbus|some|nearly|almost|over|than|least|to)\.?"
    # What is told apart by numbers: "Hill 1918", "Camp 2004", "Battalion 1999".
    r"|(?<![\w-])(?:hill|height|peak|camp|checkpoint|outpost|post|position|point|base|depot|bunker|marker|unit|brigade|battalion"
    r"|regiment|squadron|platoon|company|division|platform|gate|pier|dock|berth|block|building|house|apartment|suite|cell|ward"
    r"|bed|locker|sector|zone|area|grid|district|precinct|parcel|plot|lot|lane|road|street|avenue|motorway|freeway|line|bus"
    r"|train|tram|car|truck|wagon|locomotive|ship|vessel|hull|tank|mine|shaft|well|case|docket|file|form|exhibit|order|decree"
    r"|directive|invoice|ticket|station|school|kilomet(?:re|er)|mile|km))\s*$",
    re.IGNORECASE,
)
_CIRCA = re.compile(r"\b(?:around|about|circa)\s$", re.IGNORECASE)
_NO_NOUN_AFTER = re.compile(
    r"\s*(?:[^\w\s]|$|(?:and|or|when|but|by|in|the|as|to|at|after|before|for|with|it|he|she|they)\b)"
)
_COUNTED = re.compile(
    r"\s*(?:%|°|(?:per\s?cent|percent|percentage|points?|people|persons|men|women|children|troops|soldiers|civilians|refugees"
    r"|migrants|students|workers|employees|jobs|members|homes|houses|families|miles?|km|kilomet(?:re|er)s?|met(?:re|er)s?|m"
    r"|feet|foot|ft|yards?|inch(?:es)?|hectares?|acres|tons?|tonnes?|kg|kilograms?|pounds?|lbs?|barrels?|litres?|gallons?"
    r"|dollars?|euros?|yen|pesos?|francs?|marks?|roubles?|rupees?|cents?|shares?|votes?|copies|hours?|minutes?|seconds?|days?"
    r"|weeks?|months?|years?|times|million|billion|mph|hp|hundred|thousand|others|more|square|cubic|cases|deaths)\b)",
    re.IGNORECASE,
)
_NOUN_ENDS = re.compile(
    r"\s*(?:[^\w\s]|$|(?:it|he|she|they|we|I|you|the|a|an|and|or|but|that|when|as|by|with|in|on|at|for|of|to|is|was|has|had"
    r"|have|will|would|could|can|may)\b)"
)
_WINDOW = 300  # how far a sentence is looked at to either side, characters
_FIRST_YEAR, _LAST_YEAR = 1700, 2100  # outside, a bare number is a year only after a preposition


class SurfaceReading:
    """Reads the sentence by its words alone."""

    def __init__(self, text: str) -> None:
        """Take the text that the spans count in."""
        self._text = text

    def tense(self, start: int, end: int) -> Tense:
        """The tense of the sentence: future by its words for plans, else past by its verbs."""
        sentence = self.sentence(start, end)
        if _FUTURE.search(sentence):
            return Tense.FUTURE
        return Tense.PAST if _PAST.search(sentence) else Tense.UNKNOWN

    def is_date_word(self, start: int, end: int) -> bool:
        """Whether the word follows what a date follows and is no part of a name."""
        text = self._text
        before = text[max(0, start - 20) : start]
        word = text[start:end].rstrip(".")
        if word in ("past", "future"):
            return bool(_NOUN_ENDS.match(text, end))
        if (
            word in ("May", "March")
            and not before.strip()
            and re.match(r"\s(?:I|we|you|the|he|she|they|it)\b", text[end:], re.I)
        ):
            return False
        if re.match(r"\s?\d", text[end : end + 3]) or re.search(r"\d(?:st|nd|rd|th)?\s(?:of\s)?$", before):
            return True
        if word.isupper() and len(word) <= 4:
            return False  # an acronym
        if word.lower() in _SEASON_VERBS:
            return bool(_BEFORE_SEASON.search(before)) and not re.match(
                r"\s(?:of|in)\s(?!\d|last|this|next)", text[end : end + 10]
            )
        if re.match(r"-[a-z]-", text[end : end + 3]):
            return False
        if word in _NAME_MONTHS and _NAME_AFTER.match(text, end):
            return bool(_BEFORE_NAME_MONTH.search(before))
        if _BEFORE_DATE.search(before):
            return True
        return not (_CAPITALISED_BEFORE.search(before) or _NAME_AFTER.match(text, end) or word.islower())

    def is_year(self, start: int, end: int) -> bool:
        """Whether the number stands where years stand."""
        return year_by_neighbours(self._text, start, end) is not False

    def is_called_for(self, start: int, end: int) -> bool:
        """False: words alone do not tell whether the call or what was called for is on the day."""
        return False

    def sentence(self, start: int, end: int) -> str:
        """The sentence around a span, by its punctuation."""
        first, last = max(0, start - _WINDOW), end + _WINDOW
        for boundary in _SENTENCE_END.finditer(self._text, first, start + 1):
            first = boundary.end()
        after = _SENTENCE_END.search(self._text, end, last)
        return self._text[first : after.start() if after else last]


def year_by_neighbours(text: str, start: int, end: int) -> bool | None:
    """Whether a four-digit number is a year, by the words beside it.

    Returns:
        True or False where the neighbours decide, None where they leave it open.
    """
    before = text[max(0, start - 24) : start]
    if re.search(r"[\d.,/$£€¥#]$|[\d]-$", before) or re.match(r"[\d/]|[.,]\d", text[end : end + 2]):
        return False
    if _COUNTED.match(text, end):
        return False
    year = int(text[end - 4 : end]) if text[end - 4 : end].isdigit() else 0
    if _CIRCA.search(before):
        return bool(_NO_NOUN_AFTER.match(text, end))
    if re.search(r"\b(?:in|since|until|till|during|by|early|late|mid|of|from)[\s-]+$", before, re.IGNORECASE):
        return year >= 1000 or None
    if not _FIRST_YEAR <= year <= _LAST_YEAR or _NO_YEAR_BEFORE.search(before):
        return False
    return True if _YEAR_BEFORE.search(before) else None
