"""Calendar arithmetic: TIMEX3 values and the intervals of days they stand for.

What belongs here: periods (a day, a week, a quarter ...) with their value, first and last day, and moves between them.
What does not: words. Weeks are those of ISO 8601; seasons are the northern ones in whole months (spring is March to May);
a fiscal quarter or year is taken for the calendar's, since a text seldom tells when it starts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache

from dateutil.easter import easter

from pipelines.immutable import dataclass
from pipelines.records import Precision

_SEASON_MONTHS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_WEEKDAY_HOLIDAYS = {"thanksgiving": (11, 3, 4), "labor day": (9, 0, 1), "memorial day": (5, 0, -1)}  # month, day, nth
_EASTER_OFFSETS = {"good friday": -2, "easter": 0, "easter monday": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A known stretch of days with its TIMEX3 value."""

    value: str
    start: date
    end: date  # the last day, included
    precision: Precision


def day_period(day: date) -> Period:
    """A day."""
    return Period(day.isoformat(), day, day, Precision.DAY)


def week_period(day: date) -> Period:
    """The ISO week of a day."""
    monday = day - timedelta(days=day.weekday())
    year, week, _ = day.isocalendar()
    return Period(f"{year:04d}-W{week:02d}", monday, monday + timedelta(days=6), Precision.WEEK)


def weekend_period(day: date) -> Period:
    """Saturday and Sunday of the ISO week of a day."""
    week = week_period(day)
    return Period(f"{week.value}-WE", week.end - timedelta(days=1), week.end, Precision.WEEK)


def month_period(year: int, month: int) -> Period:
    """A month."""
    return Period(f"{year:04d}-{month:02d}", date(year, month, 1), month_end(year, month), Precision.MONTH)


def quarter_period(year: int, quarter: int) -> Period:
    """A quarter of a calendar year."""
    month = quarter * 3 - 2
    return Period(f"{year:04d}-Q{quarter}", date(year, month, 1), month_end(year, month + 2), Precision.QUARTER)


def half_period(year: int, half: int) -> Period:
    """A half of a calendar year; of the precisions that there are, the year's is the nearest that claims no more."""
    month = half * 6 - 5
    return Period(f"{year:04d}-H{half}", date(year, month, 1), month_end(year, month + 5), Precision.YEAR)


def season_period(year: int, season: str) -> Period:
    """A season ("SP", "SU", "FA", "WI"); a winter is named by the year of its December."""
    month = _SEASON_MONTHS[season]
    last = month_end(year + 1, 2) if season == "WI" else month_end(year, month + 2)
    return Period(f"{year:04d}-{season}", date(year, month, 1), last, Precision.SEASON)


def year_period(year: int) -> Period:
    """A calendar year."""
    return Period(f"{year:04d}", date(year, 1, 1), date(year, 12, 31), Precision.YEAR)


def decade_period(year: int) -> Period:
    """The decade of a year: 1994 is in "199"."""
    first = year // 10 * 10
    return Period(f"{first // 10:03d}", date(max(first, 1), 1, 1), date(first + 9, 12, 31), Precision.DECADE)


def century_period(century: int) -> Period:
    """The nth century: the 20th is "19", 1900 to 1999, as TIMEX3 counts."""
    first = (century - 1) * 100
    return Period(f"{century - 1:02d}", date(max(first, 1), 1, 1), date(first + 99, 12, 31), Precision.CENTURY)


