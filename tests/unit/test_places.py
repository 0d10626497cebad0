"""Place names of documents: which spans, which namesake, which point. Sentences in tests/cases/places.jsonl."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipelines.nlp.annotations import DocumentContext, set_extensions
from pipelines.nlp.places.component import PlacesComponent, place_at, place_for_span
from pipelines.nlp.places.view import TokenView

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "places.jsonl").open(encoding="utf-8")]
NEAR_KM = 161  # 100 miles, the usual tolerance of toponym resolution


@pytest.fixture(scope="module")
def component() -> PlacesComponent:
    set_extensions()
    return PlacesComponent()


def doc_of(words: str, *, labels: dict[str, str] | None = None, source_name: str | None = None) -> Doc:
    """A Doc of space-separated tokens, all proper nouns where capitalised; `labels` names single-token entities."""
    tokens = words.split()
    doc = Doc(
        Vocab(),
        words=tokens,
        pos=["PROPN" if token[0].isupper() else "X" for token in tokens],
        sent_starts=[index == 0 or tokens[index - 1] == "." for index in range(len(tokens))],
        ents=[f"B-{(labels or {})[token]}" if token in (labels or {}) else "O" for token in tokens],
    )
    doc._.context = DocumentContext("test", doc.text, source_name=source_name)
    return doc


def kilometres(place, latitude: float, longitude: float) -> float:
    a, b, c, d = map(math.radians, (place.latitude, place.longitude, latitude, longitude))
    return 6371 * math.acos(min(1.0, math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(d - b)))


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_sentence(nlp, case) -> None:
    found = {place.text: place for place in nlp(case["text"])._.places}
    if not case["places"]:
        assert found == {}
    for text, country, latitude, longitude in case["places"]:
        assert text in found, sorted(found)
        assert found[text].country == country
        assert kilometres(found[text], latitude, longitude) < NEAR_KM, found[text]


def test_no_place(component) -> None:
    doc = component(doc_of("it rained again today ."))
    assert doc._.places == []
    assert place_at(doc, 0) is None


def test_index_finds_the_place_of_every_token_of_its_name(component) -> None:
    doc = component(doc_of("they met in San Salvador today", labels={"San": "GPE"}))
    (place,) = doc._.places
    assert (place.text, place.country) == ("San Salvador", "SLV")
    assert place_at(doc, 3) is place_at(doc, 4) is place
    assert place_for_span(doc, 0, 6) is place
    assert place_for_span(doc, 0, 3) is None


def test_text_comes_from_the_canonical_text(component) -> None:
    doc = doc_of("they met in Lima today", labels={"Lima": "GPE"})
    doc._.context = DocumentContext("test", doc.text.replace("Lima", "LIMA"))
    (place,) = component(doc)._.places
    assert place.text == "LIMA"
    assert doc._.context.text[place.start_char : place.end_char] == place.text


def test_name_tagged_as_a_firm_is_a_place_after_a_preposition_of_place(component) -> None:
    said, lived = (
        doc_of("Lufkin gained", labels={"Lufkin": "ORG"}),
        doc_of("he lived in Lufkin", labels={"Lufkin": "ORG"}),
    )
    assert component(said)._.places == []
    assert [place.text for place in component(lived)._.places] == ["Lufkin"]


def test_publication_hints_at_a_namesake(component) -> None:
    words, labels = "the council of Springfield met", {"Springfield": "GPE"}
    without = component(doc_of(words, labels=labels))._.places[0]
    hinted = component(doc_of(words, labels=labels, source_name="Illinois Sunday Herald"))._.places[0]
    assert (without.admin1, hinted.admin1) == ("Missouri", "Illinois")


def test_confidence_falls_with_the_number_of_namesakes(component) -> None:
    clear = component(doc_of("they met in Reykjavik", labels={"Reykjavik": "GPE"}))._.places[0]
    vague = component(doc_of("they met in Clinton", labels={"Clinton": "GPE"}))._.places[0]
    assert 0.0 <= vague.confidence < 0.5 < clear.confidence <= 1.0


def test_many_names_cost_no_square(component) -> None:
    towns = (
        "Lima Quito Bogota Paris Lyon Oslo Kyiv Minsk Riga Cairo Accra Lagos Dakar Perth Suva Osaka Kyoto Seoul".split()
    )
    streets = [f"{town} {number}" for number in range(60) for town in towns]
    doc = component(doc_of(" , ".join(streets), labels=dict.fromkeys(towns, "GPE")))
    assert len(doc._.places) == len(streets)


def test_the_text_of_a_name_is_read_off_its_own_words() -> None:
    read: list[int] = []

    class Counted(list):  # type: ignore[type-arg]
        def __getitem__(self, at):
            read.append(len(range(*at.indices(len(self)))) if isinstance(at, slice) else 1)
            return super().__getitem__(at)

    view = TokenView(doc_of("the port of  Palma , the town of Old-Ham and fifty more"))
    view.tokens = Counted(view.tokens)
    assert view.beginnings(1, 4) == ["port", "port of", "port of Palma"]
    assert max(read) <= 3


def test_a_town_is_not_the_district_of_its_name(component) -> None:
    """Districts of one country support each other; the city that is likelier by itself is meant all the same."""
    doc = component(doc_of("Fighting went on in Sabha , in Murzuq and near Tripoli .", labels={"Sabha": "GPE"}))
    assert {place.name for place in doc._.places if place.precision == "town"} >= {"Sabha", "Tripoli"}
