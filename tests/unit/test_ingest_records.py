"""Records of tables and JSON files as people and programs really write them (`tests/cases/ingest_records.jsonl`).

Each case is a file of a kind that a public bug report tells of (`source`), with the texts that a reader of it would see and why
the other records are refused.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reader_calls import read

from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord
from pipelines.stages.ingest.reasons import Refused

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "ingest_records.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_records(case: dict) -> None:
    data = case["content"].encode(case.get("encoding", "utf-8"))
    try:
        records = read(case["name"], data, max_characters=1_000_000)
    except Refused as refusal:
        records = [BadRecord(None, refusal.reason, refusal.message)]
    assert [record.text for record in records if isinstance(record, RawRecord)] == case["texts"], records
    assert [str(record.reason) for record in records if isinstance(record, BadRecord)] == case["refused"], records
    numbers = [record.number for record in records]
    assert len(set(numbers)) == len(numbers)
