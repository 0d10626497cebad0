"""Readers of JSON: JSON Lines, and files that hold one object or a list of them.

What belongs here: finding the records. What does not: what their keys mean (`fields.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

from pipelines.stages.ingest.decoding import decode, open_text
from pipelines.stages.ingest.readers.fields import record_from_mapping, text_field
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

# A whole JSON file is parsed in memory, where it takes some ten times its size.
_MAX_JSON_BYTES = 64 * 1024**2
# Where collectors put the list of articles, and what wraps a record (Elasticsearch, Solr, NewsAPI, the Guardian).
_LIST_KEYS = (
    "articles",
    "documents",
    "docs",
    "items",
    "results",
    "entries",
    "records",
    "data",
    "hits",
    "response",
    "rows",
)
_RECORD_KEYS = ("_source", "fields", "article", "document")
_MAX_WRAPPERS = 3


def read_json_lines(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a file with one JSON object a line; blank lines are passed over, and a bad line costs itself."""
    text = open_text(stream, encoding=options.encoding)
    for number, line in _lines(text, options.max_markup_bytes):
        if line is None:
            yield BadRecord(
                number, Reason.RECORD_TOO_LARGE, f"line {number} is too long (size limit {options.max_markup_bytes})"
            )
        elif line.strip():
            yield _parse_line(line, number, options)


def read_json(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a file that is one JSON value: a record, a list of records, or an object that holds such a list.

    A file of several values (JSON Lines under another name) is read line by line.
    """
    data = stream.read(_MAX_JSON_BYTES + 1)
    if len(data) > _MAX_JSON_BYTES:
        raise Refused(
            Reason.RECORD_TOO_LARGE,
            f"a JSON file over {_MAX_JSON_BYTES} bytes (size limit); write it as JSON Lines (.jsonl)",
        )
    if not data.strip():
        raise Refused(Reason.EMPTY, "empty file")
    text = decode(data, encoding=options.encoding).text.lstrip("\ufeff")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if not error.msg.startswith("Extra data"):
            raise Refused(Reason.MALFORMED_JSON, f"not JSON: {error}") from error
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield _parse_line(line, number, options)
        return
    except (RecursionError, ValueError) as error:
        raise _refusal(error, "the file") from error
    for number, record in enumerate(_records(value, options), start=1):
        yield _record(record, number, options)


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


def _parse_line(line: str, number: int, options: ReadOptions) -> RawRecord | BadRecord:
    try:
        value = json.loads(line.strip().lstrip("\ufeff"))
    except (RecursionError, ValueError) as error:
        refusal = _refusal(error, f"line {number}")
        return BadRecord(number, refusal.reason, refusal.message)
    return _record(value, number, options)


def _record(value: Any, number: int, options: ReadOptions) -> RawRecord | BadRecord:
    if not isinstance(value, dict):
        return BadRecord(
            number,
            Reason.WRONG_TYPE,
            f"record {number} (line {number}): {type(value).__name__}, not an object with a text",
        )
    if text_field(value, options.fields) is None:
        value = next((inner for key in _RECORD_KEYS if isinstance(inner := value.get(key), dict)), value)
    return record_from_mapping(value, number=number, own=options.fields)


def _records(value: Any, options: ReadOptions) -> list[Any]:
    for _ in range(_MAX_WRAPPERS):
        if not isinstance(value, dict) or text_field(value, options.fields) is not None:
            break
        inner = next((value[key] for key in _LIST_KEYS if isinstance(value.get(key), list | dict)), None)
        if inner is None:
            break
        value = inner
    return value if isinstance(value, list) else [value]


def _refusal(error: Exception, where: str) -> Refused:
    if isinstance(error, RecursionError):
        return Refused(Reason.TOO_DEEP, f"{where}: nested too deeply (recursion limit)")
    return Refused(Reason.MALFORMED_JSON, f"{where}: not JSON: {error}")
