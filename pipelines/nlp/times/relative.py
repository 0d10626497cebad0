"""Expressions that count from a date: the document's, or the one mentioned before.

What belongs here: resolvers of weekdays, "yesterday", "last week", "two months ago", "a year earlier", "that day", "the
quarter", clock times and parts of a day, and of the words that point to an unbounded past, present or future. What does not:
calendar dates (`absolute.py`), durations and sets (`amounts.py`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipelines.nlp.times import patterns as p
from pipelines.nlp.times.absolute import modifier_of, year_of
from pipelines.nlp.times.amounts import bound_of, count_of, duration_value, unit_of
from pipelines.nlp.times.timeline import ANCHOR_REACH, Parts, Resolved, Tense, Timeline, dated, tense_of, timed
from pipelines.nlp.times.token_class import TokenClass as T
from pipelines.nlp.times.values import (
    Period,
    containing,
    day_period,
    make_date,
    moved,
    moved_years,
    nth_day,
    weekday_date,
    weekend_period,
    year_period,
)
from pipelines.records import Precision

_DAYS = frozenset((Precision.DAY,))
_TOLD_REACH = 150  # "the end of the year" is of the year named this many characters before it
_SAME_REACH = 3000  # "the same day" is that of the day named this many characters before it
_CLOCK_REACH = 200  # a clock time belongs to the day named this many characters before it
_TO_ANCHOR = (T.THAT, T.SAME, T.FOLLOWING, T.PREVIOUS)
# What a weekday's name belongs to as part of a name.
_NAMED_AFTER_WEEKDAY = re.compile(
    r"\s(?:Times|Telegraph|Mirror|Express|Mail|Herald|Post|Star|Sun|Tribune|School|Mass|Night Live)\b"
)
# The precisions that "two days later" can count from: a day counts from a day, a year from whatever lies in one.
_FINE_ENOUGH = {
    "D": _DAYS,
    "W": frozenset((Precision.DAY, Precision.WEEK)),
    "F": frozenset((Precision.DAY, Precision.WEEK)),
    "M": frozenset((Precision.DAY, Precision.WEEK, Precision.MONTH)),
}
# What bounds a distance makes of the date at its end.
_DISTANCES = {
    "APPROX": "APPROX",
    "EQUAL_OR_LESS": "APPROX",
    "MORE_THAN": "BEFORE",
    "EQUAL_OR_MORE": "ON_OR_BEFORE",
    "LESS_THAN": "AFTER",
}
_UNKNOWN = {"D": "XXXX-XX-XX", "W": "XXXX-WXX", "F": "XXXX-WXX", "M": "XXXX-XX", "Q": "XXXX-QX", "Y": "XXXX"}
# After "for Saturday" these start another phrase; a noun would make it "for Saturday's vote".
_PHRASE_STARTS = frozenset(
    "after and as at before but by if in inside near on or outside over to unless when with".split()
)


def resolve_weekday(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Friday; this Wednesday (10); last Monday; the previous Friday; Friday evening; Friday the 13th; each Thursday."""
    weekday = parts.integer("weekday")
    if weekday is None or _NAMED_AFTER_WEEKDAY.match(parts.lexed.text, parts.end_char):
        return None
    rel, suffix = parts.classes("rel"), str(parts.value("daypart") or "")
    if rel == T.EACH:
        return Resolved("SET", f"XXXX-WXX-{weekday}{suffix}")
    day = _weekday(parts, timeline, weekday, rel)
    modifier = modifier_of(parts)
    if day is None:
        value = f"XXXX-WXX-{weekday}{suffix}"
        return Resolved("TIME" if suffix else "DATE", value, None, modifier)
    period = day_period(day)
    return timed(period, suffix, modifier=modifier) if suffix else dated(period, modifier=modifier)


