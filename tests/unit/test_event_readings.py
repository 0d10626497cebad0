"""Which rows a sentence gives, and which it does not, on sentences of our own."""

from __future__ import annotations

import pytest

from pipelines.nlp.annotations import DocumentContext

pytestmark = pytest.mark.model


def rows(nlp, text: str) -> list[tuple[str, list[str], list[str]]]:
    """Type and parties of each row."""
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("doc", text, None)
    return [(e.event_type, [p.text for p in e.actors], [p.text for p in e.recipients]) for e in nlp(doc)._.events]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("The ministry published names of the prisoners and released them on Monday.", ("RETREAT", ["ministry"], ["prisoners"])),
        ("Egypt and Libya clashed with tanks on the border.", ("ASSAULT", ["Egypt", "Libya"], ["Egypt", "Libya"])),
        ("Rebels attack a village and 'kill' 20 people in Congo.", ("ASSAULT", ["Rebels"], ["20 people"])),
        ("The court in Nairobi used its power to ban the party on Friday.", ("COERCE", ["court"], ["party"])),
        ("The army fought militants in Sinai, dozens of whom were captured.", ("COERCE", ["army"], ["dozens of whom"])),
        ("Protesters clashed with police, 20 of whom were injured, in Athens.", ("ASSAULT", ["Protesters"], ["20 of whom"])),
    ],
)  # fmt: skip
def test_rows_with_their_parties(nlp, text, row):
    assert row in rows(nlp, text)


def test_a_missile_that_hits_is_not_given_up(nlp):
    found = rows(nlp, "Iran launched a missile at a base in Iraq and destroyed it.")
    assert {event_type for event_type, _, _ in found} == {"ASSAULT"}


def test_what_a_power_is_for_and_slogans_are_no_deeds(nlp):
    assert not rows(nlp, "The law gives the army the power to detain civilians.")
    found = rows(nlp, 'Protesters carried placards reading "Free the prisoners" in Cairo.')
    assert [event_type for event_type, _, _ in found] == ["PROTEST"]


@pytest.mark.parametrize(
    "text",
    [
        "The flames threatened Athens on Monday.",
        "The dossier accused Syria of torture.",
        "The lyrics criticise the president.",
    ],
)
def test_things_and_texts_do_not_act(nlp, text):
    assert not any(actors for _, actors, _ in rows(nlp, text))


@pytest.mark.parametrize(
    ("text", "deeds"),
    [
        ("An attack claimed by the Taliban killed ten people in Kabul.", [(["Taliban"], ["ten people"])]),
        ("The rebel group claimed responsibility for the attack on Monday.", [(["rebel group"], [])]),
        ("No group claimed responsibility for the attack.", []),
    ],
)
def test_who_claims_an_attack(nlp, text, deeds):
    found = rows(nlp, f"{text} It rained. Traffic was normal.")
    assert [(actors, recipients) for kind, actors, recipients in found if kind == "ASSAULT"] == deeds


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("A bombing in Baghdad killed 12 soldiers.", ([], ["12 soldiers"])),
        ("A mass shooting in Lyon killed 12 soldiers.", ([], ["12 soldiers"])),
        ("A car bomb killed 12 soldiers in Mogadishu.", ([], ["12 soldiers"])),
        ("Merkel condemned the attack that killed 84 people in Nice.", ([], ["84 people"])),
        ("Rebels launched a raid that killed ten people near Goma.", (["Rebels"], ["ten people"])),
    ],
)
def test_what_a_deed_did_is_not_done_by_who_speaks_of_it(nlp, text, deed):
    found = rows(nlp, f"{text} It rained. Traffic was normal.")
    assert deed in [(actors, recipients) for kind, actors, recipients in found if kind == "ASSAULT"]


@pytest.mark.parametrize(
    "text",
    [
        "Turkey launched an attack on Kurdish rebels.",
        "Israel carried out air strikes on Lebanon.",
        "The United States launched strikes on Iranian missile sites.",
    ],
)
def test_a_deed_and_the_verb_that_does_it_are_one(nlp, text):
    found = rows(nlp, f"{text} It rained. Traffic was normal.")
    assert [kind for kind, _, _ in found] == ["ASSAULT"]


def test_a_protest_against_an_agreement_is_one(nlp):
    found = rows(nlp, "Students protested against the deal with Chile in Lima. It rained. Traffic was normal.")
    assert [kind for kind, _, _ in found] == ["PROTEST"]


def test_nobody_who_is_named_did_not_do_it(nlp):
    text = "Neither Hungary nor Slovakia protested against the law in Kyiv. It rained. Traffic was normal."
    assert ("ACCUSE", ["Hungary", "Slovakia"], []) in rows(nlp, text)


def test_town_halls_that_are_held_are_not_arrested(nlp):
    assert not rows(nlp, "The Kenyan candidates held town halls on Monday.")
