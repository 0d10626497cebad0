"""The classes of tokens that the grammar of time expressions is written in.

What belongs here: `TokenClass`. A text becomes a string of one character a token, its class; the grammar (`grammar.py`) is a
set of regular expressions over that string. That keeps rules short and a scan cheap: most tokens are `OTHER`, which is in
no rule. Which word has which class: `patterns.py`.
"""

from __future__ import annotations

from enum import StrEnum, auto


class TokenClass(StrEnum):
    """The classes of tokens, one character each; the characters mean nothing, rules are written in the names."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        return chr(0x4E00 + count)

    OTHER = auto()  # a word that is in no time expression
    BREAK = auto()  # an empty line
    PUNCT = auto()  # punctuation but the kinds below
    COMMA = auto()
    HYPHEN = auto()  # hyphen or dash
    SLASH = auto()
    OPEN = auto()  # "("
    CLOSE = auto()  # ")"
    POSS = auto()  # "'s"
    ISO = auto()  # 2022-08-10, 2022-08-10T14:30
    NUMERIC = auto()  # 10/08/2022, 10.8.22
    CLOCK = auto()  # 14:30, 7.15 before a.m. or p.m.
    DAY = auto()  # whole number 1-31
    YEAR = auto()  # whole number 1000-2199
    INT = auto()  # any other number
    ORDINAL = auto()  # 1st, 22nd
    ORDINAL_WORD = auto()  # first, twentieth
    DECADE = auto()  # 1990s, '90s, nineties
    SHORT_YEAR = auto()  # '96
    FRACTION = auto()  # 1/2
    ONES = auto()  # one to nine
    TEENS = auto()  # ten to seventeen
    CENTURY_TEENS = auto()  # eighteen, nineteen
    TENS = auto()  # twenty to ninety
    HUNDREDS = auto()  # hundred, thousand
    VAGUE = auto()  # few, several, couple
    HALF = auto()
    UNIT = auto()  # day to century
    UNITS = auto()  # days to centuries
    QUARTER = auto()
    QUARTERS = auto()
    SHORT_UNIT = auto()  # hour, minute
    SHORT_UNITS = auto()  # hours, minutes, seconds
    WEEKEND = auto()
    PERIOD = auto()  # period, which a quarter or year is called in accounts
    MONTH = auto()
    WEEKDAY = auto()
    WEEKDAYS = auto()  # Mondays
    SHORT_WEEKDAY = auto()  # Mon, Sun: days only beside a date
    SEASON = auto()
    DAYPART = auto()  # morning to night
    DAYPARTS = auto()
    NOON = auto()  # noon, midnight
    DAYWORD = auto()  # today, yesterday, tomorrow
    TONIGHT = auto()  # tonight, overnight
    REFERENCE = auto()  # now, recently, soon: an unbounded past, present or future
    THE = auto()
    AN = auto()
    THIS = auto()
    THAT = auto()
    LAST = auto()
    PAST = auto()
    PREVIOUS = auto()
    LATEST = auto()
    NEXT = auto()
    COMING = auto()
    FOLLOWING = auto()
    SAME = auto()
    CURRENT = auto()
    RECENT = auto()
    FUTURE = auto()
    EACH = auto()
    EDGE = auto()  # early, late, mid
    PART = auto()  # beginning, middle, end: before "of"
    AGO = auto()
    EARLIER = auto()
    LATER = auto()
    BEFORE = auto()
    AFTER = auto()
    FISCAL = auto()
    FULL = auto()  # full, entire, whole
    OF = auto()
    TO = auto()
    AND = auto()
    OR = auto()
    SO = auto()
    AT = auto()
    PER = auto()
    IN = auto()  # in, on
    PREPOSITION = auto()  # since, until: what a bare year follows, as it follows IN
    APPROX = auto()  # about, around
    BOUND = auto()  # nearly, over: before a duration only
    THAN = auto()
    MORE = auto()
    LESS = auto()
    LEAST = auto()
    MOST = auto()
    NO = auto()
    UP = auto()
    TIMES = auto()  # times, twice, once: before "a week"
    FREQUENCY = auto()  # daily, annually
    MERIDIEM = auto()  # a.m., p.m.
    OCLOCK = auto()
    ZONE = auto()  # GMT, EST
    OLD = auto()  # old, age: what makes a duration an age
    POSSESSOR = auto()  # his, their
    QUARTER_CODE = auto()  # Q3, 3Q, H1
    FISCAL_YEAR = auto()  # FY2021, FY21
    AD = auto()  # AD, BC
    MOMENT = auto()  # moment, present: after "at the"
    FROM = auto()
    ALTERNATE = auto()  # other, in "every other day"
    THESE = auto()
    LONG = auto()
