"""Kinds of mistakes that users of such programs have reported: an invented sentence each, and what must hold of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipelines.nlp.annotations import DocumentContext

CASES = [json.loads(line) for line in Path("tests/cases/field_kinds.jsonl").read_text(encoding="utf-8").splitlines()]
PUBLISHED = date(2016, 1, 15)


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_kind(nlp, case) -> None:
    doc = nlp.make_doc(case["text"])
    doc._.context = DocumentContext("doc", case["text"], PUBLISHED)
    doc = nlp(doc)
    rows = doc._.events
    names = {
        "mentions": doc._.mentions,
        "times": doc._.time_expressions,
        "places": doc._.places,
        "rows": rows,
        "events": [(e.event_type, [p.country for p in e.actors], [p.country for p in e.recipients]) for e in rows],
    }
    assert eval(case["expect"], names), names
