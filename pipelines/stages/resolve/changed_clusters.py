"""The clusters after some items and pairs changed: as from nothing, at the cost of what the changes are connected with.

What belongs here: `climb_again`. What does not: joining (`half_linkage.py`).

Clusters are joined by stages, and at each stage only what strong links connect has influence on each other (`Ladder.parts`). So
at each stage what has to be joined anew are the parts of clusters that hold a changed item, or one that an earlier stage put
elsewhere than before; of pairs that came or went between items that stay; and parts that a strong link of such a cluster
reaches now. All other clusters are what they were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.stages.resolve.half_linkage import STAGES, Ladder, Ties, connected, join
from pipelines.stages.resolve.half_links import Links, joined
from pipelines.stages.resolve.kept_pairs import KeptPairs

_TABLE_BITS = 20
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Before:
    """The clusters of the run before.

    Attributes:
        ladder: what each stage made of the items, by their former numbers.
        former: for each item its former number, -1 for a new one; the order of those that stay is as it was.
    """

    ladder: Ladder
    former: np.ndarray

    @property
    def is_gone(self) -> np.ndarray:
        """For each former number whether there is no such item any more."""
        gone = np.ones(len(self.ladder.names[0]), dtype=bool)
        gone[self.former[self.former >= 0]] = False
        return gone


@dataclass(frozen=True, slots=True)
class ChangedPairs:
    """Pairs of items that stay which came or went, ties included: by how much the value of each rose, and to what at most."""

    first: np.ndarray
    second: np.ndarray
    rise: np.ndarray
    most: np.ndarray

    @classmethod
    def joined(cls, parts: list[ChangedPairs]) -> ChangedPairs:
        """Several lists, one behind the other."""
        none = cls(*(np.empty(0, dtype) for dtype in (np.int32, np.int32, np.float32, np.float32)))
        names = ("first", "second", "rise", "most")
        return cls(*(np.concatenate([getattr(part, name) for part in (none, *parts)]) for name in names))


def climb_again(before: Before, pairs: KeptPairs, ties: Ties, changed: ChangedPairs) -> tuple[Ladder, np.ndarray]:
    """Join items by stages.

    Args:
        before: the clusters of the run before.
        pairs: the pairs of items as they are now.
        ties: pairs that are one, or are not, whatever their value.
        changed: what changed but for the pairs of items that came or went.

    Returns:
        The ladder, and for each item whether its cluster may be another one than before, or have other pairs.
    """
    again = _Again(before, pairs, ties, changed)
    for number, least in enumerate(STAGES):
        again.stage(number, least)
    anew = again.dirty | again.beside_changes()
    return Ladder(again.names, again.parts), _whole(anew, again.name)


class _Again:
    def __init__(self, before: Before, pairs: KeptPairs, ties: Ties, changed: ChangedPairs) -> None:
        self._former = before.former
        self._ladder = before.ladder
        self._pairs = pairs
        self._ties = ties
        self._changed = changed
        count = len(before.former)
        self._count = count
        self._stays = before.former >= 0
        self._gone = np.flatnonzero(before.is_gone)
        # The present number of a former item.
        self._present = np.full(len(before.is_gone), -1, dtype=np.int32)
        self._present[before.former[self._stays]] = np.flatnonzero(self._stays)
        self.name = np.arange(count, dtype=np.int32)
        self.sizes = np.ones(count)
        self.dirty = ~self._stays
        self._read = np.zeros(count, dtype=bool)
        self._beside = joined([])  # links of the clusters that hold an item of `_read`
        self.names: list[np.ndarray] = []
        self.parts: list[np.ndarray] = []

    def stage(self, number: int, least: float) -> None:
        """Join down to a mean; all clusters of this stage are known then."""
        parts = self._ladder.parts[number]
        former = np.where(self._stays, parts[self._former], -1)
        self._note_changes(former)
        self.dirty = _whole(self.dirty, self.name)
        hit = np.zeros(len(parts) + 1, dtype=bool)
        hit[parts[self._gone]] = True
        hit[former[self.dirty]] = True
        for item in self._newly_linked(former, least):
            hit[former[item]] = True
        hit[-1] = False
        anew = self.dirty | hit[former]
        links = self._links_among(anew)
        strong = np.flatnonzero(links.mean(self.sizes) >= least)
        part = connected(self._count, links.first[strong], links.second[strong])[self.name]
        name = np.arange(self._count, dtype=np.int32)
        inside = np.flatnonzero(part[links.first] == part[links.second])
        join(links.at(inside), self.sizes, name, least)
        # What is not looked at: as it was, by its present number.
        names = self._ladder.names[number]
        kept = np.flatnonzero(~anew)
        found = name[self.name]
        found[kept] = self._present[names[self._former[kept]]]
        part[kept] = self._present[former[kept]]
        self._find_changes(names, found, anew)
        self.name = found
        self._beside = self._beside.renamed(found).united(self._count)
        self.sizes = np.bincount(found, minlength=self._count).astype(np.float64)
        self.names.append(found)
        self.parts.append(part)

    def beside_changes(self) -> np.ndarray:
        """The items of pairs that came or went within one cluster."""
        found = np.zeros(self._count, dtype=bool)
        inside = self.name[self._changed.first] == self.name[self._changed.second]
        found[self._changed.first[inside]] = True
        return found

    def _note_changes(self, former: np.ndarray) -> None:
        """Items of pairs that came or went within a part: it may hold together otherwise now."""
        first, second = self._changed.first, self._changed.second
        within = (former[first] == former[second]) & (self.name[first] != self.name[second])
        self.dirty[first[within]] = True

    def _newly_linked(self, former: np.ndarray, least: float) -> list[np.ndarray]:
        """The items of links that are strong now and reach from one former part to another."""
        new = self.dirty & ~self._read
        if new.any():
            pairs = self._pairs.beside(new)
            fresh = np.flatnonzero(~(self._read[pairs.first] | self._read[pairs.second]))
            links = Links(pairs.first[fresh], pairs.second[fresh], pairs.value[fresh]).renamed(self.name)
            self._beside = joined([self._beside, links]).united(self._count)
            self._read |= new
        of_dirty = self._beside.at(np.flatnonzero(self.dirty[self._beside.first] | self.dirty[self._beside.second]))
        links = joined([of_dirty, self._risen(former, least), self._all_ties().renamed(self.name)]).united(self._count)
        strong = links.at(np.flatnonzero(links.mean(self.sizes) >= least))
        crossing = (
            (former[strong.first] != former[strong.second]) | self.dirty[strong.first] | self.dirty[strong.second]
        )
        return [strong.first[crossing], strong.second[crossing]]

    def _risen(self, former: np.ndarray, least: float) -> Links:
        """The links between clusters that are as before which rose and can be strong now."""
        changed = self._changed
        rise, lack = (
            Links(changed.first, changed.second, value).renamed(self.name).united(self._count)
            for value in (changed.rise, 1.0 - changed.most)
        )
        one, other = rise.first, rise.second
        # All other pairs of the two clusters have at most 1.
        bound = 1.0 - lack.mean(self.sizes)
        asked = np.flatnonzero(
            (rise.total > 0) & (bound >= least) & (former[one] != former[other]) & ~self.dirty[one] & ~self.dirty[other]
        )
        some = np.zeros(self._count, dtype=bool)
        some[one[asked]] = some[other[asked]] = True
        pairs = self._pairs.among(some[self.name])
        links = Links(pairs.first, pairs.second, pairs.value).renamed(self.name)
        # Most pairs of these clusters are of no two that are asked for.
        return _between(links, one[asked], other[asked], self._count).united(self._count)

    def _all_ties(self) -> Links:
        return Links(self._ties.first, self._ties.second, self._ties.value)

    def _links_among(self, anew: np.ndarray) -> Links:
        pairs = self._pairs.among(anew)
        links = joined([Links(pairs.first, pairs.second, pairs.value), self._ties.within(anew)])
        return links.renamed(self.name).united(self._count)

    def _find_changes(self, names: np.ndarray, found: np.ndarray, anew: np.ndarray) -> None:
        """The items whose cluster is not the one that it was at this stage."""
        rows = np.flatnonzero(anew)
        now, was = found[rows], np.where(self._stays[rows], names[self._former[rows]], -1)
        leading = np.where(self._stays[now], names[self._former[now]], -1)
        alike = np.bincount(now[was == leading], minlength=self._count)
        sizes, former_sizes = np.bincount(now, minlength=self._count), np.bincount(names, minlength=len(names) + 1)
        same = (leading >= 0) & (alike[now] == sizes[now]) & (former_sizes[leading] == sizes[now])
        self.dirty = ~self._stays
        self.dirty[rows[~same]] = True


def _between(links: Links, one: np.ndarray, other: np.ndarray, count: int) -> Links:
    """The links between some two clusters, told in the order of the lesser, then of the greater."""
    asked = one.astype(np.int64) * count + other
    key = links.first.astype(np.int64) * count + links.second
    # A table of hashes first, as searching for each is dear.
    is_told = np.zeros(1 << _TABLE_BITS, dtype=bool)
    is_told[_hashed(asked)] = True
    at = np.flatnonzero(is_told[_hashed(key)])
    place = np.searchsorted(asked, key[at])
    at = at[place < len(asked)]
    return links.at(at[asked[place[place < len(asked)]] == key[at]])


def _hashed(keys: np.ndarray) -> np.ndarray:
    return (keys.view(np.uint64) * _MIX) >> np.uint64(64 - _TABLE_BITS)


def _whole(some: np.ndarray, name: np.ndarray) -> np.ndarray:
    """All items of the clusters that hold one of some."""
    hit = np.zeros(len(name), dtype=bool)
    hit[name[some]] = True
    return hit[name]
