"""Reader of CSV and TSV: a header and a row for each article.

What belongs here: rows to records. The header's names say which column holds what (`fields.py`); its delimiter and the rows are
found by `table_layout.py` and `table_rows.py`. Everything is read as text, so an id `007` or a title `NA` stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from pipelines.stages.ingest.decoding import open_text
from pipelines.stages.ingest.readers.fields import normal_name, record_from_mapping
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.readers.table_layout import Layout, Lines, find_layout
from pipelines.stages.ingest.readers.table_rows import LostLine, Row, RowReader
from pipelines.stages.ingest.reasons import Reason


def read_delimited(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a table with a header; a bad row costs itself, and every line that is lost is named."""
    lines = Lines(open_text(stream), options.max_markup_bytes)
    layout = find_layout(lines, options)
    names = tuple(map(normal_name, layout.names))
    number = 0
    for line in layout.rows_above:
        number += 1
        yield BadRecord(number, Reason.MISSING_COLUMN, f"row {number}: line {line} stands above the header")
    for row in RowReader(lines, layout, limit=options.max_markup_bytes):
        if isinstance(row, Row):
            if _is_header(row.fields, names):  # files put one behind the other, each with its header
                continue
            number += 1
            yield _record(row, layout, number, options)
        else:
            number += 1
            yield _refusal(row, number)


def _is_header(fields: list[str], names: tuple[str, ...]) -> bool:
    return all(normal_name(field) == name for field, name in zip(fields, names, strict=True))


def _refusal(lost: LostLine, number: int) -> BadRecord:
    return BadRecord(number, lost.reason, f"row {number}: {lost.message}", lost.lines)


def _record(row: Row, layout: Layout, number: int, options: ReadOptions) -> RawRecord | BadRecord:
    if max(map(len, row.fields)) > options.max_markup_bytes:
        return BadRecord(number, Reason.RECORD_TOO_LARGE, f"row {number} has a field over the size limit")
    fields: dict[str, str] = {}
    text_name = normal_name(layout.names[layout.text_index])
    for name, value in zip(layout.names, row.fields, strict=True):
        known = normal_name(name)
        earlier = fields.get(known, "")
        if known == text_name and earlier.strip() and value.strip() and earlier != value:
            message = f"row {number} (line {row.line}): duplicate columns {name!r} in the header hold different texts"
            return BadRecord(number, Reason.WRONG_COLUMNS, message)
        if not earlier.strip():
            fields[known] = value
    return record_from_mapping(fields, number=number, own=options.fields)
