"""Readers of JSON: JSON Lines, and files that hold one value or several.

What belongs here: lines and values to records. What does not: finding the values of a broken text (`json_values.py`), the records
in a value (`json_shapes.py`), what their keys mean (`fields.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

from pipelines.stages.ingest.decoding import decode, open_text
from pipelines.stages.ingest.readers.fields import record_from_mapping, text_field
from pipelines.stages.ingest.readers.json_shapes import find_records, has_text, record_fields
from pipelines.stages.ingest.readers.json_values import Broken, Value, parse_line, parse_values
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

# A whole JSON file is parsed in memory, where it takes some ten times its size.
_MAX_JSON_BYTES = 64 * 1024**2
# Ends of a first line that is the begin of a value over several lines.
_OPEN_ENDS = ("{", "[", ",")


def read_json_lines(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a file with one JSON object a line; blank lines are passed over, and a bad line costs itself.

    A file whose first line is no whole value but the begin of one is read as `read_json` does.
    """
    text = open_text(stream)
    last = 0
    for number, line in _lines(text, options.max_markup_bytes):
        if line is None:
            message = f"line {number} is too long (size limit {options.max_markup_bytes})"
            last = max(last + 1, number)
            yield BadRecord(last, Reason.RECORD_TOO_LARGE, message)
        elif _bare(line):
            if not last and _begins_value(_bare(line)):
                yield from _read_values(_whole(line, text), options)
                return
            for record in _parse_line(line, number, last, options):
                last = record.number or last
                yield record


def read_json(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a file of one JSON value or several: a record, a list of records, or an object that holds such a list.

    A broken record costs itself where the next one can be found.
    """
    data = stream.read(_MAX_JSON_BYTES + 1)
    if len(data) > _MAX_JSON_BYTES:
        raise _too_large()
    if not data.strip():
        raise Refused(Reason.EMPTY, "empty file")
    yield from _read_values(decode(data).text, options)


def _read_values(text: str, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    number = 0
    names: list[str] | None = None
    for part in parse_values(text, lambda value: has_text(value, options.fields)):
        if isinstance(part, Broken):
            number += 1
            yield BadRecord(number, part.reason, f"record {number}: {part.message}")
            continue
        if not number and names is None and _is_header(part.value, options):
            names = part.value
            continue
        value = dict(zip(names, part.value, strict=False)) if names and isinstance(part.value, list) else part.value
        for record in _records(value, options):
            number += 1
            yield _record(record, number, part.line, options)


def _records(value: Any, options: ReadOptions) -> list[Any]:
    """The records in a value, also in one that is JSON in a string: what encodes twice gives that."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            parts = list(parse_line(value))
        except Refused:
            return [value]
        if not any(isinstance(part, Broken) for part in parts):
            return [
                record
                for part in parts
                if isinstance(part, Value)
                for record in find_records(part.value, options.fields)
            ]
    return find_records(value, options.fields)


def _is_header(value: Any, options: ReadOptions) -> bool:
    """Whether a value is the names of the columns of a table that has a list for each row."""
    return (
        isinstance(value, list)
        and all(isinstance(name, str) for name in value)
        and text_field(value, options.fields) is not None
    )


def _begins_value(line: str) -> bool:
    """Whether a line is the begin of a list, or of an object that goes on in the next line."""
    return line.startswith("[") or (line.startswith("{") and line.endswith(_OPEN_ENDS))


def _whole(line: str, text: TextIO) -> str:
    rest = text.read(_MAX_JSON_BYTES + 1)
    if len(rest) > _MAX_JSON_BYTES:
        raise _too_large()
    return line + rest


def _too_large() -> Refused:
    message = f"a JSON file over {_MAX_JSON_BYTES} bytes (size limit); write it as JSON Lines (.jsonl)"
    return Refused(Reason.RECORD_TOO_LARGE, message)


def _lines(text: TextIO, limit: int) -> Iterator[tuple[int, str | None]]:
    """Lines with their numbers; None for one that is longer than the limit, which is never held in memory."""
    number = 0
    while line := text.readline(limit):
        number += 1
        if len(line) < limit or line.endswith(("\n", "\r")):
            yield number, line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = text.readline(limit)
        yield number, None


def _bare(line: str) -> str:
    return line.strip().strip("\ufeff\x00").strip()


def _parse_line(line: str, number: int, last: int, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """The records of a line: one, or those of an answer of an interface that stands in it."""
    try:
        parts = list(parse_line(_bare(line)))
    except Refused as refusal:
        yield BadRecord(max(last + 1, number), refusal.reason, f"line {number}: {refusal.message}")
        return
    position = max(last + 1, number)
    for part in parts:
        if isinstance(part, Broken):
            yield BadRecord(position, part.reason, f"line {number}: {part.message}")
            position += 1
            continue
        records = _records(part.value, options)
        if not any(isinstance(record, dict) for record in records):
            records = [part.value]
        for record in records:
            yield _record(record, position, number, options)
            position += 1


def _record(value: Any, number: int, line: int, options: ReadOptions) -> RawRecord | BadRecord:
    if not isinstance(value, dict):
        message = f"record {number} (line {line}): {type(value).__name__}, not an object with a text"
        return BadRecord(number, Reason.WRONG_TYPE, message)
    return record_from_mapping(record_fields(value, options.fields), number=number, own=options.fields)
