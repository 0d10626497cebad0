"""Row confidence: what a finished row shows beside its draft, and the probability made of it."""

from __future__ import annotations

from collections import Counter

import pytest

from pipelines.nlp.build import build_nlp
from pipelines.nlp.events.choice import load_weights
from pipelines.nlp.events.explanation import EXPLANATIONS, explain
from pipelines.nlp.events.judgement import EXISTS, RIGHT
from pipelines.nlp.events.row_confidence import CONFIDENCE, ConfidenceReader, row_key
from pipelines.nlp.parsed import parsed

pytestmark = pytest.mark.model
BEFORE = "The capital was calm. "
ARREST = "Kenyan police arrested two Ugandan journalists."


@pytest.fixture(scope="module")
def explaining():
    return build_nlp(is_explaining=True)


def evidence(explaining, text: str, trigger: str = "arrested") -> dict[str, float]:
    found = explaining(BEFORE + text).user_data[EXPLANATIONS]
    return next(draft.row_evidence for draft, row in found if row.trigger == trigger)


def test_evidence_of_a_row(explaining):
    found = evidence(explaining, ARREST)
    assert {"word=arrest", "sides=actor+recipient", "COERCE:actor+recipient"} <= set(found)
    assert found["others_named"] == 0.0
    assert RIGHT in found
    assert not {"actor_no_country", "recipient_coordinated", "same_type_beside"} & set(found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Two Ugandan journalists were arrested.", "sides=recipient"),
        ("Unknown men arrested two Ugandan journalists.", "actor_no_country"),
        ("Kenyan police arrested a Ugandan editor and a Chadian bishop.", "recipient_coordinated"),
        ("Kenyan police arrested a Ugandan editor and Chadian soldiers jailed a bishop.", "same_type_beside"),
    ],
)
def test_what_is_seen_of_rows(explaining, text, name):
    assert name in evidence(explaining, text)


def test_whom_else_the_sentence_names_is_counted(explaining):
    beside = "Kenyan police arrested two Ugandan journalists near the house of Daniel Okello, an aide to Grace Wanjiru."
    assert evidence(explaining, beside)["others_named"] > 0


def test_determiners_are_counted_by_ten_words(explaining):
    assert evidence(explaining, ARREST)["determiners"] == 0.0
    told = evidence(explaining, "The police of the town arrested a Ugandan journalist.")
    assert told["determiners"] == pytest.approx(3.0)


def test_of_whom_a_document_speaks_again_and_most(explaining):
    arrest = "Kenyan police arrested Daniel Okello. "
    once = evidence(explaining, arrest)
    assert not {"actor_again", "recipient_main"} & set(once)
    later = evidence(
        explaining, f"{arrest}Kenyan police had no comment. Okello is well. Okello sells maize. Okello is 40."
    )
    assert "actor_again" in later
    assert "recipient_main" not in later
    before = "Daniel Okello sells maize. Okello is 40. Okello has sons. Okello was tired. "
    assert "recipient_main" in evidence(explaining, before + arrest)
    assert "actor_again" not in evidence(explaining, f"Kenyan police had no comment. {arrest}")


def test_a_lone_sentence_is_as_sure_as_its_draft(explaining):
    ((draft, row), *_) = explaining(ARREST).user_data[EXPLANATIONS]
    assert list(draft.row_evidence) == [RIGHT]
    assert 0.01 <= row.confidence <= 0.99


def test_confidence_does_not_decide_what_becomes_a_row(explaining):
    events = explaining.get_pipe("events")
    learned = events.weights
    text = f"{BEFORE}{ARREST} Chad condemned the arrest."
    before = explaining(text)._.events
    try:
        events.weights = {**learned, CONFIDENCE: {"bias": -9.0}}
        after = explaining(text)._.events
    finally:
        events.weights = learned
    assert [e.event_id for e in after] == [e.event_id for e in before]
    assert {e.confidence for e in after} == {0.01}


def test_without_weights_a_row_is_as_sure_as_its_draft(explaining):
    doc = explaining(BEFORE + ARREST)
    weights = {role: load_weights()[role] for role in (EXISTS, RIGHT)}
    draft, row = doc.user_data[EXPLANATIONS][0]
    sure = ConfidenceReader(parsed(doc), weights).of(draft, row.actors, row.recipients, Counter([row_key(draft)]))
    assert sure == draft.right


def test_explanation_says_what_weighed_for_confidence(explaining):
    weights = load_weights()
    first = explain(explaining(BEFORE + ARREST), weights)[0]
    assert 0 < first["confidence"] < 1
    assert first["confidence_because"]
    assert all(reason.split()[0] in weights[CONFIDENCE] for reason in first["confidence_because"])
