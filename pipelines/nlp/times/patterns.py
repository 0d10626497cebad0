"""The words of time expressions: the lexicon, the regular expressions of tokens and holidays.

What belongs here: which word or number is which class of token (`token_class.py`), with its value (the month of "August",
the count of "twelve"). What does not: how classes combine (`grammar.py`) and what a combination means (`absolute.py`,
`relative.py`, `amounts.py`).
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.nlp.times.token_class import TokenClass as T

# TIMEX3's letter of a unit. T marks units below a day.
UNIT_CODES: Final = {
    "day": "D",
    "week": "W",
    "fortnight": "F",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
    "decade": "E",
    "century": "C",
    "second": "TS",
    "minute": "TM",
    "hour": "TH",
}
_MONTHS = "january february march april may june july august september october november december".split()
_SHORT_MONTHS = {
    **{name[:3]: number for number, name in enumerate(_MONTHS, 1)},
    "sept": 9,
}
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SHORT_WEEKDAYS = {
    **{name[:3]: number for number, name in enumerate(_WEEKDAYS, 1)},
    "tues": 2,
    "weds": 3,
    "thur": 4,
    "thurs": 4,
}
_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split()

SEASON_CODES: Final = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
DAYPART_CODES: Final = {
    "morning": "TMO",
    "midday": "TMI",
    "afternoon": "TAF",
    "evening": "TEV",
    "night": "TNI",
    "tonight": "TNI",
    "overnight": "TNI",
    "dawn": "TMO",
    "dusk": "TEV",
    "lunchtime": "TMI",
}
# Holidays on a fixed day (month, day), or by a rule that values.py computes (its name).
HOLIDAYS: Final[dict[str, str | tuple[int, int]]] = {
    "new year's day": (1, 1),
    "valentine's day": (2, 14),
    "may day": (5, 1),
    "bastille day": (7, 14),
    "halloween": (10, 31),
    "armistice day": (11, 11),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "good friday": "good friday",
    "easter sunday": "easter",
    "easter monday": "easter monday",
    "easter": "easter",
    "thanksgiving": "thanksgiving",
    "thanksgiving day": "thanksgiving",
    "labor day": "labor day",
    "memorial day": "memorial day",
}
# Words that by themselves point to the present, the past or the future, without bounds.
REFERENCES: Final = {
    "now": "PRESENT_REF",
    "currently": "PRESENT_REF",
    "nowadays": "PRESENT_REF",
    "presently": "PRESENT_REF",
    "recently": "PAST_REF",
    "lately": "PAST_REF",
    "previously": "PAST_REF",
    "formerly": "PAST_REF",
    "soon": "FUTURE_REF",
}
# SET adverbs; their value keeps open what is not fixed.
FREQUENCIES: Final = {
    "hourly": "PT1H",
    "daily": "XXXX-XX-XX",
    "nightly": "XXXX-XX-XXTNI",
    "weekly": "XXXX-WXX",
    "fortnightly": "P2W",
    "monthly": "XXXX-XX",
    "bimonthly": "P2M",
    "quarterly": "XXXX-QX",
    "yearly": "XXXX",
    "annually": "XXXX",
}
MODIFIERS: Final = {
    "early": "START",
    "mid": "MID",
    "late": "END",
    "earlier": "START",
    "later": "END",
    "beginning": "START",
    "start": "START",
    "opening": "START",
    "middle": "MID",
    "end": "END",
    "close": "END",
    "about": "APPROX",
    "around": "APPROX",
    "approximately": "APPROX",
    "roughly": "APPROX",
    "circa": "APPROX",
    "some": "APPROX",
    "nearly": "EQUAL_OR_LESS",
    "almost": "EQUAL_OR_LESS",
    "within": "EQUAL_OR_LESS",
    "under": "LESS_THAN",
    "over": "MORE_THAN",
}


# Words in lower case by their class, with their value where they have one; a later row wins.
_ROWS: tuple[tuple[T, dict[str, object] | str], ...] = (
    (T.MONTH, {name: number for number, name in enumerate(_MONTHS, 1)}),
    (T.MONTH, {name: number for name, number in _SHORT_MONTHS.items() if name != "may"}),
    (T.WEEKDAY, {name: number for number, name in enumerate(_WEEKDAYS, 1)}),
    (T.WEEKDAYS, {name + "s": number for number, name in enumerate(_WEEKDAYS, 1)}),
    (T.SHORT_WEEKDAY, dict(_SHORT_WEEKDAYS)),
    (T.ONES, {name: number for number, name in enumerate(_ONES, 1)}),
    (T.TEENS, {name: number for number, name in enumerate(_TEENS[:8], 10)}),
    (T.CENTURY_TEENS, {"eighteen": 18, "nineteen": 19}),
    (T.TENS, {name: number * 10 for number, name in enumerate(_TENS, 2)}),
    (T.HUNDREDS, {"hundred": 100, "thousand": 1000}),
    (T.ORDINAL_WORD, {name: number for number, name in enumerate(_ORDINALS, 1)}),
    (T.ORDINAL_WORD, {"thirtieth": 30, "final": -1}),
    (T.DECADE, {name: number * 10 for number, name in enumerate(_DECADES, 2)}),
    (T.DECADE, {"noughties": 0, "tens": 10, "teens": 10}),
    (T.VAGUE, "few several many couple numerous countless"),
    (T.HALF, "half"),
    (T.UNIT, {name: UNIT_CODES[name] for name in ("day", "week", "fortnight", "month", "year", "decade", "century")}),
    (T.UNITS, {name + "s": UNIT_CODES[name] for name in ("day", "week", "fortnight", "month", "year", "decade")}),
    (T.UNITS, {"centuries": "C"}),
    (T.QUARTER, {"quarter": "Q"}),
    (T.QUARTERS, {"quarters": "Q"}),
    (T.SHORT_UNIT, {"hour": "TH", "minute": "TM"}),
    (T.SHORT_UNITS, {"hours": "TH", "minutes": "TM", "seconds": "TS"}),
    (T.WEEKEND, "weekend"),
    (T.PERIOD, "period"),
    (T.SEASON, dict(SEASON_CODES)),
    (T.DAYPART, {word: DAYPART_CODES[word] for word in "morning afternoon evening night dawn dusk lunchtime".split()}),
    (T.DAYPARTS, {word + "s": DAYPART_CODES[word] for word in "morning afternoon evening night".split()}),
    (T.NOON, {"noon": "T12:00", "midday": "T12:00", "midnight": "T24:00"}),
    (T.DAYWORD, {"today": 0, "yesterday": -1, "tomorrow": 1}),
    (T.TONIGHT, {"tonight": 0, "overnight": -1}),
    (T.REFERENCE, dict(REFERENCES)),
    (T.FREQUENCY, dict(FREQUENCIES)),
    (T.THE, "the"),
    (T.AN, "a an"),
    (T.THIS, "this"),
    (T.THAT, "that"),
    (T.THESE, "these"),
    (T.LAST, "last"),
    (T.PAST, "past"),
    (T.PREVIOUS, "previous prior preceding"),
    (T.LATEST, "latest"),
    (T.NEXT, "next"),
    (T.COMING, "coming upcoming forthcoming"),
    (T.FOLLOWING, "following ensuing"),
    (T.SAME, "same corresponding comparable"),
    (T.CURRENT, "current"),
    (T.RECENT, "recent"),
    (T.FUTURE, "future"),
    (T.EACH, "each every"),
    (T.EDGE, "early late mid"),
    (T.PART, "beginning start middle close end"),
    (T.AGO, "ago"),
    (T.EARLIER, "earlier"),
    (T.LATER, "later"),
    (T.BEFORE, "before"),
    (T.AFTER, "after"),
    (T.FISCAL, "fiscal financial"),
    (T.FULL, "full entire whole"),
    (T.OF, "of"),
    (T.TO, "to"),
    (T.AND, "and"),
    (T.OR, "or"),
    (T.SO, "so"),
    (T.AT, "at"),
    (T.PER, "per"),
    (T.IN, "in on"),
    (T.FROM, "from"),
    (T.PREPOSITION, "since until till by during for through throughout between"),
    (T.APPROX, "about around approximately roughly circa"),
    (T.BOUND, "some nearly almost within under over"),
    (T.MERIDIEM, "am pm"),
    (T.ALTERNATE, "other"),
    (T.MOMENT, "moment present"),
    (T.THAN, "than"),
    (T.MORE, "more"),
    (T.LESS, "less fewer"),
    (T.LEAST, "least"),
    (T.MOST, "most"),
    (T.NO, "no"),
    (T.UP, "up"),
    (T.TIMES, "times twice once"),
    (T.OLD, "old olds age"),
    (T.POSSESSOR, "his her their its my your our"),
    (T.ZONE, "gmt utc est edt cst cdt mst mdt pst pdt cet bst"),
    (T.AD, "ad bc bce ce"),
    (T.LONG, "long"),
)


def _lexicon() -> dict[str, tuple[str, object]]:
    """Word in lower case -> (class, value)."""
    words: dict[str, tuple[str, object]] = {}
    for token_class, items in _ROWS:
        values = items if isinstance(items, dict) else {word: word for word in items.split()}
        words.update({word: (token_class.value, value) for word, value in values.items()})
    return words


LEXICON: Final = _lexicon()
# Words that are a date only when capitalised, and then still only by their context (Reading.is_date_word).
CAPITALISED_ONLY: Final = frozenset(
    [
        *_MONTHS,
        *_SHORT_MONTHS,
        *_WEEKDAYS,
        *_SHORT_WEEKDAYS,
        *(name + "s" for name in _WEEKDAYS),
        "ad",
        "bc",
        "bce",
        "ce",
    ]
)
LOWERCASE_ONLY: Final = frozenset([*FREQUENCIES, "us"])
# Words that are also names or verbs: the reading of the sentence decides.
AMBIGUOUS: Final = frozenset(
    "may march mar april june august jan dec sat sun mon wed spring fall summer second now past future".split()
)

# Plain words first, all that follow each other one space apart, because they are nearly all there is, then signs, and the white
# space before a token with it, to save a look at it; the name of the alternative that matched selects how the token is classed
# (lexer.py).
TOKEN: Final = re.compile(
    r"""
    [ ]{0,8}+(?:\n(?![ \t]*\n)[ ]{0,8}+)?+
    (?:(?P<words>[^\W\d_]++(?![\w.'’])(?:[ ][^\W\d_]++(?![\w.'’]))*+)
  | (?P<sign>[^\w\s'’‘])
  | (?P<break>\n[ \t]*\n\s*)
  | (?P<iso>(?<![\w./-])(?:1\d|2[01])\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])
        (?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-]))
  | (?P<numeric>(?<![\w./-])(?:[0-3]?\d(?P<mark>[/.-])[0-3]?\d(?P=mark)(?:1\d{3}|2[01]\d\d|\d\d)
        |(?:1\d|2[01])\d\d(?P<mark2>[/.])[01]?\d(?P=mark2)[0-3]?\d)(?![\w/]|[.-]\d))
  | (?P<clock>(?<![\w:.,])(?:[01]?\d|2[0-4])(?::[0-5]\d(?::[0-5]\d)?(?![:\d])|\.[0-5]\d(?=\ ?[ap]\.?m\b)))
  | (?P<decade>(?:(?<!\w)(?:1[0-9]|20)\d0['’]?s|['’‘]\d0s)\b)
  | (?P<ordinal>(?<!\w)[0-9]{1,2}(?:st|nd|rd|th)\b)
  | (?P<quarter_code>(?<!\w)(?:[QH][1-4]|[1-4]Q|[12]H)\b)
  | (?P<fiscal_year>(?<!\w)FY(?:[12]\d)?\d\d\b)
  | (?P<fraction>(?<!\w)[1-3]/[2-4]\b(?!/)|[½¼¾])
  | (?P<number>(?<!\w)\d+(?:,\d{3})+(?:\.\d+)?\b|(?<!\w)\d+\.\d+\b)
  | (?P<hour>(?<!\w)(?:1[0-2]|0?[1-9])(?=[ap]\.?m\b))
  | (?P<int>(?<!\w)\d+(?![^\W_]))
  | (?P<meridiem>[ap]\.\ ?m\.|[ap]m\b|[AP]M\b|[AP]\.M\.)
  | (?P<abbreviation>\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Weds?|Thu|Thurs?|Fri|Sat|Sun)\.)
  | (?P<oclock>\bo['’]clock\b)
  | (?P<poss>['’]s\b|(?<=s)['’](?!\w))
  | (?P<short_year>(?<!\w)['’‘]\d\d\b)
  | (?P<plain>[^\W\d_]+)
  | (?P<code>\w+)
  | (?P<apostrophe>['’‘]))
    """,
    re.VERBOSE,
)
HOLIDAY: Final = re.compile(
    r"\b(?:(?P<rel>[Ll]ast|[Tt]his|[Nn]ext)\s+)?(?P<name>(?:New\ Year['’]s|Valentine['’]s|May|Bastille|Armistice|Boxing"
    r"|Labor|Memorial)\s(?:Day|Eve)|Christmas(?:\s(?:Eve|Day))?|Easter(?:\s(?:Sunday|Monday))?|Good\sFriday|Halloween"
    r"|Thanksgiving(?:\sDay)?)\b(?:,?\s(?:of\s)?(?P<year>(?:1[5-9]|20)\d\d)\b|\s(?P<of>(?:last|this|next)\syear)\b"
    r"|\s(?P<twice>before\slast|after\snext)\b(?!\s(?:year|month|week)))?"
)
# Each name of a holiday has one of these, so most texts need no search for them.
HOLIDAY_WORDS: Final = ("Day", "Eve", "Christmas", "Easter", "Good", "Halloween", "Thanksgiving")
DASHES: Final = frozenset("-–—‑")