def resolve_dayword(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Today; yesterday morning; tomorrow night; the day after tomorrow; late yesterday."""
    shift = parts.integer("day")
    if shift is None:
        return None
    if "step" in parts:
        shift += 1 if parts.classes("step") == T.AFTER else -1
    period = day_period(timeline.reference + timedelta(days=shift)) if timeline.reference else None
    suffix, modifier = str(parts.value("daypart") or ""), modifier_of(parts)
    if suffix:
        return timed(period, suffix, modifier=modifier)
    return dated(period, modifier=modifier) if period else Resolved("DATE", "XXXX-XX-XX", None, modifier)


def resolve_daypart(parts: Parts, timeline: Timeline) -> Resolved | None:
    """This morning; last night; tonight; that evening; the following morning; overnight."""
    rel = parts.classes("rel")
    if "tonight" in parts:
        shift = parts.integer("tonight") or 0
        period = day_period(timeline.reference + timedelta(days=shift)) if timeline.reference else None
        return timed(period, "TNI", modifier=modifier_of(parts))
    suffix = str(parts.value("daypart"))
    if _is_titled(parts, "daypart"):
        return None
    if rel == T.EACH:
        return Resolved("SET", f"XXXX-XX-XX{suffix}")
    base = timeline.reference
    if any(c in rel for c in (*_TO_ANCHOR, T.THE)):
        anchor = timeline.last(parts.start_char, _DAYS)
        if anchor is None and T.THE in rel and T.NEXT not in rel:
            return None  # "the morning" of no known day
        base = anchor.start if anchor else base
    shift = _step(rel)
    period = day_period(base + timedelta(days=shift)) if base else None
    return timed(period, suffix, modifier=modifier_of(parts))


def resolve_clock(parts: Parts, timeline: Timeline) -> Resolved | None:
    """7:15 p.m.; 10 a.m. EST; noon; 1430 GMT; six o'clock; "14:30" after "at" or "by"."""
    suffix = _clock_suffix(parts)
    if suffix is None or parts.class_after() in (T.SHORT_UNITS, T.UNITS):
        return None
    named = timeline.last(parts.start_char, _DAYS, reach=_CLOCK_REACH)
    base = named or (day_period(timeline.reference) if timeline.reference else None)
    return timed(base, suffix, modifier=modifier_of(parts))


def resolve_part_of_day(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Mid-afternoon, early morning, late evening, of the day that is named beside it or was named last."""
    named = timeline.last(parts.start_char, _DAYS, reach=_CLOCK_REACH)
    base = named or (day_period(timeline.reference) if timeline.reference else None)
    return timed(base, str(parts.value("daypart")), modifier=modifier_of(parts))


def resolve_unit(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Last year; this month; next week; the following day; that year; late last week; the current quarter; the weekend."""
    rel, unit = parts.classes("rel"), unit_of(parts)
    modifier = modifier_of(parts)
    if _is_titled(parts, "unit") or (unit == "D" and rel in (T.LAST, T.PAST)):
        return None  # a name ("This Week"), or the last day of something
    if parts.class_after() == T.OF and T.THE in rel and (T.LAST in rel or T.NEXT in rel):
        return None  # "the last day of" counts within what follows
    if T.THE in rel and (T.PAST in rel or T.LAST in rel or (T.NEXT in rel and unit not in ("D", "WE"))):
        return Resolved("DURATION", duration_value(1, unit) if unit != "WE" else "P1WE", None, modifier)
    base = timeline.reference
    if any(c in rel for c in _TO_ANCHOR) or rel == T.THE + T.NEXT:
        reach = _SAME_REACH if unit == "D" and T.SAME in rel else ANCHOR_REACH
        anchor = timeline.last(parts.start_char, _FINE_ENOUGH.get(unit), reach=reach)
        if anchor is None and T.THAT in rel:
            return None
        base = anchor.start if anchor else base
    if base is None:
        return Resolved("DATE", _unbounded(rel, unit), None, modifier)
    period = _stepped(base, unit, _step(rel))
    return dated(period, modifier=modifier) if period else None


def resolve_the_unit(parts: Parts, timeline: Timeline) -> Resolved | None:
    """The year; the end of the month; earlier in the week; the weekend: the one spoken of, else the document's."""
    unit, is_part = unit_of(parts), "part" in parts or "edge" in parts
    if timeline.reference is None or (unit == "D" and not is_part) or unit in ("E", "C"):
        return None
    if parts.class_after() == T.OF or (not is_part and parts.class_after() in (T.BEFORE, T.AFTER)):
        return None  # "the week before the vote" is the vote's
    told = timeline.last(parts.start_char, reach=_TOLD_REACH) if unit == "Y" and is_part else None
    base = told.start if told else timeline.reference
    if unit == "WE":
        ahead = tense_of(parts, timeline) is Tense.FUTURE
        past = base if base.isoweekday() >= 6 else base - timedelta(days=7)
        return dated(weekend_period(base if ahead else past), modifier=modifier_of(parts))
    period = containing(base, unit)
    return dated(period, modifier=modifier_of(parts)) if period else None


def resolve_unit_end(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Year-end; the year's end; month-end: the last day where it is one word, else the last part."""
    unit = unit_of(parts)
    year = year_of(parts, timeline)
    if parts.words("part") != "end" or (timeline.reference is None and year is None):
        return None
    base = date(year, 1, 1) if year else timeline.reference
    period = containing(base, unit) if base else None
    if period is None:
        return None
    return dated(day_period(period.end)) if "day" in parts else dated(period, modifier="END")


def resolve_the_quarter(parts: Parts, timeline: Timeline) -> Resolved | None:
    """The quarter; the latest quarter; the 1988 period: the quarter spoken of, else the last that ended."""
    spoken_of = timeline.last_quarter(ended="latest" in parts)
    year = year_of(parts, timeline)
    if spoken_of is None and "period" in parts and year:
        return dated(year_period(year))
    if spoken_of is None:
        ended = moved(timeline.reference, -1, "Q") if timeline.reference else None
        spoken_of = containing(ended, "Q") if ended else None
    if spoken_of is None:
        return None
    period = moved_years(spoken_of, year - spoken_of.start.year) if year else spoken_of
    return dated(period, modifier=modifier_of(parts)) if period else None


def resolve_year_ago(parts: Parts, timeline: Timeline) -> Resolved | None:
    """The year-earlier quarter; year-ago; the same period last year; last year's quarter: the like of the year before."""
    base = timeline.last_quarter(ended=True) if "quarter" in parts else timeline.compared(parts.start_char)
    if base is None:
        return Resolved("DATE", "PAST_REF")
    year = year_of(parts, timeline)
    period = moved_years(base, year - base.start.year if year else -1)
    return dated(period, modifier=modifier_of(parts)) if period else None


def resolve_ago(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Two weeks ago; a year ago; several years ago; two years from now; not long ago."""
    unbounded = "PAST_REF" if "ago" in parts else "FUTURE_REF"
    count, unit = count_of(parts), unit_of(parts)
    modifier = _DISTANCES.get(bound_of(parts) or "")
    if count is None or timeline.reference is None:
        return Resolved("DATE", unbounded, None, modifier)
    if unit.startswith("T"):
        return timed(day_period(timeline.reference), "TXX:XX", modifier=modifier)
    day = moved(timeline.reference, -count if "ago" in parts else count, unit)
    if day is None:
        return Resolved("DATE", unbounded)
    if "ago" in parts and count == 1 and unit == "Y" and (compared := timeline.compared(parts.start_char)):
        period = moved_years(compared, -1)
    else:
        period = containing(day, unit)
    return dated(period, modifier=modifier) if period else None


def resolve_earlier(parts: Parts, timeline: Timeline) -> Resolved | None:
    """A year earlier; two days later; three weeks before: counted from the date mentioned before."""
    count, unit = count_of(parts), unit_of(parts)
    back = parts.classes("step") in (T.EARLIER, T.BEFORE)
    if count is None or unit.startswith("T"):
        return None
    anchor = timeline.last(parts.start_char, _FINE_ENOUGH.get(unit))
    if anchor is None and timeline.reference is not None and back and unit != "D":
        anchor = containing(timeline.reference, unit)
    if anchor is None and back and unit == "D":
        anchor = timeline.weekday_after(parts.lexed.text, parts.end_char)
    if anchor is None:
        return Resolved("DATE", _UNKNOWN.get(unit, "XXXX"))
    signed = -count if back else count
    if unit == "Y" and signed == int(signed):
        compared = timeline.compared(parts.start_char) if signed == -1 else None
        period = moved_years(compared or year_period(anchor.start.year), int(signed))
    else:
        day = moved(anchor.start, signed, unit)
        period = containing(day, "D" if anchor.precision is Precision.DAY and unit in "DWF" else unit) if day else None
    return dated(period) if period else None


def resolve_nth(parts: Parts, timeline: Timeline) -> Resolved | None:
    """The 10th; the 10th of this month: a day of the month, when nothing that is counted follows."""
    number = parts.integer("nth")
    if number is None or parts.class_before() not in (T.IN, T.PREPOSITION, T.BEFORE, T.AFTER, T.FROM):
        return None
    if parts.class_after() in (T.OTHER, T.HYPHEN, T.UNIT, T.UNITS, T.OF, T.AND, T.TO):
        return None
    if timeline.reference is None:
        return Resolved("DATE", f"XXXX-XX-{number:02d}")
    if "unit" in parts:
        month = moved(timeline.reference.replace(day=1), _step(parts.classes("rel")), "M")
        day = make_date(month.year, month.month, number) if month and unit_of(parts) == "M" else None
    else:
        day = nth_day(number, timeline.reference, ahead=tense_of(parts, timeline) is Tense.FUTURE)
    return dated(day_period(day)) if day else None


def resolve_reference(parts: Parts, timeline: Timeline) -> Resolved | None:
    """Now; recently; soon; current; recent years; the past; the future; at the moment; these days."""
    if "noun" in parts:
        if not timeline.reading.is_date_word(*parts.chars("noun")):
            return None
        return Resolved("DATE", "PAST_REF" if parts.classes("noun") == T.PAST else "FUTURE_REF")
    word = parts.words("word")
    match parts.classes("word"):
        case T.REFERENCE:
            return _adverb(word, parts)
        case T.CURRENT:
            return Resolved("DATE", "PRESENT_REF")
        case T.RECENT | T.PAST:
            return Resolved("DATE", "PAST_REF")
        case T.FUTURE | T.COMING:
            return Resolved("DATE", "FUTURE_REF")
    return Resolved("DATE", "PRESENT_REF")


def _weekday(parts: Parts, timeline: Timeline, weekday: int, rel: str) -> date | None:
    reference = timeline.reference
    if T.PREVIOUS in rel or T.FOLLOWING in rel or T.SAME in rel or T.THAT in rel:
        anchor = timeline.last(parts.start_char, _DAYS, reach=None if T.PREVIOUS in rel else ANCHOR_REACH)
        base = anchor.start if anchor else reference
        if base is None:
            return None
        ahead = T.FOLLOWING in rel
        return weekday_date(base + timedelta(days=1 if ahead else -1), weekday, ahead=ahead)
    if reference is None:
        return None
    week_rel = parts.classes("of_rel")
    if week_rel:
        monday = reference - timedelta(days=reference.weekday() - 7 * _step(week_rel))
        return monday + timedelta(days=weekday - 1)
    more = timedelta(days=7 * (abs(_step(rel)) - 1))  # "the Friday before last" lies a week before "last Friday"
    if T.COMING in rel or T.NEXT in rel:
        return weekday_date(reference + timedelta(days=1), weekday, ahead=True) + more
    if T.LAST in rel or T.PAST in rel:
        return weekday_date(reference - timedelta(days=1), weekday, ahead=False) - more
    number = parts.integer("number")
    if number is not None and (day := _numbered_weekday(reference, weekday, number)):
        return day
    ahead = _is_planned(parts) or tense_of(parts, timeline) is Tense.FUTURE
    if not ahead and timeline.reading.is_called_for(parts.start_char, parts.end_char):
        # Called yesterday or today, it may be that day that is told.
        ahead = weekday_date(reference, weekday, ahead=False) < reference - timedelta(days=1)
    return weekday_date(reference, weekday, ahead=ahead)


def _is_planned(parts: Parts) -> bool:
    """Whether something was called or announced "for Saturday": a day to come, though the verb is in the past."""
    if parts.word_before().lower() != "for":
        return False
    after = parts.word_after().lower()
    return not after[:1].isalpha() and not after.startswith(("'", "’")) or after in _PHRASE_STARTS


def _numbered_weekday(reference: date, weekday: int, number: int) -> date | None:
    """The nearest date within a month that is that weekday and that day of the month."""
    near = sorted(range(-31, 32), key=lambda shift: (abs(shift), shift))
    for shift in near:
        day = reference + timedelta(days=shift)
        if day.day == number and day.isoweekday() == weekday:
            return day
    return None


def _is_titled(parts: Parts, group: str) -> bool:
    """Whether a group's word is capitalised, which of common words only names are."""
    return parts.lexed.word(parts.first(group)).istitle()


def _step(rel: str) -> int:
    """How many units a relation steps from its base: -1 for "last", 1 for "next", twice that in "the week before last"."""
    if T.BEFORE in rel or T.AFTER in rel:
        return -2 if T.LAST in rel else 2
    if any(c in rel for c in (T.LAST, T.PAST, T.PREVIOUS, T.LATEST)):
        return -1
    return 1 if any(c in rel for c in (T.NEXT, T.COMING, T.FOLLOWING)) else 0


def _stepped(base: date, unit: str, step: int) -> Period | None:
    if unit == "WE":
        if step < 0 and base.isoweekday() >= 6:
            return weekend_period(base - timedelta(days=7))
        return weekend_period(base + timedelta(days=7 * step))
    day = moved(base, step, unit)
    return containing(day, unit) if day else None


def _unbounded(rel: str, unit: str) -> str:
    step = _step(rel)
    if step:
        return "PAST_REF" if step < 0 else "FUTURE_REF"
    return "PRESENT_REF" if T.THIS in rel or T.CURRENT in rel else _UNKNOWN.get(unit, "XXXX")


def _clock_suffix(parts: Parts) -> str | None:
    if "noon" in parts:
        return str(parts.value("noon"))
    if "military" in parts:
        text = parts.words("military")
        return f"T{text[:2]}:{text[2:]}" if len(text) == 4 and text[:2] < "25" and text[2:] < "60" else None
    if "clock" in parts:
        hour, minute = (int(part) for part in parts.words("clock").replace(".", ":").split(":")[:2])
    else:
        hour, minute = int(parts.number("hour") or 0), 0
    meridiem = parts.words("meridiem")
    if "clock" in parts and not meridiem and "zone" not in parts and parts.class_before() not in _BEFORE_CLOCK:
        return None
    if hour > 24 or (meridiem and not 1 <= hour <= 12) or ("hour" in parts and not 1 <= hour <= 12):
        return None
    if meridiem:
        hour = hour % 12 + (12 if meridiem.startswith("p") else 0)
    return f"T{hour:02d}:{minute:02d}"


_BEFORE_CLOCK = frozenset(
    (T.AT, T.APPROX, T.PREPOSITION, T.FROM, T.BEFORE, T.AFTER, T.NUMERIC, T.YEAR, T.WEEKDAY, T.DAYWORD)
)


def _adverb(word: str, parts: Parts) -> Resolved | None:
    """A reference adverb; None in "previously announced", which dates nothing, and in comparisons ("as soon as")."""
    after = parts.word_after().lower()
    if word == "previously" and after.endswith("ed"):
        return None
    if word == "soon" and (after in ("after", "as") or parts.word_before().lower() in ("as", "too", "so")):
        return None
    return Resolved("DATE", p.REFERENCES[word])
