"""Country, sector and title of actor phrases, and the form of the actor lexicons."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import LexiconError
from pipelines.nlp.actors.component import get_describer
from pipelines.nlp.actors.lexicon import LEXICONS, load_lexicon, read_rows
from pipelines.nlp.actors.phrase_index import Entry, Kind, PhraseIndex, split_words

CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "actors.csv").open(encoding="utf-8")))
FILES = ("countries.csv", "organisations.csv", "regions.csv", "leaders.csv", "actor_nouns.csv", "dated_names.csv")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["phrase"])
def test_phrase(case: dict[str, str]) -> None:
    found = get_describer().describe_text(case["phrase"])
    assert (found.country or "", found.sector or "") == (case["country"], case["sector"])
    if case["title"]:
        assert found.title == case["title"]


def test_office_holder_is_elite_after_the_office() -> None:
    describer = get_describer()
    assert describer.describe_text("Angela Merkel", on=date(2015, 5, 1)).sector == "GOV"
    assert describer.describe_text("Angela Merkel", on=date(2023, 5, 1)).sector == "ELI"
    assert describer.describe_text("Angela Merkel", on=date(2023, 5, 1)).country == "DEU"


def test_longest_phrase_wins() -> None:
    index = PhraseIndex()
    index.add("Niger", Entry(Kind.COUNTRY, "Niger", "country:NER"))
    index.add("Niger Delta", Entry(Kind.REGION, "Niger Delta", "region:niger delta"))
    assert [m.entry.name for m in index.find(split_words("from Niger to the Niger Delta"))] == ["Niger", "Niger Delta"]


def test_phrases_begin_where_a_first_word_stands_alone_or_before_its_second() -> None:
    index = PhraseIndex()
    index.add("Niger", Entry(Kind.COUNTRY, "Niger", "country:NER"))
    index.add("the Hague", Entry(Kind.CITY, "The Hague", "place:NLD:the hague"))
    assert index.beginnings("the niger and the hague behind the".split()) == [1, 3]
    assert index.beginnings([]) == []


def test_acronym_needs_capitals_and_name_a_capital() -> None:
    index = PhraseIndex()
    index.add("US", Entry(Kind.COUNTRY, "United States", "country:USA", is_acronym=True))
    index.add("Turkey", Entry(Kind.COUNTRY, "Turkey", "country:TUR"))
    assert not index.find(split_words("give us turkey"))
    assert len(index.find(split_words("US and Turkey"))) == 2


@pytest.mark.parametrize(
    ("file", "row", "message"),
    [
        ("countries.csv", "KENYA,Kenya,,Kenyan,Kenyans,Nairobi", "alpha-3"),
        ("organisations.csv", "Tana Club,,KEN,XYZ,ngo", "no sector code"),
        ("organisations.csv", "Tana Club,,KYA,NGO,ngo", "no country code"),
        ("leaders.csv", "Ada Falk,,KEN,GOV,19x4,", "is no date"),
        ("actor_nouns.csv", "falconer,falconers,head,CVL,", "role"),
        ("actor_nouns.csv", "falconer,falconers,noun", "cells"),
    ],
)
def test_bad_row_is_named(tmp_path: Path, file: str, row: str, message: str) -> None:
    for name in FILES:
        text = (LEXICONS / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text + (row + "\n" if name == file else ""), encoding="utf-8")
    line = (tmp_path / file).read_text(encoding="utf-8").count("\n")
    with pytest.raises(LexiconError, match=message) as raised:
        load_lexicon(tmp_path)
    assert f"{file} line {line}" in str(raised.value)


def test_wrong_header_is_named(tmp_path: Path) -> None:
    path = tmp_path / "given_names.csv"
    path.write_text("# names\nname,sex\nAda,f\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="given_names.csv line 2"):
        list(read_rows(path, ("name", "gender")))
