"""Query results as text: a table for a person, CSV for a spreadsheet, JSON for a program.

What belongs here: writing rows to a stream. What does not: where they come from (`warehouse/query.py`).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

MAX_TABLE_ROWS = 200
_COLUMN_GAP = 3
WIDTH_WITHOUT_TERMINAL = 160
# A cell that begins with one of these is a formula to a spreadsheet; texts come from documents that anyone may have written.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What a terminal obeys, but tab and line feed.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def console_for(stream: TextIO) -> Console:
    """A console on a stream: as wide as the terminal, or a fixed width where there is none."""
    return Console(file=stream, width=None if stream.isatty() else WIDTH_WITHOUT_TERMINAL, highlight=False)


def write_table(console: Console, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as a table, `MAX_TABLE_ROWS` of them at most; says so when there are more.

    Where the names of the columns alone are too wide for the console, each row is written as a block of lines.
    """
    rows = iter(rows)
    shown = list(islice(rows, MAX_TABLE_ROWS))
    if sum(len(name) + _COLUMN_GAP for name in columns) > console.width:
        _write_blocks(console, columns, shown)
    else:
        _write_grid(console, columns, shown)
    if next(rows, None) is not None:
        console.print(f"The first {MAX_TABLE_ROWS} rows; --format csv or json gives all.")


def _write_grid(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for index, name in enumerate(columns):
        is_number = bool(rows) and all(isinstance(row[index], int | float | Decimal | None) for row in rows)
        table.add_column(Text(name), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(printable(value) for value in row))
    console.print(table)


def _write_blocks(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    for number, row in enumerate(rows, start=1):
        console.print(f"row {number}", style="bold")
        grid = Table.grid(padding=(0, 2))
        for name, value in zip(columns, row, strict=True):
            grid.add_row(Text(f"  {name}"), printable(value))
        console.print(grid)


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV with a header; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_csv_cell(value) for value in row] for row in rows)


def write_json(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as a JSON array of objects, one a line; in JSON's own escapes where the stream's encoding lacks letters."""
    is_ascii = not (stream.encoding or "utf-8").lower().startswith("utf")
    separator = "["
    for row in rows:
        values = dict(zip(columns, map(json_value, row), strict=True))
        stream.write(f"{separator}\n{json.dumps(values, ensure_ascii=is_ascii)}")
        separator = ","
    stream.write("[]\n" if separator == "[" else "\n]\n")


def printable(value: Any) -> Text:
    """A value for a terminal, without anything that the terminal would obey."""
    if value is None:
        return Text("")
    if isinstance(value, float):
        return Text(f"{value:,.12g}")
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return Text(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(value)))


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool | int | float | Decimal | None):
        return value
    text = value if isinstance(value, str) else _json_text(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _json_text(value: Any) -> str:
    value = json_value(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def json_value(value: Any) -> Any:
    """A value in the types that JSON has; what it has none for as text."""
    if isinstance(value, float):
        return value if isfinite(value) else None  # JSON has no NaN
    if isinstance(value, str | bool | int | None):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return str(value)
