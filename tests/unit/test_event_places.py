"""Places that other words than their names mean: "there", "the city", a country by its people; on hand-built Docs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from spacy.lang.en import English
from spacy.tokens import Doc

from pipelines.nlp.annotations import MentionSpan, set_extensions
from pipelines.nlp.events.lexicon import load_event_lexicon
from pipelines.nlp.events.place_anaphors import place_anaphors
from pipelines.nlp.events.place_evidence import PlaceEvidence, is_addressees, is_staged, needs_place, of_source
from pipelines.nlp.events.place_phrases import is_in_main_line, is_of_place, named_within, opens_from
from pipelines.nlp.events.whole_countries import CountryPlaces
from pipelines.records import Place, PlacePrecision

WORDS = "They met in Mwanza , in Tanzania . Rebels left the city and fought there .".split()
HEADS = [1, 1, 1, 2, 1, 1, 5, 1, 9, 9, 11, 9, 9, 9, 13, 9]
RELATIONS = "nsubj ROOT prep pobj punct prep pobj punct nsubj ROOT det dobj cc conj advmod punct".split()
TAGS = "PRP VBD IN NNP , IN NNP . NNS VBD DT NN CC VBD RB .".split()


def sentences(words: list[str], heads: list[int], relations: list[str], tags: list[str]) -> Doc:
    """A Doc by its parse."""
    set_extensions()
    lemmas = [word.lower() for word in words]
    return Doc(English().vocab, words=words, heads=heads, deps=relations, tags=tags, lemmas=lemmas)


def place(doc: Doc, i: int, country: str, precision: PlacePrecision) -> Place:
    """A token as a place."""
    token = doc[i]
    end = token.idx + len(token)
    return Place(token.text, token.idx, end, token.text, country, None, 0.0, 0.0, None, precision, 1.0)


def found(doc: Doc) -> dict[str, str]:
    """The places that the words of a Doc mean, by word; its fourth token is a town, its seventh a country."""
    town, country = place(doc, 3, "TZA", PlacePrecision.TOWN), place(doc, 6, "TZA", PlacePrecision.COUNTRY)
    return {token.text: one.name for token, one in place_anaphors(doc, [(doc[3], town), (doc[6], country)])}


def test_the_city_is_the_last_town_and_there_the_last_place():
    assert found(sentences(WORDS, HEADS, RELATIONS, TAGS)) == {"city": "Mwanza", "there": "Tanzania"}


@pytest.mark.parametrize(("other", "is_town"), [("TZA", True), ("KEN", False)])
def test_in_a_country_right_after_a_town_of_it_is_in_the_town(other, is_town):
    doc = sentences(WORDS, HEADS, RELATIONS, TAGS)
    town, country = place(doc, 3, "TZA", PlacePrecision.TOWN), place(doc, 6, other, PlacePrecision.COUNTRY)
    named = [(doc[3], town), (doc[6], country)]
    assert named_within(doc[5], country, named) is (town if is_town else country)
    assert named_within(doc[2], town, named) is town


@pytest.mark.parametrize(("at", "relation"), [(14, "expl"), (10, "amod")])
def test_no_place_where_nothing_known_is_meant(at, relation):
    """ "There were", "fought over large city": neither is a place named before."""
    relations = [relation if i == at else one for i, one in enumerate(RELATIONS)]
    doc = sentences(WORDS, HEADS, relations, TAGS)
    assert doc[at].text not in found(doc)
    assert len(found(doc)) == 1


def test_a_country_is_named_or_known_by_its_people():
    words = "Turkish judges met near Lyon in France .".split()
    doc = sentences(words, [1, 2, 2, 2, 3, 4, 5, 2], "amod nsubj ROOT prep pobj prep pobj punct".split(), ["NN"] * 8)
    doc._.mentions = [MentionSpan(0, 1, "NORP", is_name=True, country="TUR")]
    doc._.places = [place(doc, 4, "FRA", PlacePrecision.TOWN), place(doc, 6, "FRA", PlacePrecision.COUNTRY)]
    countries = CountryPlaces(doc)
    france, turkey = countries.get("FRA"), countries.get("TUR")
    assert france is doc._.places[1] and countries.is_named("FRA")
    assert turkey is not None and (turkey.name, turkey.text, turkey.precision) == ("Turkey", "Turkish", "country")
    assert not countries.is_named("TUR") and countries.get("DEU") is None and countries.get(None) is None


@pytest.mark.parametrize(
    ("preposition", "noun", "way", "expected"),
    [
        ("in", "met", "", True),
        ("to", "flew", "to", True),
        ("to", "wrote", "", False),
        ("from", "withdrew", "from", True),
        ("from", "withdrew", "to", False),
        ("of", "out", "from", True),
        ("of", "out", "", False),
        ("of", "bay", "", True),
        ("of", "president", "", False),
    ],
)
def test_prepositions_of_place_by_the_way_of_the_act(preposition, noun, way, expected):
    doc = sentences([noun, preposition, "Gao"], [0, 0, 1], ["ROOT", "prep", "pobj"], ["NN", "IN", "NNP"])
    assert is_of_place(doc[1], way) is expected


def test_a_speaker_is_where_the_sentence_begins_from():
    words = "From Gao he spoke . He came from Gao .".split()
    relations = "prep pobj nsubj ROOT punct nsubj ROOT prep pobj punct".split()
    doc = sentences(words, [3, 0, 3, 3, 3, 6, 6, 6, 7, 6], relations, "IN NNP PRP VBD . PRP VBD IN NNP .".split())
    assert opens_from(doc[0])
    assert not opens_from(doc[7])


@pytest.mark.parametrize(
    ("mode", "at", "expected"),
    [("troops", "BWA", {"sender"}), ("troops", "LSO", {"host"}), ("militia", "BWA", set())],
)
def test_who_sends_from_abroad_is_not_where_it_happens(mode, at, expected):
    doc = sentences(["Botswana"], [0], ["ROOT"], ["NNP"])
    doc._.mentions, doc._.places = [], []
    evidence = PlaceEvidence(CountryPlaces(doc), load_event_lexicon(), "LSO", is_of_one_country=True)
    actors = [SimpleNamespace(country="BWA", entity=None)]
    draft: Any = SimpleNamespace(event_type="MOBILIZE", mode=mode, actors=actors, parties=lambda: actors)
    found = evidence.of(place(doc, 0, at, PlacePrecision.COUNTRY), draft)
    assert set(found) & {"sender", "host"} == expected


@pytest.mark.parametrize(("word", "expected"), [("in", True), ("since", False), ("than", False)])
def test_what_an_act_is_compared_with_was_elsewhere(word, expected):
    """ "Called the attack the deadliest since an assault in Gao"."""
    words = f"They called it deadliest {word} assault in Gao .".split()
    relations = "nsubj ROOT dobj oprd prep pobj prep pobj punct".split()
    doc = sentences(words, [1, 1, 1, 1, 1, 4, 5, 6, 1], relations, "PRP VBD PRP JJS IN NN IN NNP .".split())
    assert is_in_main_line(doc[6]) is expected


def test_a_country_is_the_stage_where_no_act_is_told_elsewhere():
    doc = sentences(WORDS, HEADS, RELATIONS, TAGS)
    country, town = place(doc, 6, "TZA", PlacePrecision.COUNTRY), place(doc, 3, "TZA", PlacePrecision.TOWN)
    assert not is_staged([("scene", country), ("before", town), ("lead", None)], country)
    assert not is_staged([("lead", town)], country)
    assert is_staged([("lead", town), ("before", town)], country)
    assert is_staged([("scene", town)], country)


@pytest.mark.parametrize(
    ("setting", "countries", "expected"),
    [
        (["deed", "home=all"], ["KEN"], ["bodily"]),
        (["deed", "home=all", "unreal"], ["KEN"], []),
        (["deed", "home=none"], [None], ["countryless"]),
        (["word", "home=all"], [None], []),
    ],
)
def test_a_deed_is_somewhere(setting, countries, expected):
    draft: Any = SimpleNamespace(parties=lambda: [SimpleNamespace(country=country) for country in countries])
    assert needs_place(draft, setting) == expected


@pytest.mark.parametrize(
    ("source", "evidence", "expected"),
    [
        ("home", ["whole", "implied"], ["unnamed"]),
        ("country", ["whole", "implied"], []),
        ("before", ["whole", "foreign", "abroad"], ["third-country"]),
        ("before", ["whole", "own", "abroad"], []),
        ("before", ["within", "foreign", "abroad"], []),
    ],
)
def test_what_is_seen_of_a_place_with_its_source(source, evidence, expected):
    assert of_source(source, evidence, ["deed", "home=none"]) == expected
    assert of_source(source, evidence, ["word", "home=none"]) == []


def test_whose_country_a_place_is_of():
    assert is_addressees(["whole", "theirs", "between"])
    assert not is_addressees(["whole", "own", "between"])
    assert not is_addressees(["whole", "theirs"])  # nobody knows whence the others are
