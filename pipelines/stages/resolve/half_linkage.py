"""Clusters from pairs: two clusters become one when on the whole their members fit each other.

What belongs here: `cluster`, `climb`. What does not: the probability of a pair (`pair_evidence.py`).

Method: agglomerative clustering with average linkage (Sokal and Michener 1958). Chains do not close: a member that fits one
other and contradicts the rest stays out. A pair that was not compared counts as not linked, and one that excludes each other (two
towns, two days) counts against: else reports without a place would bridge what those with one keep apart. What must be together
comes first, what must be apart is never joined (constrained clustering, Davidson and Ravi 2005): their values are infinite, so
no other one outweighs them.

The result is that of joining the best pair of clusters again and again. With average linkage all pairs that are each other's
best can be joined at once (Murtagh 1983), for no union fits a third cluster better than both its parts do; so the work is a few
dozen rounds over arrays. The means of the joins never rise, so it can be done by stages, each down to a lesser mean; and at each
stage what strong links do not connect has no influence on each other, so that a later run needs to look only at what is
connected with a change (`changed_clusters.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from math import inf
from pathlib import Path

import numpy as np

from pipelines.stages.resolve.half_links import Links, joined
from pipelines.stages.resolve.link_files import links_within, united_links

# Two clusters are joined when the mean probability over all pairs between them is at least this.
JOINED = 0.5
# Pairs below it are no link at all: they count as nothing.
LEAST = 0.02
# A single-precision number like the probabilities, so that sums are exact in whatever order.
EXCLUDED = float(np.float32(-0.4))
# The surest joins first: what they connect is small, and what remains of the pairs is few.
STAGES = (0.9999, 0.999, 0.99, 0.97, 0.94, 0.9, 0.8, 0.7, 0.6, JOINED)
_HELD = 500_000  # pairs that connect clusters, before it is noted what they connect
_MOST = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Ladder:
    """What each stage made of the items, one array a stage: the least item of its cluster, and of what the stage connected."""

    names: list[np.ndarray]
    parts: list[np.ndarray]


@dataclass(frozen=True, slots=True)
class Ties:
    """Pairs of items that must be in one cluster, and that must be in none; they must not contradict each other."""

    first: np.ndarray
    second: np.ndarray
    value: np.ndarray  # infinite

    @classmethod
    def of(cls, together: Iterable[tuple[int, int]] = (), apart: Iterable[tuple[int, int]] = ()) -> Ties:
        """Ties by pairs of items."""
        forced, kept_apart = (np.array([*told], dtype=np.int32).reshape(-1, 2) for told in (together, apart))
        pairs = np.concatenate([forced, kept_apart])
        value = np.repeat([np.float32(inf), np.float32(-inf)], [len(forced), len(kept_apart)])
        return cls(pairs.min(axis=1, initial=_MOST), pairs.max(axis=1, initial=-1), value)

    def within(self, is_one: np.ndarray) -> Links:
        """Those of which both items are of a set."""
        at = np.flatnonzero(is_one[self.first] & is_one[self.second])
        return Links(self.first[at], self.second[at], self.value[at])


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
    """Join items by the probabilities of their pairs.

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
    told = np.flatnonzero((probability >= LEAST) | is_excluded)
    value = np.where(is_excluded[told], np.float32(EXCLUDED), probability[told].astype(np.float32))
    links = Links(first[told].astype(np.int32), second[told].astype(np.int32), value)
    return climb(count, lambda: iter([links]), Ties.of(together, apart)).names[-1]


def climb(count: int, portions: Callable[[], Iterable[Links]], ties: Ties, folder: Path | None = None) -> Ladder:
    """Join items by stages.

    Args:
        count: number of items.
        portions: gives the values of pairs of items, as often as it is called, each pair once.
        ties: pairs that are one, or are not, whatever their value.
        folder: on the disk that takes what does not fit memory; `None`: that of temporary files.
    """
    name: np.ndarray = np.arange(count, dtype=np.int32)
    sizes = np.ones(count)
    names, parts = [], []

    def read_all() -> Iterable[Links]:
        return chain(portions(), [Links(ties.first, ties.second, ties.value)])

    read: Callable[[], Iterable[Links]] = read_all
    with tempfile.TemporaryDirectory(dir=folder) as files:
        for least in STAGES:
            part = _parts(count, read(), sizes, least)
            newer = np.arange(count, dtype=np.int32)
            for links in links_within(read, part, Path(files)):
                # What people say of a pair and its value are one link.
                join(links.united(count) if len(ties.first) else links, sizes, newer, least)
            parts.append(part[name])
            name = newer[name]
            names.append(name)
            # Not over the file that is read.
            path = Path(files) / f"{len(names) % 2}"
            read = united_links((links.renamed(newer) for links in read()), count, path)
    return Ladder(names, parts)


def _parts(count: int, portions: Iterable[Links], sizes: np.ndarray, least: float) -> np.ndarray:
    """What links of at least a mean connect."""
    part: np.ndarray = np.arange(count, dtype=np.int32)
    held: list[Links] = []

    def connect() -> np.ndarray:
        """What is connected with what was held, by the parts that were."""
        pairs = joined(held)
        held.clear()
        return connected(count, pairs.first, pairs.second)[part]

    for links in portions:
        links = links.at(np.flatnonzero(links.mean(sizes) >= least))
        first, second = part[links.first], part[links.second]
        apart = first != second
        held.append(Links(first[apart], second[apart], np.empty(0, np.float32)))
        if sum(len(links.first) for links in held) > _HELD:
            part = connect()
    return connect()


def join(links: Links, sizes: np.ndarray, name: np.ndarray, least: float) -> None:
    """Join clusters until no two fit each other by a mean of `least`; `sizes` and `name` learn it."""
    is_here = np.zeros(len(sizes), dtype=bool)
    is_here[links.first] = is_here[links.second] = True
    clusters = np.flatnonzero(is_here)
    place = np.cumsum(is_here, dtype=np.int32) - 1
    links = Links(place[links.first], place[links.second], links.total.astype(np.float64))
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
        part = connected(n, one, other)
        links = links.at(np.flatnonzero(part[links.first] == part[links.second])).renamed(newer).united(n)
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
    group = connected(count, first[equal], second[equal])
    members = np.bincount(group, minlength=count)
    within = np.bincount(group[first[equal]], minlength=count)
    beyond = sum(
        np.bincount(group[side[is_best & ~equal]], minlength=count)
        for side, is_best in ((first, is_best_of_first), (second, is_best_of_second))
    )
    closed = ((2 * within == members * (members - 1)) & (beyond == 0))[group]
    return np.where(closed, group, newer)


def connected(count: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
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
