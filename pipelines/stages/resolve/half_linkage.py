"""Clusters from pairs: two clusters become one when on the whole their members fit each other.

What belongs here: `cluster`. What does not: the probability of a pair (`pair_evidence.py`).

Method: agglomerative clustering with average linkage (Sokal and Michener 1958). Chains do not close: a member that fits one
other and contradicts the rest stays out. A pair that was not compared counts as not linked, and one that excludes each other (two
towns, two days) counts against: else reports without a place would bridge what those with one keep apart. What must be together
comes first, what must be apart is never joined (constrained clustering, Davidson and Ravi 2005): their values are infinite, so
no other one outweighs them.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from math import inf

import numpy as np

# Two clusters are joined when the mean probability over all pairs between them is at least this.
JOINED = 0.5
# Pairs below it are no link at all: they count as nothing.
LEAST = 0.02
EXCLUDED = -0.4


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
    name = np.arange(count)
    value = np.where(is_excluded, EXCLUDED, probability).astype(np.float64)
    told = np.abs(value) >= LEAST
    sums: dict[int, dict[int, float]] = defaultdict(dict)
    for a, b, p in zip(first[told].tolist(), second[told].tolist(), value[told].tolist(), strict=True):
        sums[a][b] = p
        sums[b][a] = p
    for pairs, forced in ((together, inf), (apart, -inf)):
        for a, b in pairs:
            sums[a][b] = sums[b][a] = forced
    sizes: dict[int, int] = dict.fromkeys(sums, 1)
    members: dict[int, list[int]] = {item: [item] for item in sums}
    heap = [(-p, a, b) for a, linked in sums.items() for b, p in linked.items() if a < b and p >= JOINED]
    heapq.heapify(heap)
    while heap:
        score, a, b = heapq.heappop(heap)
        if b not in sums.get(a, ()) or -score != _mean(sums, sizes, a, b):
            continue  # one of them has grown since
        _merge(sums, sizes, members, a, b)
        for other in sums[a]:
            mean = _mean(sums, sizes, a, other)
            if mean >= JOINED:
                heapq.heappush(heap, (-mean, min(a, other), max(a, other)))
    for least, items in members.items():
        name[items] = least
    return name


def _mean(sums: dict[int, dict[int, float]], sizes: dict[int, int], a: int, b: int) -> float:
    return sums[a][b] / (sizes[a] * sizes[b])


def _merge(
    sums: dict[int, dict[int, float]], sizes: dict[int, int], members: dict[int, list[int]], a: int, b: int
) -> None:
    """Make the cluster `b` a part of the lesser `a`."""
    linked = sums.pop(b)
    del linked[a], sums[a][b]
    for other, total in linked.items():
        sums[a][other] = sums[other][a] = sums[a].get(other, 0.0) + total
        del sums[other][b]
    sizes[a] += sizes.pop(b)
    members[a].extend(members.pop(b))
