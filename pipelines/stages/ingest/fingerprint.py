"""Near-duplicates: MinHash signatures of texts, and which documents repeat an earlier one.

What belongs here: `signature` and `copies_among`. What does not: exact duplicates, which share a document id
(`ingest.py`), and which texts a run has to look at (`resolve/copies.py`).

Method: MinHash over shingles of five words (Broder 1997), banded for locality-sensitive hashing (Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, 3.4). With 32 bands of 4 rows a pair of Jaccard similarity 0.5 meets in a band with
probability 0.87, one of 0.6 with 0.99, one of 0.2 with 0.05. Pairs that meet and are similar are compared word by word
(`copy_evidence.py`): what differs decides.
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

import numpy as np

from pipelines.records import DocumentDuplicate
from pipelines.stages.ingest.copy_evidence import CopyText, are_copies

PERMUTATIONS = 128
BANDS = 32
_ROWS = PERMUTATIONS // BANDS
_SHINGLE_WORDS = 5
_WORD = re.compile(r"\w+")
# Words beyond this cost time and tell no more about whether two articles are one.
_MAX_WORDS = 20_000
# Texts below this length, in characters, have too few shingles for an estimate.
MIN_CHARACTERS = 200
SURE, LEAST = 0.8, 0.4  # similarity of copies whatever they share, and of any copies
# Of a family of bulletins that are all alike, so many of the latest originals are looked at, and so many compared word by word.
_MAX_BUCKET = 64
_MAX_COMPARED = 8
# Texts that are held prepared for comparison, some 50 kB each of long articles.
_MAX_PREPARED = 2048


def signature(text: str) -> bytes:
    """The MinHash signature of a text: 128 unsigned 32-bit numbers, little-endian.

    Args:
        text: a canonical text. Case, punctuation and white space make no difference.
    """
    words = [word.encode("utf-8", "surrogatepass") for word in _WORD.findall(text.lower())[:_MAX_WORDS]]
    joined = b" ".join(words)
    ends = list(accumulate(len(word) + 1 for word in words))
    starts = [0, *ends[:-_SHINGLE_WORDS]]
    # A shingle that is there twice gives the same hash twice, which is no other minimum.
    shingles = (
        joined[start : end - 1]
        for start, end in zip(starts, ends[_SHINGLE_WORDS - 1 :] or [len(joined) + 1], strict=True)
    )
    hashes = np.fromiter(map(crc32, shingles), dtype=np.uint32, count=len(starts))
    multipliers, summands = _permutations()
    permuted = _mixed(hashes)[:, np.newaxis] * multipliers + summands  # modulo 2^32, as unsigned numbers wrap around
    return permuted.min(axis=0).astype("<u4").tobytes()


class TextRow(NamedTuple):
    """A document as `copies_among` takes it."""

    document_id: str
    published_date: date | None
    signature: bytes | None
    text: str
    source_key: str
    url: str | None = None


def is_comparable(row: TextRow) -> bool:
    """Whether a text has a signature and is long enough for one to tell."""
    return bool(row.signature) and len(row.text) >= MIN_CHARACTERS


def copies_among(rows: Iterable[TextRow], *, threshold: float = SURE, least: float = LEAST) -> list[DocumentDuplicate]:
    """Find the documents that repeat an earlier one, whatever the order of the rows.

    Documents are taken from the earliest to the latest (by published date, undated ones last, then by id). Each one is
    linked to the earliest original that it copies; one that copies none is an original itself. So a link never leads to
    another duplicate. Where many originals resemble it, as in a family of bulletins, the most similar ones are compared.
    Texts that share no band of their signatures, not by way of others either, have no influence on each other.

    Args:
        rows: documents that are comparable, their texts and signatures without boilerplate.
        threshold: estimated Jaccard similarity, 0 to 1, from which texts are copies unless what differs speaks against it.
        least: smallest similarity of copies, for which what they share has to speak.

    Returns:
        One record per duplicate, by document id.
    """
    ordered = sorted(rows, key=lambda row: (row.published_date or date.max, row.document_id))
    if not ordered:
        return []
    data = b"".join(row.signature or b"" for row in ordered)
    signatures = np.frombuffer(data, dtype="<u4").reshape(len(ordered), PERMUTATIONS)
    texts = _Texts(ordered)
    shared = _shared_bands(signatures)
    originals: defaultdict[int, deque[int]] = defaultdict(lambda: deque(maxlen=_MAX_BUCKET))
    duplicates = []
    for index, row in enumerate(ordered):
        bands = [band for band in shared[index].tolist() if band >= 0]
        candidates = sorted({original for band in bands for original in originals.get(band, ())})
        match = None
        for original, similarity in sorted(_similar(signatures, index, candidates, least)):
            if texts.are_copies(original, index, similarity=similarity, sure=threshold):
                match = original, similarity
                break
        if match is None:
            for band in bands:
                originals[band].append(index)
        else:
            duplicates.append(DocumentDuplicate(row.document_id, ordered[match[0]].document_id, match[1]))
    return sorted(duplicates, key=lambda duplicate: duplicate.document_id)


class _Texts:
    """The texts of the documents, each prepared when it is first compared."""

    def __init__(self, rows: list[TextRow]) -> None:
        self._rows = rows
        self._prepared: OrderedDict[int, CopyText] = OrderedDict()

    def are_copies(self, first: int, second: int, *, similarity: float, sure: float) -> bool:
        one, other = self._rows[first], self._rows[second]
        return are_copies(
            self._of(first),
            self._of(second),
            similarity=similarity,
            sure=sure,
            same_source=one.source_key == other.source_key,
            is_order_known=one.published_date is not None and one.published_date != other.published_date,
        )

    def _of(self, index: int) -> CopyText:
        if index not in self._prepared:
            self._prepared[index] = CopyText.of(self._rows[index].text)
            if len(self._prepared) > _MAX_PREPARED:
                self._prepared.popitem(last=False)
        self._prepared.move_to_end(index)
        return self._prepared[index]


def _shared_bands(signatures: np.ndarray) -> np.ndarray:
    """For each text and band a number that it shares with the texts of the same band; -1 where there is no other.

    A list for each band of each text, of which most are of one text alone, took 24 kB a text.
    """
    found = np.full((len(signatures), BANDS), -1, dtype=np.int32)
    last = 0
    for band in range(BANDS):
        rows = signatures[:, band * _ROWS : (band + 1) * _ROWS]
        order = np.lexsort(rows.T)
        is_next = (rows[order[1:]] == rows[order[:-1]]).all(axis=1)
        number = np.cumsum(np.append(True, ~is_next)) + last
        is_shared = np.append(False, is_next) | np.append(is_next, False)
        found[order[is_shared], band] = number[is_shared]
        last = int(number[-1])
    return found


def _similar(signatures: np.ndarray, index: int, candidates: list[int], least: float) -> list[tuple[int, float]]:
    """The candidates to compare, the most similar ones where there are many."""
    if not candidates:
        return []
    similarities = (signatures[candidates] == signatures[index]).mean(axis=1)
    order = np.argsort(-similarities, kind="stable")[:_MAX_COMPARED]
    return [
        (candidates[place], round(float(similarities[place]), 4)) for place in order if similarities[place] >= least
    ]


@lru_cache(maxsize=1)
def _permutations() -> tuple[np.ndarray, np.ndarray]:
    """Multiplier and summand of each permutation of the 32-bit numbers, h to a h + b modulo 2^32; a is odd, so it is one.

    Signatures are kept: what is drawn may never change. NumPy promises that of this generator, unlike of its newer ones.
    """
    random = np.random.RandomState(1)
    multipliers = random.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return multipliers, random.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


def _mixed(hashes: np.ndarray) -> np.ndarray:
    """Hashes whose every bit depends on every bit of the given ones, by MurmurHash3's finaliser; CRC-32 alone is linear."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))
