"""Scales and ticks of the charts.

What belongs here: where a month, a day or a number is drawn. What does not: what is drawn there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import floor, log10

_MONTH_STEPS = (1, 3, 6, 12, 24, 60, 120, 240)
_MOST_TICKS = 14


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where, and what is written there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Days from the start of a month to the end of a later one, on pixels."""

    first: date  # first day of the first month
    last: date  # first day of the last month
    left: float
    right: float

    @property
    def month_count(self) -> int:
        """Months on the scale, the last one included."""
        return month_number(self.last) - month_number(self.first) + 1

    def month_at(self, month: date) -> float:
        """Left edge of a month."""
        return self.left + (month_number(month) - month_number(self.first)) * self.month_width

    @property
    def month_width(self) -> float:
        """Pixels of a month; all are drawn as long as each other."""
        return (self.right - self.left) / self.month_count

    def day_at(self, day: date) -> float:
        """Where a day is, within the scale."""
        at = self.month_at(day.replace(day=1)) + (day.day - 1) / 31 * self.month_width
        return min(max(at, self.left), self.right)

    def ticks(self) -> list[Tick]:
        """A mark every so many months, at most `_MOST_TICKS`, on round months."""
        step = next((s for s in _MONTH_STEPS if self.month_count / s <= _MOST_TICKS), _MONTH_STEPS[-1])
        first = month_number(self.first)
        found = []
        for number in range(first + (-first) % step, month_number(self.last) + 1, step):
            month = month_of(number)
            label = f"{month:%Y}" if step >= 12 else f"{month:%b %Y}" if month.month == 1 or step > 1 else f"{month:%b}"
            found.append(Tick(self.month_at(month), label))
        if found and step == 1 and not found[0].label.endswith(str(month_of(first).year)):
            found[0] = Tick(found[0].at, f"{month_of(first):%b %Y}")
        return found


def month_number(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def month_of(number: int) -> date:
    """First day of a month counted since year 0."""
    return date(number // 12, number % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from one to another, both included."""
    return [month_of(number) for number in range(month_number(first), month_number(last) + 1)]


def round_step(most: float, parts: int = 3) -> float:
    """A round distance of marks (1, 2 or 5 times a power of ten) that divides 0 to `most` into about `parts`."""
    if most <= 0:
        return 1.0
    rough = most / parts
    power = 10.0 ** floor(log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if rough <= step * power * 1.0001)
