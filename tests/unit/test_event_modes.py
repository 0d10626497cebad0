"""Modes that the words with an event say, and how one of several days or places is settled on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.nlp.events.settling import Options

CASES = Path(__file__).parents[1] / "cases"
TEXTS = [json.loads(line) for line in (CASES / "event_modes.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.model
@pytest.mark.parametrize("case", TEXTS, ids=[f"{case['kind']}: {case['mode']}" for case in TEXTS])
def test_mode(nlp, case):
    found = [(e.event_type, e.event_mode) for e in nlp(case["text"])._.events]
    assert (case["type"], case["mode"]) in found


def test_equal_values_are_one_option():
    options: Options[str] = Options(str.lower, ["deed"])
    options.add("clause", "Oslo")
    options.add("scene", "oslo", ["within"])
    assert len(options.all()) == 2
    assert options.all()[1].evidence == {"clause", "clause:deed", "scene", "scene:within", "scene:deed"}


@pytest.mark.parametrize(
    ("weights", "value"), [({"clause": 1.0}, "Oslo"), ({"clause": 1.0, "nothing:deed": 2.0}, None)]
)
def test_the_greatest_sum_is_settled_on(weights, value):
    options: Options[str] = Options(str.lower, ["deed"])
    options.add("clause", "Oslo")
    assert options.best(weights).value == value
