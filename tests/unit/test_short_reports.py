"""All rows of invented reports of three sentences: which there are, and who is told to take part in them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipelines.nlp.annotations import DocumentContext
from pipelines.records import Event, Party

CASES = Path(__file__).parents[1] / "cases"
REPORTS = [json.loads(line) for line in (CASES / "short_reports.jsonl").read_text(encoding="utf-8").splitlines()]
PUBLISHED = date(2024, 5, 8)  # a Wednesday

pytestmark = pytest.mark.model


def _sides(parties: list[Party]) -> list[list[str | None]]:
    return [[party.text, party.country] for party in parties]


@pytest.mark.parametrize("report", REPORTS, ids=[f"{r['kind']}: {r['text'][:40]}" for r in REPORTS])
def test_rows_of_report(nlp, report):
    doc = nlp.make_doc(report["text"])
    doc._.context = DocumentContext("doc", report["text"], PUBLISHED)
    events: list[Event] = nlp(doc)._.events
    assert [(e.trigger, e.event_type) for e in events] == [(row["trigger"], row["type"]) for row in report["rows"]]
    for event, row in zip(events, report["rows"], strict=True):
        got = {
            "actors": _sides(event.actors),
            "recipients": _sides(event.recipients),
            "fatalities": event.fatalities,
            "injuries": event.injuries,
            "modality": event.modality,
            "is_negated": event.is_negated,
            "day": event.event_date_start and event.event_date_start.isoformat(),
            "place": event.place and event.place.name,
        }
        told = {key: value for key, value in row.items() if key in got}
        assert {key: got[key] for key in told} == told
