"""Published dates: the order of sources, what is refused, and inference from the text alone."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipelines.records import DateSource
from pipelines.settings import PROJECT_ROOT
from pipelines.stages.ingest.date_inference import infer_day
from pipelines.stages.ingest.published_date import infer_published_date

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "published_dates.jsonl").read_text("utf-8").splitlines()
]


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_published_date(case):
    found = infer_published_date(
        case["text"],
        filename=case.get("filename"),
        metadata_date=case.get("metadata"),
        updated=case.get("updated"),
        latest=day(case.get("latest")),
    )
    assert (found.date, found.source) == (day(case["date"]), DateSource(case["source"]))
    assert (found.evidence is None) == (found.date is None)


def test_the_shipped_seed_is_dated_by_its_text_and_says_why():
    path = next((PROJECT_ROOT / "seeds").glob("000_2c340302055222c7.txt"))
    found = infer_published_date(path.read_text("utf-8"), filename=path.name)
    assert (found.date, found.source) == (date(2022, 8, 10), DateSource.INFERRED)
    for phrase in ("this Wednesday (10)", "in 2021", "In July"):
        assert f"“{phrase}”" in found.evidence


def test_the_title_may_tie_the_day():
    text = "In July, the workers walked out. Container traffic fell by 12% in 2021."
    assert infer_day(text) is None
    found = infer_day(text, title="Port deal signed this Wednesday (10)")
    assert found is not None
    assert found.date == date(2022, 8, 10)
