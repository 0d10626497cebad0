"""The vote on the country of nameless parties: what speaks for each country, when the vote wins, whose entity a mention is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from spacy.language import Language

from pipelines.nlp.annotations import DocumentContext, EntityNode, MentionSpan
from pipelines.nlp.coreference.country_vote import NOTHING, CountryVote
from pipelines.nlp.coreference.presumed import Role, vote_countries, vote_for_bodies
from pipelines.nlp.parsed import parsed

STORY = (
    "Ghana closed its border in March. Traders in Accra lost money. It rained. Togo sent a letter. Nobody came. "
    "Ghana's army searched houses in Tema. Police arrested ten men in Lomé."
)


def voted(nlp: Language, text: str) -> CountryVote:
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("d1", text)
    vote: CountryVote = next(iter(nlp.pipe([doc])))._.home.vote
    return vote


def token(vote: CountryVote, word: str) -> int:
    return next(t.i for t in vote.doc if t.text == word)


@pytest.mark.model
def test_every_country_has_what_speaks_for_it(nlp: Language) -> None:
    vote = voted(nlp, STORY)
    options = vote.options(token(vote, "Police"), "GHA")
    assert {"rank=0", "leading", "rules", "back=1", "sole_before"} <= options["GHA"]
    assert {"rank=1", "inside", "here", "scene", "place=after"} <= options["TGO"]
    assert options[None] == {NOTHING}


@pytest.mark.model
@pytest.mark.parametrize(
    ("weights", "rules", "country"),
    [
        ({"leading": 3.0}, "TGO", "GHA"),
        ({"leading": 0.9}, "TGO", "TGO"),  # too little to overrule the scene
        ({"leading": 0.9, "rules": -2.0}, "TGO", "GHA"),
        ({"leading": 1.5, "scene": 1.2}, None, None),  # two countries are equally near
        ({"leading": 2.5, "scene": 1.2}, None, "GHA"),
        ({NOTHING: 5.0}, "GHA", "GHA"),  # the vote takes no country away
    ],
)
def test_the_vote_wins_where_it_is_clear(
    nlp: Language, weights: dict[str, float], rules: str | None, country: str | None
) -> None:
    vote = voted(nlp, STORY)
    vote.weights = weights
    assert vote.choose(token(vote, "Police"), rules) == country


@pytest.mark.model
def test_a_few_sentences_that_name_a_country_once_give_nobody_one(nlp: Language) -> None:
    vote = voted(nlp, "Peru sent letters to thousands of people. They waited.")
    vote.weights = {"rank=0": 5.0}
    assert vote.choose(token(vote, "people"), None) is None


@pytest.mark.parametrize(
    ("role", "country", "key"),
    [
        (Role("d1", "GOV", "government", is_unique=True), "GHA", "nominal:GHA:GOV:government"),
        (Role("d1", "GOV", "government", is_unique=True), None, "nominal:d1::GOV:government"),
        (Role("d1", "", "man", tail=":7"), "GHA", "nominal:d1:GHA::man:7"),
    ],
)
def test_a_role_has_one_key_in_each_country(role: Role, country: str | None, key: str) -> None:
    assert role.key(country) == key


@pytest.mark.model
def test_one_role_in_two_countries_is_two_entities_and_pronouns_follow(nlp: Language) -> None:
    doc = nlp.make_doc("Police left Accra. They waited. Police came to Lomé. Their diplomats waited.")
    doc = parsed(next(iter(nlp.pipe([doc]))))
    role = Role("d1", "COP", "police", is_unique=True)
    node = EntityNode(role.key("GHA"), "Police", "ORG", "GHA", "COP")
    at = [i for i, t in enumerate(doc) if t.text in ("Police", "They", "diplomats")]
    mentions = [MentionSpan(i, i + 1, "ORG", False, node, None, "GHA", "COP") for i in at]
    vote: Any = SimpleNamespace(choose=lambda i, rules: rules if i == at[0] else "TGO", opening=lambda i: None)
    vote_countries(doc, mentions, {node.key: role}, vote)
    assert [m.country for m in mentions] == ["GHA", "GHA", "TGO", "GHA"]  # diplomats are not asked about
    assert [m.entity.key for m in mentions if m.entity] == [role.key(m.country) for m in mentions]


def test_a_body_without_a_country_gets_it_in_all_its_mentions():
    court, firm = EntityNode("name:supreme court", "Supreme Court", "ORG"), EntityNode("name:ute", "UTE", "ORG")
    first, firm_named, last = (
        MentionSpan(i, i + 2, "ORG", True, node) for i, node in ((0, court), (4, firm), (9, court))
    )
    vote: Any = SimpleNamespace(choose=lambda i, rules: "MDV" if i == first.end - 1 else None)
    vote_for_bodies([first, firm_named, last], [first, firm_named], vote)
    assert [m.country for m in (first, firm_named, last)] == ["MDV", None, "MDV"]


def test_whose_country_some_words_tell_is_not_voted_on_where_others_do_not(nlp: Language) -> None:
    about = "Somalia's parliament met in Mogadishu and Somalia is at war. " * 24
    text = f"The Kenyan police shot ten men. {about}In Kenya, the police arrested ten men in Nairobi."
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("police", text)
    found = {m.country for m in nlp(doc)._.mentions if doc[m.end - 1].lower_ == "police"}
    assert found == {"KEN"}
