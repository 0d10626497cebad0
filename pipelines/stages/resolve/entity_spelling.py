"""Spellings of one word in Latin letters: the same name after another alphabet, without diacritics or with doubled letters.

What belongs here: the plain form of a word, its key for finding candidates, and how far two words are from each other. What
does not: which words of a name are compared with which (`entity_names.py`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate
from math import inf

# Letters that no decomposition brings to ASCII.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe", "đ": "dj", "ð": "d", "þ": "th", "ə": "e", "ħ": "h"}
)
# Ways of writing one sound, brought to one, in this order. Capitals stand for sounds that take two letters.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("shch|schtsch|szcz|^hs|^x(?=[aeiou])", "S"),
        ("dzh|dj", "J"),
        ("tsch|tch|cz", "C"),
        ("sch|sh|sz", "S"),
        ("ch", "C"),
        ("zh|rz", "Z"),
        ("kh", "h"),
        ("gh", "g"),
        ("dh", "d"),
        ("th", "t"),
        ("ph", "f"),
        ("ck|q", "k"),
        ("(?<=a)w(?=oo|ou|u)", ""),
        ("x", "ks"),
        ("w", "v"),
        ("ts|tz", "c"),
        ("ou|oo", "u"),
        ("oe", "o"),
        ("ue", "u"),
        ("ae", "a"),
        ("ij?e(?=[aeiou])", "i"),
        ("y", "i"),
        ("ei|ai", "e"),
        ("^ie", "e"),
        ("(?<=[CSJ])e$", ""),
        (r"(.)\1+", r"\1"),
    )
)
# What replacing one sound by another costs where languages or systems of transcription differ; 1 elsewhere.
_CHANGES = {
    both: cost
    for cost, pairs in {
        0.2: "gh ck kg uv fv ov ie ae uo SC JZ iJ iZ dJ".split(),
        0.3: "sS cC cs zZ JC zJ jJ ji jZ jh gJ Zs cz".split(),
        0.4: "Ch".split(),
        0.5: "ao td bp ia sz ue".split(),
    }.items()
    for pair in pairs
    for both in (tuple(pair), tuple(reversed(pair)))
}
_SILENT = {"h": 0.3, "i": 0.3, "e": 0.5, "j": 0.3}  # sounds that one spelling writes and another leaves out
_LEAST_SILENT = min(_SILENT.values())
_VOWELS = frozenset("aeiou")
# Coarse classes for keys: sounds that replace each other are one.
_CLASSES = str.maketrans(
    {"h": "", "v": "f", "c": "s", "C": "s", "S": "s", "z": "s", "Z": "s", "J": "s", "j": "", "d": "t", "p": "b"}
)
_KEY_LENGTH = 6
_REPEATED = re.compile(r"(.)\1+")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A text in lower-case ASCII letters as far as they go, without diacritics."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=20_000)
def sounds(word: str) -> str:
    """A plain word as the sounds that it writes, one character each."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


@lru_cache(maxsize=20_000)
def skeletons(word: str) -> tuple[str, ...]:
    """The keys under which spellings of a plain word are found: its consonants by coarse class.

    Several for a word with a "g", which other systems write with a "k" or with the "h" that they leave out, and for one that
    begins with "ch", which may be "kh".
    """
    heard = sounds(word)
    consonants = "".join(c for c in heard if c not in _VOWELS).translate(_CLASSES)
    forms = {consonants, consonants[1:]} if heard.startswith("C") else {consonants}
    keys = {_REPEATED.sub(r"\1", form.replace("g", replaced))[:_KEY_LENGTH] for form in forms for replaced in ("k", "")}
    return tuple(sorted(key or heard[:1] for key in keys))


@lru_cache(maxsize=20_000)
def is_near(first: str, second: str, limit: float) -> bool:
    """Whether the spellings of two plain words are no farther from each other than a limit.

    Their distance is the cost of turning the sounds of one into those of the other: 0 for the same sounds, 1 for each sound that
    is another in every system of transcription.
    """
    a, b = sounds(first), sounds(second)
    if a == b:
        return True
    # Most pairs are far from each other, as their lengths or first sounds show; no sound is `width` places from its like.
    width = int(limit / _LEAST_SILENT)
    if abs(len(a) - len(b)) > width:
        return False
    left_out = [_SILENT.get(sound, 1.0) for sound in b]
    previous = list(accumulate(left_out, initial=0.0))
    for i, sound in enumerate(a):
        cost = _SILENT.get(sound, 1.0)
        row = [inf] * len(previous)
        row[0] = previous[0] + cost
        for j in range(max(i - width, 0), min(i + width + 1, len(b))):
            other = b[j]
            change = 0.0 if sound == other else _CHANGES.get((sound, other), 1.0)
            row[j + 1] = min(previous[j] + change, previous[j + 1] + cost, row[j] + left_out[j])
        if min(row) > limit:
            return False
        previous = row
    return previous[-1] <= limit
