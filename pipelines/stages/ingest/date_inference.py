"""A document's published date by the constraints that its text states.

What belongs here: `infer_day`, `infer_year` and `is_contradicted`. The method: a phrase that ties the day of writing to the
calendar ("this Wednesday (10)", "yesterday (9 August)") leaves few days; what the text says of years and months leaves
fewer. News names the current year as "this year", so the latest year for which it reports figures ("grew by 50% in 2021")
has just ended, and a month named without a year ("In July, he visited ...") lies behind the day of writing in the same
year, or within three months across the turn of the year. A day is inferred when exactly one meets every constraint.

Limits: only English is read. "This Wednesday (10)" is taken for the day of writing, though it may be the day before. A
phrase without "this", "today" or "yesterday" ties nothing ("on Wednesday (10)" may be six days old). A text on past times
whose latest figures are of a year long gone, and which yet speaks of "this Wednesday (10)" and of months just past, would
be dated to the year after those figures. Nothing is known here of events, people or places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.nlp.times.engine import find_time_expressions
from pipelines.nlp.times.patterns import LEXICON
from pipelines.nlp.times.surface import SurfaceReading
from pipelines.nlp.times.timeline import Tense
from pipelines.nlp.times.token_class import TokenClass
from pipelines.nlp.times.values import period_of
from pipelines.records import Precision

_WEEKDAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_MONTH_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTHS}|{_MONTHS}\s\d{{1,2}}(?:st|nd|rd|th)?)(?:,?\s\d{{4}})?"
# this Wednesday (10); today, 10 August; yesterday (Aug. 9); this Wednesday, the 10th; today, Wednesday, August 10, 2022.
# A bare number after a comma is none: "this Wednesday, 10 people ...".
_TIED_DAY = re.compile(
    rf"\b(?:this\s(?P<this>{_WEEKDAYS})|(?P<word>today|yesterday|tomorrow)(?:,?\s(?P<weekday>{_WEEKDAYS}))?)"
    rf"(?:\s(?:morning|afternoon|evening|night))?"
    rf"\s?(?:\((?P<inside>(?:the\s)?(?:{_MONTH_DAY}|\d{{1,2}}(?:st|nd|rd|th)?))\)"
    rf"|,\s(?P<after>{_MONTH_DAY}|the\s\d{{1,2}}(?:st|nd|rd|th)))",
    re.IGNORECASE,
)
_SHIFTS = {"today": 0, "yesterday": 1, "tomorrow": -1}  # days from the day named to the day of writing

# Figures, which a text reports for years that have ended.
_FIGURE = re.compile(
    r"\d\s?(?:%|per\s?cent|percent)|[$€£¥]\s?\d|\d\s(?:million|billion|trillion|tonnes|tons|barrels|dollars|euros)",
    re.I,
)
_CHANGE = re.compile(
    r"\b(?:increas|decreas|rose|risen|grew|grow|fell|fall|dropp|declin|doubl|tripl|total|reach|amount|record|export|import|produc"
    r"|earn|expand|shrank|shrunk|contract|sold|spent|trade|gdp|inflation|revenue|profit|turnover|sales|output)",
    re.I,
)
_PLAIN_YEAR = re.compile(r"\d{4}")
_NEAR_DAYS = 92  # a month or day named without its year lies at most this far back across the turn of the year
_YEARS_AFTER = 2  # with weekday, day and month the year may be this many after the last finished one


@dataclass(frozen=True, slots=True)
class Inference:
    """An inferred day and the argument for it, quoting the text."""

    date: date
    evidence: str


@dataclass(frozen=True, slots=True)
class _TiedDay:
    """A phrase that ties the day of writing to the calendar."""

    quote: str
    is_this: bool  # "this Wednesday": the day of writing is this one or, if another such day is named, one soon after
    shift: int  # days from the day named to the day of writing
    day: int
    weekday: int | None  # ISO, 1 is Monday
    month: int | None
    year: int | None

    def fits(self, day: date) -> bool:
        """Whether the phrase can name a day."""
        return day.day == self.day and self.weekday in (None, day.isoweekday()) and self.month in (None, day.month)


@dataclass(frozen=True, slots=True)
class _Clue:
    """What one time expression says about the day of writing."""

    quote: str
    is_past: bool
    has_figures: bool
    value: str  # of the expression without a reference date: 2021, XXXX-07, 2022-03-01 ...


def infer_day(text: str, *, title: str | None = None, latest: date | None = None) -> Inference | None:
    """Infer the day of writing from the text alone.

    Args:
        text: the canonical text.
        title: the headline.
        latest: a day that the document cannot be later than, where the caller knows one.

    Returns:
        The day with the argument for it, or None when the text ties no day or leaves several.
    """
    whole = f"{title}\n\n{text}" if title else text
    tied = _tied_days(whole)
    complete = {day: t.quote for t in tied if t.year and t.month and (day := _named(t))}
    if len(complete) == 1:
        (day, quote), *_ = complete.items()
        return Inference(day, f"“{quote}” names the day of writing")
    if not tied or complete:
        return None
    clues = _clues(whole)
    months = [clue for clue in clues if clue.is_past and clue.value.startswith("XXXX-")]
    if not months and not any(t.month for t in tied):
        return None
    return _solved(tied, clues, latest=latest)


def is_contradicted(day: date, text: str) -> bool:
    """Whether a text tells as past what lies after a day, so that it cannot be its day of writing."""
    known = (period_of(clue.value) for clue in _clues(text) if clue.is_past)
    return any(period.start > day + timedelta(days=1) for period in known if period)


def infer_year(
    text: str, *, month: int, day: int, title: str | None = None, latest: date | None = None
) -> Inference | None:
    """Infer the year of a dateline that states month and day only, from the text alone."""
    whole = f"{title}\n\n{text}" if title else text
    dateline = _TiedDay("the dateline", False, 0, day, None, month, None)
    return _solved([dateline], _clues(whole), latest=latest)


def _solved(tied: list[_TiedDay], clues: list[_Clue], *, latest: date | None) -> Inference | None:
    finished = _last_finished_year(clues)
    if finished is None:
        return None
    year, year_clue = finished
    years_after = _YEARS_AFTER if all(t.month and t.weekday for t in tied) else 1
    days = [
        day
        for offset in range((date(year + years_after, 12, 31) - date(year, 12, 31)).days)
        if _meets(day := date(year + 1, 1, 1) + timedelta(days=offset), tied, clues)
    ]
    days = [day for day in days if latest is None or day <= latest]
    if len(days) != 1:
        return None
    return Inference(days[0], _argument(days[0], tied, year, year_clue, clues))


def _tied_days(text: str) -> list[_TiedDay]:
    reading = SurfaceReading(text)
    found = []
    for match in _TIED_DAY.finditer(text):
        if match["this"] and reading.tense(*match.span()) is Tense.FUTURE:
            continue  # "will meet this Wednesday (10)" was written before
        named = match["inside"] or match["after"]
        numbers = re.findall(r"\d+", named)
        month = re.search(_MONTHS, named, re.IGNORECASE)
        weekday = match["this"] or match["weekday"]
        if not 1 <= int(numbers[0]) <= 31:
            continue
        found.append(
            _TiedDay(
                quote=" ".join(match[0].split()),
                is_this=bool(match["this"]),
                shift=0 if match["this"] else _SHIFTS[match["word"].lower()],
                day=int(numbers[0]),
                weekday=_number(weekday, TokenClass.WEEKDAY) if weekday else None,
                month=_number(month[0].rstrip("."), TokenClass.MONTH) if month else None,
                year=int(numbers[1]) if len(numbers) > 1 else None,
            )
        )
    return found


def _number(word: str, token_class: TokenClass) -> int | None:
    """The number of a month or weekday."""
    entry = LEXICON.get(word.lower())
    return int(str(entry[1])) if entry and entry[0] == token_class else None


def _named(tied: _TiedDay) -> date | None:
    """The day of writing by a phrase with month and year, if its weekday agrees."""
    try:
        named = date(tied.year or 0, tied.month or 0, tied.day)
    except ValueError:
        return None
    return named + timedelta(days=tied.shift) if tied.weekday in (None, named.isoweekday()) else None


def _clues(text: str) -> list[_Clue]:
    """The dates of the text that bear on its own date, with the tense of their sentences."""
    reading = SurfaceReading(text)
    clues = []
    for time in find_time_expressions(text, reading=reading):
        if time.type not in ("DATE", "TIME") or not (time.date_start or time.value.startswith("XXXX-")):
            continue
        if time.precision in (Precision.DECADE, Precision.CENTURY) or "W" in time.value:
            continue
        sentence = reading.sentence(time.start_char, time.end_char)
        before = text[max(0, time.start_char - 12) : time.start_char].split()[-1:]
        clues.append(
            _Clue(
                quote=" ".join([*before, *time.text.split()]),
                is_past=_is_past(time.value, before, reading.tense(time.start_char, time.end_char)),
                has_figures=bool(_FIGURE.search(sentence) and _CHANGE.search(sentence)),
                value=time.value,
            )
        )
    return clues


def _is_past(value: str, before: list[str], tense: Tense) -> bool:
    """Whether a date is told as past; a bare year only after "in" or the like: "the 2030 goals" and "by 2030" are ahead."""
    word = before[0].lower() if before else ""
    if word in _AHEAD or (_PLAIN_YEAR.fullmatch(value) and word not in _WITHIN):
        return False
    return tense is Tense.PAST


_AHEAD = frozenset(("by", "until", "till", "through", "to", "for", "before"))
_WITHIN = frozenset(("in", "during", "throughout", "since", "of", "from"))


def _last_finished_year(clues: list[_Clue]) -> tuple[int, _Clue] | None:
    """The latest year with figures, which has ended; None when a later year, but the next, is spoken of as past."""
    reported = [clue for clue in clues if clue.is_past and clue.has_figures and _PLAIN_YEAR.fullmatch(clue.value)]
    if not reported:
        return None
    clue = max(reported, key=lambda clue: clue.value)
    year = int(clue.value)
    past_years = [int(c.value[:4]) for c in clues if c.is_past and c.value[:4].isdigit()]
    return (year, clue) if max(past_years) <= year + 1 else None


def _meets(day: date, tied: list[_TiedDay], clues: list[_Clue]) -> bool:
    """Whether a day of writing agrees with every phrase and every clue."""
    these = [phrase for phrase in tied if phrase.is_this]
    if not all(phrase.fits(day - timedelta(days=phrase.shift)) for phrase in tied if not phrase.is_this):
        return False
    if len(these) == len(tied) and not any(phrase.fits(day) for phrase in these):
        return False
    if not all(any(phrase.fits(day - timedelta(days=back)) for back in range(7)) for phrase in these):
        return False
    return all(_agrees(day, clue) for clue in clues)


def _agrees(day: date, clue: _Clue) -> bool:
    known = period_of(clue.value)
    if known is not None:
        return known.start <= day if clue.is_past else known.end >= day or known.start.year < day.year
    match = re.match(r"XXXX-(\d\d)(?:-(\d\d))?", clue.value)
    if match is None or not clue.is_past:
        return True
    month, number = int(match[1]), int(match[2] or 0)
    if number:
        return (month, number) <= (day.month, day.day) or _months_back(day, month) * 30 <= _NEAR_DAYS
    return month < day.month or (month > day.month and _months_back(day, month) * 30 <= _NEAR_DAYS)


def _months_back(day: date, month: int) -> int:
    return (day.month - month) % 12


def _argument(day: date, tied: list[_TiedDay], year: int, year_clue: _Clue, clues: list[_Clue]) -> str:
    """The argument in plain words, with the phrases it rests on."""
    phrases = " and ".join(
        dict.fromkeys(f"“{phrase.quote}”" if phrase.quote != "the dateline" else phrase.quote for phrase in tied)
    )
    months = list(dict.fromkeys(f"“{c.quote}”" for c in clues if c.is_past and c.value.startswith("XXXX-")))
    passed = f"; {', '.join(months)} had passed" if months else ""
    return (
        f"{phrases} fixes the day; “{year_clue.quote}” reports figures of {year} as of a finished year{passed}: "
        f"the first day after {year} that fits is {day.isoformat()}"
    )
