"""Records of tables and JSON files as people and programs really write them (`tests/cases/ingest_records.jsonl`).

Each case is a file of a kind that a public bug report tells of (`source`), with the texts that a reader of it would see and why
the other records are refused.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from reader_calls import read
from test_ingest_files import Warehouse, write

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


def test_the_account_of_all_cases_is_true(tmp_path: Path) -> None:
    for case in CASES:
        data = case["content"].encode(case.get("encoding", "utf-8"))
        write(tmp_path, f"{case['id']}/{case['name']}", data)
    warehouse = Warehouse()
    result = warehouse.run(tmp_path)
    loaded = Counter(source.path.split("/")[0] for source in result.document_sources)
    refused = Counter(row.path.split("/")[0] for row in result.quarantine)
    for case in CASES:
        assert loaded[case["id"]] == len(case["texts"]), case["id"]
        assert refused[case["id"]] == len(case["refused"]), case["id"]
    assert result.counts.loaded + result.counts.duplicate == sum(len(case["texts"]) for case in CASES)
    assert result.counts.quarantined == sum(len(case["refused"]) for case in CASES)
    again = warehouse.run(tmp_path).counts
    assert (again.seen, again.unchanged) == (result.counts.seen, result.counts.seen)


def test_lines_of_one_refusal_count_each(tmp_path: Path) -> None:
    lost = "".join(f"line {number}\n" for number in range(300))
    write(tmp_path, "a.csv", f'id,title,text\n1,T,Mali met Niger.\n2,"U\n{lost}')
    result = Warehouse().run(tmp_path)
    assert (result.counts.seen, result.counts.quarantined, len(result.quarantine)) == (302, 301, 201)
