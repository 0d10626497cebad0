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


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("The EU, the UK and the U.S.A expelled three envoys of Togo.", {"EU", "UK", "U.S.A"}),
        ("The UN, the UK and the U.S. threatened Sudan with sanctions.", {"UN", "UK", "U.S."}),
        ("Norway, the UK, the EU and Ghana expelled three envoys of Togo.", {"Norway", "UK", "EU", "Ghana"}),
        ("Chile imposed sanctions on the EU, the UK and the U.S.A on Monday.", {"EU", "UK", "U.S.A"}),
    ],
)
def test_each_name_of_a_list_parsed_as_an_apposition_is_a_party(nlp: Language, text: str, parties: set[str]) -> None:
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("list", text)
    found = [(e.actors, e.recipients) for e in nlp(doc)._.events]
    assert any(parties in ({p.text for p in actors}, {p.text for p in recipients}) for actors, recipients in found), (
        found
    )


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("The ombudsman of Ghana criticised the army on state television.", "state television"),
        ("The governor of Tarija fled to Paraguay on Monday.", "Paraguay"),
    ],
)
def test_no_party_is_what_carries_words_or_where_somebody_goes(nlp: Language, text: str, party: str) -> None:
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("none", text)
    events = nlp(doc)._.events
    assert events
    assert party not in {p.text for e in events for p in (*e.actors, *e.recipients)}
