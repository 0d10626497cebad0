"""Dates and languages of documents."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from pipelines.stages.ingest.day_orders import OrderOfFile
from pipelines.stages.ingest.language import detect_language, load_identifier
from pipelines.stages.ingest.metadata_dates import as_plain, metadata_date

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
        (1714730400000000, date(2024, 5, 3)),
        (20240503, date(2024, 5, 3)),
        (20240503.0, date(2024, 5, 3)),
        (20240503101500, date(2024, 5, 3)),
        (20241350, None),
        (2024, None),
        (float("nan"), None),
        (float("inf"), None),
        (-1, None),
        (None, None),
    ],
)
def test_metadata_date_of_values(value, day):
    assert metadata_date(value) == day


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ({"$date": "2024-05-03T10:00:00Z"}, date(2024, 5, 3)),
        ({"$date": 1714730400000}, date(2024, 5, 3)),
        ({"$date": {"$numberLong": "1714730400000"}}, date(2024, 5, 3)),
        ({"_seconds": 1714730400, "_nanoseconds": 0}, date(2024, 5, 3)),
        ({"S": "2024-05-03"}, date(2024, 5, 3)),
        ([2024, 5, 3, 10, 0, 0, 4, 124, 0], date(2024, 5, 3)),
        (["2024-05-03"], date(2024, 5, 3)),
        ({"day": "Friday"}, None),
        ([], None),
        (True, None),
    ],
)
def test_wrapped_dates(value, day):
    assert metadata_date(as_plain(value)) == day


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["25/12/2021", "03/04/2022"], "dmy"),
        (["12/25/2021", "03/04/2022"], "mdy"),
        (["25/12/2021", "12/25/2021"], None),
        (["03/04/2022", "05/06/2022"], None),
        (["21/12/25", "99/01/31"], "ymd"),
        (["2021-12-25", "3 April 2022"], None),
    ],
)
def test_the_values_of_a_file_settle_their_order(values, order):
    of_file = OrderOfFile()
    for value in values:
        of_file.add(value)
    assert of_file.settled == order


@pytest.mark.parametrize("case", LANGUAGES, ids=lambda case: f"{case['language']}: {case['text'][:20]}")
def test_detect_language(case):
    assert detect_language(case["text"]) == case["language"]


def test_the_mapped_identifier_is_that_of_the_package():
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    mapped = load_identifier()
    whole.set_languages(mapped.labels)
    for text in ("Der Rat tagte", "Il consiglio si riunisce", "Совет собрался", "Savet se sastao", "ab", ""):
        assert mapped.rank(text) == whole.rank(text)
