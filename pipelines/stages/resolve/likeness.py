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
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
import snowballstemmer

from pipelines.stages.resolve.kept_rows import KeptRows

DIMENSIONS = 256
_SCALE = 127  # sketches are kept as bytes: a million of them take 256 MB
_WORD = re.compile(r"[^\W_]+")
_LEXICONS = Path(__file__).parents[2] / "lexicons"
_CHUNK = 4096  # texts or pairs at once
_PAIRS_AT_ONCE = 1024  # of which products are taken, so that both sides stay near the core
_MOST_WORDS = 500_000  # spellings that are remembered
_LONGEST_TEXT = 20_000  # characters; what a story is about stands well before


def stems(text: str) -> list[str]:
    """The stems of the words of a text, in their order (Snowball's English stemmer)."""
    return [_stem(word) for word in _WORD.findall(text.lower())]


def weight(stem: str) -> float:
    """How much a stem tells of what a text is about, 0 to 1; one that the list does not know weighs 1."""
    return _weights().get(stem, 1.0)


def weighted_stems() -> frozenset[str]:
    """The stems that the list of weights knows."""
    return frozenset(_weights())


def sketch_texts(texts: Iterable[str], count: int) -> np.ndarray:
    """Sketches of texts.

    Args:
        texts: the texts, of any length; read once.
        count: how many there are.

    Returns:
        Bytes, one row a text, `DIMENSIONS` wide; a text without a telling word has a row of zeros.
    """
    found = np.zeros((count, DIMENSIONS), dtype=np.int8)
    vocabulary = _Vocabulary()
    row = 0
    remaining = iter(texts)
    while chunk := list(islice(remaining, _CHUNK)):
        found[row : row + len(chunk)] = _sketches(chunk, vocabulary)
        row += len(chunk)
        if len(vocabulary) > _MOST_WORDS:
            vocabulary = _Vocabulary()
    return found


class _Vocabulary(dict[str, int]):
    """The number of the stem of each word, in the order in which they are first seen, with what a sketch needs of the stem."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[str, int] = {}
        self.places: list[int] = []
        self.signed: list[float] = []  # their weights with the sign of the place

    def __missing__(self, word: str) -> int:
        stem = _stem(word)
        number = self._numbers.get(stem)
        if number is None:
            number = self._numbers[stem] = len(self.places)
            place, sign = _place(stem)
            self.places.append(place)
            self.signed.append(sign * max(weight(stem), 0.0))
        self[word] = number
        return number


def _sketches(texts: list[str], vocabulary: _Vocabulary) -> np.ndarray:
    number = vocabulary.__getitem__
    stems_of = [list(map(number, _WORD.findall(text[:_LONGEST_TEXT].lower()))) for text in texts]
    sizes = np.fromiter(map(len, stems_of), dtype=np.int64, count=len(texts))
    told = np.fromiter(chain.from_iterable(stems_of), dtype=np.int64, count=int(sizes.sum()))
    most = max(len(vocabulary.places), 1)
    found, times = np.unique(np.repeat(np.arange(len(texts)), sizes) * most + told, return_counts=True)
    rows, stem = np.divmod(found, most)
    places, values = np.array(vocabulary.places, dtype=np.int64), np.array(vocabulary.signed)
    sums = np.bincount(
        rows * DIMENSIONS + places[stem],
        weights=values[stem] * (1.0 + np.log(times)),
        minlength=len(texts) * DIMENSIONS,
    ).reshape(len(texts), DIMENSIONS)
    norms = np.sqrt(np.einsum("ij,ij->i", sums, sums))[:, None]
    sums = np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0)
    # A single dominant word must not overflow; the cosine is taken of what is stored, so its length does not matter.
    return np.clip(np.rint(sums * _SCALE), -_SCALE, _SCALE).astype(np.int8)


def sketch_norms(sketches: np.ndarray) -> np.ndarray:
    """The length of each sketch, for `cosines`."""
    norms = np.empty(len(sketches), dtype=np.float32)
    for begin in range(0, len(sketches), _CHUNK * 8):
        part = sketches[begin : begin + _CHUNK * 8]
        norms[begin : begin + len(part)] = np.sqrt(np.einsum("ij,ij->i", part, part, dtype=np.float32))
    return norms


def cosines(sketches: np.ndarray | KeptRows, first: np.ndarray, second: np.ndarray, norms: np.ndarray) -> np.ndarray:
    """The cosine of each pair of rows.

    Args:
        sketches: as `sketch_texts` returns them.
        first, second: row numbers, one entry a pair.
        norms: their lengths (`sketch_norms`).

    Returns:
        Values from -1 to 1, 0 where a row is empty.
    """
    products = np.empty(len(first), dtype=np.float32)
    # In memory that is used again: new pages cost more than the product.
    one, other = np.empty((2, min(_PAIRS_AT_ONCE, len(first)), DIMENSIONS), dtype=np.float32)
    for begin in range(0, len(first), _CHUNK):
        some, others = sketches[first[begin : begin + _CHUNK]], sketches[second[begin : begin + _CHUNK]]
        for start in range(0, len(some), _PAIRS_AT_ONCE):
            size = min(_PAIRS_AT_ONCE, len(some) - start)
            # Whole numbers below 2 ** 24, which floats hold exactly.
            one[:size], other[:size] = some[start : start + size], others[start : start + size]
            at = begin + start
            np.einsum("ij,ij->i", one[:size], other[:size], out=products[at : at + size])
    scale = norms.take(first) * norms.take(second)
    return np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)


@lru_cache(maxsize=30_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(_irregular().get(word, word)))


@lru_cache(maxsize=30_000)
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
