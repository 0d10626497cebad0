"""Clusters from pairs: two clusters become one when on the whole their members fit each other.

What belongs here: `cluster`. What does not: the probability of a pair (`pair_evidence.py`).

Method: agglomerative clustering with average linkage (Sokal and Michener 1958). Chains do not close: a member that fits one
other and contradicts the rest stays out. A pair that was not compared counts as not linked, and one that excludes each other (two
towns, two days) counts against: else reports without a place would bridge what those with one keep apart. What must be together
comes first, what must be apart is never joined (constrained clustering, Davidson and Ravi 2005): their values are infinite, so
no other one outweighs them.

The result is that of joining the best pair of clusters again and again. With average linkage all pairs that are each other's
best can be joined at once (Murtagh 1983), for no union fits a third cluster better than both its parts do; so the work is a few
dozen rounds over arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

import numpy as np

# Two clusters are joined when the mean probability over all pairs between them is at least this.
JOINED = 0.5
# Pairs below it are no link at all: they count as nothing.
LEAST = 0.02
# A single-precision number like the probabilities, so that sums are exact in whatever order.
EXCLUDED = float(np.float32(-0.4))
# The surest joins first: what they connect is small, and what remains of the pairs is few.
_STAGES = (0.999, 0.995, 0.98, 0.95, 0.85, JOINED)
_PORTION = 4_000_000  # pairs at once


@dataclass(frozen=True, slots=True)
class _Links:
    """Links between clusters, in the order of the clusters: the lesser, the greater, the sum of their pairs."""

    first: np.ndarray
    second: np.ndarray
    total: np.ndarray

    def at(self, rows: np.ndarray | slice) -> _Links:
        return _Links(self.first[rows], self.second[rows], self.total[rows])

    def mean(self, sizes: np.ndarray) -> np.ndarray:
        return self.total / (sizes[self.first] * sizes[self.second])

    def is_in_order(self, count: int) -> bool:
        """Whether the links stand in the order of the lesser clusters, then of the greater."""
        bounds = range(0, max(len(self.first) - 1, 0), _PORTION)
        parts = (self.at(slice(begin, begin + _PORTION + 1)) for begin in bounds)
        return all(bool((np.diff(part.first * np.int64(count) + part.second) > 0).all()) for part in parts) and bool(
            (self.first < self.second).all()
        )

    def renamed(self, name: np.ndarray, count: int) -> _Links:
        """The links after clusters took other names: those within one are gone, those between two are one."""
        if len(self.first) > _PORTION:
            bounds = range(0, len(self.first), _PORTION)
            parts = [self.at(slice(begin, begin + _PORTION)).renamed(name, count) for begin in bounds]
            whole = _Links(
                *(np.concatenate([getattr(p, side) for p in parts]) for side in ("first", "second", "total"))
            )
            del parts
            return whole._united(count)
        first, second = name[self.first], name[self.second]
        apart = np.flatnonzero(first != second)
        first, second, total = first[apart], second[apart], self.total[apart].astype(np.float64)
        return _Links(np.minimum(first, second), np.maximum(first, second), total)._united(count)

    def _united(self, count: int) -> _Links:
        key = self.first.astype(np.int64) * count + self.second
        order = np.argsort(key, kind="stable")
        key, total = key[order], self.total[order]
        del order
        starts = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
        total = np.add.reduceat(total, starts) if len(starts) else total
        least, greatest = np.divmod(key[starts], count)
        return _Links(least.astype(np.int32), greatest.astype(np.int32), total)


def cluster(
    count: int,
    first: np.ndarray,
    second: np.ndarray,
    probability: np.ndarray,
    is_excluded: np.ndarray,
    *,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> np.ndarray:
    """Join items to clusters.

    The pairs are taken in the order of their probability, equal ones in the order of the items, so the result depends on
    the pairs alone.

    Args:
        count: number of items.
        first, second: items of each pair, each pair once.
        probability: that the two belong together, 0 to 1.
        is_excluded: whether the two exclude each other.
        together, apart: pairs that are in one cluster, and that are in none, whatever their probability; they must not
            contradict each other, chains included.

    Returns:
        For each item the least item of its cluster.
    """
    forced = np.array([*together], dtype=np.int32).reshape(-1, 2)
    kept_apart = np.array([*apart], dtype=np.int32).reshape(-1, 2)
    # A mean of at least `JOINED` needs one such pair, so no cluster reaches beyond the items that these pairs connect.
    joined = (probability >= JOINED) & ~is_excluded
    part = _connected(
        count, np.concatenate([first[joined], forced[:, 0]]), np.concatenate([second[joined], forced[:, 1]])
    )
    told = (probability >= LEAST) | is_excluded
    for begin in range(0, len(told), _PORTION):
        at = slice(begin, begin + _PORTION)
        told[at] &= part[first[at]] == part[second[at]]
    value = probability[told].astype(np.float32, copy=False)
    value[is_excluded[told]] = EXCLUDED
    links = _Links(first[told].astype(np.int32, copy=False), second[told].astype(np.int32, copy=False), value)
    del told, joined, value
    name: np.ndarray = np.arange(count)
    sizes = np.ones(count)
    if len(forced) or len(kept_apart):
        pairs = np.concatenate([forced, kept_apart])
        links = _Links(
            *(np.concatenate([old, new]) for old, new in (
                (links.first, pairs[:, 0]), (links.second, pairs[:, 1]),
                (links.total, np.repeat([inf, -inf], [len(forced), len(kept_apart)])),
            ))
        ).renamed(name, count)  # fmt: skip
    elif not links.is_in_order(count):
        links = links.renamed(name, count)
    for least in _STAGES:
        newer = np.arange(count, dtype=np.int32)
        for portion in _portions(links, sizes, least, count):
            _join(portion, sizes, newer, least)
        name = newer[name]
        links = links.renamed(newer, count)
    return name


def _portions(links: _Links, sizes: np.ndarray, least: float, count: int) -> Iterator[_Links]:
    """The links within what those of at least a mean connect, whole parts of them at once."""
    chunks = [slice(begin, begin + _PORTION) for begin in range(0, len(links.first), _PORTION)]
    strong = np.concatenate([np.empty(0, bool), *(links.at(chunk).mean(sizes) >= least for chunk in chunks)])
    part = _connected(count, links.first[strong], links.second[strong]).astype(np.int32)
    # Whole parts until a portion is full; 0 is what no part holds.
    inside = [part[links.first[chunk]] == part[links.second[chunk]] for chunk in chunks]
    pairs = np.zeros(count, dtype=np.int64)
    for chunk, within in zip(chunks, inside, strict=True):
        pairs += np.bincount(part[links.first[chunk][within]], minlength=count)
    portion = (np.cumsum(pairs) // _PORTION + 1).astype(np.uint16)
    numbers = np.concatenate(
        [
            np.empty(0, np.uint16),
            *(portion[part[links.first[c]]] * within for c, within in zip(chunks, inside, strict=True)),
        ]
    )
    del inside, strong
    for number in np.unique(portion[pairs > 0]).tolist():
        yield links.at(np.flatnonzero(numbers == number))


def _join(links: _Links, sizes: np.ndarray, name: np.ndarray, least: float) -> None:
    """Join clusters until no two fit each other by a mean of `least`; `sizes` and `name` learn it."""
    is_here = np.zeros(len(sizes), dtype=bool)
    is_here[links.first] = is_here[links.second] = True
    clusters = np.flatnonzero(is_here)
    place = np.cumsum(is_here, dtype=np.int32) - 1
    links = _Links(place[links.first], place[links.second], links.total.astype(np.float64))
    n, size = len(clusters), sizes[clusters]
    mine = np.arange(n)
    while True:
        mean = links.mean(size)
        strong = np.flatnonzero(mean >= least)
        if not len(strong):
            break
        one, other, mean = links.first[strong], links.second[strong], mean[strong]
        best = np.zeros(n)
        np.maximum.at(best, one, mean)
        np.maximum.at(best, other, mean)
        newer = _best_unions(n, one, other, mean == best[one], mean == best[other])
        size = np.bincount(newer, weights=size, minlength=n)
        mine = newer[mine]
        part = _connected(n, one, other)
        links = links.at(np.flatnonzero(part[links.first] == part[links.second])).renamed(newer, n)
    name[clusters] = clusters[mine]
    sizes[clusters] = size


def _best_unions(
    count: int, first: np.ndarray, second: np.ndarray, is_best_of_first: np.ndarray, is_best_of_second: np.ndarray
) -> np.ndarray:
    """The new name of each cluster after those joined that are each other's best, of equal ones the first in their order.

    Clusters that are all equally each other's best, and no other one's, are joined at once.
    """
    number = np.arange(len(first))
    earliest = np.full(count, len(first))
    for side, is_best in ((first, is_best_of_first), (second, is_best_of_second)):
        np.minimum.at(earliest, side[is_best], number[is_best])
    newer = np.arange(count)
    mutual = (earliest[first] == number) & (earliest[second] == number)
    newer[second[mutual]] = first[mutual]
    equal = is_best_of_first & is_best_of_second
    group = _connected(count, first[equal], second[equal])
    members = np.bincount(group, minlength=count)
    within = np.bincount(group[first[equal]], minlength=count)
    beyond = sum(
        np.bincount(group[side[is_best & ~equal]], minlength=count)
        for side, is_best in ((first, is_best_of_first), (second, is_best_of_second))
    )
    closed = ((2 * within == members * (members - 1)) & (beyond == 0))[group]
    return np.where(closed, group, newer)


def _connected(count: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """For each item the least item that pairs connect it with, over however many others."""
    least = np.arange(count, dtype=np.int32)
    while True:
        a, b = least[first], least[second]
        apart = a != b
        if not apart.any():
            return least
        first, second = first[apart], second[apart]
        np.minimum.at(least, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while True:  # each item follows its chain to the end
            further = least[least]
            if np.array_equal(further, least):
                break
            least = further
