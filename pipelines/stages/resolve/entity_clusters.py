"""Clusters of profiles: joined from the surest pair on, as long as the clusters as a whole fit.

What belongs here: the order of joins, surnames alone, and what a cluster's parts were joined by. What does not: the weights.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import exp

from pipelines.stages.resolve.entity_blocks import MOST_IN_BLOCK, candidate_pairs
from pipelines.stages.resolve.entity_corrections import EntityCorrections
from pipelines.stages.resolve.entity_evidence import Evidence, compare, probability
from pipelines.stages.resolve.entity_names import Likeness
from pipelines.stages.resolve.entity_profiles import ORGANISATION, PERSON, NodeId, Profile, joined
from pipelines.stages.resolve.entity_spelling import skeletons

CORRECTED = "corrected"
_LEAST_CANDIDATE = 0.1  # probability from which a pair that was not joined is kept as a candidate


@dataclass(frozen=True, slots=True)
class Join:
    """By what a profile was joined to its cluster."""

    method: str
    score: float
    evidence: Evidence


@dataclass(slots=True)
class Clustering:
    """The clusters by id, the join of each profile id that was joined, and pairs of cluster ids that may be one."""

    clusters: dict[str, Profile]
    joins: dict[str, Join]
    candidates: dict[tuple[str, str], Join] = field(default_factory=dict)


def cluster_profiles(profiles: list[Profile], corrections: EntityCorrections | None = None) -> Clustering:
    """Join the profiles that are one entity.

    A pair is joined only when the two clusters that its members are in by then fit as a whole, so no chain of likenesses brings
    together what does not fit. The order of the profiles makes no difference. What people say is the same is joined before all
    else, and what they say is not is never joined.

    Args:
        profiles: sorted by id.
        corrections: by people.
    """
    corrections = corrections or EntityCorrections()
    rarity: Counter[str] = Counter()
    for profile in profiles:
        for entity_id in profile.entity_ids:
            rarity[entity_id] += profile.size
    state = _State(profiles, rarity)
    profile_of = {node: profile.id for profile in profiles for node in profile.nodes}
    state.keep_apart(_between(corrections.different, profile_of))
    for first_id, second_id in _between(corrections.same, profile_of):
        state.merge(first_id, second_id, Join(CORRECTED, 1.0, Evidence()))
    scored = []
    for first, second in candidate_pairs(profiles):
        evidence = compare(first, second, rarity)
        if evidence is not None:
            scored.append((-round(evidence.log_odds, 3), first.id, second.id, evidence))
    scored.sort(key=lambda pair: pair[:3])
    rest = []
    for against, first_id, second_id, evidence in scored:
        if against >= 0 or not state.join(first_id, second_id, evidence):
            rest.append((first_id, second_id, evidence))
    _join_surnames(state)
    _join_acronyms(state)
    for first_id, second_id, evidence in rest:
        state.note_candidate(first_id, second_id, evidence)
    return Clustering(state.clusters, state.joins, state.candidates)


def _between(pairs: Iterable[tuple[NodeId, NodeId]], profile_of: Mapping[NodeId, str]) -> Iterator[tuple[str, str]]:
    """The profiles of pairs of documents' entities that both have one; what is one by its key alone has none."""
    for first, second in pairs:
        if first in profile_of and second in profile_of:
            yield profile_of[first], profile_of[second]


