"""Corrections by people: what a file of them says, and which of them apply.

What belongs here: reading `corrections.csv`, judging its rows against the event mentions that there are, coding mentions anew.
What does not: how corrections bind clusters (`half_linkage.py`), what the tables make of them (`sql/`).

A file of corrections grows by lines at its end, so of two that contradict each other the later one applies. A row that cannot be
used costs itself only; it is told in core.event_corrections.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

import pandas as pd

from pipelines.errors import CorrectionsError
from pipelines.ids import bytes_hash

COLUMNS = (
    "kind", "event_mention_id", "other_event_mention_id", "event_type", "event_mode", "note", "who", "date",
)  # fmt: skip
SAME, DIFFERENT, NOT_EVENT, CODE = KINDS = ("same", "different", "not_event", "code")
_EVENT_TYPES = Path(__file__).parents[2] / "lexicons" / "event_types.csv"

_FORM = {"kind": str.lower, "event_type": str.upper, "event_mode": str.lower}
# Type and mode, "" for none.
EventCode = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of the file; what it leaves empty is nothing."""

    line_number: int
    kind: str | None = None
    event_mention_id: str | None = None
    other_event_mention_id: str | None = None
    event_type: str | None = None
    event_mode: str | None = None
    note: str | None = None
    who: str | None = None
    date: str | None = None
    has_surplus: bool = False  # more fields than the header


@dataclass(frozen=True, slots=True)
class CorrectionFile:
    """The rows of a file, and its version: the hash of its bytes, empty if there is no such file."""

    rows: tuple[Correction, ...] = ()
    version: str = ""


@dataclass(slots=True)
class Corrections:
    """What applies, by event mention, and each row with what became of it."""

    same: list[tuple[str, str]] = field(default_factory=list)
    different: list[tuple[str, str]] = field(default_factory=list)
    not_events: set[str] = field(default_factory=set)
    codes: dict[str, EventCode] = field(default_factory=dict)
    rows: list[tuple[Correction, str | None]] = field(default_factory=list)  # with the reason why it does not apply

    def table(self) -> pd.DataFrame:
        """The rows of core.event_corrections, in the order of the file."""
        columns = [field.name for field in fields(Correction)][:-1]
        frame = pd.DataFrame(
            [[getattr(row, name) for name in columns] for row, _ in self.rows], columns=columns, dtype=object
        )
        frame["line_number"] = frame["line_number"].astype("int32")
        frame["is_applied"] = [reason is None for _, reason in self.rows]
        frame["reason"] = pd.Series([reason for _, reason in self.rows], dtype=object)
        return frame.rename(columns={"date": "corrected_on"})


def read_corrections(path: Path) -> CorrectionFile:
    """Read a file of corrections.

    Args:
        path: a CSV file in UTF-8 with the header `COLUMNS`, in any order; it may be missing or empty. Lines that begin with "#"
            are remarks.

    Raises:
        CorrectionsError: the file cannot be read, or has another header.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        return CorrectionFile()
    except (OSError, UnicodeDecodeError) as err:
        raise CorrectionsError(
            f"cannot read the corrections in {str(path)!r} ({err}); save the file as CSV in UTF-8"
        ) from err
    try:
        records = _records(text)
    except csv.Error as err:
        raise CorrectionsError(f"the corrections in {str(path)!r} are no CSV file ({err})") from err
    if not records:
        return CorrectionFile((), bytes_hash(data))
    header = [name.strip() for name in records[0][1]]
    if sorted(header) != sorted(COLUMNS):
        raise CorrectionsError(
            f"{str(path)!r}, line {records[0][0]}: the columns of corrections must be {', '.join(COLUMNS)}, "
            f"separated by commas, not {', '.join(header)}"
        )
    return CorrectionFile(tuple(_correction(number, header, cells) for number, cells in records[1:]), bytes_hash(data))


def settle(rows: Iterable[Correction], mention_ids: Collection[str]) -> Corrections:
    """Find out which corrections apply.

    They are taken from the last one to the first, and each applies unless a later one contradicts it.

    Args:
        rows: the rows of the file, in its order.
        mention_ids: the event mentions that there are.
    """
    known = set(mention_ids)
    settled = Corrections()
    groups = _Groups()
    for row in reversed(list(rows)):
        reason = _flaw(row, known) or _contradiction(row, settled, groups)
        settled.rows.append((row, reason))
        if reason is None:
            _apply(row, settled, groups)
    settled.rows.reverse()
    return settled


def correct_mentions(mentions: pd.DataFrame, corrections: Corrections) -> pd.DataFrame:
    """Code event mentions as people did.

    Args:
        mentions: rows of nlp.event_mentions.
        corrections: what applies.

    Returns:
        The rows with `is_event` (no one says that it is none) and `is_recoded` (a person gave the code).
    """
    named = mentions["event_mention_id"]
    mentions = mentions.assign(
        is_event=~named.isin(corrections.not_events), is_recoded=named.isin(list(corrections.codes))
    )
    if corrections.codes:
        here = mentions["is_recoded"]
        codes = [corrections.codes[mention] for mention in named[here]]
        given = {
            "event_type": [event_type for event_type, _ in codes],
            "event_mode": [mode or None for _, mode in codes],
            "quad_class": [_event_types()[code][0] for code in codes],
            "intensity": [_event_types()[code][1] for code in codes],
        }
        for column, values in given.items():
            mentions.loc[here, column] = pd.Series(values, index=named.index[here], dtype=mentions[column].dtype)
    return mentions


class _Groups:
    """Mentions that must be one event, and groups of them that must not be."""

    def __init__(self) -> None:
        self._group: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._lines: dict[str, list[int]] = {}
        self._apart: dict[str, dict[str, int]] = {}  # group, other group: line

    def find(self, mention: str) -> str:
        return self._group.get(mention, mention)

    def lines(self, mention: str) -> list[int]:
        """The lines that made the group of a mention."""
        return sorted(self._lines.get(self.find(mention), []))

    def members(self, mention: str) -> list[str]:
        return self._members.get(self.find(mention), [mention])

    def apart(self, first: str, second: str) -> int | None:
        """The line that keeps two mentions apart."""
        return self._apart.get(self.find(first), {}).get(self.find(second))

    def join(self, first: str, second: str, line: int) -> None:
        a, b = self.find(first), self.find(second)
        self._lines.setdefault(a, []).append(line)
        if a == b:
            return
        moved = self._members.pop(b, [b])
        self._members.setdefault(a, [a]).extend(moved)
        self._group.update(dict.fromkeys(moved, a))
        self._lines[a] += self._lines.pop(b, [])
        for other, number in self._apart.pop(b, {}).items():
            del self._apart[other][b]
            self._set_apart(a, other, number)

    def part(self, first: str, second: str, line: int) -> None:
        self._set_apart(self.find(first), self.find(second), line)

    def _set_apart(self, a: str, b: str, line: int) -> None:
        self._apart.setdefault(a, {}).setdefault(b, line)
        self._apart.setdefault(b, {}).setdefault(a, line)


def _records(text: str) -> list[tuple[int, list[str]]]:
    """The records that are neither empty nor remarks, with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, begin = [], 1
    for cells in reader:
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
            records.append((begin, cells))
        begin = reader.line_num + 1
    return records


