"""How alike texts are: a sketch of the words of each, and the cosine of two sketches.

What belongs here: stems, weights of words, sketches and their cosines. What does not: near-duplicates
(`ingest/fingerprint.py`), whose measure knows the order of the words and sees only copies.

Method: a count sketch (Charikar, Chen and Farach-Colton 2002): every stem adds its weight, with a sign of its own, to one of
`DIMENSIONS` places, so the cosine of two sketches estimates that of the texts' word vectors with a standard error of about
1 / sqrt(DIMENSIONS). A word's weight comes from a list in the repository and not from the corpus: so a text's sketch stays the
same whatever other texts arrive.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import blake2b
from math import log, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import snowballstemmer

DIMENSIONS = 256
_SCALE = 127  # sketches are kept as bytes: a million of them take 256 MB
_WORD = re.compile(r"[^\W_]+")
_LEXICONS = Path(__file__).parents[2] / "lexicons"
_LONGEST_TEXT = 20_000  # characters; what a story is about stands well before


def stems(text: str) -> list[str]:
    """The stems of the words of a text, in their order (Snowball's English stemmer)."""
    return [_stem(word) for word in _WORD.findall(text.lower())]


def weight(stem: str) -> float:
    """How much a stem tells of what a text is about, 0 to 1; one that the list does not know weighs 1."""
    return _weights().get(stem, 1.0)


def sketch_texts(texts: Iterable[str], count: int) -> np.ndarray:
    """Sketches of texts.

    Args:
        texts: the texts, of any length; read once.
        count: how many there are.

    Returns:
        Bytes, one row a text, `DIMENSIONS` wide; a text without a telling word has a row of zeros.
    """
    found = np.zeros((count, DIMENSIONS), dtype=np.int8)
    for row, text in enumerate(texts):
        values = np.zeros(DIMENSIONS, dtype=np.float32)
        for stem, times in Counter(stems(text[:_LONGEST_TEXT])).items():
            value = weight(stem)
            if value > 0:
                place, sign = _place(stem)
                values[place] += sign * value * (1.0 + log(times))
        norm = sqrt(float(values @ values))
        if norm > 0:
            # A single dominant word must not overflow; the cosine is taken of what is stored, so its length does not matter.
            found[row] = np.clip(np.rint(values / norm * _SCALE), -_SCALE, _SCALE)
    return found


def cosines(sketches: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The cosine of each pair of rows.

    Args:
        sketches: as `sketch_texts` returns them.
        first, second: row numbers, one entry a pair.

    Returns:
        Values from -1 to 1, 0 where a row is empty.
    """
    norms = np.sqrt(np.einsum("ij,ij->i", sketches, sketches, dtype=np.float32))
    products = np.einsum("ij,ij->i", sketches[first], sketches[second], dtype=np.float32)
    scale = norms[first] * norms[second]
    return np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(_irregular().get(word, word)))


@lru_cache(maxsize=200_000)
def _place(stem: str) -> tuple[int, float]:
    value = int.from_bytes(blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
    return value % DIMENSIONS, 1.0 if value >> 63 else -1.0


@cache
def _irregular() -> dict[str, str]:
    rows = pd.read_csv(_LEXICONS / "irregular_verbs.csv", comment="#", keep_default_na=False)
    return dict(zip(rows["form"], rows["verb"], strict=True))


@cache
def _stemmer():
    return snowballstemmer.stemmer("english")


@cache
def _weights() -> dict[str, float]:
    rows = pd.read_csv(_LEXICONS / "word_weights.csv", comment="#", keep_default_na=False)
    return dict(zip(rows["stem"].astype(str), rows["weight"].astype(float), strict=True))
