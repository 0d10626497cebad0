"""The order of day and month in dates of numbers alone: "25/12/2021", "03/04/2022".

What belongs here: `day_by_order`, the readings of one value, and `OrderOfFile`, what the values of one file say about their
order. A value that one reading alone allows is read; one that leaves two days open is read in the order that every other value
of its file obeys, and not at all where they obey none or both.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

# Two-digit years as in RFC 2822.
_PIVOT = 50
_NUMBERS = re.compile(r"(?<![\d/.,:-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/-])")
_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", re.I)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class DayOrder(StrEnum):
    """In which order numbers state a day."""

    DAY_MONTH_YEAR = "dmy"
    MONTH_DAY_YEAR = "mdy"
    YEAR_MONTH_DAY = "ymd"  # with a year of two digits


class OrderOfFile:
    """The order that all dates of a file allow."""

    def __init__(self) -> None:
        self._allowed = set(DayOrder)
        self._has_evidence = False

    def add(self, text: str) -> None:
        """Take a value into account."""
        found = _readings(text)
        if found:
            self._allowed &= found.keys()
            self._has_evidence |= len(set(found.values())) == 1

    @property
    def settled(self) -> DayOrder | None:
        """The one order that every value allows; None where several are left or they contradict each other."""
        return next(iter(self._allowed)) if self._has_evidence and len(self._allowed) == 1 else None


def day_by_order(text: str, order: DayOrder | None = None) -> date | None:
    """The day that numbers state, where one reading alone is possible or the order is known; None otherwise."""
    found = _readings(text)
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    return found.get(order) if order else None


def is_open(text: str) -> bool:
    """Whether a value is a date of numbers that leaves its day open."""
    return len(set(_readings(text).values())) > 1


def _readings(text: str) -> dict[DayOrder, date]:
    """The days that a value may state, by order; a weekday beside it leaves those it fits."""
    matches = list(_NUMBERS.finditer(text))
    if len({match.groups() for match in matches}) != 1:
        return {}
    first, _, second, third = matches[0].groups()
    orders = {
        DayOrder.DAY_MONTH_YEAR: (third, second, first),
        DayOrder.MONTH_DAY_YEAR: (third, first, second),
    }
    if len(third) == 2:
        orders[DayOrder.YEAR_MONTH_DAY] = (first, second, third)
    found = {order: day for order, parts in orders.items() if (day := _date(*parts))}
    weekday = _WEEKDAY.search(text)
    if weekday:
        number = _WEEKDAYS.index(weekday.group(1).lower())
        found = {order: day for order, day in found.items() if day.weekday() == number} or found
    return found


def _date(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) < 4:
        number += 2000 if number < _PIVOT else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None
