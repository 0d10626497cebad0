"""Reader of Parquet and Arrow: a table with a row for each article.

What belongs here: rows to records, a few at a time and only the columns that mean something (`fields.py`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.stages.ingest.readers.fields import KNOWN_NAMES, normal_name, record_from_mapping, text_field
from pipelines.stages.ingest.readers.json_shapes import record_fields
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

_BATCH_ROWS = 64
# Text that a file may expand to before its ratio counts: dictionaries make a repeated text almost free.
_FREE_CHARACTERS = 32 * 1024**2
_MAX_COMPRESSED_BYTES = 256 * 1024**2
_ARROW_FILE = b"ARROW1"
_ARROW_STREAM = b"\xff\xff\xff\xff"
# A column of numbers or lists is no text. Binary is: many writers leave out the mark that their bytes are UTF-8.
_MAY_BE_TEXT = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
    *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_struct, pa.types.is_null),
)
_UNREADABLE = (pa.ArrowException, OSError, ValueError, OverflowError, LookupError, NotImplementedError)

# A part of a file that can be damaged by itself: the number of its rows, if the file tells it, and the rows.
_Part = tuple[int | None, Iterator[pa.RecordBatch]]


def read_parquet(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a Parquet or Arrow file, whichever it is; a damaged part costs its own rows."""
    source = stream if stream.seekable() else io.BytesIO(stream.read(_MAX_COMPRESSED_BYTES))
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    if not size:
        raise Refused(Reason.EMPTY, "empty file, no parquet")
    budget = max(_FREE_CHARACTERS, int(options.max_expansion_ratio * size))
    number = 0
    try:
        for rows, batches in _parts(source, options):
            begin = number
            try:
                for row in _rows(batches):
                    number += 1
                    record = record_from_mapping(record_fields(row, options.fields), number=number, own=options.fields)
                    yield record
                    budget -= len(record.text) if isinstance(record, RawRecord) else 0
                    if budget < 0:
                        raise Refused(
                            Reason.EXPANSION_LIMIT, f"too large: {size} bytes of parquet expand beyond the size limit"
                        )
            except _UNREADABLE as error:
                lost = max(1, (rows or 0) - (number - begin))
                yield _damaged(number + 1, lost, error)
                number += lost
    except _UNREADABLE as error:
        raise Refused(Reason.MALFORMED_PARQUET, f"not a parquet file, or a damaged one: {str(error)[:300]}") from error


def _damaged(first: int, rows: int, error: Exception) -> BadRecord:
    where = f"row {first}" if rows == 1 else f"rows {first} to {first + rows - 1}"
    message = f"{where}: this part of the parquet file is damaged: {str(error)[:300]}"
    return BadRecord(first, Reason.MALFORMED_PARQUET, message, rows)


def _parts(source: BinaryIO, options: ReadOptions) -> Iterator[_Part]:
    head = source.read(len(_ARROW_FILE))
    source.seek(0)
    if head == _ARROW_FILE:
        arrow = pa.ipc.open_file(source)
        columns = _columns(arrow.schema, options)
        for index in range(arrow.num_record_batches):
            yield None, (arrow.get_batch(number).select(columns) for number in (index,))
    elif head.startswith(_ARROW_STREAM):
        with pa.ipc.open_stream(source) as batches:
            columns = _columns(batches.schema, options)
            yield None, (batch.select(columns) for batch in batches)
    else:
        file = pq.ParquetFile(source, page_checksum_verification=True)
        columns = _columns(file.schema_arrow, options)
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            yield rows, file.iter_batches(batch_size=_BATCH_ROWS, row_groups=[group], columns=columns)


def _columns(schema: pa.Schema, options: ReadOptions) -> list[str]:
    """The columns to read: those that mean something, or objects that have a text.

    Raises:
        Refused: none holds the text, or those that could are not of a type that has text.
    """
    wanted = KNOWN_NAMES | set(map(normal_name, options.fields.values()))
    known = [field.name for field in schema if normal_name(field.name) in wanted]
    texts = [field for field in schema if text_field([field.name], options.fields) is not None]
    if any(_may_be_text(field.type) for field in texts):
        return list(dict.fromkeys(known))
    if texts:
        raise Refused(Reason.WRONG_TYPE, f"the text column {texts[0].name!r} is of type {texts[0].type}, not a string")
    objects = [field.name for field in schema if pa.types.is_struct(field.type) and _has_text(field.type, options)]
    if not objects:
        raise Refused(Reason.MISSING_COLUMN, f"no column for the text among {', '.join(schema.names)[:200]!r}")
    return list(dict.fromkeys(known + objects))


def _may_be_text(kind: pa.DataType) -> bool:
    value_type = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(is_type(value_type) for is_type in _MAY_BE_TEXT)


def _has_text(kind: pa.StructType, options: ReadOptions) -> bool:
    return text_field((kind.field(index).name for index in range(kind.num_fields)), options.fields) is not None


def _rows(batches: Iterator[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        for begin in range(0, batch.num_rows, _BATCH_ROWS):
            part = batch.slice(begin, _BATCH_ROWS)
            columns = {name: _values(part.column(index)) for index, name in enumerate(part.schema.names)}
            for index in range(part.num_rows):
                yield {name: values[index] for name, values in columns.items()}


def _values(column: pa.Array) -> list[Any]:
    """A column as Python values; what cannot be one (a date in the year 150,000) becomes None."""
    try:
        values = list(column.to_pylist())
    except _UNREADABLE:
        values = [_value(item) for item in column]
    return [_decoded(value) if isinstance(value, bytes) else value for value in values]


def _value(item: pa.Scalar) -> Any:
    try:
        return item.as_py()
    except LookupError:  # a time zone that nobody knows: the time is stored as UTC
        return _value(item.cast(pa.timestamp(item.type.unit))) if pa.types.is_timestamp(item.type) else None
    except _UNREADABLE:
        return None


def _decoded(value: bytes) -> str | bytes:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value
