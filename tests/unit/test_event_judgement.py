"""Whether a draft is an event and its row right: the evidence of the whole, probabilities, and the explanation of both."""

from __future__ import annotations

import dataclasses

import pytest

from pipelines.nlp.build import build_nlp
from pipelines.nlp.events.choice import load_weights
from pipelines.nlp.events.domain import Domain
from pipelines.nlp.events.explanation import EXPLANATIONS, explain
from pipelines.nlp.events.judgement import draft_evidence, probability
from pipelines.records import Modality

pytestmark = pytest.mark.model
ARREST = "Kenyan police arrested two Ugandan journalists in Mombasa."


@pytest.fixture(scope="module")
def explaining():
    return build_nlp(is_explaining=True)


def drafts(explaining, text: str):
    doc = explaining(text)
    return doc, doc.user_data[EXPLANATIONS]


def evidence(explaining, text: str) -> dict[str, float]:
    doc, ((draft, _), *_) = drafts(explaining, text)
    return draft_evidence(draft, draft.modality, Domain.UNKNOWN, doc)


def test_probability_adds_weights_to_log_odds():
    assert probability({}, "exists", {"negated": 1.0}) == 0.5
    assert probability({"exists": {"bias": 2.0}}, "exists", {}) == pytest.approx(0.881, abs=0.001)
    assert probability({"exists": {"prior": -1.0}}, "exists", {"prior": 2.0}) < 0.2
    assert 0.0 < probability({"exists": {"bias": -1e6}}, "exists", {}) < 1e-9


def test_evidence_of_a_whole_draft(explaining):
    found = evidence(explaining, ARREST)
    assert found["type=COERCE"] == found["sentence=first"] == found["form=verb"] == 1.0
    assert found["countries"] == 2.0
    assert found["actor_sector=COP"] == 1.0
    assert {"prior", "salience", "actor_score", "recipient_doubt"} <= set(found)
    assert not {"negated", "generic", "no_actor", "no_recipient"} & set(found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kenyan police did not arrest the Ugandan editor.", "negated"),
        ("Kenyan police arrested three Ugandan editors and two Chadian bishops.", "several_recipients"),
        ("The Ugandan editor was arrested in Mombasa.", "no_actor"),
        ("The Ugandan editor was arrested by police.", "form=passive"),
        ("The arrest of the Ugandan editor by Kenyan police angered Chad.", "noun:definite"),
    ],
)
def test_what_is_seen_of_drafts(explaining, text, name):
    assert name in evidence(explaining, text)


def test_modality_is_that_of_the_row_and_late_sentences_are_seen(explaining):
    doc, ((draft, _), *_) = drafts(explaining, ARREST)
    assert "modality=future" in draft_evidence(draft, Modality.FUTURE, Domain.UNKNOWN, doc)
    late = "The market was calm. " * 12 + ARREST
    assert "sentence=late" in evidence(explaining, late)


def test_explanation_gives_drafts_by_position_with_reasons_and_candidates(explaining):
    weights = load_weights()
    doc, _ = drafts(explaining, f"{ARREST} Chad condemned the arrest of the journalists.")
    rows = explain(doc, weights)
    assert [row["start_char"] for row in rows] == sorted(row["start_char"] for row in rows)
    first = rows[0]
    assert (first["event_type"], first["trigger"]) == ("COERCE", "arrested")
    assert {row["event_id"] for row in rows if row["is_row"]} == {event.event_id for event in doc._.events}
    assert first["is_row"] == all(first[role] >= weights[role]["threshold"] for role in ("exists", "right"))
    for role in ("actor", "recipient"):
        scores = [candidate["score"] for candidate in first["roles"][role]]
        assert scores == sorted(scores, reverse=True)
        assert sum(candidate["is_chosen"] for candidate in first["roles"][role]) == 1
    sizes = [abs(float(reason.split()[-1])) for reason in first["exists_because"]]
    assert sizes == sorted(sizes, reverse=True)
    assert all(reason.split()[0] in weights["exists"] for reason in first["exists_because"])


def test_only_an_explaining_pipeline_keeps_drafts(nlp, explaining):
    assert EXPLANATIONS not in nlp(ARREST).user_data
    rows = [dataclasses.asdict(event) for event in nlp(ARREST)._.events]
    assert [dataclasses.asdict(event) for event in drafts(explaining, ARREST)[0]._.events] == rows
