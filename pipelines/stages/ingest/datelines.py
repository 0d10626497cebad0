"""Dates that stand apart from the prose of a text: datelines, lines that are a date, and "Published: ..." beside "Updated: ...".

What belongs here: `dates_of_lines` with the forms of such lines. What does not: whether a date is believed, and which of several
sources counts (`published_date.py`). Numbers that leave day and month open ("03/09/2021") give no date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from pipelines.nlp.times.engine import find_time_expressions
from pipelines.records import Precision
from pipelines.stages.ingest.day_orders import day_by_order
from pipelines.stages.ingest.metadata_dates import metadata_date
from pipelines.stages.ingest.month_names import month_number

# A dateline stands in the first lines, or a "Published:" line in the first or last ones.
_HEAD_LINES, _LABEL_LINES = 5, 12
_HEAD_CHARACTERS, _TAIL_CHARACTERS = 4_000, 1_000
_MAX_DATE_LINE = 120  # characters of a line that is a date and little else

_MONTH = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?\b"
_WEEKDAY = r"(?i:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?\s)"
_NUMERIC = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\d{1,2}([-/.])\d{1,2}\2\d{4}\b"
_WORDS = rf"{_MONTH}\s{_DAY_NUMBER}(?:,?\s\d{{4}}\b)?|{_DAY_NUMBER}\.?\s(?:of\s)?{_MONTH}(?:,?\s\d{{4}}\b)?"
_DATED_WORDS = rf"{_MONTH}\s{_DAY_NUMBER},?\s\d{{4}}\b|{_DAY_NUMBER}\.?[\s-](?:of\s)?{_MONTH},?[\s-]\d{{4}}\b"
_DAY = rf"(?P<date>{_WEEKDAY}?(?:{_WORDS}|{_NUMERIC}))"
_FULL_DAY = rf"(?P<date>{_WEEKDAY}?(?:{_DATED_WORDS}|{_NUMERIC}))"

_UPPER = "A-Z" + "".join(letter for letter in map(chr, range(0xC0, 0x250)) if letter.isupper())
_NAME = rf"[{_UPPER}][\w.'’/-]+(?:\s[{_UPPER}][\w.'’/-]+)*"
_CAPITALS = rf"[{_UPPER}][{_UPPER}'’.-]+(?:[ /][{_UPPER}][{_UPPER}'’.-]+)*"
_AGENCY = r"(?:\([^()]{2,40}\)\s*)?"
_BRACKETED = rf"[(\[](?:{_CAPITALS}|{_NAME})(?:,\s*{_NAME})*[)\]]"
_PREFIX = r"\s*(?:\([A-Z]{2,12}\)\s*)?"
_FORMS = (
    # GENEVA, Aug 10 (AP) - ; LONDON 1996-08-30 ; BOGOTÁ, Colombia, 10 August 2022 (Xinhua) --
    rf"{_PREFIX}{_CAPITALS}(?:,\s*{_NAME})*?[,:]?\s+{_DAY}\s*,?\s*{_AGENCY}(?:[-–—:_|]|$)",
    # Lomé, Togo, March 14, 2023 — ; a city in plain letters needs commas and the dash. So is an entry of a list of incidents:
    # "Chad, 9 March 2023: ...".
    rf"\s*{_NAME}(?:,\s*{_NAME}){{0,2}}?,\s+{_DAY}\s*,?\s*{_AGENCY}[-–—:|]",
    # GENEVA (Sept. 3, 2021) — ; N'DJAMENA, Chad (AP, 3 September 2021) -
    rf"{_PREFIX}(?:{_CAPITALS}|{_NAME})(?:,\s*{_NAME})*?,?\s*[(\[](?:{_NAME},?\s)?{_DAY}(?:,?\s{_NAME})?[)\]]\s*[-–—:|]",
    # The date first, or the place in brackets: "June 19, 2014 (NAIROBI) -", "(KHARTOUM) 4 May 2016 -", "3 March 2016, LUSAKA —".
    rf"\s*{_DAY}\s*[,:]?\s*(?:[-–—|/]\s*)?(?:{_BRACKETED}|{_CAPITALS}(?:,\s*{_NAME})*)\s*{_AGENCY}(?:[-–—:|]|\.(?=\s+[{_UPPER}]|\s*$))",
    rf"\s*{_FULL_DAY}\s*(?:[,:]\s*|[-–—|/]\s*)(?:{_NAME}(?:,\s*{_NAME}){{0,2}})\s*{_AGENCY}(?:[-–—:|]|\.(?=\s+[{_UPPER}]|\s*$))",
    rf"\s*{_BRACKETED},?\s*(?:[-–—]\s*)?{_DAY}\s*,?\s*{_AGENCY}[-–—:|]",
    # (GENEVA, 3 September 2021) - ; (Reuters, 3 September 2021)
    rf"\s*[(\[](?:{_CAPITALS}|{_NAME})(?:,\s*{_NAME})*[,:]?\s+{_FULL_DAY}[)\]]",
)
_DATELINES = tuple(re.compile(form, re.MULTILINE) for form in _FORMS)
# The date alone before the text: "(3 Sept 2021) The ministry", "3 September 2021 - The ministry".
_DATES_ALONE = (re.compile(rf"\s*[(\[]\s*{_FULL_DAY}\s*[)\]]"), re.compile(rf"\s*{_FULL_DAY}\s*[-–—|:]"))
_LISTED_DATE = re.compile(rf"^\s*[(\[]?(?:{_WEEKDAY}?(?:{_WORDS}))\s*[)\]]?\s*[-–—|:]", re.MULTILINE)
# A line that ends like a sentence is the last of a wrapped paragraph.
_SENTENCE_END = re.compile(r"(?<![ap]\.m)[.,;]\s*$")

_PUBLISHED = (
    r"(?:date|day|time)\s(?:of\s)?(?:first\s)?(?:published|publication|issued?|posted|release)"
    r"|(?:publication|publish(?:ing)?|release|issue|posting)\s(?:date|time)"
    r"|(?:(?:first|originally)\s)?(?:published|posted|released|issued|printed|uploaded|created|filed|dated?)(?:\sdate)?"
)
_UPDATED = (
    r"date\s(?:of\s)?(?:last\s)?(?:modified|modification|updated?|revised|revision|changed?)|modification\sdate"
    r"|(?:last\s|latest\s)?(?:updated?|modified|edited|revised|reviewed|amended|corrected|changed)(?:\sdate)?"
)
_LABEL = re.compile(
    rf"(?:^|[|·•,;(/–—-]|\s{{2,}}|(?<=\S)\s(?=[A-Z]))\s*(?:(?P<updated>{_UPDATED})|(?P<published>{_PUBLISHED}))\b[\s:]*(?:(?:on|at)\b[\s:]*)?",
    re.I,
)
_IN_SEGMENT = re.compile(_FULL_DAY)
# What may stand in a line beside its date: the weekday, the time, a byline.
_BESIDE_DATE = re.compile(
    rf"{_WEEKDAY}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{{1,2}}[:.]\d\d(?::\d\d)?|\b\d{{1,2}}\s?[ap]\.?m\b|[ap]\.?m\.?"
    r"|\b(?:gmt|utc|est|edt|cet|cest|bst|ist|et|pt|pst|pdt|cst|cdt|eat|wat|sast|msk|jst|hkt|aest)\b|\bat\b"
    r"|\bby\s+[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){0,3}|[^\w]",
    re.I,
)
# "in Politics by admin", after the date of a "Posted on" line.
_FILED_UNDER = re.compile(r"\W*(?:(?:in|by|under|from|to|at)\s+[\w&'’.-]+(?:\s[\w&'’.-]+){0,3}\W*){1,3}")


class LineKind(IntEnum):
    """What a date of a line stands for, from the most to the least reliable."""

    PUBLISHED = 0
    DATELINE = 1
    UPDATED = 2


@dataclass(frozen=True, slots=True)
class LineDate:
    """The date of a line; one without its year has month and day only."""

    kind: LineKind
    line: str
    date: dt.date | None
    month: int | None = None
    day: int | None = None


def dates_of_lines(text: str) -> list[LineDate]:
    """The dates that stand in the first and last lines of a text, the most reliable first: published, dateline, updated."""
    head = [line for line in text[:_HEAD_CHARACTERS].split("\n") if line.strip()][:_LABEL_LINES]
    tail = [line for line in text[-_TAIL_CHARACTERS:].split("\n") if line.strip()][-_HEAD_LINES:]
    found: list[LineDate] = []
    for number, line in enumerate(_joined(head) + _joined(tail)):
        is_head = number < min(_HEAD_LINES, len(head))
        if is_head and (dateline := _dateline(line, text)):
            found.append(dateline)
        elif labelled := list(_labelled(line)):
            found.extend(labelled)
        elif is_head and (day := _line_date(line)):
            found.append(LineDate(LineKind.DATELINE, line, day))
    return sorted(dict.fromkeys(found), key=lambda date: date.kind)


def _joined(lines: list[str]) -> list[str]:
    """Lines, a label by itself joined with the line after it."""
    joined: list[str] = []
    for line in lines:
        if (
            joined
            and len(joined[-1]) < _MAX_DATE_LINE
            and (label := _LABEL.match(joined[-1]))
            and label.end() == len(joined[-1])
        ):
            joined[-1] = f"{joined[-1]}\n{line}"
        else:
            joined.append(line)
    return joined


def _dateline(line: str, text: str) -> LineDate | None:
    start = line[:300]
    match = next((m for form in _DATELINES if (m := form.match(start))), None)
    if match is None:
        alone = next((m for form in _DATES_ALONE if (m := form.match(start))), None)
        # Several dates at the begin of lines are a chronology.
        if alone is None or len(_LISTED_DATE.findall(text[:_HEAD_CHARACTERS])) > 1:
            return None
        day = metadata_date(alone["date"])
        return LineDate(LineKind.DATELINE, alone[0], day) if day else None
    if re.search(r"\d{4}", match["date"]):
        day = metadata_date(match["date"])
        return LineDate(LineKind.DATELINE, match[0], day) if day else None
    number = re.search(r"\d+", match["date"])
    month = next((found for word in re.findall(r"[A-Za-z]{3,}", match["date"]) if (found := month_number(word))), 0)
    return LineDate(LineKind.DATELINE, match[0], None, month, int(number[0])) if number and month else None


def _labelled(line: str) -> Iterator[LineDate]:
    """The dates of "Published 3 May 2021 | Updated 4 May 2021", if the line is that and little else."""
    labels = list(_LABEL.finditer(line[: 2 * _MAX_DATE_LINE]))
    if not labels or len(line) > 2 * _MAX_DATE_LINE or _BESIDE_DATE.sub("", line[: labels[0].start()]):
        return
    ends = [label.start() for label in labels[1:]] + [len(line)]
    for label, end in zip(labels, ends, strict=True):
        segment = line[label.end() : end]
        found = _IN_SEGMENT.search(segment)
        if found is None or _BESIDE_DATE.sub("", segment[: found.start()]):
            continue
        rest = segment[found.end() :]
        is_aside = not _BESIDE_DATE.sub("", rest) or _FILED_UNDER.fullmatch(_without_clock(rest))
        if not is_aside or (
            _SENTENCE_END.search(line) and label.start() == 0 and len(labels) == 1 and rest.strip(" .")
        ):
            continue
        if day := metadata_date(found["date"]):
            yield LineDate(LineKind.UPDATED if label["updated"] else LineKind.PUBLISHED, line, day)


def _without_clock(text: str) -> str:
    return re.sub(r"^[\s,|]*(?:at\s)?\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\.?)?", "", text, flags=re.I)


def _line_date(line: str) -> dt.date | None:
    """The date that a line is, but for a time or a byline."""
    if len(line) > _MAX_DATE_LINE or not any(map(str.isdigit, line)) or _SENTENCE_END.search(line):
        return None
    found = _IN_SEGMENT.search(line)
    if found and not _BESIDE_DATE.sub("", line[: found.start()] + " " + line[found.end() :]):
        return metadata_date(found["date"])
    days = [t for t in find_time_expressions(line) if t.precision is Precision.DAY and t.date_start == t.date_end]
    if len({time.date_start for time in days}) != 1 or re.search(r"\d[/.-]\d", days[0].text):
        return (
            day_by_order(line) if len(days) == 1 and not _BESIDE_DATE.sub("", line.replace(days[0].text, " ")) else None
        )
    rest = line[: days[0].start_char] + " " + line[days[0].end_char :]
    return days[0].date_start if not _BESIDE_DATE.sub("", rest) else None
