"""Dates as files state them: the day in a metadata value, or None.

What belongs here: `metadata_date`, `as_plain` (database and program wrappings of a date) and the many ways of writing one day.
What does not: the order of day and month in numbers alone (`day_orders.py`), dates inferred from file names and text
(`published_date.py`). A value that leaves the day open ("03/05/2024" by itself, "yesterday", "May 2024") gives None: a wrong
day is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_tz
from math import isfinite
from typing import Any

from pipelines.stages.ingest.day_orders import DayOrder, day_by_order
from pipelines.stages.ingest.month_names import foreign_month_number, month_number

# Nothing older was printed as news; later days are errors or placeholders ("9999-12-31").
_FIRST_YEAR = 1600
_LAST_YEAR = 2100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Numbers above these are milli-, micro- and nanoseconds: in the larger unit they would lie beyond the year 5000.
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
_MAX_SECONDS = 1e11
# Numbers below this are no time of an article but an index or a year.
_MIN_SECONDS = 1e8
_MAX_CHARACTERS = 100

_ISO = re.compile(r"(?<![\d/.-])(\d{4})([-/.\s]|\s?[-/.]\s)(\d{1,2})\2(\d{1,2})(?!\d)")
# GDELT and archives: 20240503, 20240503101500, 20240503T101500Z, 20240503 10:15, 2024050310 15.
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:[T_ -]?\d{2}(?::?\d{2}){0,2}(?:[.,]\d+)?\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$"
)
_ISO_WEEK = re.compile(r"(\d{4})-?W(\d{2})-?([1-7])(?!\d)")
_ISO_ORDINAL = re.compile(r"(\d{4})-(\d{3})(?!\d)")
_EPOCH_NUMBER = re.compile(r"[@+]?(\d{9,19}(?:\.\d+)?|\d\.\d+e\+?\d{1,2})$", re.I)
_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
# /Date(1660122000000+0200)/, new Date(1660122000000), ISODate("..."), datetime.datetime(2022, 8, 10, 9, 0), Timestamp('...')
_CALL = re.compile(
    r"/?(?:new\s)?[A-Za-z_.]*(?:date|time|timestamp)\w*\(\s*[\"']?(.{1,60}?)[\"']?(?:,\s?tz.*)?\s*\)/?$", re.I
)
_ARGUMENTS = re.compile(r"(\d{4}), ?(\d{1,2}), ?(\d{1,2})(?:,|$)")
_OFFSET_OF_EPOCH = re.compile(r"(?<=\d{9})[+-]\d{4}$")
# What stands beside the date in words: clock times with their zone, and what introduces the date.
_CLOCK = re.compile(
    r"T?\b\d{1,2}(?::\d{2}(?::\d{2})?|h\d{2})(?:[.,]\d+)?\s*(?:[ap]\.?\s?m\b\.?)?|\b\d{1,2}\.\d{2}\s*(?:[ap]\.?m\b\.?|hrs?\b|uhr\b)"
    r"|\b\d{1,2}\s?[ap]\.?m\b\.?|(?:(?<=\s)|\b(?:UTC|GMT)\s?)[+−-]\d{2}:?\d{2}\b|\b(?:UTC|GMT)\s?[+−-]\d{1,2}\b",
    re.I,
)
_WORD_OR_NUMBER = re.compile(r"\d+|[^\W\d_]+")
_ASIDE = re.compile(r"\([^()]*\)")
# Keys under which databases wrap a date: MongoDB's extended JSON, Firestore, DynamoDB and typed JSON.
_WRAPPINGS = (
    "$date",
    "$numberlong",
    "$numberint",
    "iso",
    "date",
    "datetime",
    "value",
    "_seconds",
    "seconds",
    "s",
    "n",
    "@value",
    "#text",
)
_MAX_WRAPPINGS = 4
# English abbreviations of months that are weekdays in French, Italian and Spanish ("mar. 3 mai 2021").
_ALSO_WEEKDAYS = frozenset(("mar",))
_MAX_SPREAD = 5  # words
# Two-digit years as in RFC 2822.
_PIVOT = 50


def metadata_date(value: date | str | float | None, *, order: DayOrder | None = None) -> date | None:
    """The day that a metadata value states, in the time zone it is stated in.

    Args:
        value: a date, a string in ISO 8601 (calendar, week or ordinal day), RFC 2822, `YYYYMMDD[hhmmss]`, numbers with day and
            month in an order that only one reading allows, or words, or a number of seconds or smaller units since 1970.
        order: the order of day and month where the file's other values settle it.

    Returns:
        The day, or None where the value states none, several or an impossible one.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _plausible(value)
    if isinstance(value, int | float):
        return _from_number(value)
    text = plain_text(value or "")
    if not any(map(str.isdigit, text)):
        return None
    if call := _CALL.fullmatch(text):
        inner = _OFFSET_OF_EPOCH.sub("", call.group(1))
        arguments = _ARGUMENTS.match(inner)
        return _day(*arguments.groups()) if arguments else metadata_date(inner, order=order)
    if text.removesuffix(".0").isdecimal():
        return _from_number(int(text.removesuffix(".0")))
    if compact := _COMPACT.match(text):
        return _day(*compact.groups())
    if number := _EPOCH_NUMBER.match(text):
        return _from_epoch(float(number.group(1)))
    if week := _ISO_WEEK.match(text):
        return _week_day(*map(int, week.groups()))
    if east_asian := _EAST_ASIAN.search(text):
        return _day(*east_asian.groups())
    found = {match.group(1, 3, 4) for match in _ISO.finditer(text)}
    if found:
        return _day(*found.pop()) if len(found) == 1 else None
    if ordinal := _ISO_ORDINAL.match(text):
        return _ordinal_day(*map(int, ordinal.groups()))
    return day_by_order(text, order) or _from_words(text)


