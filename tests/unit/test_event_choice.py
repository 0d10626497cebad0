"""Who plays which role: the likeliest candidates by the weight of their evidence, or no one; roles of frames and operators."""

from __future__ import annotations

import pytest

from pipelines.errors import LexiconError
from pipelines.nlp.events import choice as choice_module
from pipelines.nlp.events.choice import ArgumentChooser, load_weights
from pipelines.nlp.events.evidence import PARTICIPANT
from pipelines.nlp.events.lexicon import read_rows
from pipelines.nlp.events.roles import RoleFiller, load_role_rules, role_rule
from pipelines.nlp.events.themes import ThemeReader
from tests.unit.event_parts import Parts, parts_of

ARREST = "Kenyan police arrested two Ugandan journalists in Mombasa."
WEIGHTS = {
    "actor": {"bias": -1.0, "at=subj": 3.0, "at=in": 0.5},
    "recipient": {"bias": -1.0, "at=obj": 3.0, "at=subj": 2.5},
    "participant": {"bias": -1.0, "at=subj": 3.0, "at=with": 2.0},
}


def chosen(parts: Parts, word: str, weights, roles=None, event_type="COERCE"):
    situation = parts.situation(word, event_type, roles=roles)
    return ArgumentChooser(parts.parties, weights).choose(situation, parts.candidates(word, ("subj", "obj", "with")))


def words(parts: Parts, phrases) -> list[str]:
    return [parts.doc[p.head].text for p in phrases]


@pytest.mark.model
def test_the_heaviest_evidence_wins_and_none_plays_both_roles(nlp):
    parts = parts_of(nlp, ARREST)
    found = chosen(parts, "arrested", WEIGHTS)
    assert words(parts, found.actors) == ["police"]
    assert words(parts, found.recipients) == ["journalists"]
    assert found.score("actor") == pytest.approx(2.0)
    only_subjects = {**WEIGHTS, "recipient": {"bias": -1.0, "at=subj": 1.5}}
    assert chosen(parts, "arrested", only_subjects).recipients == []  # the police act already


@pytest.mark.model
def test_no_one_is_chosen_where_all_are_unlikely(nlp):
    parts = parts_of(nlp, ARREST)
    found = chosen(parts, "arrested", {"actor": {"bias": -9.0}, "recipient": {"bias": -9.0}})
    assert (found.actors, found.recipients) == ([], [])
    assert found.score("actor") == 0.0
    assert found.doubt("actor") == 0.0  # all are far from likely


@pytest.mark.model
def test_roles_are_chosen_together(nlp):
    """The police would be the likelier recipients, but then nobody would act."""
    parts = parts_of(nlp, ARREST)
    weights = {**WEIGHTS, "recipient": {"bias": 0.0, "at=subj": 2.0, "at=obj": 1.0}}
    found = chosen(parts, "arrested", weights)
    assert words(parts, found.actors) == ["police"]
    assert words(parts, found.recipients) == ["journalists"]


@pytest.mark.model
def test_doubt_is_how_near_the_next_best_comes(nlp):
    parts = parts_of(nlp, ARREST)
    sure = chosen(parts, "arrested", {"actor": {"at=subj": 5.0, "bias": -0.5}, "recipient": {"bias": -9.0}})
    close = chosen(parts, "arrested", {"actor": {"at=subj": 2.0, "at=in": 1.9}, "recipient": {"bias": -9.0}})
    assert sure.doubt("actor") == 0.0
    assert close.doubt("actor") > 0.9


@pytest.mark.model
def test_who_meets_takes_part_alike_in_the_order_of_the_text(nlp):
    parts = parts_of(nlp, "Norway met with Chad in Oslo.")
    found = chosen(parts, "met", WEIGHTS, {PARTICIPANT: ("subj", "with")}, "CONSULT")
    assert words(parts, found.actors) == ["Norway", "Chad"]
    assert found.recipients == []


@pytest.mark.parametrize("content", [None, "role,evidence,weight\nactor,bias,heavy\n", "role,weight\nactor,1\n"])
def test_a_file_of_weights_that_cannot_be_read_is_named(tmp_path, monkeypatch, content):
    monkeypatch.setattr(choice_module, "LEXICONS", tmp_path)
    load_weights.cache_clear()
    if content is not None:
        (tmp_path / "weights.csv").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"weights\.csv"):
        load_weights("weights.csv")


@pytest.mark.parametrize("name", ["event_weights.csv", "event_weights_by_hand.csv"])
def test_weights_know_the_roles(name):
    load_weights.cache_clear()
    weights = load_weights(name)
    assert {"actor", "recipient", "participant"} <= set(weights)
    assert all(abs(weight) < 20 for of_role in weights.values() for weight in of_role.values())


def test_every_type_has_a_role_rule():
    types = {row["event_type"] for _, row in read_rows("event_types.csv")}
    assert types == {event_type for event_type, mode in load_role_rules() if not mode}
    assert role_rule("CONSULT", "phone").is_together
    assert not role_rule("CONSULT", "visit").is_together
    assert role_rule("MOBILIZE", "troops").owns_object


@pytest.mark.model
def test_roles_of_a_frame_a_reciprocal_act_and_an_operator(nlp):
    weights = load_weights("event_weights_by_hand.csv")

    def filler(parts):
        themes = ThemeReader(parts.doc, parts.reader.matcher, parts.parties)
        return RoleFiller(parts.reader, ArgumentChooser(parts.parties, weights), themes)

    def by_frame(text, word, event_type):
        parts = parts_of(nlp, text)
        site = parts.site(word)
        frame = parts.reader.matcher.match(site)
        found = filler(parts).by_frame(site, frame, None, event_type)
        return words(parts, found.actors), words(parts, found.recipients)

    assert by_frame(ARREST, "arrested", "COERCE") == (["police"], ["journalists"])
    clash = by_frame("Soldiers and rebels clashed near Goma.", "clashed", "ASSAULT")
    assert clash == (["Soldiers", "rebels"], [])
    assert role_rule("ASSAULT", None).is_reciprocal and not role_rule("AID", None).is_reciprocal
    parts = parts_of(nlp, "Norway urged Chad to release the prisoners.")
    found = filler(parts).by_operator(parts.site("urged"), "REQUEST", None, inner=([], []))
    assert words(parts, found.actors) == ["Norway"]
    assert words(parts, found.recipients) == ["Chad"]


@pytest.mark.model
def test_an_actor_is_not_left_out_because_the_other_side_is_of_its_country(nlp):
    parts = parts_of(nlp, "The Kenyan police arrested Kenya in Mombasa.")
    weights = {**WEIGHTS, "recipient": {"bias": 0.0, "at=obj": 3.0, "same_country": -2.5}}
    found = chosen(parts, "arrested", weights)
    assert words(parts, found.actors) == ["police"]
    assert words(parts, found.recipients) == ["Kenya"]


@pytest.mark.model
def test_an_object_is_not_among_several_who_act(nlp):
    weights = {**WEIGHTS, "recipient": {"bias": -1.0, "at=obj": 3.0, "at=with": 3.0, "beside_several": -2.5}}
    parts = parts_of(nlp, "Kenyan police and Ugandan soldiers arrested two Sudanese journalists.")
    assert words(parts, chosen(parts, "arrested", weights).recipients) == ["journalists"]
