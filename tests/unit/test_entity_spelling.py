"""Spellings of one name: the quick answer is that of the whole table of costs."""

from __future__ import annotations

import random

import pytest

from pipelines.stages.resolve import entity_spelling
from pipelines.stages.resolve.entity_spelling import is_near, sounds


def whole_distance(first: str, second: str) -> float:
    """What it costs to turn the sounds of one word into those of the other, with no short cut."""
    silent, changes = entity_spelling._SILENT, entity_spelling._CHANGES
    a, b = sounds(first), sounds(second)
    previous = [0.0]
    for sound in b:
        previous.append(previous[-1] + silent.get(sound, 1.0))
    for sound in a:
        row = [previous[0] + silent.get(sound, 1.0)]
        for j, other in enumerate(b, 1):
            change = 0.0 if sound == other else changes.get((sound, other), 1.0)
            costs = (previous[j - 1] + change, previous[j] + silent.get(sound, 1.0), row[-1] + silent.get(other, 1.0))
            row.append(min(costs))
        previous = row
    return previous[-1]


@pytest.mark.parametrize("limit", [0.225, 0.45, 0.6, 1.0])
def test_a_short_cut_changes_no_answer(limit: float) -> None:
    draw = random.Random(3)
    near = 0
    for _ in range(3_000):
        word = [draw.choice("ghckvfuioaeszjdtbplrnm") for _ in range(draw.randint(2, 9))]
        other = list(word)
        for _ in range(draw.randint(0, 3)):
            at = draw.randrange(len(other))
            other[at : at + draw.randint(0, 1)] = draw.choice(["", "h", "e", "i", "kh", "z", "u", "d"])
            other = other or ["a"]
        told = "".join(word), "".join(other) or "a"
        found = is_near(*told, limit)
        assert found == (whole_distance(*told) <= limit), told
        near += found
    assert 300 < near < 2_900


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("mukhtar", "muhtar", True),
        ("yusuf", "youssouf", True),
        ("lindholm", "lindqvist", False),
        ("olga", "helga", False),
    ],
)
def test_systems_of_transcription(first: str, second: str, is_one: bool) -> None:
    assert is_near(first, second, 0.45) is is_one
