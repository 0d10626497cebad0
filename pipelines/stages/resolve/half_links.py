"""Links between clusters: arrays of pairs of clusters with the sum of the values of their pairs of items.

What belongs here: `Links`. What does not: joining clusters (`half_linkage.py`), more links than fit memory (`link_files.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

_PORTION = 1_000_000  # links at once
_FEW = 20_000  # links that are sorted sooner than their clusters are counted
_ROOM = 8  # entries of a table for each link that it adds up


@dataclass(frozen=True, slots=True)
class Links:
    """Links between clusters, the lesser and the greater: the sum of the values of their pairs."""

    first: np.ndarray
    second: np.ndarray
    total: np.ndarray

    def at(self, rows: np.ndarray | slice) -> Links:
        """Some of the links."""
        return Links(self.first[rows], self.second[rows], self.total[rows])

    def mean(self, sizes: np.ndarray) -> np.ndarray:
        """The mean over all pairs between the two clusters, by the sizes of clusters."""
        return self.total / (sizes[self.first] * sizes[self.second])

    def portions(self) -> Iterator[Links]:
        """The links, some million at once."""
        return (self.at(slice(begin, begin + _PORTION)) for begin in range(0, len(self.first), _PORTION))

    def renamed(self, name: np.ndarray) -> Links:
        """The links after clusters took other names; those within one are gone."""
        first, second = name[self.first], name[self.second]
        apart = np.flatnonzero(first != second)
        first, second, total = first[apart], second[apart], self.total[apart].astype(np.float64)
        return Links(np.minimum(first, second), np.maximum(first, second), total)

    def united(self, count: int) -> Links:
        """The links in the order of the lesser cluster, then of the greater, those of the same two as one."""
        if len(self.first) > _FEW and len(clusters := self._clusters(count)) ** 2 <= len(self.first) * _ROOM:
            return self._added_up(clusters, count)
        key = self.first.astype(np.int64) * count + self.second
        order = np.argsort(key, kind="stable")
        key, total = key[order], self.total[order]
        del order
        starts = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
        total = np.add.reduceat(total, starts) if len(starts) else total
        least, greatest = np.divmod(key[starts], count)
        return Links(least.astype(np.int32), greatest.astype(np.int32), total)

    def _clusters(self, count: int) -> np.ndarray:
        is_here = np.zeros(count, dtype=bool)
        is_here[self.first] = is_here[self.second] = True
        return np.flatnonzero(is_here)

    def _added_up(self, clusters: np.ndarray, count: int) -> Links:
        """The same where the links are many and of few clusters: a table of these, each by each, in place of sorting."""
        place = np.zeros(count, dtype=np.int64)
        place[clusters] = np.arange(len(clusters))
        key = place[self.first] * len(clusters) + place[self.second]
        is_told = np.zeros(len(clusters) ** 2, dtype=bool)
        is_told[key] = True
        told = np.flatnonzero(is_told)
        total = np.bincount(key, weights=self.total, minlength=len(is_told))[told]
        least, greatest = np.divmod(told, len(clusters))
        return Links(clusters[least].astype(np.int32), clusters[greatest].astype(np.int32), total)


def joined(parts: list[Links]) -> Links:
    """Several lists, one behind the other."""
    parts = [Links(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)), *parts]
    return Links(*(np.concatenate([getattr(part, side) for part in parts]) for side in ("first", "second", "total")))
