"""What a time expression is read against: the document's date, the dates already mentioned, and the sentence around it.

What belongs here: the state and the questions that the resolvers (`absolute.py`, `relative.py`, `amounts.py`) share, the
form of their answer, and the choice between past and future. What does not: the answers of a parsed document
(`component.py`) or of bare text (`surface.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from datetime import date
from enum import Enum
from typing import Protocol

from pipelines.immutable import dataclass
from pipelines.nlp.times.lexer import Lexed, number_value
from pipelines.nlp.times.values import Period, day_period, month_period, weekday_date, year_period
from pipelines.records import Precision

# How far back a mention may lie to be what "that day" or "a year earlier" counts from, characters: about two sentences.
ANCHOR_REACH = 400
COMPARISON_REACH = 1000  # the same for the quarter that "a year earlier" compares with
CURRENT_DAYS = 400  # a quarter that ended or ends further than this from the document's date is one to compare with

_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_AHEAD = re.compile(rf"[^.!?\n]*?\bon (?P<weekday>{'|'.join(_WEEKDAY_NAMES)})\b", re.IGNORECASE)


class Tense(Enum):
    """When the clause around an expression happens, as its verb tells."""

    PAST = "past"
    FUTURE = "future"
    UNKNOWN = "unknown"


class Reading(Protocol):
    """Questions about the sentence around a span of characters."""

    def tense(self, start: int, end: int) -> Tense:
        """The tense of the clause that the span belongs to."""

    def is_date_word(self, start: int, end: int) -> bool:
        """Whether an ambiguous word ("may", "fall", "second") stands for a date here."""

    def is_year(self, start: int, end: int) -> bool:
        """Whether a bare four-digit number stands for a year here."""

    def is_called_for(self, start: int, end: int) -> bool:
        """Whether something that was called or announced is to be on that day."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The meaning of an expression."""

    type: str  # DATE, TIME, DURATION or SET
    value: str
    period: Period | None = None
    modifier: str | None = None


