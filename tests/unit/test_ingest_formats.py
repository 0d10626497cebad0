"""Files as collectors, archives, mail programs and word processors leave them; the cases are data, each with the public report
of a like fault in another project.

A case is a file's name and content and the canonical texts of its records; `refusal` is a pattern of why the rest, or all
of it, is refused.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from reader_calls import read

from pipelines.stages.ingest.canonical import canonical_text
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord
from pipelines.stages.ingest.reasons import Refused

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "ingest_formats.jsonl").read_text("utf-8").splitlines()
]


def content(case) -> bytes:
    return base64.b64decode(case["base64"]) if "base64" in case else case["text"].encode(case.get("encoding", "utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_formats(case):
    try:
        records = read(case["file"], content(case))
        refusals = [f"{record.reason}: {record.message}" for record in records if isinstance(record, BadRecord)]
    except Refused as refused:
        records, refusals = [], [f"{refused.reason}: {refused.message}"]
    good = [record for record in records if isinstance(record, RawRecord)]
    assert ([canonical_text(record.text) for record in good], len(refusals)) == (case["texts"], int("refusal" in case))
    assert all(re.search(case["refusal"], refusal) for refusal in refusals), refusals
    for name in ("title", "author", "published"):
        if name in case:
            assert [getattr(record, name) for record in good] == [case[name]]
    assert [record.is_title_only for record in good] == [case.get("title_only", False)] * len(good)


def test_each_case_names_its_report():
    assert len(CASES) >= 60
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+ #\d+", case["source"]) for case in CASES)
