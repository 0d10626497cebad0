"""Which 8-bit encoding bytes above 127 are in, judged by the letters that they would be.

What belongs here: `find_encoding`. What does not: Unicode encodings, declarations, the decoding itself (`decoding.py`).

News in English has a handful of such bytes, in names, which is too little for detectors that count the letters of a whole
text (of 427 sentences with one to three such names charset-normalizer reads 152 right, this module 423). But each byte
stands in a word: under the right encoding it is a letter that stands beside its neighbours in some language's words
(`lexicons/letter_pairs.csv`), in the right case; under a wrong one it is a symbol in a word or a pair of letters that no
language has.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

PAIRS_FILE = Path(__file__).resolve().parents[2] / "lexicons" / "letter_pairs.csv"
WORD_START, WORD_END = "^", "$"

WESTERN = "cp1252"
# By encoding: the family of languages it serves, and the logarithm of how much rarer it is in news files than Windows-1252.
_ENCODINGS: Mapping[str, tuple[str, float]] = {
    WESTERN: ("western", 0.0),
    "cp1250": ("central", -2.0),
    "cp1251": ("cyrillic", -2.0),
    "cp1254": ("turkish", -2.0),
    "iso8859_2": ("central", -4.0),
    "koi8_r": ("cyrillic", -3.0),
    "mac_roman": ("western", -4.0),
    "cp1253": ("greek", -4.0),
    "cp1257": ("baltic", -6.0),
    "iso8859_5": ("cyrillic", -5.0),
    "koi8_u": ("cyrillic", -5.0),
    "cp866": ("cyrillic", -7.0),
    "cp850": ("western", -7.0),
    "cp852": ("central", -7.0),
    "mac_latin2": ("central", -7.0),
    "mac_cyrillic": ("cyrillic", -7.0),
}
# Signs that news has, by where they stand: before a word, behind one, between figures or by themselves.
_BEFORE_WORD = frozenset("“‘„‚«‹¿¡…–—•©§")
_BEHIND_WORD = frozenset("”’“»›…–—®™©,")
_FREE = frozenset("“”‘’„‚«»‹›–—…•·€£§©®™°½¼¾²³ªº\u00a0")
_IN_WORD = {"’": -1.0, "—": -8.0, "‑": -8.0, "…": -12.0, "–": -12.0, "·": -12.0, "\u00ad": -12.0, "\u00a0": -10.0}
_SIGN = -3.0
_MISPLACED_SIGN = -18.0
_CONTROL = -25.0  # or a byte that the encoding does not have
_CASE = -8.0
_BESIDE_FIGURE = -8.0
_LETTER = 10.0  # what a letter gets, so that a common pair of pairs counts as much as a sign
_UNSEEN = 3e-7  # likelihood of a pair that was never seen
_STRANGERS = 0.003  # share of pairs from other languages than the most of a text
_MIXED = 15.0
_SAMPLE_WORDS = 1_000
_WORD = re.compile(rb"[^\s<>]*[\x80-\xff][^\s<>]*")


ENCODINGS = tuple(_ENCODINGS)
POOR = -8.0  # likelihood of a byte below which the words make no sense


class PairLogs(NamedTuple):
    """Logarithms of the likelihood of two letters beside each other: those seen, and any other."""

    by_pair: Mapping[tuple[str, str], float]
    unseen: float


def find_encoding(lines: Iterable[bytes], *, is_mixed: bool = False) -> tuple[str, float]:
    """The encoding under which the words make most sense.

    Args:
        lines: parts of a text that are not UTF-8.
        is_mixed: whether the rest of the text is UTF-8; then a few bytes in another encoding than Windows-1252 are more
            likely damage.

    Returns:
        The name of an encoding that Python knows, and the mean logarithm of the likelihood of a byte above 127 under it
        (`POOR` and below: it is none of these).
    """
    found = (match.group()[:100] for line in lines for match in _WORD.finditer(line))
    words = dict.fromkeys(islice(found, _SAMPLE_WORDS))
    scores = {name: _best_group(words, name, family) for name, (family, _) in _ENCODINGS.items()}
    if is_mixed:
        scores[WESTERN] += _MIXED
    best = max(scores, key=lambda name: scores[name] + _ENCODINGS[name][1])
    count = sum(byte > 127 for word in words for byte in word)
    return best, scores[best] / max(1, count)


def small_letter(character: str) -> str:
    """The small form of a letter, or itself where that would be two characters (the dotted capital I of Turkish)."""
    small = character.lower()
    return small if len(small) == 1 else character


def _best_group(words: Iterable[bytes], encoding: str, family: str) -> float:
    """The logarithm of the likelihood of words under the group of languages that suits them best."""
    texts = [(word, word.decode(encoding, errors="replace")) for word in words]
    return max(sum(_word_score(word, text, logs) for word, text in texts) for logs in _pair_logs(family))


def _word_score(word: bytes, text: str, logs: PairLogs) -> float:
    score = 0.0
    for position, byte in enumerate(word):
        if byte > 127:
            before, character, after = text[position - 1 : position], text[position], text[position + 1 : position + 2]
            if character.isalpha():
                score += _letter_score(before, character, after, logs)
            else:
                score += _sign_score(before, character, after)
    return score


def _letter_score(before: str, character: str, after: str, logs: PairLogs) -> float:
    small = small_letter(character)
    left = small_letter(before) if before.isalpha() else WORD_START
    right = small_letter(after) if after.isalpha() else WORD_END
    score = sum(logs.by_pair.get(pair, logs.unseen) for pair in ((left, small), (small, right)))
    is_capital_inside = character.isupper() and (before.islower() or (before.isupper() and after.islower()))
    is_small_among_capitals = character.islower() and before.isupper() and after.isupper()
    score += _CASE if is_capital_inside or is_small_among_capitals else 0.0
    return _LETTER + score + (_BESIDE_FIGURE if before.isdigit() or after.isdigit() else 0.0)


def _sign_score(before: str, character: str, after: str) -> float:
    if character == "\ufffd" or "\x80" <= character <= "\x9f":
        return _CONTROL
    if before.isalpha() and after.isalpha():
        return _IN_WORD.get(character, _MISPLACED_SIGN)
    if before.isalpha():
        return _SIGN if character in _BEHIND_WORD else _MISPLACED_SIGN
    if after.isalpha():
        return _SIGN if character in _BEFORE_WORD else _MISPLACED_SIGN
    return _SIGN if character in _FREE else _MISPLACED_SIGN


@cache
def _pair_logs(family: str) -> tuple[PairLogs, ...]:
    """How likely each two letters, or ends of words, stand beside each other, by group of the family's languages.

    Pairs of the other groups count a little, as an article names people of several countries.
    """
    groups: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    with PAIRS_FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["group"].partition("/")[0] == family:
                groups[row["group"]][row["first"], row["second"]] = int(row["count"])
    of_all: Counter[tuple[str, str]] = sum(groups.values(), Counter())
    all_total = sum(of_all.values())
    found = []
    for counts in groups.values():
        total = sum(counts.values())
        logs = {
            pair: math.log((1 - _STRANGERS) * counts[pair] / total + _STRANGERS * of_all[pair] / all_total)
            for pair in of_all
        }
        found.append(PairLogs(logs, math.log(_UNSEEN)))
    return tuple(found)
