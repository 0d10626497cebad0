"""When, where, told as what and by whom an event is told, on invented texts of one to three sentences."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipelines.nlp.annotations import DocumentContext
from pipelines.records import Event

CASES = Path(__file__).parents[1] / "cases"
TEXTS = [json.loads(line) for line in (CASES / "event_circumstances.jsonl").read_text(encoding="utf-8").splitlines()]
PUBLISHED = date(2024, 5, 15)  # a Wednesday

pytestmark = pytest.mark.model


def find(nlp, case: dict) -> Event:
    """The event of a case, by type and trigger."""
    doc = nlp.make_doc(case["text"])
    doc._.context = DocumentContext("doc", case["text"], PUBLISHED)
    events = [e for e in nlp(doc)._.events if (e.event_type, e.trigger) == (case["type"], case["trigger"])]
    assert events, [(e.event_type, e.trigger) for e in doc._.events]
    return events[-1]


@pytest.mark.parametrize("case", TEXTS, ids=[f"{case['kind']}: {case['type']}" for case in TEXTS])
def test_circumstances(nlp, case):
    event = find(nlp, case)
    if "source" in case:
        days = tuple(day and day.isoformat() for day in (event.event_date_start, event.event_date_end))
        assert (*days, event.event_date_source) == (case["start"], case["end"], case["source"])
    if "place" in case:
        assert (event.place and event.place.name) == case["place"]
    if "modality" in case:
        assert event.modality == case["modality"]
    if "attributed_to" in case:
        said = event.attributed_to.text if event.attributed_to is not None else None
        assert case["attributed_to"] in said if case["attributed_to"] else said is None
