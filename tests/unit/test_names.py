"""Names of a document: spans, labels and affiliations."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipelines.errors import LexiconError
from pipelines.nlp.names.lexicon import load_given_names, load_teams
from pipelines.nlp.names.sports import find_sport

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "names.jsonl").read_text("utf-8").splitlines()
]
TAG = re.compile(r"\[([^\]]+)\]\((\w+)\)")


def untag(text: str) -> tuple[str, set[tuple[str, int, str]]]:
    """The text without tags, and text, start and label of each tagged name."""
    plain, spans, at = "", set(), 0
    for match in TAG.finditer(text):
        plain += text[at : match.start()]
        spans.add((match.group(1), len(plain), match.group(2)))
        plain += match.group(1)
        at = match.end()
    return plain + text[at:], spans


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_names(nlp: Language, case: dict[str, Any]) -> None:
    text, wanted = untag(case["text"])
    doc = nlp(text)
    names = {
        (doc[m.start : m.end].text, doc[m.start].idx, m.label)
        for m in doc._.mentions
        if m.is_name and m.label != "NORP"
    }
    assert wanted <= names
    if not case.get("others"):
        assert names == wanted
    assert {t for t, _, _ in names} >= set(case.get("also", ()))


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "name", "title", "country", "sector"),
    [
        ("Ghanaian Foreign Minister Amara Okoye left.", "Amara Okoye", "Foreign Minister", "GHA", "GOV"),
        ("Amara Okoye, the Ghanaian ambassador to Chad, left.", "Amara Okoye", "ambassador", "GHA", "GOV"),
        ("Peru's interior minister, Tomas Varga, left.", "Tomas Varga", "interior minister", "PER", "GOV"),
        ("The former Kenyan president Peter Mwangi left.", "Peter Mwangi", "president", "KEN", "ELI"),
        ("Amara Okoye, 45, left early.", "Amara Okoye", None, None, None),
        ("Peru's Interior Ministry denied it.", "Interior Ministry", None, "PER", "GOV"),
    ],
)
def test_affiliation(
    nlp: Language, text: str, name: str, title: str | None, country: str | None, sector: str | None
) -> None:
    doc = nlp(text)
    mention = next(m for m in doc._.mentions if doc[m.start : m.end].text == name)
    assert (mention.country, mention.sector) == (country, sector)
    assert mention.title == title


def test_sport_is_told_by_headline_or_words() -> None:
    assert find_sport(["cricket", "-", "kent"], [True, False, True]) == "cricket"
    assert find_sport(["cricket", "is", "fun"], [False, False, False]) is None
    assert find_sport("the striker scored a goal in the league match".split(), [False] * 3) == "sport"


def test_nickname_counts_in_its_sport_alone() -> None:
    teams = load_teams()
    assert teams.index("baseball").match_at(["Braves"], 0) is not None
    assert teams.index("hockey").match_at(["Braves"], 0) is None
    assert teams.index(None).match_at(["Braves"], 0) is None
    assert teams.index(None).match_at(["World", "Cup"], 0) is not None


def test_gender_must_be_known(tmp_path: Path) -> None:
    path = tmp_path / "given_names.csv"
    path.write_text("name,gender\nAda,x\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="line 2"):
        load_given_names(path)
