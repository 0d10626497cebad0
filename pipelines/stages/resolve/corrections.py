"""Corrections by people: what a file of them says, and which of those of event mentions apply.

What belongs here: reading `corrections.csv`, judging its rows against the event mentions that there are, coding mentions anew.
What does not: corrections of entities (`entity_corrections.py`), how corrections bind clusters (`half_linkage.py`), what the
tables make of them (`sql/`).

A file of corrections grows by lines at its end, so of two that contradict each other the later one applies. A row that cannot be
used costs itself only; it is told in core.event_corrections.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import CorrectionsError
from pipelines.ids import bytes_hash
from pipelines.stages.resolve.correction_groups import Groups

if TYPE_CHECKING:
    import pandas as pd  # loaded where tables are made: a run reads the file before all else

COLUMNS = (
    "kind", "event_mention_id", "other_event_mention_id", "event_type", "event_mode", "note", "who", "date",
)  # fmt: skip
# A file that corrects no entity may leave these out.
ENTITY_COLUMNS = ("entity_mention_id", "other_entity_mention_id")
SAME, DIFFERENT, NOT_EVENT, CODE = EVENT_KINDS = ("same", "different", "not_event", "code")
SAME_ENTITY, DIFFERENT_ENTITY = ENTITY_KINDS = ("same_entity", "different_entity")
KINDS = (*EVENT_KINDS, *ENTITY_KINDS)
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
    entity_mention_id: str | None = None
    other_entity_mention_id: str | None = None
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
        return correction_table(self.rows, COLUMNS)


def correction_table(rows: Iterable[tuple[Correction, str | None]], columns: Iterable[str]) -> pd.DataFrame:
    """Rows of the file with what became of them, as a table of core has them.

    Args:
        rows: in the order of the file, each with the reason why it does not apply.
        columns: of the file.
    """
    import pandas as pd

    names, told = ["line_number", *columns], list(rows)
    frame = pd.DataFrame([[getattr(row, name) for name in names] for row, _ in told], columns=names, dtype=object)
    frame["line_number"] = frame["line_number"].astype("int32")
    frame["is_applied"] = pd.Series([reason is None for _, reason in told], dtype=bool)
    frame["reason"] = pd.Series([reason for _, reason in told], dtype=object)
    return frame.rename(columns={"date": "corrected_on"})


def read_corrections(path: Path, *, is_required: bool = False) -> CorrectionFile:
    """Read a file of corrections.

    Args:
        path: a CSV file in UTF-8 with the header `COLUMNS`, in any order, and `ENTITY_COLUMNS` if it corrects entities; it may
            be empty. Lines that begin with "#" are remarks.
        is_required: whether the file must be there: someone named it, and a slip of the pen must not undo all corrections.

    Raises:
        CorrectionsError: the file cannot be read, or has another header.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except FileNotFoundError as err:
        if is_required:
            raise CorrectionsError(
                f"COMMUNIQUE_CORRECTIONS names {str(path)!r}, and there is no such file; name the file of corrections, or "
                "unset the variable"
            ) from err
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
    if sorted(header) not in (sorted(COLUMNS), sorted((*COLUMNS, *ENTITY_COLUMNS))):
        raise CorrectionsError(
            f"{str(path)!r}, line {records[0][0]}: the columns of corrections must be {', '.join(COLUMNS)}, and to correct "
            f"entities {', '.join(ENTITY_COLUMNS)}, separated by commas, not {', '.join(header)}"
        )
    return CorrectionFile(tuple(_correction(number, header, cells) for number, cells in records[1:]), bytes_hash(data))


def settle(rows: Iterable[Correction], mention_ids: Collection[str]) -> Corrections:
    """Find out which corrections of event mentions apply; those of entities are left out.

    They are taken from the last one to the first, and each applies unless a later one contradicts it.

    Args:
        rows: the rows of the file, in its order.
        mention_ids: the event mentions that there are.
    """
    known = set(mention_ids)
    settled = Corrections()
    groups = Groups()
    for row in reversed([row for row in rows if row.kind not in ENTITY_KINDS]):
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
    import pandas as pd

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
    has_surplus = any(cell.strip() for cell in cells[len(header) :])
    return Correction(line_number=number, has_surplus=has_surplus, **values)  # type: ignore[arg-type]


def surplus(row: Correction) -> str | None:
    """Why a row cannot be used that has more fields than the header."""
    return "more fields than columns: a note with a comma must stand in quotation marks" if row.has_surplus else None


def _flaw(row: Correction, known: set[str]) -> str | None:
    """Why a row cannot be used, whatever the other rows say."""
    if row.has_surplus:
        return surplus(row)
    if row.kind not in EVENT_KINDS:
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


def _contradiction(row: Correction, settled: Corrections, groups: Groups) -> str | None:
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


def _apply(row: Correction, settled: Corrections, groups: Groups) -> None:
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
    import pandas as pd

    rows = pd.read_csv(_EVENT_TYPES, comment="#", keep_default_na=False)
    columns = (rows[name].tolist() for name in ("event_type", "event_mode", "quad_class", "intensity"))
    return {
        (event_type, mode): (int(quad_class), float(intensity))
        for event_type, mode, quad_class, intensity in zip(*columns, strict=True)
    }
