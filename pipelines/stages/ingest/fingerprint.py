"""Near-duplicates: MinHash signatures of texts, and which documents repeat an earlier one.

What belongs here: `signature` and `near_duplicates`. What does not: exact duplicates, which share a document id
(`ingest.py`).

Method: MinHash over shingles of five words (Broder 1997), banded for locality-sensitive hashing (Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, 3.4). With 16 bands of 8 rows a pair of Jaccard similarity 0.8 meets in a band with
probability 0.95, one of 0.9 with 0.9999, one of 0.4 with 0.01.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from zlib import crc32

import numpy as np
from datasketch import MinHash

from pipelines.records import DocumentDuplicate

PERMUTATIONS = 128
_BANDS = 16
_ROWS = PERMUTATIONS // _BANDS
_SHINGLE_WORDS = 5
_WORD = re.compile(r"\w+")
# Words beyond this cost time and tell no more about whether two articles are one.
_MAX_WORDS = 20_000
# Texts below this length, in characters, have too few shingles for an estimate.
_MIN_CHARACTERS = 200


def signature(text: str) -> bytes:
    """The MinHash signature of a text: 128 unsigned 32-bit numbers, little-endian.

    Args:
        text: a canonical text. Case, punctuation and white space make no difference.
    """
    words = _WORD.findall(text.lower())[:_MAX_WORDS]
    shingles = {" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(max(1, len(words) - _SHINGLE_WORDS + 1))}
    minhash = MinHash(PERMUTATIONS, hashfunc=crc32, permutations=_permutations(), scheme="affine32")
    minhash.update_batch(shingle.encode("utf-8", "surrogatepass") for shingle in shingles)
    return minhash.hashvalues.astype("<u4").tobytes()


def near_duplicates(
    rows: Iterable[tuple[str, date | None, bytes | None, int]], *, threshold: float = 0.8
) -> list[DocumentDuplicate]:
    """Find the documents that repeat an earlier one, whatever the order of the rows.

    Documents are taken from the earliest to the latest (by published date, undated ones last, then by id). Each one is
    linked to the earliest original it resembles; one that resembles none is an original itself. So a link never leads to
    another duplicate.

    Args:
        rows: document id, published date, signature, length of the text in characters. Rows without signature and short
            texts are neither duplicates nor originals.
        threshold: smallest estimated Jaccard similarity of a duplicate, 0 to 1.

    Returns:
        One record per duplicate, by document id.
    """
    ordered = sorted(
        (
            (published_date or date.max, document_id, data)
            for document_id, published_date, data, text_length in rows
            if data and text_length >= _MIN_CHARACTERS
        ),
    )
    if not ordered:
        return []
    signatures = np.frombuffer(b"".join(data for _, _, data in ordered), dtype="<u4").reshape(
        len(ordered), PERMUTATIONS
    )
    originals: list[defaultdict[bytes, list[int]]] = [defaultdict(list) for _ in range(_BANDS)]
    duplicates = []
    for index, (_, document_id, data) in enumerate(ordered):
        bands = [data[start : start + 4 * _ROWS] for start in range(0, 4 * PERMUTATIONS, 4 * _ROWS)]
        candidates = sorted({original for band, key in enumerate(bands) for original in originals[band].get(key, ())})
        match = _first_similar(signatures, index, candidates, threshold)
        if match is None:
            for band, key in enumerate(bands):
                originals[band][key].append(index)
        else:
            original, similarity = match
            duplicates.append(DocumentDuplicate(document_id, ordered[original][1], similarity))
    return sorted(duplicates, key=lambda duplicate: duplicate.document_id)


def _first_similar(
    signatures: np.ndarray, index: int, candidates: list[int], threshold: float
) -> tuple[int, float] | None:
    if not candidates:
        return None
    similarities = (signatures[candidates] == signatures[index]).mean(axis=1)
    similar = np.flatnonzero(similarities >= threshold)
    return (candidates[similar[0]], round(float(similarities[similar[0]]), 4)) if similar.size else None


@lru_cache(maxsize=1)
def _permutations() -> np.ndarray:
    return MinHash(PERMUTATIONS).permutations
