"""The vote on the country of nameless parties: what speaks for each country, when the vote wins, whose entity a mention is."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.coreference.country_vote import NOTHING, CountryVote
from pipelines.nlp.coreference.presumed import Role

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