class _State:
    def __init__(self, profiles: list[Profile], rarity: Counter[str]) -> None:
        self.rarity = rarity
        self.clusters = {profile.id: profile for profile in profiles}
        self.joins: dict[str, Join] = {}
        self.candidates: dict[tuple[str, str], Join] = {}
        self._parent = {profile.id: profile.id for profile in profiles}
        self._apart: defaultdict[str, set[str]] = defaultdict(set)  # by cluster, the profiles that it must not hold

    def keep_apart(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Never join the clusters of two profiles."""
        for first, second in pairs:
            self._apart[self.find(first)].add(second)
            self._apart[self.find(second)].add(first)

    def is_apart(self, a: str, b: str) -> bool:
        """Whether people say that two clusters are not one."""
        return any(self.find(other) == b for other in self._apart.get(a, ()))

    def find(self, item: str) -> str:
        """The id of the cluster that a profile is in."""
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, first_id: str, second_id: str, evidence: Evidence, method: str | None = None) -> bool:
        """Join the clusters of two profiles if they fit as a whole; whether they are one now."""
        a, b = sorted((self.find(first_id), self.find(second_id)))
        if a == b:
            return True
        whole: Evidence | None = evidence
        if method is None and (a, b) != (first_id, second_id):
            whole = compare(self.clusters[a], self.clusters[b], self.rarity)
        if whole is None or whole.log_odds <= 0:
            return False
        return self.merge(a, b, Join(method or _method(evidence), round(whole.probability, 3), evidence))

    def merge(self, first_id: str, second_id: str, join: Join) -> bool:
        """Make one cluster of those of two profiles; the smaller one is what was joined. Whether they are one now."""
        a, b = sorted((self.find(first_id), self.find(second_id)))
        if a == b:
            return True
        if self.is_apart(a, b):
            return False
        one, other = self.clusters[a], self.clusters[b]
        small = min(one, other, key=lambda profile: (not profile.is_alone, profile.size, profile.id))
        for member in small.members:
            self.joins.setdefault(member, join)
        self._parent[b] = a
        self.clusters[a] = joined(one, other)
        del self.clusters[b]
        if b in self._apart:
            self._apart[a] |= self._apart.pop(b)
        return True

    def note_candidate(self, first_id: str, second_id: str, evidence: Evidence) -> None:
        """Keep a pair that was not joined and is not unlikely."""
        first, second = sorted((self.find(first_id), self.find(second_id)))
        pair = (first, second)
        if pair[0] == pair[1] or evidence.probability < _LEAST_CANDIDATE or self.is_apart(*pair):
            return
        known = self.candidates.get(pair)
        score = round(min(evidence.probability, 0.49), 3)
        if known is None or score > known.score:
            self.candidates[pair] = Join(_method(evidence), score, evidence)


def _join_surnames(state: _State) -> None:
    """Join surnames alone to the person whom they mean most likely, if anyone."""
    full: defaultdict[str, list[Profile]] = defaultdict(list)
    alone = []
    for cluster in sorted(state.clusters.values(), key=lambda cluster: cluster.id):
        if cluster.kind != PERSON:
            continue
        if cluster.is_alone:
            alone.append(cluster)
            continue
        for key in {key for name in cluster.names for key in skeletons(name.words[-1])}:
            full[key].append(cluster)
    chosen = []
    for cluster in alone:
        keys = {key for name in cluster.names for key in skeletons(name.words[-1])}
        bearers = {bearer.id: bearer for key in sorted(keys) for bearer in _likely(full[key], cluster)}
        found = []
        for bearer in bearers.values():
            evidence = compare(bearer, cluster, state.rarity)
            if evidence is not None:
                found.append((evidence.log_odds, bearer.id, evidence))
        if not found:
            continue
        odds, best, evidence = max(found, key=lambda item: (item[0], item[1]))
        # Each bearer, or someone the texts name nowhere.
        score = exp(odds) / (1.0 + sum(exp(item[0]) for item in found))
        if score > _CERTAIN:
            chosen.append((best, cluster.id, Join("surname", round(score, 3), evidence)))
        else:
            for _, bearer_id, one in found:
                state.note_candidate(bearer_id, cluster.id, one)
    for bearer_id, alone_id, join in chosen:
        state.merge(bearer_id, alone_id, join)


_CERTAIN = 0.5


def _likely(bearers: list[Profile], alone: Profile) -> list[Profile]:
    """The bearers of a surname that are compared: of a frequent one those of the same country first."""
    if len(bearers) <= MOST_IN_BLOCK:
        return bearers
    near = [bearer for bearer in bearers if bearer.countries.keys() & alone.countries.keys()]
    return sorted(near, key=lambda bearer: (-bearer.size, bearer.id))[:MOST_IN_BLOCK]


def _join_acronyms(state: _State) -> None:
    """Join an organisation known by its acronym alone to the one whose texts give both."""
    expansions: defaultdict[str, set[str]] = defaultdict(set)
    for cluster in state.clusters.values():
        if cluster.kind == ORGANISATION and not cluster.is_alone:
            for acronym in cluster.acronyms:
                expansions[acronym].add(cluster.id)
    for cluster in sorted(state.clusters.values(), key=lambda cluster: cluster.id):
        if cluster.kind != ORGANISATION or not cluster.is_alone:
            continue
        for acronym in sorted(cluster.acronyms):
            found = [i for i in sorted(expansions.get(acronym, ())) if _fits(state.clusters[state.find(i)], cluster)]
            if len(found) == 1:
                evidence = Evidence()
                evidence.add("name", f"{Likeness.SUBSET}: {acronym}", _ACRONYM)
                shared = state.clusters[state.find(found[0])].countries.keys() & cluster.countries.keys()
                if shared:
                    evidence.add("country", min(shared), 1.0)
                state.merge(found[0], cluster.id, Join("acronym", round(probability(evidence.log_odds), 3), evidence))
                break


_ACRONYM = 2.2


def _fits(expanded: Profile, alone: Profile) -> bool:
    return not (expanded.countries and alone.countries) or bool(expanded.countries.keys() & alone.countries.keys())


def _method(evidence: Evidence) -> str:
    finding = evidence.found["name"][0].split(":")[0]
    return {Likeness.SAME.value: "name", Likeness.SURNAME.value: "surname"}.get(finding, "spelling")
