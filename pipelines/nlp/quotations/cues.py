"""The cue lexicon as an object: which word forms introduce speech, and how.

What belongs here: reading and checking `pipelines/lexicons/cue_verbs.csv` and deriving the regular word forms. What does
not: finding cues in a text (`attribution.py`).
"""

from __future__ import annotations

import csv
from dataclasses import field
from functools import cache
from pathlib import Path

from pipelines.errors import LexiconError
from pipelines.immutable import dataclass

CUE_FILE = Path(__file__).resolve().parents[2] / "lexicons" / "cue_verbs.csv"
CLASSES = {
    "VERB": {"say", "call", "judge", "think", "adjacent"},
    "NOUN": {"text", "speech"},
    "PHRASE": {"prefix"},
}


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that introduces speech; `cue_class` is explained at the head of the lexicon."""

    lemma: str
    cue_class: str
    particle: str = ""  # the word that makes the verb one of saying: cut in


@dataclass(frozen=True, slots=True)
class CueLexicon:
    """Cues by lower-case word form, verbs with a particle by form and particle; phrases by their first word."""

    verbs: dict[str, Cue] = field(default_factory=dict)
    particle_verbs: dict[tuple[str, str], Cue] = field(default_factory=dict)
    nouns: dict[str, Cue] = field(default_factory=dict)
    phrases: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


@cache
def load_cues(path: Path = CUE_FILE) -> CueLexicon:
    """The cue lexicon of a file.

    Raises:
        LexiconError: a row has an unknown part of speech or class, or no lemma.
    """
    lexicon = CueLexicon()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        for row in rows:
            lemma, pos, cue_class = ((row[name] or "").strip() for name in ("lemma", "pos", "class"))
            if not lemma or cue_class not in CLASSES.get(pos, ()):
                raise LexiconError(
                    f"{path}, data row {rows.line_num - 1}: {row!r} needs a lemma, a pos and a class of its pos"
                )
            forms = [form for form in (row["forms"] or "").split(";") if form]
            _add(lexicon, Cue(lemma, cue_class), pos, forms)
    return lexicon


def _add(lexicon: CueLexicon, cue: Cue, pos: str, irregular: list[str]) -> None:
    if pos == "VERB":
        verb, _, particle = cue.lemma.partition(" ")
        for form in {verb, _s_form(verb), *(irregular or _past_and_participle(verb))}:
            if particle:
                lexicon.particle_verbs[form, particle] = Cue(cue.lemma, cue.cue_class, particle)
            else:
                lexicon.verbs[form] = cue
    elif pos == "NOUN":
        for form in (cue.lemma, _s_form(cue.lemma)):
            lexicon.nouns[form] = cue
    else:
        words = tuple(cue.lemma.split())
        lexicon.phrases[words[0]] = (*lexicon.phrases.get(words[0], ()), words)


def _s_form(lemma: str) -> str:
    if lemma.endswith(("s", "x", "z", "ch", "sh")):
        return lemma + "es"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies"
    return lemma + "s"


def _past_and_participle(lemma: str) -> tuple[str, str]:
    if lemma.endswith("e"):
        return lemma + "d", lemma[:-1] + "ing"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ied", lemma + "ing"
    return lemma + "ed", lemma + "ing"
