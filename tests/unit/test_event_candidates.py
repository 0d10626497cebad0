"""Candidates and what is seen of them: where parties stand, and the named evidence made of it."""

from __future__ import annotations

import pytest

from pipelines.nlp.events.candidate_places import Place
from pipelines.nlp.events.earlier_acts import EarlierAct
from pipelines.nlp.events.evidence import (
    evidence_for,
    kind_of,
    named_by_frame,
    pair_evidence,
    relation_class,
    stands_alone,
)
from pipelines.nlp.events.operators import OperatorReader
from pipelines.nlp.events.paths import crossed, source_kind
from pipelines.nlp.events.themes import ThemeReader
from tests.unit.event_parts import parts_of

ARREST = "Kenyan police arrested two Ugandan journalists in Mombasa."


def places(candidate) -> set[tuple[str, str]]:
    return {(place.relation, place.inner) for place in candidate.places}


@pytest.mark.model
def test_arguments_and_parties_of_phrases_are_candidates(nlp):
    parts = parts_of(nlp, ARREST)
    found = parts.named(parts.candidates("arrested"))
    police = next(c for name, c in found.items() if "police" in name)
    journalists = next(c for name, c in found.items() if "journalists" in name)
    assert ("subj", "") in places(police)
    assert ("obj", "") in places(journalists)
    assert any(place.relation == "in" for place in found["Mombasa"].places)


@pytest.mark.model
def test_a_party_inside_a_phrase_that_is_none_says_how_it_is_named_there(nlp):
    parts = parts_of(nlp, "Chile protested against the policy of the Syrian army.")
    found = parts.named(parts.candidates("protested", event_type="PROTEST"))
    army = next(c for name, c in found.items() if "army" in name)
    assert ("against", "of") in places(army)


@pytest.mark.model
@pytest.mark.parametrize("text", [
    "State prosecutors charged the suspect in the shooting with murder.",
    "State prosecutors charged two men with the shooting.",
])  # fmt: skip
def test_who_charges_somebody_with_a_deed_is_no_candidate_for_it(nlp, text):
    parts = parts_of(nlp, text)
    found = parts.named(parts.candidates("shooting"))
    assert found
    assert "State prosecutors" not in found


@pytest.mark.model
def test_the_two_sides_of_between_are_candidates_apart_and_together(nlp):
    parts = parts_of(nlp, "Talks between Peru and Chile ended on Friday.")
    found = parts.named(parts.candidates("Talks", roles=("between",), event_type="CONSULT"))
    assert ("between", "first") in places(found["Peru"])
    assert ("between", "rest") in places(found["Chile"])
    assert ("between", "") in places(found["Peru + Chile"])


@pytest.mark.model
def test_earlier_events_of_the_type_lend_their_parties(nlp):
    parts = parts_of(nlp, "Kenyan police arrested the Ugandan editor. The arrest angered many. A raid followed.")
    first = parts.candidates("arrested")
    police = next(c for c in first if ("subj", "") in places(c)).parties
    parts.reader.remember(EarlierAct("COERCE", "arrest", police, ()))
    same_type = [p for c in parts.candidates("arrest") for p in c.places if p.relation == "told.actor"]
    other_word = [p for c in parts.candidates("raid") for p in c.places if p.relation == "told.actor"]
    other_type = [p for c in parts.candidates("arrest", event_type="AID") for p in c.places if p.relation[:4] == "told"]
    assert [p.inner for p in same_type] == ["word"]
    assert [p.inner for p in other_word] == ["type"]
    assert other_type == []