def _correction(number: int, header: list[str], cells: list[str]) -> Correction:
    values = {name: _FORM.get(name, str)(cell.strip()) or None for name, cell in zip(header, cells, strict=False)}
    surplus = any(cell.strip() for cell in cells[len(header) :])
    return Correction(line_number=number, has_surplus=surplus, **values)  # type: ignore[arg-type]


def _flaw(row: Correction, known: set[str]) -> str | None:
    """Why a row cannot be used, whatever the other rows say."""
    if row.has_surplus:
        return "more fields than columns: a note with a comma must stand in quotation marks"
    if row.kind not in KINDS:
        return f"unknown kind {row.kind or ''!r}: it must be one of {', '.join(KINDS)}"
    needed = ("event_mention_id", "other_event_mention_id") if row.kind in (SAME, DIFFERENT) else ("event_mention_id",)
    for column in needed:
        if getattr(row, column) is None:
            return f"{column} is missing"
        if getattr(row, column) not in known:
            return f"there is no event mention {getattr(row, column)} (any more)"
    if row.kind in (SAME, DIFFERENT) and row.event_mention_id == row.other_event_mention_id:
        return "both event mentions are the same one"
    if row.kind == CODE and _code(row) not in _event_types():
        return f"unknown type and mode {'/'.join(filter(None, _code(row)))!r}: see dim_event_types"
    return None


def _contradiction(row: Correction, settled: Corrections, groups: _Groups) -> str | None:
    """Why a row does not apply beside those that do, which are further down in the file."""
    first, second = str(row.event_mention_id), str(row.other_event_mention_id)
    no_event = "a later line says that {} is no event"
    if row.kind == SAME:
        if (line := groups.apart(first, second)) is not None:
            return f"contradicts line {line}, which is later"
        return next((no_event.format(m) for m in (first, second) if m in settled.not_events), None)
    if row.kind == DIFFERENT and groups.find(first) == groups.find(second):
        return f"contradicts later lines: {', '.join(map(str, groups.lines(first)))}"
    if row.kind == NOT_EVENT and len(groups.members(first)) > 1:
        return f"contradicts later lines: {', '.join(map(str, groups.lines(first)))}"
    if row.kind == CODE and first in settled.codes:
        return "a later line gives the mention its code"
    return None


def _apply(row: Correction, settled: Corrections, groups: _Groups) -> None:
    first, second = str(row.event_mention_id), str(row.other_event_mention_id)
    if row.kind == SAME:
        groups.join(first, second, row.line_number)
        settled.same.append((first, second))
    elif row.kind == DIFFERENT:
        groups.part(first, second, row.line_number)
        settled.different.append((first, second))
    elif row.kind == NOT_EVENT:
        settled.not_events.add(first)
    else:
        settled.codes[first] = _code(row)


def _code(row: Correction) -> EventCode:
    return row.event_type or "", row.event_mode or ""


@cache
def _event_types() -> Mapping[EventCode, tuple[int, float]]:
    """Quad class and intensity by type and mode."""
    rows = pd.read_csv(_EVENT_TYPES, comment="#", keep_default_na=False)
    columns = (rows[name].tolist() for name in ("event_type", "event_mode", "quad_class", "intensity"))
    return {
        (event_type, mode): (int(quad_class), float(intensity))
        for event_type, mode, quad_class, intensity in zip(*columns, strict=True)
    }
