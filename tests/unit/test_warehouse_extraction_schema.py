"""A batch holds an extraction record, field for field, and refuses one that is not whole."""

from __future__ import annotations

import copy
from dataclasses import fields
from datetime import date

import pyarrow.parquet as pq
import pytest

from pipelines.records import Extraction
from tests.unit.warehouse_rows import a_document, an_extraction
from warehouse.extraction_schema import EXTRACTION_SCHEMA, extraction_table


def test_columns_are_the_fields_of_the_record_and_the_version():
    names = [field.name for field in fields(Extraction)]
    assert EXTRACTION_SCHEMA.names == [names[0], "extractor_version", *names[1:]]


def test_a_record_survives_parquet(tmp_path):
    record = an_extraction(a_document())
    path = tmp_path / "batch.parquet"
    pq.write_table(extraction_table([record], extractor_version="v9"), path)
    (row,) = pq.read_table(path).to_pylist()
    assert row["extractor_version"] == "v9"
    assert row["published_date"] == date(2023, 5, 9)
    assert row["mentions"] == record["mentions"]
    assert row["events"][0]["event_date_start"] == date(2023, 5, 8)
    assert row["events"][0]["recipients"] == record["events"][0]["recipients"]
    assert row["quotes"][0]["speaker"] == record["quotes"][0]["speaker"]


def test_no_records_are_an_empty_table():
    table = extraction_table([], extractor_version="v1")
    assert table.num_rows == 0 and table.schema == EXTRACTION_SCHEMA


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (("mentions", 0, "text"), None, ValueError),
        (("events", 0, "actors", 0, "start_char"), None, ValueError),
        (("events", 0, "event_date_start"), "May 2023", ValueError),
        (("document", "language"), None, ValueError),
    ],
    ids=["null text", "null in a party", "no ISO date", "null language"],
)
def test_a_record_that_is_not_whole_is_refused(path, value, error):
    record = copy.deepcopy(an_extraction(a_document()))
    *parents, last = path
    target = record
    for key in parents:
        target = target[key]
    target[last] = value
    with pytest.raises(error):
        extraction_table([record], extractor_version="v1")


def test_a_record_without_a_list_is_refused():
    record = an_extraction(a_document())
    del record["quotes"]
    with pytest.raises(KeyError, match="quotes"):
        extraction_table([record], extractor_version="v1")