@pytest.mark.model
def test_whom_an_operator_addresses_is_a_candidate_of_the_inner_event(nlp):
    parts = parts_of(nlp, ARREST)
    journalists = next(c for c in parts.candidates("arrested") if ("obj", "") in places(c))
    inner = (list(journalists.parties), [])
    free = parts.candidates("arrested", inner=inner)
    bound = parts.candidates("arrested", inner=inner, is_controlled=True)
    assert any(p.relation == "inner.actor" for c in free for p in c.places)
    assert any(p.relation == "controlled" for c in bound for p in c.places)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Place("subj"), "subj"),
        (Place("obj", "by"), "obj>by"),
        (Place("alongside"), "prep"),
        (Place("obj", "alongside"), "obj>prep"),
        (Place("below", "", 7), "below:3"),
        (Place("above.subj", "", 1), "above.subj:1"),
        (Place("above.obj", "", 3), "above.obj:2"),
        (Place("told.actor", "word", 2), "told.actor:word"),
        (Place("between", "first"), "between>first"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_relations_are_grouped(place, name):
    assert relation_class(place) == name


@pytest.mark.model
def test_the_frame_ranks_the_relations_that_it_lists(nlp):
    situation = parts_of(nlp, ARREST).situation("arrested")
    assert named_by_frame(situation, "actor", Place("subj")) == 0
    assert named_by_frame(situation, "actor", Place("by")) == 1
    assert named_by_frame(situation, "recipient", Place("subj")) is None


@pytest.mark.model
def test_evidence_names_relation_frame_kind_act_and_distance(nlp):
    parts = parts_of(nlp, ARREST)
    situation = parts.situation("arrested")
    found = parts.named(parts.candidates("arrested"))
    police = next(c for name, c in found.items() if "police" in name)
    as_actor, as_recipient = evidence_for(situation, police, "actor"), evidence_for(situation, police, "recipient")
    assert {"at=subj", "at=verb:subj", "frame=first:itself", "sector=coerce:force", "before:near"} <= set(as_actor)
    assert "frame=other" in as_recipient
    assert "scene" in evidence_for(situation, found["Mombasa"], "recipient")
    assert "scene" not in as_actor


@pytest.mark.model
def test_a_passive_is_a_form_of_its_own(nlp):
    assert parts_of(nlp, "Two editors were arrested by Kenyan police.").situation("arrested").form == "passive"


@pytest.mark.model
def test_kinds_of_parties(nlp):
    parts = parts_of(nlp, "France accused President Tomas Okoye, protesters said.")
    found = {parts.doc[p.head].text: p for token in parts.doc if parts.parties.is_party(token)
             for p in parts.parties.parties(token)}  # fmt: skip
    assert kind_of(parts.doc, found["France"]) == "state"
    assert kind_of(parts.doc, found["Okoye"]) == "person"
    assert kind_of(parts.doc, found["protesters"]) == "nominal"


@pytest.mark.model
def test_a_pair_of_one_country_is_seen(nlp):
    parts = parts_of(nlp, "Kenyan police arrested Kenyan teachers and warned Uganda.")
    found = parts.named(parts.candidates("arrested") + parts.candidates("warned"))
    police, teachers = (next(c for n, c in found.items() if w in n) for w in ("police", "teachers"))
    assert "same_country" in pair_evidence(parts.doc, police, teachers, is_own=False)
    assert pair_evidence(parts.doc, police, found["Uganda"], is_own=False) == []
    assert "own" in pair_evidence(parts.doc, police, found["Uganda"], is_own=True)


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "word", "site", "kind"),
    [
        ("Rebels attacked a Chadian village, according to the radio.", "radio", "attacked", "source"),
        ("Rebels attacked a Chadian village, officials said.", "officials", "attacked", "says"),
        ("Rebels attacked a Chadian village.", "Rebels", "attacked", None),
        ("Officials said on Monday that it rained.", "Officials", "said", None),
    ],
)
def test_who_only_tells_of_an_event_is_seen(nlp, text, word, site, kind):
    parts = parts_of(nlp, text)
    assert source_kind(parts.token(word), parts.token(site)) == kind


