"""The articles coded by hand are well formed: the form that `tests/cases/articles/README.md` describes."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.nlp.events.lexicon import LEXICONS, read_rows
from pipelines.records import Modality

FOLDER = Path(__file__).parents[1] / "cases" / "articles"
PARTS = {
    name: [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    for name in ("training", "test")
}
MENTIONS = [(article["id"], event) for part in PARTS.values() for article in part for event in article["events"]]
GENRES = set(
    "wire local_paper tabloid ministry_statement live_report translated opinion interview broadcast ngo_report".split()
)
SECTORS = set(
    "GOV MIL COP JUD LEG SPY PTY REB OPP UAF UNK AGR BUS CRM CVL EDU ELI JRN LAB MED REF PRE REL SOC IGO UNO EUR NGO ISM"
    " IMG MNC".split()
)
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?(/\d{4}(-\d\d(-\d\d)?)?)?|PAST|")


def countries() -> set[str]:
    codes: set[str] = set()
    for name in ("countries.csv", "places_countries.csv"):
        with (LEXICONS / name).open(encoding="utf-8", newline="") as file:
            rows = csv.reader(line for line in file if line.strip() and line[0] != "#")
            codes.update(cell for row in rows for cell in row if re.fullmatch("[A-Z]{3}", cell))
    return codes


def parties(event: dict[str, Any]) -> list[dict[str, Any]]:
    return [*event["actors"], *event["recipients"]]


def test_parts_have_the_stated_size_and_share_nothing():
    assert {name: len(part) for name, part in PARTS.items()} == {"training": 199, "test": 45}
    names = [article["id"] for part in PARTS.values() for article in part]
    texts = {article["text"] for part in PARTS.values() for article in part}
    assert len(set(names)) == len(names) == len(texts) == 244
    assert len(MENTIONS) >= 3000


@pytest.mark.parametrize("part", PARTS)
def test_articles(part):
    known = countries()
    for article in PARTS[part]:
        assert re.fullmatch("[a-z0-9_]+", article["id"])
        assert article["genre"] in GENRES, article["id"]
        assert article["country"] in known, article["id"]
        assert article["kind"] == ("pol" if article["events"] else "non"), article["id"]
        assert len(article["text"].split()) >= 280, article["id"]
        date.fromisoformat(article["published_date"])


def test_spans_are_the_words_that_they_name():
    texts = {article["id"]: article["text"] for part in PARTS.values() for article in part}
    for name, event in MENTIONS:
        text = texts[name]
        assert text[event["start_char"] : event["end_char"]] == event["trigger"], (name, event["anchor"])
        assert text.count(event["anchor"]) == 1, (name, event["anchor"])
        assert event["trigger"] in event["anchor"], (name, event["anchor"])


def test_values_are_of_the_closed_lists():
    rows = [row for _, row in read_rows("event_types.csv")]
    types, modes = {row["event_type"] for row in rows}, {row["event_mode"] for row in rows} - {""}
    for name, event in MENTIONS:
        where = (name, event["anchor"])
        assert event["types"], where
        assert set(event["types"]) <= types, where
        assert set(event["modes"]) <= modes, where
        assert event["modality"], where
        assert set(event["modality"]) <= {m.value for m in Modality}, where
        assert event["date_from"] in ("sentence", "article", "publication", "none"), where
        assert DATE.fullmatch(event["date"]), where
        assert all(isinstance(event[key], bool) for key in ("symmetric", "negated", "required")), where


def test_parties_have_names_countries_and_sectors():
    known = countries()
    for name, event in MENTIONS:
        for party in parties(event):
            assert party["text"] or party["names"], (name, event["anchor"])
            assert not party["country"] or party["country"] in known, (name, party)
            assert set(party["sectors"]) <= SECTORS, (name, party)
            assert isinstance(party["optional"], bool), (name, party)
