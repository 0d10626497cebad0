"""Clusters from pairs: two clusters become one when on the whole their members fit each other.

What belongs here: `cluster`. What does not: the probability of a pair (`pair_evidence.py`).

Method: agglomerative clustering with average linkage (Sokal and Michener 1958). Chains do not close: a member that fits one
other and contradicts the rest stays out. A pair that was not compared counts as not linked, and one that excludes each other (two
towns, two days) counts against: else reports without a place would bridge what those with one keep apart.
"""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np

# Two clusters are joined when the mean probability over all pairs between them is at least this.
JOINED = 0.5
# Pairs below it are no link at all: they count as nothing.
LEAST = 0.02
EXCLUDED = -0.4


def cluster(
    count: int, first: np.ndarray, second: np.ndarray, probability: np.ndarray, is_excluded: np.ndarray
) -> np.ndarray:
    """Join items to clusters.

    The pairs are taken in the order of their probability, equal ones in the order of the items, so the result depends on
    the pairs alone.

    Args:
        count: number of items.
        first, second: items of each pair, each pair once.
        probability: that the two belong together, 0 to 1.
        is_excluded: whether the two exclude each other.

    Returns:
        For each item the least item of its cluster.
    """
    name = np.arange(count)
    value = np.where(is_excluded, EXCLUDED, probability).astype(np.float64)
    told = np.abs(value) >= LEAST
    # A mean of at least `JOINED` needs one such pair, so no cluster reaches beyond the items that these pairs connect.
    part = _connected(count, first[value >= JOINED], second[value >= JOINED])
    told &= part[first] == part[second]
    first, second, value = first[told], second[told], value[told]
    order = np.argsort(part[first], kind="stable")
    bounds = np.flatnonzero(np.diff(part[first[order]])) + 1
    for begin, end in zip([0, *bounds.tolist()], [*bounds.tolist(), len(order)], strict=True):
        at = order[begin:end]
        _cluster_part(first[at].tolist(), second[at].tolist(), value[at].tolist(), name)
    return name


def _cluster_part(first: list[int], second: list[int], value: list[float], name: np.ndarray) -> None:
    sums: dict[int, dict[int, float]] = defaultdict(dict)
    for a, b, p in zip(first, second, value, strict=True):
        sums[a][b] = p
        sums[b][a] = p
    sizes: dict[int, int] = dict.fromkeys(sums, 1)
    members: dict[int, list[int]] = {item: [item] for item in sums}
    heap = [(-p, min(a, b), max(a, b)) for a, b, p in zip(first, second, value, strict=True) if p >= JOINED]
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


def _connected(count: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """For each item the least item that pairs connect it with, over however many others."""
    least = np.arange(count)
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
