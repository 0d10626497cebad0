"""Dates and languages of documents."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.stages.ingest.language import detect_language
from pipelines.stages.ingest.metadata_dates import metadata_date

CASES = Path(__file__).parent.parent / "cases"
with (CASES / "ingest_metadata_dates.csv").open(encoding="utf-8", newline="") as file:
    DATES = [(row["value"], row["day"] or None) for row in csv.DictReader(file)]
with (CASES / "ingest_language.jsonl").open(encoding="utf-8") as lines:
    LANGUAGES = [json.loads(line) for line in lines]


@pytest.mark.parametrize(("value", "day"), DATES, ids=[value or "empty" for value, _ in DATES])
def test_metadata_date_of_strings(value, day):
    found = metadata_date(value)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(2024, 5, 3), date(2024, 5, 3)),
        (datetime(2024, 5, 3, 23, 59), date(2024, 5, 3)),
        (1714730400, date(2024, 5, 3)),
        (1714730400.5, date(2024, 5, 3)),
        (1714730400000, date(2024, 5, 3)),
        (2024, None),
        (float("nan"), None),
        (float("inf"), None),
        (-1, None),
        (None, None),
    ],
)
def test_metadata_date_of_values(value, day):
    assert metadata_date(value) == day


@pytest.mark.parametrize("case", LANGUAGES, ids=lambda case: f"{case['language']}: {case['text'][:20]}")
def test_detect_language(case):
    assert detect_language(case["text"]) == case["language"]
