"""Near-duplicates: MinHash signatures of texts, and which documents repeat an earlier one.

What belongs here: `signature` and `near_duplicates`. What does not: exact duplicates, which share a document id
(`ingest.py`).

Method: MinHash over shingles of five words (Broder 1997), banded for locality-sensitive hashing (Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, 3.4). With 32 bands of 4 rows a pair of Jaccard similarity 0.5 meets in a band with
probability 0.87, one of 0.6 with 0.99, one of 0.2 with 0.05. Pairs that meet and are similar are compared word by word
(`copy_evidence.py`): what differs decides.
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict, deque
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, overload
from zlib import crc32

import numpy as np

from pipelines.records import DocumentDuplicate
from pipelines.stages.ingest.boilerplate import own_texts
from pipelines.stages.ingest.copy_evidence import CopyText, are_copies

PERMUTATIONS = 128
_BANDS = 32
_ROWS = PERMUTATIONS // _BANDS
_SHINGLE_WORDS = 5
_WORD = re.compile(r"\w+")
# Words beyond this cost time and tell no more about whether two articles are one.
_MAX_WORDS = 20_000
# Texts below this length, in characters, have too few shingles for an estimate.
_MIN_CHARACTERS = 200
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
    from datasketch import MinHash  # it brings all of scipy, 0.4 s; who extracts alone needs no signature

    words = _WORD.findall(text.lower())[:_MAX_WORDS]
    shingles = {" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(max(1, len(words) - _SHINGLE_WORDS + 1))}
    minhash = MinHash(PERMUTATIONS, hashfunc=crc32, permutations=_permutations(), scheme="affine32")
    minhash.update_batch(shingle.encode("utf-8", "surrogatepass") for shingle in shingles)
    return minhash.hashvalues.astype("<u4").tobytes()


class TextRow(NamedTuple):
    """A document as `near_duplicates` takes it."""

    document_id: str
    published_date: date | None
    signature: bytes | None
    text: str
    source_key: str
    url: str | None = None


def near_duplicates(rows: Sequence[TextRow], *, threshold: float = 0.8, least: float = 0.4) -> list[DocumentDuplicate]:
    """Find the documents that repeat an earlier one, whatever the order of the rows.

    Documents are taken from the earliest to the latest (by published date, undated ones last, then by id). Each one is
    linked to the earliest original that it copies; one that copies none is an original itself. So a link never leads to
    another duplicate. Where many originals resemble it, as in a family of bulletins, the most similar ones are compared.

    Args:
        rows: the documents, which are gone through several times and not held. Those without signature and short texts are
            neither duplicates nor originals.
        threshold: estimated Jaccard similarity, 0 to 1, from which texts are copies unless what differs speaks against it.
        least: smallest similarity of copies, for which what they share has to speak.

    Returns:
        One record per duplicate, by document id.
    """
    told = [
        (row.published_date or date.max, row.document_id, at)
        for at, row in enumerate(rows)
        if row.signature and len(row.text) >= _MIN_CHARACTERS
    ]
    order = np.array([at for *_, at in sorted(told)], dtype=np.int64)
    del told
    if not len(order):
        return []
    texts = _Texts(rows, order)
    signatures = texts.signatures()
    buckets = _buckets(signatures)
    originals: defaultdict[int, deque[int]] = defaultdict(lambda: deque(maxlen=_MAX_BUCKET))
    duplicates = []
    for index in range(len(order)):
        met = [bucket for bucket in buckets[index].tolist() if bucket >= 0]
        candidates = sorted({original for bucket in met for original in originals.get(bucket, ())})
        match = None
        for original, similarity in sorted(_similar(signatures, index, candidates, least)):
            if texts.are_copies(original, index, similarity=similarity, sure=threshold):
                match = original, similarity
                break
        if match is None:
            for bucket in met:
                originals[bucket].append(index)
        else:
            one, other = rows[order[index]].document_id, rows[order[match[0]]].document_id
            duplicates.append(DocumentDuplicate(one, other, match[1]))
    return sorted(duplicates, key=lambda duplicate: duplicate.document_id)


class _Texts:
    """The documents' texts without the boilerplate of their source, each prepared when it is compared."""

    def __init__(self, rows: Sequence[TextRow], order: np.ndarray) -> None:
        self._rows = rows
        self._order = order
        self._own = own_texts(_Pages(rows, order), least=_MIN_CHARACTERS)
        self._prepared: OrderedDict[int, CopyText] = OrderedDict()

    def signatures(self) -> np.ndarray:
        """The signature of each text, in their order."""
        found = np.empty((len(self._order), PERMUTATIONS), dtype="<u4")
        for index, at in enumerate(self._order):
            own = self._own.get(index)
            found[index] = np.frombuffer(
                (self._rows[at].signature or b"") if own is None else signature(own), dtype="<u4"
            )
        return found

    def are_copies(self, first: int, second: int, *, similarity: float, sure: float) -> bool:
        one, other = self._rows[self._order[first]], self._rows[self._order[second]]
        return are_copies(
            self._of(first, one),
            self._of(second, other),
            similarity=similarity,
            sure=sure,
            same_source=one.source_key == other.source_key,
            is_order_known=one.published_date is not None and one.published_date != other.published_date,
        )

    def _of(self, index: int, row: TextRow) -> CopyText:
        prepared = self._prepared.get(index)
        if prepared is None:
            prepared = self._prepared[index] = CopyText.of(self._own.get(index, row.text))
            if len(self._prepared) > _MAX_PREPARED:
                self._prepared.popitem(last=False)
        self._prepared.move_to_end(index)
        return prepared


class _Pages(Sequence[tuple[str, str, str]]):
    """The documents as `own_texts` takes them."""

    def __init__(self, rows: Sequence[TextRow], order: np.ndarray) -> None:
        self._rows = rows
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> tuple[str, str, str]: ...

    @overload
    def __getitem__(self, index: slice) -> _Pages: ...

    def __getitem__(self, index: int | slice) -> tuple[str, str, str] | _Pages:
        if isinstance(index, slice):
            return _Pages(self._rows, self._order[index])
        row = self._rows[self._order[index]]
        return row.source_key, row.url or row.document_id, row.text


def _buckets(signatures: np.ndarray) -> np.ndarray:
    """For each text and band a number that it shares with those that have the same band, -1 where no other has."""
    found = np.full((len(signatures), _BANDS), -1, dtype=np.int32)
    last = 0
    for band in range(_BANDS):
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
def _permutations() -> np.ndarray:
    from datasketch import MinHash

    return MinHash(PERMUTATIONS).permutations
