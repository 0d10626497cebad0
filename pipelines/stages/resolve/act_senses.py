"""Senses of the words that reports tell acts with: "kidnapped", "abducted" and "seized" are words for one act.

What belongs here: `senses_of` and its lexicon. What does not: which words of a trigger tell most (`report_words.py`), and what a
shared sense says of two reports (`pair_evidence.py`).
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from pipelines.stages.resolve.likeness import stems

_LEXICON = Path(__file__).parents[2] / "lexicons" / "act_senses.csv"


@lru_cache(maxsize=50_000)
def senses_of(phrase: str) -> int:
    """Bits: the senses of the words of a trigger.

    Args:
        phrase: of `report_words.trigger_phrase`.
    """
    found = 0
    for stem in stems(phrase):
        found |= _senses_of_stem().get(stem, 0)
    return found


@cache
def _senses_of_stem() -> dict[str, int]:
    rows = pd.read_csv(_LEXICON, comment="#", keep_default_na=False)
    bits = {sense: 1 << number for number, sense in enumerate(sorted(set(rows["sense"])))}
    found: dict[str, int] = {}
    for sense, word in zip(rows["sense"], rows["word"], strict=True):
        for stem in stems(word):
            found[stem] = found.get(stem, 0) | bits[sense]
    return found
