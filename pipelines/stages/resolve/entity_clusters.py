"""Clusters of profiles: joined from the surest pair on, as long as the clusters as a whole fit.

What belongs here: the order of joins, what a cluster's parts were joined by, and which of them a change can reach. What does not:
the weights (`entity_evidence.py`), surnames alone and acronyms (`entity_hosts.py`).

A cluster depends on the profiles alone that pairs speaking for one entity connect with it; so what a run joins anew are those
connected parts that hold a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from pipelines.stages.resolve.entity_blocks import Pair
from pipelines.stages.resolve.entity_evidence import Evidence, compare, probability
from pipelines.stages.resolve.entity_profiles import Profile, joined
from pipelines.stages.resolve.kept_tables import KeptTable

CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Join:
    """By what a profile was joined to its cluster: `evidence` as JSON."""

    method: str
    score: float
    evidence: str


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two profiles, the lesser id first, and what speaks for one entity."""

    first: str
    second: str
    odds: float
    method: str
    evidence: str

    @property
    def order(self) -> tuple[float, str, str]:
        """The surest first."""
        return -round(self.odds, 3), self.first, self.second

    @property
    def is_for(self) -> bool:
        """Whether more speaks for one entity than against."""
        return round(self.odds, 3) > 0


@dataclass(slots=True)
class Clustering:
    """The clusters by id, and the join of each profile id that was joined."""

    clusters: dict[str, Profile]
    joins: dict[str, Join]


def connected_parts(profiles: Iterable[str], pairs: Iterable[Pair]) -> dict[str, str]:
    """The least profile of the part that each profile is in, as far as pairs connect them."""
    parent = {profile: profile for profile in profiles}
    for pair in pairs:
        a, b = sorted(_find(parent, profile) for profile in pair)
        parent[b] = a
    return {profile: _find(parent, profile) for profile in parent}


def reached(profiles: KeptTable, pairs: KeptTable, touched: Collection[str]) -> tuple[set[str], list[ScoredPair]]:
    """The profiles that a change can reach, those of the run before among them, and the pairs that connect them now.

    Args:
        profiles: of the run before, with the least profile of the part that each was in.
        pairs: as they are now.
        touched: profiles that are new, gone, or have another pair.
    """
    found, looked_at = set(touched), set[str]()
    if not len(profiles):
        table = pairs.table()
        pairs = KeptTable(table.filter(pc.greater(table["odds"], 0.0)))  # all are looked at, and most are not for
    connecting: dict[Pair, ScoredPair] = {}
    while new := found - looked_at:
        looked_at |= new
        parts = {part for (part,) in profiles.where("profile_id", new, columns=["connected"])}
        found.update(profile for (profile,) in profiles.where("connected", parts, columns=["profile_id"]))
        for column in ("first", "second"):
            for pair in scored(pairs.where(column, found - looked_at | new)):
                if pair.is_for:
                    connecting[pair.first, pair.second] = pair
        found.update(end for pair in connecting for end in pair)
    return found, list(connecting.values())


def scored(rows: Iterable[Sequence]) -> Iterable[ScoredPair]:
    """Rows of the table of pairs whose names are alike."""
    for first, second, _, odds, method, evidence in rows:
        if odds is not None:
            yield ScoredPair(first, second, odds, method, evidence)


def cluster_profiles(
    profiles: Mapping[str, Profile],
    pairs: Iterable[ScoredPair],
    common: Collection[str],
    *,
    same: Iterable[Pair] = (),
    apart: Iterable[Pair] = (),
) -> Clustering:
    """Join the profiles that are one entity.

    A pair is joined only when the two clusters that its members are in by then fit as a whole, so no chain of likenesses brings
    together what does not fit. The order of the profiles makes no difference.

    Args:
        profiles: by id.
        pairs: those that speak for one entity.
        common: see `entity_evidence.compare`.
        same: pairs that people say are one; they are joined before all else.
        apart: pairs that people say are not; their clusters are never joined.
    """
    state = _State(profiles, common)
    state.keep_apart(apart)
    for first_id, second_id in same:
        state.merge(first_id, second_id, Join(CORRECTED, 1.0, Evidence().text))
    for pair in sorted(pairs, key=lambda pair: pair.order):
        state.join(pair)
    return Clustering(state.clusters, state.joins)


def _find(parent: dict[str, str], item: str) -> str:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


class _State:
    def __init__(self, profiles: Mapping[str, Profile], common: Collection[str]) -> None:
        self.clusters = dict(profiles)
        self.joins: dict[str, Join] = {}
        self._common = common
        self._parent = {profile: profile for profile in profiles}
        self._apart: defaultdict[str, set[str]] = defaultdict(set)  # by cluster, the profiles that it must not hold

    def keep_apart(self, pairs: Iterable[Pair]) -> None:
        for first, second in pairs:
            self._apart[self._of(first)].add(second)
            self._apart[self._of(second)].add(first)

    def join(self, pair: ScoredPair) -> None:
        """Join the clusters of two profiles if they fit as a whole."""
        a, b = sorted((self._of(pair.first), self._of(pair.second)))
        if a == b:
            return
        odds = pair.odds
        if (a, b) != (pair.first, pair.second):
            whole = compare(self.clusters[a], self.clusters[b], self._common)
            if whole is None or whole.log_odds <= 0:
                return
            odds = whole.log_odds
        self.merge(a, b, Join(pair.method, round(probability(odds), 3), pair.evidence))

    def merge(self, first_id: str, second_id: str, join: Join) -> None:
        """Make one cluster of those of two profiles, unless people keep them apart; the smaller one is what was joined."""
        a, b = sorted((self._of(first_id), self._of(second_id)))
        if a == b or any(self._of(other) == b for other in self._apart.get(a, ())):
            return
        one, other = self.clusters[a], self.clusters[b]
        small = min(one, other, key=lambda profile: (not profile.is_alone, profile.size, profile.id))
        for member in small.members:
            self.joins.setdefault(member, join)
        self._parent[b] = a
        self.clusters[a] = joined((one, other))
        del self.clusters[b]
        if b in self._apart:
            self._apart[a] |= self._apart.pop(b)

    def _of(self, profile: str) -> str:
        return _find(self._parent, profile)