def range_period(first: Period, last: Period) -> Period:
    """From one period to another, as ISO 8601 writes intervals."""
    return Period(f"{first.value}/{last.value}", first.start, last.end, first.precision)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def make_date(year: int, month: int, day: int) -> date | None:
    """A date, or None when the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def containing(day: date, unit: str) -> Period | None:
    """The period of a unit (`patterns.UNIT_CODES`) that a day lies in; None for units below a day."""
    match unit:
        case "D":
            return day_period(day)
        case "W" | "F":
            return week_period(day)
        case "M":
            return month_period(day.year, day.month)
        case "Q":
            return quarter_period(day.year, (day.month + 2) // 3)
        case "Y":
            return year_period(day.year)
        case "E":
            return decade_period(day.year)
        case "C":
            return century_period(day.year // 100 + 1)
    return None


def moved(day: date, count: float, unit: str) -> date | None:
    """A day moved by a count of units, negative into the past; None outside the calendar's years or below a day."""
    days = {"D": 1, "W": 7, "F": 14}.get(unit)
    if days is not None:
        try:
            return day + timedelta(days=round(count * days))
        except OverflowError:
            return None
    months = {"M": 1, "Q": 3, "Y": 12, "E": 120, "C": 1200}.get(unit)
    if months is None or abs(count) > MAXYEAR:
        return None
    index = day.year * 12 + day.month - 1 + round(count * months)
    year, month = divmod(index, 12)
    if not MINYEAR <= year < MAXYEAR:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def moved_years(period: Period, years: int) -> Period | None:
    """The same period some years on: the quarter, month or day of another year."""
    year = period.start.year + years
    if not MINYEAR < year < MAXYEAR:
        return None
    if period.precision is Precision.DAY:
        start = moved(period.start, years, "Y")
        return day_period(start) if start else None
    return period_of(f"{year:04d}{period.value[4:]}")


def weekday_date(day: date, weekday: int, *, ahead: bool) -> date:
    """The nearest date with a weekday (1 is Monday), the day itself included, back in time or ahead."""
    offset = (weekday - day.isoweekday()) % 7
    return day + timedelta(days=offset if ahead else offset - 7 if offset else 0)


def nth_day(number: int, reference: date, *, ahead: bool) -> date | None:
    """The nearest date with that day of the month, back in time or ahead, the reference date included."""
    for shift in range(4):
        month_day = moved(reference.replace(day=1), shift if ahead else -shift, "M")
        day = make_date(month_day.year, month_day.month, number) if month_day else None
        if day and (day >= reference if ahead else day <= reference):
            return day
    return None


def holiday_date(rule: str | tuple[int, int], year: int) -> date:
    """The date of a holiday in a year: a fixed (month, day) or a rule of `patterns.HOLIDAYS`."""
    if isinstance(rule, tuple):
        return date(year, *rule)
    if rule in _EASTER_OFFSETS:
        return easter(year) + timedelta(days=_EASTER_OFFSETS[rule])
    month, weekday, nth = _WEEKDAY_HOLIDAYS[rule]
    if nth < 0:
        last = month_end(year, month)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


_VALUE = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T.*)?)?|Q(?P<quarter>[1-4])|H(?P<half>[12])"
    r"|(?P<season>SP|SU|FA|WI)|W(?P<week>\d\d)(?P<weekend>-WE)?))?"
)


@lru_cache(maxsize=4096)
def period_of(value: str) -> Period | None:
    """The period that a TIMEX3 value stands for.

    Args:
        value: such as "1998-03-01", "1998-03-01TNI", "1998-Q1", "1998-W12", "199" or "1998/1999".

    Returns:
        The period, with the value as given, or None when the value fixes none ("XXXX-03", "PAST_REF", "P3M").
    """
    try:
        period = _parsed(value)
    except ValueError:
        return None
    return Period(value, period.start, period.end, period.precision) if period else None


def _parsed(value: str) -> Period | None:
    if "/" in value:
        first, last = (period_of(part) for part in value.split("/", 1))
        return range_period(first, last) if first and last else None
    if value.isdigit() and len(value) in (2, 3):
        return century_period(int(value) + 1) if len(value) == 2 else decade_period(int(value) * 10)
    match = _VALUE.fullmatch(value)
    if not match:
        return None
    year = int(match["year"])
    if match["day"]:
        return day_period(date(year, int(match["month"]), int(match["day"])))
    if match["month"]:
        return month_period(year, int(match["month"]))
    if match["quarter"]:
        return quarter_period(year, int(match["quarter"]))
    if match["half"]:
        return half_period(year, int(match["half"]))
    if match["season"]:
        return season_period(year, match["season"])
    if match["week"]:
        monday = date.fromisocalendar(year, int(match["week"]), 1)
        return weekend_period(monday) if match["weekend"] else week_period(monday)
    return year_period(year)
