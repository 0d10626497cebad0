"""Amounts of time: durations and sets.

What belongs here: resolvers of DURATION ("two and a half years", "the past three months") and SET ("every month", "twice a
week", "daily"), and the count and unit of an expression, which others use too. What does not: dates.
"""

from __future__ import annotations

from pipelines.nlp.times import patterns as p
from pipelines.nlp.times.timeline import NO_EXPRESSION, Parts, Resolved, Timeline
from pipelines.nlp.times.token_class import TokenClass as T

# A half of a unit in whole smaller units, where the calendar has them.
_HALVES = {"Y": "6M", "D": "T12H", "TH": "30M", "TM": "30S"}
_YEARS = {"E": 10, "C": 100}  # decades and centuries are written in years
_OPEN = {"D": "XXXX-XX-XX", "W": "XXXX-WXX", "M": "XXXX-XX", "Q": "XXXX-QX", "Y": "XXXX", "WE": "XXXX-WXX-WE"}


def unit_of(parts: Parts) -> str:
    """The letter of the group "unit" (`patterns.UNIT_CODES`); "WE" for a weekend."""
    value = str(parts.value("unit"))
    return "WE" if value == "weekend" else value


def count_of(parts: Parts) -> float | None:
    """The count of the group "count"; 1 for "a", None for "several" and for no count at all."""
    number = parts.number("count")
    if number is None:
        if parts.classes("count") not in (T.AN, T.THE):
            return None
        number = 1.0
    if T.HALF in parts.classes("tail"):
        number += 0.5
    return number


def duration_value(count: float | None, unit: str) -> str:
    """The TIMEX3 value of a count of units ("P3M", "PT5H", "P2Y6M"); an unknown count is X.

    Args:
        count: how many; None when it is not said.
        unit: a letter of `patterns.UNIT_CODES`.
    """
    prefix, letter = ("PT", unit[1:]) if unit.startswith("T") else ("P", unit)
    if letter in _YEARS and not unit.startswith("T"):
        count, letter = (count * _YEARS[letter] if count is not None else None), "Y" if count is not None else letter
    if letter == "F":
        count, letter = (count * 2 if count is not None else None), "W"
    if letter == "Q":
        count, letter = (count * 3 if count is not None else None), "M" if count is not None else "Q"
    if count is None:
        return f"{prefix}X{letter}"
    whole, rest = int(count), count - int(count)
    if not rest:
        return f"{prefix}{whole}{letter}"
    half = _HALVES.get(unit if unit.startswith("T") else letter)
    if rest == 0.5 and half:
        if whole:
            return f"{prefix}{whole}{letter}{half}"
        return f"{prefix}{half}"
    return f"{prefix}{count:g}{letter}"


def bound_of(parts: Parts) -> str | None:
    """The modifier that words like "more than", "at least", "nearly" or "or so" set on an amount."""
    if "orso" in parts or parts.value("count") == "couple" or "couple" in parts.words("count"):
        return "APPROX"
    if "bound" not in parts:
        return None
    classes = parts.classes("bound")
    if classes in (T.APPROX, T.BOUND):
        return p.MODIFIERS.get(parts.words("bound"))
    return _BOUNDS.get(classes)


_BOUNDS = {
    T.MORE + T.THAN: "MORE_THAN",
    T.LESS + T.THAN: "LESS_THAN",
    T.NO + T.MORE + T.THAN: "EQUAL_OR_LESS",
    T.NO + T.LESS + T.THAN: "EQUAL_OR_MORE",
    T.AT + T.LEAST: "EQUAL_OR_MORE",
    T.AT + T.MOST: "EQUAL_OR_LESS",
    T.UP + T.TO: "EQUAL_OR_LESS",
}


def resolve_duration(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Three months; a two-hour; nearly five years; half an hour; 12 to 18 months; the past three weeks; for years."""
    unit = unit_of(parts)
    if parts.classes("count") == T.AN and parts.classes("unit") in (T.QUARTER, T.PERIOD):
        return None  # a quarter of something
    if parts.classes("unit") in (T.QUARTER, T.QUARTERS) and (parts.class_after() == T.OF or "hyphen" in parts):
        return None  # three-quarters
    if parts.classes("count") == T.AN and parts.class_after() == T.HYPHEN:
        return None  # a day-to-day
    if parts.classes("count") == T.AN and "bound" not in parts and _is_rate(parts):
        return Resolved("SET", duration_value(1, unit))
    if "range" in parts:
        return Resolved("DURATION", duration_value(None, unit), None, bound_of(parts))
    return Resolved("DURATION", duration_value(count_of(parts), unit), None, bound_of(parts))


def _is_rate(parts: Parts) -> bool:
    """Whether a number or a unit of measure stands before "a year": "$5 million a year"."""
    return parts.class_before() in _NUMERALS or parts.word_before().lower() in _MEASURES


_NUMERALS = frozenset((T.DAY, T.YEAR, T.INT, T.ONES, T.TEENS, T.CENTURY_TEENS, T.TENS, T.HUNDREDS))
_MEASURES = frozenset(
    "% percent cent million billion trillion dollars euros pounds yen people barrels tons tonnes times hours days".split()
)


def resolve_half(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Half an hour; half a century; a half-hour."""
    return Resolved("DURATION", duration_value(0.5, unit_of(parts)), None, bound_of(parts))


def resolve_plural(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Years, weeks: an amount without a count, after a preposition."""
    if parts.class_before() not in (T.IN, T.PREPOSITION, T.AFTER, T.BEFORE, T.BOUND, T.OF):
        return None
    return Resolved("DURATION", duration_value(None, unit_of(parts)))


def resolve_rate(parts: Parts, timeline: Timeline) -> Resolved | None:
    """A year, per day, twice a week, of something that happens or is paid so often."""
    return Resolved("SET", duration_value(1, unit_of(parts)))


def resolve_set(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Every month; each year; every two weeks; every other day."""
    unit = unit_of(parts)
    if "count" in parts or "other" in parts:
        return Resolved("SET", duration_value(count_of(parts) or 2, unit))
    return Resolved("SET", "XXXX-WXX-WE" if unit == "WE" else duration_value(1, unit))


def resolve_frequency(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Daily; annually; Mondays; Tuesday nights; mornings."""
    if "weekday" in parts:
        return Resolved("SET", f"XXXX-WXX-{parts.value('weekday')}{parts.value('daypart') or ''}")
    if "daypart" in parts:
        return Resolved("SET", f"XXXX-XX-XX{parts.value('daypart')}")
    return Resolved("SET", str(parts.value("word")))


def resolve_age(parts: Parts, timeline: Timeline) -> Resolved:
    """A 35-year-old; 35 years old: no time expression."""
    return NO_EXPRESSION
