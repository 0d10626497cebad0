"""Who the parties of events are: the entity a phrase stands for, and the country a reader knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipelines import ids
from pipelines.nlp.annotations import DocumentContext

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "parties.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_party_is_who_the_text_means(nlp: Language, case: dict[str, Any]) -> None:
    doc = nlp.make_doc(case["text"])
    doc._.context = DocumentContext(case["id"], case["text"])
    doc = nlp(doc)
    names = {ids.entity_id(entity.key): entity.name for entity in doc._.entities}
    found = [p for e in doc._.events for p in (*e.actors, *e.recipients) if p.text == case["party"]]
    assert found, [p.text for e in doc._.events for p in (*e.actors, *e.recipients)]
    for party in found:
        if "name" in case:
            assert names.get(party.entity_id or "") == case["name"]
        if "country" in case:
            assert party.country == case["country"]
