"""Calendar dates: years, months and days by name or number, quarters, halves, seasons, decades, centuries, holidays.

What belongs here: resolvers of expressions that name a calendar unit; what they leave out (the year of "March 5") is
filled in from the document's date. What does not: expressions that count from a date (`relative.py`).
"""

from __future__ import annotations

import re
from datetime import date

from pipelines.nlp.times import patterns as p
from pipelines.nlp.times.lexer import spelled_year
from pipelines.nlp.times.timeline import (
    Parts,
    Resolved,
    Timeline,
    dated,
    nearest,
    nearest_month,
    tense_of,
    timed,
)
from pipelines.nlp.times.token_class import TokenClass as T
from pipelines.nlp.times.values import (
    century_period,
    day_period,
    decade_period,
    half_period,
    holiday_date,
    make_date,
    month_period,
    quarter_period,
    range_period,
    season_period,
    year_period,
)
from pipelines.records import Precision

_NUMERIC = re.compile(r"(\d+)([/.-])(\d+)[/.-](\d+)")
# A document tells of another time when its last full date is further away than this, years: "in May" is then of that time.
_STORY_YEARS = 2
_STORY_PRECISIONS = frozenset((Precision.DAY, Precision.MONTH))
_STORY_REACH = 600  # characters


def modifier_of(parts: Parts) -> str | None:
    """The TIMEX3 modifier that words like "early", "the end of" or "about" set."""
    for group in ("edge", "part", "approx"):
        if group in parts:
            return p.MODIFIERS.get(parts.words(group).split()[0])
    return None


def resolve_iso(parts: Parts, timeline: Timeline) -> Resolved | None:
    """2022-08-10, 2022-08-10T14:30."""
    text = str(parts.value("iso"))
    day = make_date(int(text[:4]), int(text[5:7]), int(text[8:10]))
    if day is None:
        return None
    return timed(day_period(day), f"T{text[11:16]}") if len(text) > 10 else dated(day_period(day))


def resolve_numeric(parts: Parts, timeline: Timeline) -> Resolved | None:
    """10/08/2022: by the month it cannot be, else as the rest of the document, else month first; dots: day first."""
    match = _NUMERIC.fullmatch(str(parts.value("numeric")))
    if not match:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        day = make_date(first, second, third)
    else:
        if match[2] != "/" and len(match[4]) == 2:
            return None  # a version, a score or a phone number as often as a date
        year = third if len(match[4]) == 4 else _full_year(third, timeline.reference)
        day_first = timeline.day_first if timeline.day_first is not None else match[2] == "."
        orders = ((second, first), (first, second)) if day_first else ((first, second), (second, first))
        day = next((found for month, number in orders if (found := make_date(year, month, number))), None)
    return dated(day_period(day)) if day else None


def resolve_day(parts: Parts, timeline: Timeline) -> Resolved | None:
    """March 3; Sunday, March 8, 1998; 10 August 2022; March 3-5; the night of March 3; March 3 last year."""
    month, number = parts.integer("month"), _day_number(parts, "day")
    if month is None or number is None or not _date_word(parts, timeline, "month"):
        return None
    year = year_of(parts, timeline)
    if year is None:
        day = _nearest_day(parts, timeline, month, number)
        if day is None:
            if make_date(2000, month, number) is None:  # a leap year has every day there is
                return None
            return Resolved("DATE", f"XXXX-{month:02d}-{number:02d}", None, modifier_of(parts))
    else:
        day = make_date(year, month, number)
        if day is None:
            return None
    period = day_period(day)
    last = _day_number(parts, "day2")
    if last is not None and (end := make_date(day.year, month, last)) and end > day:
        period = range_period(period, day_period(end))
    if "daypart" in parts:
        return timed(period, str(parts.value("daypart")), modifier=modifier_of(parts))
    return dated(period, modifier=modifier_of(parts))


