"""Senses of the words that reports tell acts with: "kidnapped", "abducted" and "seized" are words for one act.

What belongs here: `senses_of`, `senses_of_means`, `senses_of_mode` and their lexicons. What does not: which words of a
trigger tell most (`report_words.py`), and what a shared sense says of two reports (`pair_evidence.py`).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from pipelines.stages.resolve.likeness import stems

_LEXICONS = Path(__file__).parents[2] / "lexicons"
_LAST_WORD = re.compile(r"([^\W_]+)\s+$")


@lru_cache(maxsize=50_000)
def senses_of(phrase: str) -> int:
    """Bits: the senses of the words of a trigger.

    Args:
        phrase: of `report_words.trigger_phrase`.
    """
    found = 0
    for stem in stems(phrase):
        found |= _senses_by_stem("act_senses.csv").get(stem, 0)
    return found


def senses_of_means(before: str) -> int:
    """Bits: the senses of an act by what does it, as a bomb that killed.

    Args:
        before: the words right before the trigger; the last one counts.
    """
    word = _LAST_WORD.search(before)
    return _senses_of_thing(word[1]) if word else 0


def senses_of_mode(event_type: str, event_mode: str | None) -> int:
    """Bits: the senses of a mode that names the act itself, such as an arrest; 0 of one that tells the means or the form.

    Args:
        event_type: of the event.
        event_mode: likewise; `None` where it is left open.
    """
    return _senses_of_modes().get((event_type, event_mode), 0)


@lru_cache(maxsize=50_000)
def _senses_of_thing(word: str) -> int:
    found = 0
    for stem in stems(word):
        found |= _senses_by_stem("means_senses.csv").get(stem, 0)
    return found


@cache
def _senses_by_stem(name: str) -> dict[str, int]:
    rows, bits = _rows(name), _bits()
    found: dict[str, int] = {}
    for sense, word in zip(rows["sense"], rows["word"], strict=True):
        for stem in stems(word):
            found[stem] = found.get(stem, 0) | bits[sense]
    return found


@cache
def _senses_of_modes() -> dict[tuple[str, str | None], int]:
    rows, bits = _rows("mode_senses.csv"), _bits()
    kinds = zip(rows["event_type"], rows["event_mode"], rows["sense"], strict=True)
    return {(event_type, event_mode): bits[sense] for event_type, event_mode, sense in kinds}


def _bits() -> dict[str, int]:
    """The bit of each sense."""
    senses = {
        sense for name in ("act_senses.csv", "means_senses.csv", "mode_senses.csv") for sense in _rows(name)["sense"]
    }
    return {sense: 1 << number for number, sense in enumerate(sorted(senses))}


def _rows(name: str) -> pd.DataFrame:
    return pd.read_csv(_LEXICONS / name, comment="#", keep_default_na=False)
