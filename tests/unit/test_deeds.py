"""Deeds of the material types in many registers: who is meant by bare numbers, what stands without parties, what is none."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipelines.nlp.annotations import DocumentContext
from pipelines.records import Event

pytestmark = pytest.mark.model

POLITICS = (
    "Riot police and soldiers surrounded the parliament in Lusaka on Monday after the opposition rejected the election. "
    "The government of Zambia declared a state of emergency. "
)


def code(nlp: Language, text: str) -> list[Event]:
    """The events of a text that follows a political lead; the lead's own are left out."""
    whole = POLITICS + text
    doc = nlp.make_doc(whole)
    doc._.context = DocumentContext("doc", whole)
    return [event for event in nlp(doc)._.events if event.start_char >= len(POLITICS)]


@pytest.mark.parametrize(
    ("text", "event_type", "recipient"),
    [
        ("Four were led away by officers after the clash.", "COERCE", "Four"),
        ("Seventeen were arrested by police near the bus station.", "COERCE", "Seventeen"),
        ("All were released by the police at noon.", "RETREAT", "All"),
        ("Four opposition leaders were bundled into a van by officers.", "COERCE", "opposition leaders"),
        ("Students pelted policemen with bottles in Kitwe.", "PROTEST", "policemen"),
        ("Gunmen pulled two nurses from a minibus in Ndola.", "ASSAULT", "nurses"),
        ("The army repulsed the rebels at the bridge.", "ASSAULT", "rebels"),
    ],
)
def test_whom_it_was_done_to(nlp: Language, text: str, event_type: str, recipient: str) -> None:
    found = [e for e in code(nlp, text) if e.event_type == event_type]
    assert found, text
    assert any(recipient in party.text for party in found[0].recipients), text


@pytest.mark.parametrize(
    ("text", "event_type"),
    [
        ("Then the shooting started.", "ASSAULT"),
        ("Bus crews downed tools on Tuesday.", "PROTEST"),
        ("Soldiers crossed the border into Malawi.", "MOBILIZE"),
    ],
)
def test_deeds_in_other_words(nlp: Language, text: str, event_type: str) -> None:
    assert event_type in [e.event_type for e in code(nlp, text)]


@pytest.mark.parametrize(
    "text",
    [
        "The minister held a session of talks with his staff.",
        "An old man took off his hat.",
        "She said that any protest would be a pity.",
    ],
)
def test_no_deed(nlp: Language, text: str) -> None:
    material = {"ASSAULT", "COERCE", "PROTEST", "RETREAT", "MOBILIZE", "SANCTION"}
    assert [e.trigger for e in code(nlp, text) if e.event_type in material] == []


@pytest.mark.parametrize(
    ("text", "event_type", "actors", "recipients"),
    [
        (
            "Two deputies, Ada Roe and Ben Lund, denounced the minister.",
            "ACCUSE",
            ["Ada Roe", "Ben Lund"],
            ["minister"],
        ),
        (
            "Ada Roe, a teacher, and Ben Lund, a deputy from Ndola, denounced the minister.",
            "ACCUSE",
            ["Ada Roe", "Ben Lund"],
            ["minister"],
        ),
        (
            "Police arrested Ada Roe, the governor's chief of staff, and Ben Lund, a clerk.",
            "COERCE",
            ["Police"],
            ["Ada Roe", "Ben Lund"],
        ),
        ("Police in Ndola asked them to leave the square.", "REQUEST", ["Police"], ["them"]),
        ("The army said it would not negotiate with the Angolan rebels.", "REJECT", ["army"], ["rebels"]),
        ("The minister said he would not sign the treaty.", "REJECT", ["minister"], None),
        ("LUSAKA - Dockers rejected the offer of the government.", "REJECT", ["Dockers"], None),
    ],
)
def test_every_party_on_its_side(
    nlp: Language, text: str, event_type: str, actors: list[str], recipients: list[str] | None
) -> None:
    event = next(e for e in code(nlp, text) if e.event_type == event_type)
    for found, wanted in ((event.actors, actors), (event.recipients, recipients)):
        assert wanted is None or len(found) == len(wanted)
        assert all(any(w in party.text for party in found) for w in wanted or ())


def test_what_is_limited_is_not_denied(nlp: Language) -> None:
    event = next(e for e in code(nlp, "The army not only condemned the rebels but also disarmed them."))
    assert not event.is_negated
    assert event.event_type == "ACCUSE"