def as_plain(value: Any) -> date | str | int | float | None:
    """What a wrapped date holds ({"$date": {"$numberLong": "1660122000000"}}, [2022, 8, 10, 9, 0]); None for what is no date."""
    for _ in range(_MAX_WRAPPINGS):
        if isinstance(value, Mapping):
            named = {str(name).lower(): inner for name, inner in value.items()}
            value = next((named[name] for name in _WRAPPINGS if named.get(name) not in (None, "")), None)
        elif isinstance(value, list | tuple) and len(value) >= 3 and all(type(part) is int for part in value[:3]):
            value = "{:04}-{:02}-{:02}".format(*value[:3])
        elif isinstance(value, list | tuple) and len(value) == 1:
            value = value[0]
        else:
            break
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float) and not isfinite(value):
        return None
    return value if isinstance(value, date | str | int | float) and not isinstance(value, bool) else None


def plain_text(value: str) -> str:
    """A value in plain characters: full-width digits, odd spaces and the quotation marks around it made plain."""
    return " ".join(unicodedata.normalize("NFKC", value[:_MAX_CHARACTERS]).split()).strip(" \"'“”[]")


def _from_number(number: float) -> date | None:
    if isinstance(number, float) and number.is_integer():  # false for NaN and infinity
        number = int(number)
    if isinstance(number, int) and number > 0 and (compact := _COMPACT.match(str(number))):
        day = _day(*compact.groups())
        if day is not None and (number < _MIN_SECONDS or number > _MAX_SECONDS):  # ten digits may be seconds
            return day
    return _from_epoch(number)


def _from_epoch(number: float) -> date | None:
    seconds = number / next((unit for limit, unit in _UNITS if number > limit), 1)
    if not _MIN_SECONDS <= seconds <= _MAX_SECONDS:  # also false for NaN
        return None
    return _plausible((_EPOCH + timedelta(seconds=seconds)).date())


def _from_words(text: str) -> date | None:
    """The day that words state: a month by name, one number that is its year and one that is its day, in whatever order."""
    rest = _CLOCK.sub(" ", _ASIDE.sub(" ", text))
    words = _WORD_OR_NUMBER.findall(rest)
    months = {place: number for place, word in enumerate(words) if (number := month_number(word))}
    years = [place for place, word in enumerate(words) if len(word) == 4 and word.isdecimal()]
    days = [place for place, word in enumerate(words) if len(word) <= 2 and word.isdecimal()]
    if len(years) == len(days) == 1:
        if not months or words[min(months)].lower() in _ALSO_WEEKDAYS:
            foreign = {
                place: number for place, word in enumerate(words) if word.isalpha() and (number := _foreign(word))
            }
            months = foreign or months
        if len(months) != 1:
            return None
        ((place, month),) = months.items()
        # A month of something else would stand apart from the year: at most "of", "the" or an ending is between.
        return _day(words[years[0]], month, words[days[0]]) if _spread(place, *years, *days) <= _MAX_SPREAD else None
    if len(months) != 1 or years:
        return None
    ((place, month),) = months.items()
    if days == [place - 1, place + 1]:
        year = int(words[days[1]])
        return _day(year + (2000 if year < _PIVOT else 1900), month, words[days[0]])
    parsed = parsedate_tz(text)
    return _day(*parsed[:3]) if parsed else None


def _foreign(word: str) -> int:
    return 0 if word.lower() in _ALSO_WEEKDAYS else foreign_month_number(word)


def _spread(*places: int) -> int:
    return max(places) - min(places)


def _day(year: int | str, month: int | str, day: int | str) -> date | None:
    try:
        return _plausible(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _week_day(year: int, week: int, weekday: int) -> date | None:
    try:
        return _plausible(date.fromisocalendar(year, week, weekday))
    except ValueError:
        return None


def _ordinal_day(year: int, number: int) -> date | None:
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= number <= 366):
        return None
    day = date(year, 1, 1) + timedelta(days=number - 1)
    return day if day.year == year else None


def _plausible(day: date) -> date | None:
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
