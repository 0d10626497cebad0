"""Dates as files state them: the day in a metadata value, or None.

What belongs here: `metadata_date`. What does not: dates inferred from file names and text (`published_date.py`). A value that
leaves the day open ("03/05/2024", "yesterday", "May 2024") gives None: a wrong day is worse than none.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_tz

from babel.dates import get_month_names

# Nothing older was printed as news; later days are errors or placeholders ("9999-12-31").
_FIRST_YEAR = 1600
_LAST_YEAR = 2100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Numbers above this are milliseconds: as seconds they would lie beyond the year 5000.
_MAX_SECONDS = 1e11
# Numbers below this are no time of an article but an index or a year.
_MIN_SECONDS = 1e8

_ISO = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{6}Z?)?$")  # GDELT: 20240503101500, 20240503T101500Z
_EPOCH_NUMBER = re.compile(r"\d{9,13}(?:\.\d+)?$")
_DAY_MONTH = re.compile(r"(?:[A-Za-z]{3,9}\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_DAY = re.compile(r"(?:[A-Za-z]{3,9}\.?,?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")


def metadata_date(value: date | str | float | None) -> date | None:
    """The day that a metadata value states, in the time zone it is stated in.

    Args:
        value: a date, a string in ISO 8601, RFC 2822, `YYYYMMDD[hhmmss]` or English words, or a number of seconds or
            milliseconds since 1970.

    Returns:
        The day, or None where the value states none or an impossible one.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _plausible(value)
    if isinstance(value, int | float):
        return _from_epoch(value)
    text = (value or "").strip()[:100]
    if compact := _COMPACT.match(text):
        return _day(*compact.groups())
    if iso := _ISO.match(text):
        return _day(iso.group(1), iso.group(3), iso.group(4))
    if _EPOCH_NUMBER.match(text):
        return _from_epoch(float(text))
    if words := _DAY_MONTH.match(text):
        return _day(words.group(3), _month(words.group(2)), words.group(1))
    if words := _MONTH_DAY.match(text):
        return _day(words.group(3), _month(words.group(1)), words.group(2))
    parsed = parsedate_tz(text) if re.search("[A-Za-z]", text) else None
    return _day(*parsed[:3]) if parsed else None


def _from_epoch(number: float) -> date | None:
    seconds = number / 1000 if number > _MAX_SECONDS else number
    if not _MIN_SECONDS <= seconds <= _MAX_SECONDS:  # also false for NaN
        return None
    return _plausible((_EPOCH + timedelta(seconds=seconds)).date())


def _day(year: int | str, month: int | str, day: int | str) -> date | None:
    try:
        return _plausible(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _plausible(day: date) -> date | None:
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _month(name: str) -> int:
    """The number of an English month name or its first three letters or more; 0, which is no month, otherwise."""
    names = get_month_names("wide", locale="en")
    return next((number for number, month in names.items() if month.lower().startswith(name.lower()[:4])), 0)