@pytest.mark.model
def test_clauses_that_lie_between_are_seen(nlp):
    parts = parts_of(nlp, "Kenya arrested an editor who had insulted the bishop.")
    assert list(crossed(parts.token("bishop"), parts.token("arrested"))) == ["relcl"]
    assert list(crossed(parts.token("editor"), parts.token("arrested"))) == []
    assert list(crossed(parts.token("Kenya"), parts.token("bishop"))) == []


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "is_alone"),
    [
        (ARREST, True),
        (f"MOMBASA, Kenya -- {ARREST}", True),
        (f"{ARREST} Chad condemned it.", False),
    ],
)
def test_a_sentence_beside_a_dateline_is_alone(nlp, text, is_alone):
    doc = nlp(text)
    assert stands_alone(list(doc.sents)[-1]) is is_alone


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "word", "recipients"),
    [
        ("The minister gave 12 million dollars to Peru.", "gave", {"Peru"}),
        ("The minister gave 30 per cent to Peru.", "gave", {"Peru"}),
        ("Police arrested three in Lima.", "arrested", {"three", "Lima"}),
    ],
)
def test_amounts_are_no_parties(nlp, text, word, recipients):
    parts = parts_of(nlp, text)
    found = parts.named(parts.candidates(word, roles=("subj", "obj", "to", "in")))
    assert {name for name, c in found.items() if ("subj", "") not in places(c)} == recipients


@pytest.mark.model
def test_things_that_are_nobodys_are_no_parties(nlp):
    parts = parts_of(
        nlp, "The governor declared a state of emergency and soldiers used lethal force on a Greek tanker."
    )
    themes = ThemeReader(parts.doc, parts.reader.matcher, parts.parties)
    for word, acts, expected in (("state", False, True), ("force", False, True), ("soldiers", True, False)):
        (phrase, *_) = parts.parties.parties(parts.token(word), allow_things=True)
        assert themes.is_no_party(phrase, acts=acts) is expected, word


@pytest.mark.model
def test_who_stands_behind_a_relative_clause_is_no_argument_of_it(nlp):
    parts = parts_of(nlp, "He backed Amara Okoye, who was arrested on Monday, and Tomas Varga.")
    found = parts.named(parts.candidates("arrested"))
    assert ("obj", "") in places(found["Amara Okoye"])
    assert not any("Varga" in name and ("obj", "") in places(c) for name, c in found.items())


@pytest.mark.model
def test_whom_charges_were_brought_against_is_named_inside_the_phrase(nlp):
    parts = parts_of(nlp, "Prosecutors dropped the charges brought against the Kenyan editor.")
    found = parts.named(parts.candidates("dropped"))
    assert ("obj", "against") in places(next(c for name, c in found.items() if "editor" in name))


@pytest.mark.model
def test_whom_somebody_offers_to_do_something_to_is_who_is_reached(nlp):
    for text, word, name in (
        ("The Kenyan minister offered to meet the families.", "offered", "families"),
        ("The Kenyan minister threatened to sue the water board.", "threatened", "water board"),
        ("Kenya agreed to lend a helicopter to the health ministry.", "agreed", "health ministry"),
    ):
        parts = parts_of(nlp, text)
        matcher = parts.reader.matcher
        operators = OperatorReader(matcher.lexicon, matcher.clauses, matcher, parts.parties, None)
        site = parts.site(word)
        found = operators.reached(site, operators.find(site.token, "inf"))
        assert [" ".join(t.text for t in parts.doc[p.start : p.end]) for p in found] == [name]


@pytest.mark.model
def test_whom_a_refusal_reaches_by_what_is_theirs_or_what_they_may_not_do(nlp):
    for text, word, name in (
        ("It threatened to slow down Croatia's negotiations with the Union.", "threatened", "Croatia"),
        ("He has refused to let the observers see the quarters.", "refused", "observers"),
    ):
        parts = parts_of(nlp, text)
        matcher = parts.reader.matcher
        operators = OperatorReader(matcher.lexicon, matcher.clauses, matcher, parts.parties, None)
        site = parts.site(word)
        found = operators.reached(site, operators.find(site.token, "inf"))
        assert [parts.doc[p.head].text for p in found] == [name]


