"""The parts of a person's or organisation's name, and how two names are alike.

What belongs here: particles, initials, generations, legal forms, and the comparison of two names part by part. What does not:
how two words are spelled (`entity_spelling.py`), what else speaks for one entity (`entity_evidence.py`).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pipelines.stages.resolve.entity_spelling import is_near, plain, skeletons, sounds

_VARIANTS = Path(__file__).resolve().parents[2] / "lexicons" / "given_name_variants.csv"
# Small words of names, which one spelling has and another leaves out or writes as one with the next.
_PARTICLES = frozenset(
    "al el ul ad as at ar an bin bint ibn ben ould oued van von der den de del della di da do dos das du des la le las "
    "los y e ter ten te zu zur af av abu abul aboul abou".split()
)
# Of these, two names that both have some have the same ones: "van Horst" and "ter Horst" are two families.
_OF_FAMILIES = frozenset("von van der den ter ten te zu zur af av di da do dos das du des".split())
_SERVANT = frozenset("abd abdul abdel abdal abdol abdur abdus abdoul abdil".split())  # one name with the word after it
_HONORIFICS = frozenset("mr mrs ms miss sir dame lord lady dr prof sheikh shaikh haji hajji".split())
_GENERATIONS = {"jr": "2", "junior": "2", "sr": "1", "senior": "1", "ii": "2", "iii": "3", "iv": "4"}
# Legal forms by the law they are of: two companies of one name and different laws are two.
_LEGAL_FORMS = {
    form: law
    for law, forms in {
        "US": "corp corporation inc incorporated co company llc cos",
        "GB": "ltd limited plc pty pte bhd berhad",
        "SE": "ab",
        "NO": "asa as",
        "FI": "oy oyj",
        "DE": "ag gmbh kg kgaa",
        "FR": "sa sarl sas",
        "NL": "nv bv",
        "IT": "spa srl",
        "JP": "kk",
        "RU": "oao ooo zao pao",
    }.items()
    for form in forms.split()
}
_SMALL = _PARTICLES | _SERVANT
_NO_INITIALS = _GENERATIONS.keys() | _LEGAL_FORMS.keys()
_DOTTED = re.compile(r"\b([A-Z])\.")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)
_CLOSE = 0.45  # distance of two spellings of one word ...
_CLOSE_LONG = 0.6  # ... of this many letters and more
_LONG = 7
_TYPING = 1.0  # one letter that no transcription explains, in a long word


class Likeness(StrEnum):
    """How two names are alike, from the surest on."""

    SAME = "same name"
    KNOWN = "known name"  # two names that documents know to be one's: acronym, alias
    PARTICLE = "particle or title"
    SUBSET = "shorter form"
    ORDER = "other order"
    SPELLING = "spelling"
    INITIAL = "initial"
    TURNED = "other order and spelling"
    TYPING = "one letter"
    SURNAME = "surname alone"


RANKS = {likeness: rank for rank, likeness in enumerate(Likeness)}


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name in parts; two of one text are the same.

    `words` are its plain words without particles, initials one letter each; `joined` the same with particles written as one
    with the next word; `particles` those that tell families apart; `generation` tells father (1) and son (2); `law` the law that
    a company's legal form is of.
    """

    text: str
    words: tuple[str, ...]
    joined: tuple[str, ...]
    particles: frozenset[str] = frozenset()
    generation: str = ""
    law: str = ""

    @property
    def is_full(self) -> bool:
        """Whether it has more than a surname."""
        return len(self.words) > 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@lru_cache(maxsize=20_000)
def read_name(text: str) -> Name:
    """The parts of a name as a text gives it."""
    pieces: list[str] = []
    generation = law = ""
    for piece in _pieces(text):
        word = plain(piece).replace("'", "").replace("’", "")
        if pieces and word in _GENERATIONS:
            generation = _GENERATIONS[word]
        elif pieces and word in _LEGAL_FORMS:
            law = _LEGAL_FORMS[word]  # the last one tells: "Co Ltd"
        elif word and (pieces or word not in _HONORIFICS):
            pieces.append(word)
    words: list[str] = []
    joined: list[str] = []
    before = ""
    for i, word in enumerate(pieces):
        is_last = i + 1 == len(pieces)
        if word in _SERVANT and not is_last:
            before = "abd"
        elif word in _PARTICLES and not is_last:
            before = before + word if before != "abd" else before
        elif before.startswith("abd"):
            words.append(before + word)
            joined.append(before + word)
            before = ""
        else:
            words.append(word)
            joined.append(before + word)
            before = ""
    particles = frozenset(pieces[:-1]) & _OF_FAMILIES
    parts = tuple(words)
    together = tuple(joined) if joined != words else parts  # one object, as there are many names
    return Name(text, parts, together, particles, generation, law)


def _pieces(text: str) -> list[str]:
    """Words of a name; initials apart, the parts of a hyphened given name as one word."""
    spaced = _DOTTED.sub(r"\1 ", text) if "." in text else text
    found: list[str] = []
    is_shouted = text.upper() == text
    for chunk in spaced.split():
        parts = _WORD.findall(chunk)
        if len(parts) > 1 and "-" in chunk and plain(parts[0]) not in _SMALL:
            parts = ["".join(parts)]
        for part in parts:
            if 2 <= len(part) <= 3 and part.isupper() and not is_shouted and plain(part) not in _NO_INITIALS:
                found.extend(part)  # "JM" of "JM Dlomo"
            else:
                found.append(part)
    return found


