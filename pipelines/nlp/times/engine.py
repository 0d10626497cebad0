"""Find time expressions in text and normalise them: the engine, usable with and without a spaCy model.

What belongs here: `find_time_expressions`, which runs the grammar over a text and resolves the matches in order. Read next:
`grammar.py` for what is found, `absolute.py`, `relative.py` and `amounts.py` for what it means.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from pipelines.immutable import dataclass
from pipelines.nlp.times.absolute import resolve_holiday
from pipelines.nlp.times.grammar import HEAD, PARTING, RULES, RUN, STARTS, Rule
from pipelines.nlp.times.lexer import Lexed, lex
from pipelines.nlp.times.patterns import HOLIDAY, HOLIDAY_WORDS
from pipelines.nlp.times.surface import SurfaceReading
from pipelines.nlp.times.timeline import NO_EXPRESSION, Parts, Reading, Resolved, Timeline, timed
from pipelines.nlp.times.token_class import TokenClass as T
from pipelines.records import Precision, TimeExpression

# Expressions that name what another is compared with are no anchor for the next one.
_COMPARISONS = frozenset(("year_ago", "quarter_year_ago"))
_DISTANCES = frozenset(("ago", "earlier"))  # the same when they reach a quarter or year
_COARSE = frozenset((Precision.QUARTER, Precision.YEAR))
_TIMES_OF_DAY = frozenset(("clock", "part_of_day"))
# A reference date outside is no date of a text, and counting from it would leave the calendar.
_FIRST_YEAR, _LAST_YEAR = 1000, 9000
_KEPT_RUNS = 8192
_LONGEST_KEPT = 64  # tokens; longer ones do not come again
# What stands between a clock time and its day: "3am local time (0000 UTC) on Friday".
_CLOCK_TAIL = re.compile(r"\s*(?:local(?:\s+time)?\b)?\s*(?:\([^()\n]{1,30}\))?", re.I)
_NUMERIC_DATE = re.compile(r"(?<![\w./-])(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}(?![\w/])")


@dataclass(frozen=True, slots=True)
class _Found:
    """A resolved expression and where it stands."""

    rule: str
    start: int
    end: int
    next_token: int
    resolved: Resolved


def find_time_expressions(
    text: str, *, reference_date: date | None = None, reading: Reading | None = None
) -> list[TimeExpression]:
    """Find the DATE, TIME, DURATION and SET expressions of a text.

    Args:
        text: any text.
        reference_date: the date the text was published, from which "yesterday" counts. Without it absolute dates are still
            resolved and relative ones keep an open value (PAST_REF, XXXX-WXX-5) and no dates.
        reading: what is known of the sentences, when a model has read them; by default what their words tell.

    Returns:
        The expressions by position, none overlapping another.
    """
    if reference_date is not None and not _FIRST_YEAR <= reference_date.year <= _LAST_YEAR:
        reference_date = None
    return [
        _expression(text, found)
        for found in _found(text, reference_date=reference_date, reading=reading or SurfaceReading(text))
    ]


def _found(text: str, *, reference_date: date | None, reading: Reading) -> Iterator[_Found]:
    lexed = lex(text)
    timeline = Timeline(reference_date, reading, _day_first(text) if T.NUMERIC in lexed.classes else None)
    holidays = list(HOLIDAY.finditer(text)) if any(word in text for word in HOLIDAY_WORDS) else []
    covered = 0
    for token, found in _matches(lexed, timeline):
        while holidays and holidays[0].start() <= lexed.starts[token]:
            holiday = holidays.pop(0)
            resolved = resolve_holiday(holiday, timeline)
            if resolved and holiday.start() >= covered:
                covered = holiday.end()
                yield _noted(_Found("holiday", holiday.start(), holiday.end(), 0, resolved), timeline)
        if found is None or found.start < covered or (holidays and holidays[0].start() < found.end):
            continue
        yield _noted(found, timeline)
    for holiday in holidays:
        resolved = resolve_holiday(holiday, timeline)
        if resolved and holiday.start() >= covered:
            yield _Found("holiday", holiday.start(), holiday.end(), 0, resolved)


def _matches(lexed: Lexed, timeline: Timeline) -> Iterator[tuple[int, _Found | None]]:
    """The matches of the grammar in order, each resolved only when the ones before it have been taken."""
    classes = lexed.classes
    end = 0
    while (head := HEAD.search(classes, end)) is not None:
        at = head.start()
        token = max([classes.rfind(parting, end, at) for parting in PARTING]) + 1  # where its run begins
        end = _run_end(classes, at)
        last = end + 1  # the token after is there for rules to look ahead to
        while (start := _next_start(classes, token, last)) is not None:
            found = _best(lexed, start, timeline)
            token = found.next_token if found else start + 1
            yield start, found if found and found.resolved is not NO_EXPRESSION else None


def _run_end(classes: str, at: int) -> int:
    """Where the run of tokens around one ends; at this one where it is in none."""
    run = RUN.match(classes, at)
    return at if run is None else run.end()


def _next_start(classes: str, first: int, last: int) -> int | None:
    """The first of the tokens [first, last) at which a rule matches."""
    if last - first > _LONGEST_KEPT:
        start = STARTS.search(classes, first, last)
        return None if start is None else start.start()
    distance = _distance_to_start(classes[first:last])
    return None if distance is None else first + distance


# Texts write most of their dates in the same few ways, so what matches is kept by the classes of a run of tokens.
@lru_cache(maxsize=_KEPT_RUNS)
def _distance_to_start(classes: str) -> int | None:
    start = STARTS.search(classes)
    return None if start is None else start.start()


def _rules_at(classes: str, first: int, last: int) -> tuple[Rule, ...]:
    """The rules that match at a token whose run ends before `last`, the longest match first, then in their order."""
    return (_kept_rules if last - first <= _LONGEST_KEPT else _matching_rules)(classes[first:last])


def _matching_rules(classes: str) -> tuple[Rule, ...]:
    matches = [
        (match.end(), -order, rule)
        for order, rule in enumerate(RULES)
        if (match := rule.regex.match(classes)) and match.end()
    ]
    return tuple(rule for _, _, rule in sorted(matches, key=lambda found: found[:2], reverse=True))


_kept_rules = lru_cache(maxsize=_KEPT_RUNS)(_matching_rules)


def _best(lexed: Lexed, token: int, timeline: Timeline) -> _Found | None:
    """The longest match at a token that resolves, joined with the date or clock time that belongs to it."""
    run_end = _run_end(lexed.classes, token)
    if run_end == token:
        return None
    for rule in _rules_at(lexed.classes, token, run_end + 1):  # the token after is there to look ahead to
        match = rule.regex.match(lexed.classes, token)
        assert match is not None
        parts = Parts(lexed, match)
        resolved = rule.resolve(parts, timeline)
        if resolved is not None:
            found = _Found(rule.name, parts.start_char, parts.end_char, match.end(), resolved)
            if rule.name in _TIMES_OF_DAY:
                return _joined(lexed, found, timeline)
            return _with_clock(lexed, found, timeline) if _is_day(resolved) else found
    return None


def _is_day(resolved: Resolved) -> bool:
    return resolved.type == "DATE" and resolved.period is not None and resolved.period.precision is Precision.DAY


def _with_clock(lexed: Lexed, day: _Found, timeline: Timeline) -> _Found:
    """A day with the clock time right after it: "10/08/2022 14:30"."""
    if lexed.classes[day.next_token : day.next_token + 1] != T.CLOCK:
        return day
    time = _best(lexed, day.next_token, timeline)
    if time is None or time.resolved.type != "TIME":
        return day
    value = time.resolved.value
    resolved = timed(day.resolved.period, value[value.index("T") :])
    return _Found(day.rule, day.start, time.end, time.next_token, resolved)


def _joined(lexed: Lexed, time: _Found, timeline: Timeline) -> _Found:
    """A time of day with the date after it: "10 p.m. Wednesday" is one expression, "10 p.m. on Wednesday" two of one day."""
    tail = _CLOCK_TAIL.match(lexed.text, time.end)
    token = time.next_token if tail is None else bisect_left(lexed.starts, tail.end(), lo=time.next_token)
    joint = lexed.classes[token : token + 1]
    if joint in (T.COMMA, T.IN):
        token += 1
    found = _best(lexed, token, timeline) if token < len(lexed.classes) else None
    if found is None or not _is_day(found.resolved):
        return time
    value = time.resolved.value
    resolved = timed(found.resolved.period, value[value.index("T") :], modifier=time.resolved.modifier)
    if joint == T.IN or tail is not None and tail[0].strip():
        return _Found(time.rule, time.start, time.end, time.next_token, resolved)
    return _Found(time.rule, time.start, found.end, found.next_token, resolved)


def _noted(found: _Found, timeline: Timeline) -> _Found:
    """Remember the date of an expression, for those that count from it."""
    period = found.resolved.period
    if found.resolved.type == "DURATION":
        timeline.note(found.start, None)
    if period is None or found.rule in _COMPARISONS:
        return found
    if not (found.rule in _DISTANCES and period.precision in _COARSE):
        timeline.note(found.start, period)
    return found


def _expression(text: str, found: _Found) -> TimeExpression:
    resolved, period = found.resolved, found.resolved.period
    return TimeExpression(
        text=text[found.start : found.end],
        start_char=found.start,
        end_char=found.end,
        type=resolved.type,
        value=resolved.value,
        date_start=period.start if period else None,
        date_end=period.end if period else None,
        precision=period.precision if period else None,
        modifier=resolved.modifier,
    )


def _day_first(text: str) -> bool | None:
    """Whether the numeric dates of a text put the day first, by those that can be read one way only."""
    for match in _NUMERIC_DATE.finditer(text):
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            return True
        if second > 12 >= first:
            return False
    return None