@pytest.mark.model
def test_whom_the_verb_before_is_to_is_whom_a_participle_asks(nlp):
    parts = parts_of(nlp, "The minister wrote to the Kenyan commission on Monday, asking for another year.")
    found = parts.named(parts.candidates("asking", event_type="REQUEST"))
    assert ("to", "") in places(next(c for name, c in found.items() if "commission" in name))


@pytest.mark.model
def test_who_is_only_now_made_is_nobody_to_whom_it_is_done(nlp):
    parts = parts_of(nlp, "The president announced the creation of a commission.")
    found = parts.named(parts.candidates("announced", ("subj", "obj", "of"), event_type="AGREE"))
    assert not any(relation == "of" for c in found.values() for relation, _ in places(c))


@pytest.mark.model
def test_what_bears_a_name_was_there_before_it_was_made(nlp):
    parts = parts_of(nlp, "Russia criticised the establishment of the NATO base in Finland.")
    found = parts.named(parts.candidates("criticised", ("subj", "obj", "of"), event_type="ACCUSE"))
    assert any(relation == "of" for c in found.values() for relation, _ in places(c))


@pytest.mark.model
def test_whom_a_thing_is_only_for_or_against_is_no_party_of_it(nlp):
    parts = parts_of(nlp, "The minister condemned an anti-Chilean leaflet on Monday.")
    assert not any("Chilean" in name for name in parts.named(parts.candidates("condemned", event_type="ACCUSE")))
    parts = parts_of(nlp, "Thousands joined an anti-Chilean march in Lima.")
    found = parts.named(parts.candidates("march", event_type="PROTEST"))
    assert [relation for name, c in found.items() if "Chilean" in name for relation, _ in places(c)] == ["against"]


@pytest.mark.model
def test_where_something_happened_did_nothing(nlp):
    parts = parts_of(nlp, "The bank, by the Rosewood Museum, where the shooting happened is closed.")
    assert not parts.named(parts.candidates("shooting", event_type="ASSAULT"))


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("President Kamau negotiated immunity from prosecution on Friday.", "negotiated", "prosecution"),
        ("The senator expressed opposition to the bill.", "expressed", "opposition"),
        ("The senator repeated her commitment to justice.", "commitment", "justice"),
    ],
)
def test_an_act_or_a_quality_called_like_a_body_is_no_party(nlp, text, word, name):
    parts = parts_of(nlp, text)
    assert not any(name in found for found in parts.named(parts.candidates(word, event_type="ACCUSE")))


@pytest.mark.model
def test_a_body_that_its_words_tell_is_a_party(nlp):
    parts = parts_of(nlp, "The senator criticised the opposition on Monday.")
    assert any("opposition" in found for found in parts.named(parts.candidates("criticised", event_type="ACCUSE")))


@pytest.mark.model
@pytest.mark.parametrize(
    ("later", "word", "lends"),
    [
        ("The Chilean producer signed a letter on Monday.", "signed", False),
        ("Ada Roe was signed up.", "signed", False),
        ("The pact was signed on Monday.", "signed", True),
        ("The signing took an hour.", "signing", True),
    ],
)
def test_whom_an_act_was_done_to_before_is_none_of_an_act_with_its_own_doer(nlp, later, word, lends):
    parts = parts_of(nlp, f"The ministers met in Lima. {later} Kenya waited.")
    kenya = parts.reader.parties.parties(next(t for t in parts.doc if t.text == "Kenya"))
    parts.reader.remember(EarlierAct("SUPPORT", "sign", (), kenya))
    found = parts.candidates(word, event_type="SUPPORT")
    assert any(p.relation == "told.recipient" for c in found for p in c.places) is lends