def resolve_month(parts: Parts, timeline: Timeline) -> Resolved | None:
    """August; early March; last May; mid-November 1995; January this year; each July."""
    month = parts.integer("month")
    if month is None or not _date_word(parts, timeline, "month"):
        return None
    modifier, rel, reference = modifier_of(parts), parts.classes("rel"), timeline.reference
    if rel == T.EACH:
        return Resolved("SET", f"XXXX-{month:02d}")
    year = year_of(parts, timeline)
    if year is not None:
        return dated(month_period(year, month), modifier=modifier)
    if reference is None:
        return Resolved("DATE", f"XXXX-{month:02d}", None, modifier)
    if T.THIS in rel and T.PAST not in rel and T.COMING not in rel:
        return dated(month_period(reference.year, month), modifier=modifier)
    if T.THAT in rel and (told := timeline.last(parts.start_char)) is not None:
        return dated(month_period(told.start.year, month), modifier=modifier)  # "in 1979 ... that June"
    if T.LAST in rel or T.PAST in rel:
        back = reference.year if month < reference.month else reference.year - 1
        return dated(month_period(back - _is_twice(rel), month), modifier=modifier)
    if T.NEXT in rel or T.COMING in rel:
        ahead = reference.year if month > reference.month else reference.year + 1
        return dated(month_period(ahead + _is_twice(rel), month), modifier=modifier)
    story = _story_year(parts, timeline)
    if story is not None:
        return dated(month_period(story, month), modifier=modifier)
    tense = tense_of(parts, timeline)
    return dated(nearest_month(month, reference, tense), modifier=modifier)


def resolve_year(parts: Parts, timeline: Timeline) -> Resolved | None:
    """1997; mid-1996; fiscal 1989; FY2021; the year 2000; nineteen ninety-six; 1990-91; 2022/23; '96."""
    year = parts.integer("code") if "code" in parts else _year_number(parts, "year", timeline)
    if year is None:
        return None
    named = any(group in parts for group in ("code", "named", "fiscal", "edge", "part"))
    if not named and parts.classes("year") == T.SHORT_YEAR and parts.class_before() not in (T.IN, T.PREPOSITION):
        return None
    period = year_period(year)
    if "year2" in parts:
        last = parts.integer("year2") or 0
        last = last if last >= 1000 else year // 100 * 100 + last
        if not year < last <= year + 150 or last > 2199:
            return None
        named = named or last == year + 1
        period = range_period(period, year_period(last))
    if not named and parts.classes("year") == T.YEAR and not timeline.reading.is_year(*parts.chars("year")):
        return None
    return dated(period, modifier=modifier_of(parts))


def resolve_decade(parts: Parts, timeline: Timeline) -> Resolved | None:
    """The 1990s; the late '70s; the nineties; the mid-1980s; the nineteen-nineties."""
    number, century = parts.integer("decade"), parts.integer("century")
    if number is None:
        return None
    if century is not None:
        if number >= 100 or not 15 <= century <= 20:
            return None
        number += century * 100
    if number < 100:
        if parts.class_before() == T.POSSESSOR or "the" not in parts:
            return None  # "in his fifties", "temperatures in 90s"
        if number == 10:
            return None  # "the tens of thousands", "the teens"
        number += (timeline.reference.year if timeline.reference else 2000) // 100 * 100
        if timeline.reference is None or number > timeline.reference.year:
            number -= 100
    return dated(decade_period(number), modifier=modifier_of(parts))


def resolve_century(parts: Parts, timeline: Timeline) -> Resolved | None:
    """The 20th century; late-nineteenth-century."""
    number = _day_number(parts, "nth")
    if parts.value("unit") != "C" or number is None or not 1 <= number <= 30:
        return None
    return dated(century_period(number), modifier=modifier_of(parts))


def resolve_quarter(parts: Parts, timeline: Timeline) -> Resolved | None:
    """The third quarter; third-quarter; the 1988 second quarter; the first half of 1990; this year's third quarter; Q3 2021."""
    unit, number = _quarter_number(parts)
    if number is None:
        return None
    year = year_of(parts, timeline)
    is_half = unit == "H"
    if is_half and year is None and "hyphen" not in parts:
        return None  # a match's first half as often as a year's
    make = half_period if is_half else quarter_period
    if year is None:
        if timeline.reference is None:
            return Resolved("DATE", f"XXXX-{unit}{number}", None, modifier_of(parts))
        year = _nearest_quarter_year(parts, timeline, unit, number)
    return dated(make(year, number), modifier=modifier_of(parts))


