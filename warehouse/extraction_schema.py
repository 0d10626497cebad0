"""The Arrow schema of an extraction batch: the Parquet hand-over between extraction and load.

What belongs here: `EXTRACTION_SCHEMA`, one row per document with one list column per list of the extraction record, derived
from the dataclasses of `pipelines/records.py` so that the two cannot drift, and `extraction_table`, which builds a batch
from extraction records in their JSON form. What does not: reading batches (`warehouse/load.py`), the tables the lists become
(`warehouse/tables.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from pipelines.records import Extraction

_SCALARS = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
    bytes: pa.binary(),
}

# Columns of a batch that are about the document; the JSON record keeps all but the id under "document".
_DOCUMENT_FIELDS = ("published_date", "published_date_source", "published_date_evidence", "language")


def arrow_type(hint: Any) -> pa.DataType:
    """The Arrow type of a record field: enums are strings, tuples are lists, dataclasses are structs.

    Args:
        hint: the field's resolved type hint.

    Raises:
        TypeError: the hint is none of the forms that records use.
    """
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not NoneType)
        return arrow_type(inner)
    if origin is tuple:
        return pa.list_(arrow_type(get_args(hint)[0]))
    if isinstance(hint, type) and is_dataclass(hint):
        return pa.struct(_arrow_fields(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return pa.string()
    if hint in _SCALARS:
        return _SCALARS[hint]
    raise TypeError(f"no Arrow type is known for the record field type {hint!r}")


def record_schema(record: type) -> pa.Schema:
    """The Arrow schema of a record type: its fields in order, nullable where the hint admits None."""
    return pa.schema(_arrow_fields(record))


def _arrow_fields(record: type) -> list[pa.Field]:
    hints = get_type_hints(record)
    return [
        pa.field(field.name, arrow_type(hints[field.name]), nullable=NoneType in get_args(hints[field.name]))
        for field in fields(record)
    ]


def _schema() -> pa.Schema:
    document_id, *rest = _arrow_fields(Extraction)
    return pa.schema([document_id, pa.field("extractor_version", pa.string(), nullable=False), *rest])


EXTRACTION_SCHEMA: pa.Schema = _schema()


def extraction_table(records: Iterable[Mapping[str, Any]], *, extractor_version: str) -> pa.Table:
    """Build the table of a batch from extraction records in their JSON form.

    Args:
        records: dicts as `communique extract` writes them (`{"id", "document": {...}, "sentences": [...], ...}`); dates are
            ISO strings or `datetime.date`. `id` is the document id.
        extractor_version: version of code, lexicons and model that made the records.

    Returns:
        A table of `EXTRACTION_SCHEMA`, one row per record, in the order of the records.

    Raises:
        KeyError: a record lacks a field that may not be null.
        ValueError: a field that may not be null is null, or a date is not an ISO date.
        pyarrow.ArrowInvalid, pyarrow.ArrowTypeError: a value does not fit its column's type.
    """
    rows = [_row(record, extractor_version) for record in records]
    return pa.Table.from_pylist(rows, schema=EXTRACTION_SCHEMA)


def _row(record: Mapping[str, Any], extractor_version: str) -> dict[str, Any]:
    flat = {"document_id": record["id"], "extractor_version": extractor_version}
    flat |= {name: record["document"].get(name) for name in _DOCUMENT_FIELDS}
    flat |= {name: record[name] for name in EXTRACTION_SCHEMA.names if name not in flat}
    return {name: convert(flat[name]) for name, convert in _COLUMNS}


def _converter(field: pa.Field) -> Callable[[Any], Any]:
    """What brings a JSON value into the form Arrow takes; Arrow itself does not reject nulls inside nested values."""
    convert = _present(field.type)
    if field.nullable:
        return lambda value: None if value is None else convert(value)
    name = field.name

    def required(value: Any) -> Any:
        if value is None:
            raise ValueError(f"the field {name!r} of an extraction record may not be null")
        return convert(value)

    return required


def _present(kind: pa.DataType) -> Callable[[Any], Any]:
    """The conversion of a value that is there. A field's type is looked at once, as asking Arrow takes longer than converting."""
    if pa.types.is_list(kind):
        item = _converter(kind.value_field)
        return lambda values: [item(value) for value in values]
    if pa.types.is_struct(kind):
        return _struct_converter(kind.fields)
    if pa.types.is_date(kind):
        return lambda value: date.fromisoformat(value) if isinstance(value, str) else value
    return lambda value: value


def _is_converted(kind: pa.DataType) -> bool:
    """Whether Arrow does not take the JSON form of a type as it is."""
    return bool(pa.types.is_list(kind) or pa.types.is_struct(kind) or pa.types.is_date(kind))


def _struct_converter(children: Sequence[pa.Field]) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """The conversion of a struct: those values that have to be are there, and those are converted that Arrow does not take."""
    required = [child.name for child in children if not child.nullable]
    converted = [(child.name, _present(child.type)) for child in children if _is_converted(child.type)]

    def convert(value: Mapping[str, Any]) -> Mapping[str, Any]:
        for name in required:
            if value[name] is None:
                raise ValueError(f"the field {name!r} of an extraction record may not be null")
        changed = {name: change(value[name]) for name, change in converted if value.get(name) is not None}
        return {**value, **changed} if changed else value

    return convert


_COLUMNS = tuple((field.name, _converter(field)) for field in EXTRACTION_SCHEMA)
