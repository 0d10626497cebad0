"""Counts of people, themes, and acts told twice, on sentences of our own."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.events.themes import load_thing_nouns
from pipelines.nlp.events.tolls import KINDS, load_count_words
from pipelines.records import Event

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "event_counts.jsonl").read_text(encoding="utf-8").splitlines()
]

pytestmark = pytest.mark.model


def code(nlp, text: str) -> list[Event]:
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext("doc", text, date(2024, 5, 15))
    return sorted(nlp(doc)._.events, key=lambda event: -event.confidence)


def is_right(case: dict, events: list[Event]) -> bool:
    """Whether each wanted row is there with its counts, and no row has a number that is none."""
    found = all(
        any(
            e.event_type == row["type"] and all(getattr(e, kind) == row[kind] for kind in KINDS if kind in row)
            for e in events
        )
        for row in case["rows"]
    )
    wanted = {value for row in case["rows"] for value in row.values()}
    given = {getattr(e, kind) for e in events for kind in KINDS} - {None}
    return found and not given & set(case["never"]) and (not case["rows"] or given <= wanted)


def test_counts(nlp):
    """Floor: 94 of 100 texts, measured 95: where a thing kills a bare number ("a bomb killed 12") no party is named."""
    assert len(CASES) >= 80
    wrong = [case["text"] for case in CASES if not is_right(case, code(nlp, case["text"]))]
    assert len(wrong) <= 0.06 * len(CASES), wrong


def test_the_words_are_of_known_kinds():
    assert set(load_count_words().values()) == set(KINDS)
    assert load_thing_nouns()["treaty"] == {"document", "first"}


@pytest.mark.parametrize(
    ("text", "actors", "recipients", "theme"),
    [
        ("Finland praised the ruling on Monday.", ["Finland"], [], "ruling"),
        ("Police in Zambia banned street marches.", ["Police"], [], "street marches"),
        ("Chile ratified the Highland Treaty last week.", ["Chile"], [], "Highland Treaty"),
        ("Drivers blocked the Marrow Bridge on Friday.", ["Drivers"], [], "Marrow Bridge"),
        ("Iran seized a Greek tanker.", ["Iran"], ["Greek"], "Greek tanker"),
        ("The verdict angered Portugal.", [], ["Portugal"], None),
        ("Norway's withdrawal angered Portugal.", [], ["Portugal"], None),
    ],
)
def test_parties_are_parties_and_things_are_themes(nlp, text, actors, recipients, theme):
    rows = [
        ([p.text for p in e.actors], [p.text for p in e.recipients], e.theme.text if e.theme else None)
        for e in code(nlp, text)
    ]
    assert any(
        (row[0] == actors or row[0] == recipients and not actors)
        and (row[1] == recipients or not actors)
        and (theme is None or row[2] == theme)
        for row in rows
    ), rows
    for event in code(nlp, text):
        if event.theme is not None:
            assert text[event.theme.start_char : event.theme.end_char] == event.theme.text


@pytest.mark.parametrize(
    ("text", "actors", "recipients", "mode"),
    [
        ("Three teachers were wounded after being attacked by rebels.", ["rebels"], ["Three teachers"], None),
        ("A Sudanese air strike killed nine herders.", ["Sudanese"], ["nine herders"], "aerial"),
        ("Rebels killed four guards and wounded six nurses.", ["Rebels"], ["four guards", "six nurses"], None),
    ],
)
def test_an_act_told_twice_in_a_sentence_is_one_row(nlp, text, actors, recipients, mode):
    (event,) = [e for e in code(nlp, text) if e.event_type == "ASSAULT"]
    assert [p.text for p in event.actors] == actors
    assert [p.text for p in event.recipients] == recipients
    assert event.event_mode == mode


def test_two_acts_of_a_sentence_stay_two(nlp):
    text = "Rebels killed two guards on Monday, and soldiers killed four rebels on Friday."
    assert len([e for e in code(nlp, text) if e.event_type == "ASSAULT"]) == 2