@dataclass(slots=True)
class Parts:
    """A match of a grammar rule: its named groups as tokens. A group "x_alt" answers for "x"."""

    lexed: Lexed
    match: re.Match[str]
    groups: dict[str, tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.groups = {
            name.partition("_alt")[0]: self.match.span(name) for name, found in self.match.groupdict().items() if found
        }

    def __contains__(self, name: str) -> bool:
        return name in self.groups

    def first(self, name: str) -> int:
        """Index of a group's first token."""
        return self.groups[name][0]

    def chars(self, name: str) -> tuple[int, int]:
        """Start and end of a group in the text."""
        first, last = self.groups[name]
        return self.lexed.starts[first], self.lexed.ends[last - 1]

    def value(self, name: str) -> object:
        """Value of a group's first token; None without the group."""
        return self.lexed.values[self.groups[name][0]] if name in self.groups else None

    def integer(self, name: str) -> int | None:
        """A group's first token as a whole number."""
        value = self.value(name)
        return value if isinstance(value, int) else None

    def classes(self, name: str) -> str:
        """The classes of a group's tokens; empty without the group."""
        return self.lexed.classes[slice(*self.groups[name])] if name in self.groups else ""

    def words(self, name: str) -> str:
        """A group's words in lower case, one space apart; empty without the group."""
        if name not in self.groups:
            return ""
        return " ".join(self.lexed.word(i).lower() for i in range(*self.groups[name]))

    def number(self, name: str) -> float | None:
        """The number that a group writes."""
        return number_value(self.lexed, *self.groups[name]) if name in self.groups else None

    @property
    def start_char(self) -> int:
        """Where the expression starts."""
        return self.lexed.starts[self.match.start()]

    @property
    def end_char(self) -> int:
        """Where the expression ends."""
        return self.lexed.ends[self.match.end() - 1]

    def class_before(self) -> str:
        """Class of the token before the expression; empty at the start of the text."""
        return self.lexed.classes[self.match.start() - 1] if self.match.start() else ""

    def class_after(self) -> str:
        """Class of the token after the expression; empty at the end of the text."""
        return self.lexed.classes[self.match.end() : self.match.end() + 1]

    def word_before(self) -> str:
        """The word before the expression, as written."""
        return self.lexed.word(self.match.start() - 1) if self.match.start() else ""

    def word_after(self) -> str:
        """The word after the expression, as written."""
        return self.lexed.word(self.match.end()) if self.match.end() < len(self.lexed.classes) else ""


@dataclass(slots=True)
class Timeline:
    """The state while a document's expressions are resolved in order."""

    reference: date | None
    reading: Reading
    day_first: bool | None  # whether the document writes 31/12 for New Year's Eve; None when nothing shows it
    history: list[tuple[int, Period | None]] = field(default_factory=list)  # position; None for a duration

    def note(self, position: int, period: Period | None) -> None:
        """Remember a date or, as None, a duration that was mentioned."""
        self.history.append((position, period))

    def last_quarter(self, *, ended: bool = False) -> Period | None:
        """The last quarter mentioned that is not of a year long past, which is what reports compare with.

        Args:
            ended: leave out quarters that are still running at the document's date.
        """
        for _, period in reversed(self.history):
            if period is not None and period.precision is Precision.QUARTER and self._is_current(period):
                if ended and self.reference and period.end > self.reference:
                    continue
                return period
        return None

    def compared(self, position: int) -> Period | None:
        """What "a year earlier" compares with: the quarter that is spoken of, else the document's year."""
        for mentioned_at, period in reversed(self.history):
            if position - mentioned_at > COMPARISON_REACH or period is None or period.precision is Precision.YEAR:
                break
            is_running = self.reference is not None and period.end > self.reference
            if period.precision is Precision.QUARTER and self._is_current(period) and not is_running:
                return period
        return year_period(self.reference.year) if self.reference else None

    def _is_current(self, period: Period) -> bool:
        return self.reference is None or abs((self.reference - period.end).days) < CURRENT_DAYS

    def weekday_after(self, text: str, position: int) -> Period | None:
        """The day told later in the sentence: "was attacked a day earlier, the navy said on Friday"."""
        found = _WEEKDAY_AHEAD.match(text, position)
        if found is None or self.reference is None:
            return None
        weekday = _WEEKDAY_NAMES.index(found["weekday"].lower()) + 1
        return day_period(weekday_date(self.reference, weekday, ahead=False))

    def last(
        self, position: int, precisions: frozenset[Precision] | None = None, *, reach: int | None = ANCHOR_REACH
    ) -> Period | None:
        """The nearest earlier mention, if one lies within reach.

        Args:
            position: where the expression starts.
            precisions: which precisions count; None for all.
            reach: how far back a mention may lie, characters; None for any distance.
        """
        for mentioned_at, period in reversed(self.history):
            if reach is not None and position - mentioned_at > reach:
                return None
            if period is not None and (precisions is None or period.precision in precisions):
                return period
        return None


# The answer to a match that is no time expression and leaves nothing to other rules: an age.
NO_EXPRESSION = Resolved("", "")

Resolver = Callable[[Parts, Timeline], Resolved | None]


def dated(period: Period, *, modifier: str | None = None) -> Resolved:
    """A DATE of a known period."""
    return Resolved("DATE", period.value, period, modifier)


def timed(period: Period | None, suffix: str, *, modifier: str | None = None) -> Resolved:
    """A TIME: a clock time or part of a day ("T14:30", "TMO") of a day that may be unknown."""
    if period is None or period.precision is not Precision.DAY:
        return Resolved("TIME", f"XXXX-XX-XX{suffix}", None, modifier)
    value = f"{period.start.isoformat()}{suffix}"
    return Resolved("TIME", value, Period(value, period.start, period.end, Precision.DAY), modifier)


def tense_of(parts: Parts, timeline: Timeline) -> Tense:
    """The tense around an expression, where "until" and the like look ahead even in a clause about the past."""
    tense = timeline.reading.tense(parts.start_char, parts.end_char)
    if parts.word_before().lower() in _LOOKING_AHEAD:
        return {Tense.PAST: Tense.UNKNOWN, Tense.UNKNOWN: Tense.FUTURE}.get(tense, tense)
    return tense


_LOOKING_AHEAD = frozenset(("until", "till", "through", "by"))


def nearest(back: date, ahead: date, reference: date, tense: Tense) -> date:
    """Choose between the last and the next occurrence of a day or month named without its year.

    News names a date without its year when it is near, so distance decides; the clause's tense tips the balance.

    Args:
        back: the last occurrence, not after `reference`.
        ahead: the next occurrence, not before `reference`.
        reference: the document's date.
        tense: of the clause.
    """
    past_cost, future_cost = _COSTS[tense]
    before, after = (reference - back).days, (ahead - reference).days
    return back if before * past_cost <= after * future_cost else ahead


# What a day of distance costs (into the past, into the future): a clause in the past puts up with twelve times the distance.
_COSTS = {Tense.PAST: (1, 12), Tense.FUTURE: (6, 1), Tense.UNKNOWN: (2, 3)}


def nearest_month(month: int, reference: date, tense: Tense) -> Period:
    """The month of that number which a text of the reference date means."""
    back_year = reference.year if month <= reference.month else reference.year - 1
    ahead_year = reference.year if month >= reference.month else reference.year + 1
    back, ahead = month_period(back_year, month), month_period(ahead_year, month)
    chosen = nearest(min(back.end, reference), max(ahead.start, reference), reference, tense)
    return back if chosen == min(back.end, reference) else ahead
