"""When a document was published, and what says so.

What belongs here: `infer_published_date`, which asks the sources in the order of their worth: metadata, the file's name, the
dateline, the text itself. What does not: reading a metadata value (`metadata_dates.py`), lines that
hold a date (`datelines.py`) and inference from the text
(`date_inference.py`). A file's modification time and today's date are never used: the same document has the same date on
every machine and every day. A day that the evidence leaves open is None.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from pipelines.records import DateSource
from pipelines.stages.ingest import metadata_dates
from pipelines.stages.ingest.date_inference import infer_day, infer_year, is_contradicted
from pipelines.stages.ingest.datelines import LineDate, LineKind, dates_of_lines
from pipelines.stages.ingest.day_orders import DayOrder

# Days that stand for "no date" in databases and spreadsheets.
_PLACEHOLDERS = frozenset((dt.date(1970, 1, 1), dt.date(1899, 12, 30), dt.date(1900, 1, 1)))
_FIRST_YEAR, _LAST_YEAR = 1600, 2100  # as for metadata: nothing older was printed as news

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
    updated: dt.date | str | float | None = None,
    title: str | None = None,
    latest: dt.date | None = None,
    order: DayOrder | None = None,
) -> PublishedDate:
    """Find when a document was published, from the best source that says so.

    Args:
        text: the canonical text.
        filename: name or path of the file, below the seeds folder.
        metadata_date: what the record's own field says, in any form that `metadata_dates.metadata_date` reads.
        updated: what the record says of its last change; it counts where nothing says when it was published.
        title: the headline, which may hold part of the evidence.
        latest: a day that the document cannot be later than, where the caller knows one.
        order: the order of day and month in numbers, where the file's other dates settle it.

    Returns:
        The date with its source and evidence; None with source `none` where nothing settles one day.
    """
    stated = metadata_dates.metadata_date(metadata_date, order=order)
    if _is_plausible(stated, latest):
        return PublishedDate(stated, DateSource.METADATA, f"metadata: {str(metadata_date).strip()[:100]}")
    changed = metadata_dates.metadata_date(updated, order=order)
    if not _is_plausible(changed, latest):
        changed = None
    named = date_of_name(filename) if filename else None
    if _is_plausible(named, latest) and (
        changed is None or (named and named <= changed)
    ):  # a later one is the day of the download
        return PublishedDate(named, DateSource.FILENAME, f"file name: {(filename or '').rsplit('/', 1)[-1][:100]}")
    lines = dates_of_lines(text)
    prose = _without(lines, text)
    if found := _of_lines([line for line in lines if line.kind is not LineKind.UPDATED], prose, title, latest):
        return found
    if changed is not None:
        return PublishedDate(changed, DateSource.METADATA, f"metadata, last change: {str(updated).strip()[:100]}")
    if found := _of_lines([line for line in lines if line.kind is LineKind.UPDATED], prose, title, latest):
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


def _without(lines: list[LineDate], text: str) -> str:
    """The text without its "Published" and "Updated" lines, which tell nothing of what is past."""
    for line in lines:
        if line.kind is not LineKind.DATELINE:
            for part in line.line.split("\n"):
                text = text.replace(part, "")
    return text


def _of_lines(lines: list[LineDate], text: str, title: str | None, latest: dt.date | None) -> PublishedDate | None:
    """The first date of a line that the text does not contradict; the year of "GENEVA, Aug 10 (AP) -" comes from the text."""
    for line in lines:
        evidence = f"dateline: {line.line.strip()[:100]}"
        if line.date is not None:
            if _is_plausible(line.date, latest) and not is_contradicted(line.date, text):
                return PublishedDate(line.date, DateSource.DATELINE, evidence)
        elif line.month and line.day:
            inferred = infer_year(text, month=line.month, day=line.day, title=title, latest=latest)
            if inferred is not None and _is_plausible(inferred.date, latest):
                return PublishedDate(inferred.date, DateSource.INFERRED, f"{evidence}; {inferred.evidence}")
    return None


def _is_plausible(day: dt.date | None, latest: dt.date | None) -> bool:
    if day is None or day in _PLACEHOLDERS or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return False
    return latest is None or day <= latest


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
