"""Names of states and capitals, offices and days of events, by the day of the document; states that no list has."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipelines.errors import LexiconError
from pipelines.nlp.actors.component import get_describer
from pipelines.nlp.actors.lexicon import LEXICONS, load_lexicon
from pipelines.nlp.annotations import DocumentContext
from pipelines.records import Event, EventDateSource, Modality


def read(nlp: Language, text: str, published: str | None) -> Doc:
    doc = nlp.make_doc(text)
    day = date.fromisoformat(published) if published else None
    doc._.context = DocumentContext("dated", text, published_date=day)
    return nlp(doc)


def only_event(nlp: Language, text: str, published: str) -> Event:
    (event,) = read(nlp, text, published)._.events
    return event


@pytest.mark.parametrize(
    ("phrase", "on", "country", "sector"),
    [
        ("Congolese soldiers", "1980-05-01", "COG", "MIL"),
        ("Congolese soldiers", "1965-05-01", "COD", "MIL"),
        ("Congolese soldiers", "2019-05-01", "COD", "MIL"),
        ("Congolese soldiers", None, "COD", "MIL"),
        ("East German foreign minister", "1979-05-01", "DEU", "GOV"),
        ("East German foreign minister", "1999-05-01", "DEU", "ELI"),
        ("the Czechoslovak president", "2001-05-01", "CZE", "ELI"),
        ("South Vietnamese marines", "1990-05-01", "VNM", "MIL"),
        ("the Rhodesian prime minister", "1975-05-01", "ZWE", "GOV"),
        ("the Rhodesian prime minister", "1995-05-01", "ZWE", "ELI"),
        ("the Burmese prime minister", "1995-05-01", "MMR", "GOV"),
        ("the Russian president", "2001-05-01", "RUS", "GOV"),
        ("the West German chancellor", "1990-12-01", "DEU", "GOV"),
    ],
)
def test_a_phrase_means_what_it_meant(phrase, on, country, sector):
    stated = get_describer().describe_text(phrase, on=date.fromisoformat(on) if on else None)
    assert (stated.country, stated.sector) == (country, sector)


@pytest.mark.parametrize(
    ("phrase", "on", "end"),
    [
        ("Soviet paratroopers", "2003-05-01", "1991-12-26"),
        ("Yugoslavia", "2012-05-01", "1992-04-27"),
        ("Yugoslav police", "2000-05-01", None),
        ("Zairean police", "2010-05-01", "1997-05-17"),
        ("Upper Volta", "1990-05-01", "1984-08-03"),
        ("West German police", "1991-05-01", None),
        ("Serbia and Montenegro", "2011-05-01", None),
        ("Soviet pensioners", "2003-05-01", None),
        ("the former Soviet general Ivan Orlov", "2003-05-01", None),
        ("Soviet paratroopers", "1980-05-01", None),
        ("Russian paratroopers", "2003-05-01", None),
    ],
)
def test_organs_end_with_their_state_and_people_do_not(phrase, on, end):
    found = get_describer().state_end(phrase, on=date.fromisoformat(on))
    assert found == (date.fromisoformat(end) if end else None)


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "published", "day", "modality"),
    [
        ("Soviet soldiers shelled a village near Herat.", "1984-06-12", "1984-06-12", Modality.ACTUAL),
        ("Soviet soldiers shelled a village near Herat.", "2004-06-12", None, Modality.HISTORICAL),
        ("Soviet soldiers shelled a village near Herat in 1983.", "2004-06-12", "1983-01-01", Modality.HISTORICAL),
        ("Russian soldiers shelled a village near Herat.", "2004-06-12", "2004-06-12", Modality.ACTUAL),
        ("East German police arrested two students.", "2004-06-12", None, Modality.HISTORICAL),
        ("Rhodesian soldiers shelled a village.", "1999-06-12", None, Modality.HISTORICAL),
        ("Burmese soldiers shelled a village.", "1999-06-12", "1999-06-12", Modality.ACTUAL),
    ],
)
def test_what_a_gone_state_did_is_of_no_day_that_nobody_told(nlp, text, published, day, modality):
    event = only_event(nlp, text, published)
    assert event.modality == modality
    assert event.event_date_start == (date.fromisoformat(day) if day else None)
    assert (event.event_date_source == EventDateSource.NONE) == (day is None)


@pytest.mark.model
@pytest.mark.parametrize(("published", "countries"), [("2004-03-01", {"SRB"}), ("2014-03-01", {"SRB", "MNE"})])
def test_a_union_is_one_state_in_its_time_and_two_after_it(nlp, published, countries):
    event = only_event(nlp, "Serbia and Montenegro signed an agreement with Albania on Monday.", published)
    assert {party.country for party in (*event.actors, *event.recipients)} == countries | {"ALB"}


@pytest.mark.model
@pytest.mark.parametrize(
    ("published", "place", "country"),
    [("1985-03-01", "Republic of the Congo", "COG"), ("2015-03-01", "Democratic Republic of the Congo", "COD")],
)
def test_a_place_is_that_of_its_time(nlp, published, place, country):
    (found,) = read(nlp, "Floods drove thousands from their homes in Congo.", published)._.places
    assert (found.name, found.country) == (place, country)


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("The Republic of Karland accused Norway of lying. Norway rejected the charge.", {"Republic of Karland": None}),
        ("The president of the Republic of Riverside, Eva Holm, met Russian lawmakers on Monday.", {"Riverside": None}),
        ("The Emirate of Karland attacked Kenya on Monday. Karland soldiers arrested two Kenyan nurses.",
         {"Emirate of Karland": None, "Karland soldiers": None}),
        ("The Kingdom of Spain thanked the Republic of Finland on Monday.",
         {"Kingdom of Spain": "ESP", "Republic of Finland": "FIN"}),
    ],
)  # fmt: skip
def test_a_state_in_no_list_has_no_country(nlp, text, countries):
    doc = read(nlp, text, "2018-03-01")
    parties = [party for event in doc._.events for party in (*event.actors, *event.recipients)]
    for name, country in countries.items():
        found = [party.country for party in parties if name in party.text]
        assert found and set(found) == {country}, [(party.text, party.country) for party in parties]
    assert not [place.name for place in doc._.places if place.name in ("Karland", "Riverside")]


@pytest.mark.parametrize(
    ("row", "named"),
    [("Nowhere,name,1950,1960,Atlantis,then", "Atlantis"), ("Nowhere,verb,1950,1960,France,then", "form"),
     ("Nowhere,name,fifty,1960,France,then", "fifty")],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named(tmp_path, row, named):
    for path in LEXICONS.glob("*.csv"):
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "dated_names.csv").unlink()
    (tmp_path / "dated_names.csv").write_text(f"name,form,since,until,means,holds\n{row}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=f"dated_names.csv line 2.*{named}"):
        load_lexicon(tmp_path)
