"""When a document was published, and what says so.

What belongs here: `infer_published_date`, which asks the sources in the order of their worth: metadata, the file's name, the
dateline, the text itself. What does not: reading a metadata value (`metadata_dates.py`) and inference from the text
(`date_inference.py`). A file's modification time and today's date are never used: the same document has the same date on
every machine and every day. A day that the evidence leaves open is None.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from pipelines.nlp.times.engine import find_time_expressions
from pipelines.records import DateSource, Precision, TimeExpression
from pipelines.stages.ingest import metadata_dates
from pipelines.stages.ingest.date_inference import infer_day, infer_year, is_contradicted

# Days that stand for "no date" in databases and spreadsheets.
_PLACEHOLDERS = frozenset((dt.date(1970, 1, 1), dt.date(1899, 12, 30), dt.date(1900, 1, 1)))
_FIRST_YEAR, _LAST_YEAR = 1600, 2100  # as for metadata: nothing older was printed as news

# A dateline stands in the first lines, or a "Published:" line in the first or last ones.
_HEAD_LINES, _LABEL_LINES = 5, 12
_HEAD_CHARACTERS, _TAIL_CHARACTERS = 4_000, 1_000
_MAX_DATE_LINE = 120  # characters of a line that is a date and little else

# 2022-08-10, 2022_08_10, 2022/08/10 and 20220810, with a time at most behind it and no letter or digit around: a hash is no date.
_NAME_DATE = re.compile(
    r"(?<![0-9A-Za-z])(?P<year>1[6-9]\d\d|20\d\d)(?P<mark>[-_./]?)(?P<month>0[1-9]|1[0-2])(?P=mark)(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[T_-]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?Z?)?(?![0-9A-Za-z])"
)
# 25-12-2021: only where the first number can be no month, or both numbers are the same.
_NAME_DAY_FIRST = re.compile(r"(?<![0-9A-Za-z])(\d\d)[-_.](\d\d)[-_.](1[6-9]\d\d|20\d\d)(?![0-9A-Za-z])")
_NAME_MONTH = re.compile(
    r"(?<![0-9A-Za-z])(?:(?P<day>\d{1,2})[-_. ]?(?P<month>[A-Za-z]{3,9})|(?P<month2>[A-Za-z]{3,9})[-_. ](?P<day2>\d{1,2}))"
    r"[-_., ]{0,2}(?P<year>1[6-9]\d\d|20\d\d)(?![0-9A-Za-z])"
)
_MONTH_DAY = r"[A-Z][a-z]{2,8}\.?\s\d{1,2}(?:,?\s\d{4})?|\d{1,2}\s[A-Z][a-z]{2,8}\.?(?:,?\s\d{4})?|\d{4}-\d\d-\d\d"
_UPPER = "A-Z" + "".join(letter for letter in map(chr, range(0xC0, 0x250)) if letter.isupper())
_NAME = rf"[{_UPPER}][\w.'’-]+(?:\s[{_UPPER}][\w.'’-]+)*"
_CAPITALS = rf"[{_UPPER}][{_UPPER}'’.-]+(?:[ /][{_UPPER}][{_UPPER}'’.-]+)*"
_DATE = rf"(?P<date>(?:[A-Z][a-z]+day,?\s)?(?:{_MONTH_DAY}))\s*,?\s*(?:\([^()]{{2,40}}\))?\s*"
# GENEVA, Aug 10 (AP) - ; LONDON 1996-08-30 ; BOGOTÁ, Colombia, 10 August 2022 (Xinhua) --
_DATELINE = re.compile(
    rf"\s*(?:\([A-Z]{{2,12}}\)\s*)?{_CAPITALS}(?:,\s*{_NAME})*?[,:]?\s+{_DATE}(?:[-–—:_]|$)", re.MULTILINE
)
# Lomé, Togo, March 14, 2023 — ; a city in plain letters needs commas and the dash.
# So is an entry of a list of incidents: "Chad, 9 March 2023: ...".
_PLAIN_DATELINE = re.compile(rf"\s*{_NAME}(?:,\s*{_NAME}){{0,2}}?,\s+{_DATE}[-–—:]")
# The date first, or the place in brackets: "June 19, 2014 (NAIROBI) -", "(KHARTOUM) 4 May 2016 -", "3 March 2016, LUSAKA —".
_BRACKETED = rf"[(\[](?:{_CAPITALS}|{_NAME})(?:,\s*{_NAME})*[)\]]"
_DATE_FIRST = re.compile(
    rf"\s*(?P<date>(?:[A-Z][a-z]+day,?\s)?(?:{_MONTH_DAY}))\s*[,:]?\s*(?:[-–—|/]\s*)?"
    rf"(?:{_BRACKETED}|{_CAPITALS}(?:,\s*{_NAME})*)\s*(?:\([^()]{{2,40}}\))?\s*[-–—:]"
)
_PLACE_IN_BRACKETS = re.compile(rf"\s*{_BRACKETED},?\s*(?:[-–—]\s*)?{_DATE}[-–—:]")
_DATELINES = (_DATELINE, _PLAIN_DATELINE, _DATE_FIRST, _PLACE_IN_BRACKETS)
# A line that ends like a sentence is the last of a wrapped paragraph.
_SENTENCE_END = re.compile(r"(?<![ap]\.m)[.,;]\s*$")
_LABEL = re.compile(
    r"\s*(?:first\s)?(?:published|posted|updated|last\s(?:updated|modified)|date|released|issued)\b[\s:]*(?:on\s)?",
    re.I,
)
# What may stand in a line beside its date: the weekday, the time, a byline.
_BESIDE_DATE = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}[:.]\d\d(?::\d\d)?|[ap]\.?m\.?|\b(?:gmt|utc|est|edt|cet|bst|ist)\b|\bat\b"
    r"|\bby\s+[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){0,3}|[^\w]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class PublishedDate:
    """A published date with its source and the words that show it."""

    date: dt.date | None
    source: DateSource
    evidence: str | None


UNKNOWN = PublishedDate(None, DateSource.NONE, None)


def infer_published_date(
    text: str,
    *,
    filename: str | None = None,
    metadata_date: dt.date | str | float | None = None,
    title: str | None = None,
    latest: dt.date | None = None,
) -> PublishedDate:
    """Find when a document was published, from the best source that says so.

    Args:
        text: the canonical text.
        filename: name or path of the file, below the seeds folder.
        metadata_date: what the record's own field says, in any form that `metadata_dates.metadata_date` reads.
        title: the headline, which may hold part of the evidence.
        latest: a day that the document cannot be later than, where the caller knows one.

    Returns:
        The date with its source and evidence; None with source `none` where nothing settles one day.
    """
    stated = metadata_dates.metadata_date(metadata_date)
    if _is_plausible(stated, latest):
        return PublishedDate(stated, DateSource.METADATA, f"metadata: {str(metadata_date).strip()[:100]}")
    if filename and _is_plausible(named := date_of_name(filename), latest):
        return PublishedDate(named, DateSource.FILENAME, f"file name: {filename.rsplit('/', 1)[-1][:100]}")
    if found := _dateline(text, title, latest):
        return found
    inferred = infer_day(text, title=title, latest=latest)
    if inferred is not None and _is_plausible(inferred.date, latest):
        return PublishedDate(inferred.date, DateSource.INFERRED, inferred.evidence)
    return UNKNOWN


def date_of_name(filename: str) -> dt.date | None:
    """The one date in the name of a file ("2022-08-10-story.txt"), or None where it has none or several."""
    found = {_date(match["year"], match["month"], match["day"]) for match in _NAME_DATE.finditer(filename)}
    for first, second, year in _NAME_DAY_FIRST.findall(filename):
        if int(first) > 12 or first == second:
            found.add(_date(year, second, first))
        elif int(second) > 12:
            found.add(_date(year, first, second))
    for match in _NAME_MONTH.finditer(filename):
        words = f"{match['day'] or match['day2']} {match['month'] or match['month2']} {match['year']}"
        found.add(metadata_dates.metadata_date(words))
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _dateline(text: str, title: str | None, latest: dt.date | None) -> PublishedDate | None:
    """The date of a dateline or of a line that is a date; the year of "GENEVA, Aug 10 (AP) -" comes from the text."""
    head = [line for line in text[:_HEAD_CHARACTERS].split("\n") if line.strip()][:_LABEL_LINES]
    tail = [line for line in text[-_TAIL_CHARACTERS:].split("\n") if line.strip()][-_HEAD_LINES:]
    for number, line in enumerate(head + tail):
        is_head = number < min(_HEAD_LINES, len(head))
        if is_head and (match := next((m for form in _DATELINES if (m := form.match(line[:300]))), None)):
            times = find_time_expressions(match["date"])
            if times and times[0].date_start and times[0].precision is Precision.DAY:
                return _of_line(times[0].date_start, match[0], text, latest)
            return _yearless(times, text, title, match[0], latest)
        label = _LABEL.match(line)
        if (is_head or label) and (day := _line_date(line, label)):
            return _of_line(day, line, text, latest)
    return None


def _line_date(line: str, label: re.Match[str] | None) -> dt.date | None:
    """The date that a line is, but for a label, a time or a byline."""
    if len(line) > _MAX_DATE_LINE or not any(map(str.isdigit, line)) or _SENTENCE_END.search(line):
        return None
    days = [t for t in find_time_expressions(line) if t.precision is Precision.DAY and t.date_start == t.date_end]
    if len({time.date_start for time in days}) != 1:
        return None
    rest = line[: days[0].start_char] + " " + line[days[0].end_char :]
    if label:
        rest = rest.replace(label[0].strip(), " ", 1)
    return days[0].date_start if not _BESIDE_DATE.sub("", rest) else None


def _of_line(day: dt.date, line: str, text: str, latest: dt.date | None) -> PublishedDate | None:
    if not _is_plausible(day, latest) or is_contradicted(day, text):
        return None
    return PublishedDate(day, DateSource.DATELINE, f"dateline: {line.strip()[:100]}")


def _yearless(
    times: list[TimeExpression], text: str, title: str | None, line: str, latest: dt.date | None
) -> PublishedDate | None:
    """A dateline with month and day only, its year by the text's evidence."""
    match = re.fullmatch(r"XXXX-(\d\d)-(\d\d)", times[0].value) if times else None
    inferred = infer_year(text, month=int(match[1]), day=int(match[2]), title=title, latest=latest) if match else None
    if inferred is None or not _is_plausible(inferred.date, latest):
        return None
    return PublishedDate(inferred.date, DateSource.INFERRED, f"dateline: {line.strip()[:100]}; {inferred.evidence}")


def _is_plausible(day: dt.date | None, latest: dt.date | None) -> bool:
    if day is None or day in _PLACEHOLDERS or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return False
    return latest is None or day <= latest


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
