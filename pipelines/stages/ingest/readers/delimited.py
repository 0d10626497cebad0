"""Reader of CSV and TSV: a header and a row for each article.

What belongs here: rows to records. The header's names say which column holds what (`fields.py`); the delimiter is the one under
which the header has a column for the text. Everything is read as text, so an id `007` or a title `NA` stays what it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from pipelines.stages.ingest.decoding import open_text
from pipelines.stages.ingest.readers.fields import normal_name, record_from_mapping, text_field
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

_DELIMITERS = (",", ";", "\t", "|")
# The csv module's own limit of 131,072 would end the reading at the first long article.
_MAX_FIELD_CHARACTERS = 64 * 1024**2
_MAX_HEADER_CHARACTERS = 100_000


def read_delimited(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a table with a header; a bad row costs itself."""
    text = open_text(stream, encoding=options.encoding)
    first = text.readline(_MAX_HEADER_CHARACTERS)
    if not first.strip():
        raise Refused(Reason.EMPTY, "empty file")
    delimiter, header = _header(first, options)
    csv.field_size_limit(_MAX_FIELD_CHARACTERS)
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield BadRecord(
                number,
                Reason.MALFORMED_TABLE,
                f"row {number} (line {rows.line_num + 1}) cannot be parsed: {error} (a quote?)",
            )
            continue
        if not row:
            continue
        number += 1
        yield _record(row, header, number, options)


def _record(row: list[str], header: list[str], number: int, options: ReadOptions) -> RawRecord | BadRecord:
    if len(row) != len(header):
        return BadRecord(number, Reason.WRONG_COLUMNS, f"row {number} has {len(row)} columns, the header {len(header)}")
    if max(map(len, row)) > options.max_markup_bytes:
        return BadRecord(number, Reason.RECORD_TOO_LARGE, f"row {number} has a field over the size limit")
    return record_from_mapping(dict(zip(header, row, strict=True)), number=number, own=options.fields)


def _header(line: str, options: ReadOptions) -> tuple[str, list[str]]:
    """The delimiter and the column names.

    Raises:
        Refused: no column holds the text, or two have one name.
    """
    for delimiter in _DELIMITERS:
        try:
            (header,) = islice(csv.reader([line], delimiter=delimiter, strict=True), 1)
        except (csv.Error, ValueError):
            continue
        if text_field(header, options.fields) is not None and len(header) > 1:
            names = [normal_name(name) for name in header]
            repeated = sorted({name for name in names if name and names.count(name) > 1})
            if repeated:
                raise Refused(Reason.WRONG_COLUMNS, f"duplicate columns in the header: {', '.join(repeated)[:200]}")
            return delimiter, header
    raise Refused(Reason.MISSING_COLUMN, f"no column for the text in the header {line.strip()[:200]!r}")
