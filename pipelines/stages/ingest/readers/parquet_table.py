"""Reader of Parquet: a table with a row for each article.

What belongs here: rows to records, a few at a time and only the columns that mean something (`fields.py`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.stages.ingest.readers.fields import FIELD_NAMES, normal_name, record_from_mapping, text_field
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

_BATCH_ROWS = 64
# Text that a file may expand to before its ratio counts: dictionaries make a repeated text almost free.
_FREE_CHARACTERS = 32 * 1024**2
_MAX_COMPRESSED_BYTES = 256 * 1024**2
_KNOWN_NAMES = frozenset(name for names in FIELD_NAMES.values() for name in names)


def read_parquet(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a Parquet file."""
    source = stream if stream.seekable() else io.BytesIO(stream.read(_MAX_COMPRESSED_BYTES))
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    if not size:
        raise Refused(Reason.EMPTY, "empty file, no parquet")
    budget = max(_FREE_CHARACTERS, int(options.max_expansion_ratio * size))
    number = 0
    try:
        file = pq.ParquetFile(source)
        columns = _columns(file.schema_arrow, options)
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
            for row in _rows(batch):
                number += 1
                record = record_from_mapping(row, number=number, own=options.fields)
                yield record
                budget -= len(record.text) if isinstance(record, RawRecord) else 0
                if budget < 0:
                    raise Refused(
                        Reason.EXPANSION_LIMIT, f"too large: {size} bytes of parquet expand beyond the size limit"
                    )
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Refused(Reason.MALFORMED_PARQUET, f"not a parquet file, or a damaged one: {str(error)[:300]}") from error


def _columns(schema: pa.Schema, options: ReadOptions) -> list[str]:
    """The columns to read.

    Raises:
        Refused: none holds the text, or it is not of a text type.
    """
    name = text_field(schema.names, options.fields)
    if name is None:
        raise Refused(Reason.MISSING_COLUMN, f"no column for the text among {', '.join(schema.names)[:200]!r}")
    kind = schema.field(
        schema.get_field_index(name) if schema.names.count(name) == 1 else schema.names.index(name)
    ).type
    value_type = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (
        pa.types.is_string(value_type) or pa.types.is_large_string(value_type) or pa.types.is_string_view(value_type)
    ):
        raise Refused(Reason.WRONG_TYPE, f"the text column {name!r} is of type {kind}, not a string")
    wanted = _KNOWN_NAMES | set(map(normal_name, options.fields.values()))
    return [column for column in dict.fromkeys(schema.names) if column == name or normal_name(column) in wanted]


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    columns = {name: _values(batch.column(index)) for index, name in enumerate(batch.schema.names)}
    for index in range(batch.num_rows):
        yield {name: values[index] for name, values in columns.items()}


def _values(column: pa.Array) -> list[Any]:
    """A column as Python values; what cannot be one (a date in the year 150,000, bytes that are no UTF-8) becomes None."""
    try:
        return list(column.to_pylist())
    except (pa.ArrowException, ValueError, OverflowError):
        return [_value(item) for item in column]


def _value(item: pa.Scalar) -> Any:
    try:
        return item.as_py()
    except (pa.ArrowException, ValueError, OverflowError):
        return None