def name_keys(name: Name) -> set[str]:
    """Keys that two names which may be one person's share: each pair of words by skeleton, and surname with initial."""
    keys: set[str] = set()
    for words in {name.words, name.joined}:
        last = words[-1:]
        for end in last:
            for key in skeletons(end):
                keys.update(f"{key} {word[0]}" for word in words[:-1])
        if len(words) <= _MOST_WORDS:
            for i, first in enumerate(words):
                for second in words[i + 1 :]:
                    for a in skeletons(first):
                        for b in skeletons(second):
                            keys.add("+".join(sorted((a, b))))
    return keys


_MOST_WORDS = 5  # a longer name is found by surname and initial alone


@lru_cache(maxsize=5_000)
def compare_names(first: Name, second: Name) -> Likeness | None:
    """How two names of persons are alike, or None where they are not one person's.

    A surname alone is like every name that ends with it; two single words are the same or are spellings of one.
    """
    a, b = first, second
    if a.particles and b.particles and not (a.particles <= b.particles or b.particles <= a.particles):
        return None
    if a.words == b.words or a.joined == b.joined:
        return Likeness.SAME if a.joined == b.joined else Likeness.PARTICLE
    if a.is_full != b.is_full:
        alone, full = (a, b) if b.is_full else (b, a)
        ends = full.words[-1], full.joined[-1]
        return (
            Likeness.SURNAME
            if any(_is_spelling(w, e) for w in (alone.words[0], alone.joined[0]) for e in ends)
            else None
        )
    if not a.is_full:
        return Likeness.SPELLING if _is_spelling(a.words[0], b.words[0]) else None
    found = [like for x, y in ((a.words, b.words), (a.joined, b.joined)) if (like := _compare_words(x, y))]
    if "".join(a.joined) == "".join(b.joined):
        found.append(Likeness.PARTICLE)
    return min(found, key=RANKS.__getitem__, default=None)


def _compare_words(a: tuple[str, ...], b: tuple[str, ...]) -> Likeness | None:
    if len(a) == len(b):
        if like := _in_order(a, b):
            return like
        for k in range(1, len(b)):
            turned = b[k:] + b[:k]
            if a == turned:
                return Likeness.ORDER
            if all(map(_is_spelling, a, turned)):
                return Likeness.TURNED
        return None
    short, long = (a, b) if len(a) < len(b) else (b, a)
    if not _is_spelling(short[-1], long[-1]):
        return None
    is_exact = short[-1] == long[-1]
    # What comes before the surname is left out from its end on: "George W." is no shorter form of "George H. W.".
    for word, other in zip(short[:-1], long, strict=False):
        if word == other:
            continue
        if not (_is_spelling(word, other) or _is_initial(word, other)):
            return None
        is_exact = False
    if is_exact:
        return Likeness.SUBSET
    return Likeness.INITIAL if any(map(_is_initial, short[:-1], long)) else Likeness.SPELLING


def _in_order(a: tuple[str, ...], b: tuple[str, ...]) -> Likeness | None:
    worst = Likeness.SAME
    for first, second in zip(a, b, strict=True):
        if first == second:
            continue
        if _is_initial(first, second):
            like = Likeness.INITIAL
        elif _is_spelling(first, second):
            like = Likeness.SPELLING
        elif min(len(first), len(second)) >= _LONG and is_near(first, second, _TYPING):
            like = Likeness.TYPING
        else:
            return None
        worst = max(worst, like, key=RANKS.__getitem__)
    return worst if a[-1] == b[-1] or worst is not Likeness.INITIAL or len(a[-1]) > 1 < len(b[-1]) else None


def _is_initial(first: str, second: str) -> bool:
    return first[0] == second[0] and min(len(first), len(second)) == 1 and len(first) != len(second)


@lru_cache(maxsize=20_000)
def _is_spelling(first: str, second: str) -> bool:
    """Whether two words are spellings of one name."""
    if first == second:
        return True
    if min(len(first), len(second)) < 2:
        return False
    groups = _variants()
    a, b = groups.get(first, frozenset()), groups.get(second, frozenset())
    if a and b:
        return bool(a & b)
    limit = _CLOSE_LONG if min(len(first), len(second)) >= _LONG else _CLOSE
    if min(len(first), len(second)) <= 3:
        limit = _CLOSE / 2
    return is_near(first, second, limit)


@lru_cache(maxsize=1)
def _variants() -> dict[str, frozenset[int]]:
    """The rows of the lexicon of variants that have a word."""
    found: dict[str, set[int]] = {}
    with _VARIANTS.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(line for line in lines if line.strip() and not line.startswith("#"))
        next(rows)
        for number, row in enumerate(rows):
            for form in row[0].split(";"):
                found.setdefault(plain(form.strip()).replace("'", ""), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def forget_names() -> None:
    """Give back the memory of names and words that were read and compared: some 40 MB of those of many documents."""
    for function in (read_name, compare_names, _is_spelling, plain, sounds, skeletons, is_near):
        function.cache_clear()