def resolve_season(parts: Parts, timeline: Timeline) -> Resolved | None:
    """This summer; last fall; the winter of 1994; summer; the early summer."""
    season = str(parts.value("season"))
    rel, reference = parts.classes("rel"), timeline.reference
    if rel == T.EACH:
        return Resolved("SET", f"XXXX-{season}")
    year = year_of(parts, timeline)
    if year is None and not rel and not _date_word(parts, timeline, "season"):
        return None
    modifier = modifier_of(parts)
    if year is None:
        if reference is None:
            return Resolved("DATE", f"XXXX-{season}", None, modifier)
        year = _season_year(season, rel, timeline, parts)
    return dated(season_period(year, season), modifier=modifier)


def resolve_holiday(match: re.Match[str], timeline: Timeline) -> Resolved | None:
    """Christmas; last Christmas; Easter Sunday 1998; Labor Day this year. The match is of `patterns.HOLIDAY`."""
    name = " ".join(match["name"].lower().replace("’", "'").replace("labour", "labor").split())
    rule = p.HOLIDAYS.get(name)
    if rule is None or (name == "christmas" and timeline.reference is None and not match["year"]):
        return None
    reference = timeline.reference
    if match["year"]:
        return dated(day_period(holiday_date(rule, int(match["year"]))))
    if reference is None:
        return None
    if match["twice"]:
        shift = -1 if "last" in match["twice"].lower() else 1
        near = [holiday_date(rule, reference.year + years) for years in (-1, 0, 1)]
        passed = [day for day in near if (day < reference if shift < 0 else day > reference)]
        nearest_year = max(passed).year if shift < 0 else min(passed).year
        return dated(day_period(holiday_date(rule, nearest_year + shift)))
    if match["of"]:
        shift = {"last": -1, "this": 0, "next": 1}[match["of"].split()[0].lower()]
        return dated(day_period(holiday_date(rule, reference.year + shift)))
    options = sorted(holiday_date(rule, reference.year + shift) for shift in (-1, 0, 1))
    back = max(day for day in options if day <= reference)
    ahead = min(day for day in options if day >= reference)
    rel = (match["rel"] or "").lower()
    if rel in ("last", "next"):
        return dated(day_period(back if rel == "last" else ahead))
    tense = timeline.reading.tense(match.start(), match.end())
    return dated(day_period(nearest(back, ahead, reference, tense)))


def year_of(parts: Parts, timeline: Timeline) -> int | None:
    """The year that an expression states: "1998", "'98", "of last year", "next year's"."""
    if "year" in parts:
        return _year_number(parts, "year", timeline)
    rel = parts.classes("of_rel")
    if not rel:
        return None
    if T.THAT in rel or T.SAME in rel or T.FOLLOWING in rel or T.PREVIOUS in rel or rel == T.THE:
        anchor = timeline.last(parts.start_char)
        base = anchor.start.year if anchor else None
        if base is None and rel == T.THE and timeline.reference:
            base = timeline.reference.year
    else:
        base = timeline.reference.year if timeline.reference else None
    if base is None:
        return None
    shift = -1 if any(c in rel for c in (T.LAST, T.PAST, T.PREVIOUS)) else 0
    shift = 1 if any(c in rel for c in (T.NEXT, T.COMING, T.FOLLOWING)) else shift
    return base + shift * (2 if _is_twice(rel) else 1)


def _is_twice(rel: str) -> bool:
    """Whether a relation is "before last" or "after next"."""
    return T.BEFORE in rel or T.AFTER in rel


def _year_number(parts: Parts, group: str, timeline: Timeline) -> int | None:
    classes = parts.classes(group)
    if classes == T.YEAR:
        return parts.integer(group)
    if classes == T.SHORT_YEAR:
        return _full_year(parts.integer(group) or 0, timeline.reference)
    return spelled_year(parts.lexed, *parts.groups[group])


def _full_year(short: int, reference: date | None) -> int:
    """The year that two digits mean: the one nearest to the document's date, at most 20 years after it."""
    latest = (reference.year if reference else 2030) + 20
    century = latest // 100 * 100
    return century + short if century + short <= latest else century - 100 + short


def _day_number(parts: Parts, group: str) -> int | None:
    if group not in parts:
        return None
    values = [parts.lexed.values[i] for i in range(*parts.groups[group])]
    return sum(value for value in values if isinstance(value, int)) or None


def _date_word(parts: Parts, timeline: Timeline, group: str) -> bool:
    """False when the group's word is one of the ambiguous and stands for no date here."""
    if parts.words(group).rstrip(".") not in p.AMBIGUOUS:
        return True
    return timeline.reading.is_date_word(*parts.chars(group))


def _nearest_day(parts: Parts, timeline: Timeline, month: int, number: int) -> date | None:
    """The day of that month and number, by weekday if one is named, else the nearest in the sense of `nearest`."""
    reference = timeline.reference
    if reference is None:
        return None
    options = [d for shift in range(-6, 7) if (d := make_date(reference.year + shift, month, number))]
    weekday = parts.integer("weekday")
    if weekday is not None:
        on_weekday = [d for d in options if d.isoweekday() == weekday]
        if on_weekday:
            return min(on_weekday, key=lambda d: abs((d - reference).days))
    story = _story_year(parts, timeline)
    if story is not None:
        return make_date(story, month, number)
    back = max((d for d in options if d <= reference), default=None)
    ahead = min((d for d in options if d >= reference), default=None)
    if back is None or ahead is None:
        return back or ahead
    return nearest(back, ahead, reference, tense_of(parts, timeline))


def _story_year(parts: Parts, timeline: Timeline) -> int | None:
    """The year of the story being told, when the last two dates before this one lie in one year far from the document's."""
    if timeline.reference is None:
        return None
    told = [period for at, period in timeline.history[-3:] if period and parts.start_char - at < _STORY_REACH]
    years = {period.start.year for period in told if period.precision in _STORY_PRECISIONS}
    if len(told) < 2 or len(years) != 1:
        return None
    year = years.pop()
    return year if timeline.reference.year - year >= _STORY_YEARS else None


def _quarter_number(parts: Parts) -> tuple[str, int | None]:
    """("Q", 1-4) or ("H", 1-2) of a quarter or half."""
    if "code" in parts:
        code = str(parts.value("code"))
        digit = int(next(filter(str.isdigit, code)))
        unit = "Q" if "Q" in code else "H"
        return unit, digit if digit <= (4 if unit == "Q" else 2) else None
    unit = "Q" if T.QUARTER in parts.classes("unit") else "H"
    last = 4 if unit == "Q" else 2
    number = last if T.LAST in parts.classes("nth") else _day_number(parts, "nth")
    if number == -1:
        number = last
    return unit, number if number is not None and 1 <= number <= last else None


def _nearest_quarter_year(parts: Parts, timeline: Timeline, unit: str, number: int) -> int:
    """The year of a quarter named without one: the last that has begun, or the next in a clause about the future."""
    reference = timeline.reference
    if reference is None:
        raise ValueError("a quarter without its year needs a reference date")
    make = half_period if unit == "H" else quarter_period
    begun = make(reference.year, number).start <= reference
    back, ahead = (make(reference.year + shift - (not begun), number) for shift in (0, 1))
    tense = tense_of(parts, timeline)
    chosen = nearest(min(back.end, reference), ahead.start, reference, tense)
    return back.start.year if chosen != ahead.start else ahead.start.year


def _season_year(season: str, rel: str, timeline: Timeline, parts: Parts) -> int:
    reference = timeline.reference
    if reference is None:
        raise ValueError("a season without its year needs a reference date")
    begun = [
        y
        for y in (reference.year - 2, reference.year - 1, reference.year)
        if season_period(y, season).start <= reference
    ]
    running = season_period(begun[-1], season).end >= reference
    if T.LAST in rel:
        return (begun[-2] if running else begun[-1]) - _is_twice(rel)
    if T.NEXT in rel or T.COMING in rel:
        return begun[-1] + 1 + _is_twice(rel)
    if T.PAST in rel or running:
        return begun[-1]
    if T.THIS in rel:
        return reference.year
    back, ahead = season_period(begun[-1], season), season_period(begun[-1] + 1, season)
    tense = tense_of(parts, timeline)
    chosen = nearest(min(back.end, reference), max(ahead.start, reference), reference, tense)
    return begun[-1] if chosen == back.end else begun[-1] + 1
