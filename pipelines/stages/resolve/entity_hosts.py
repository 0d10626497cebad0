"""Clusters known by a single word joined to the one that they mean: surnames alone to persons, acronyms to organisations.

What belongs here: whom a surname or an acronym may mean, and the choice. What does not: clusters of full names
(`entity_clusters.py`).

The choice depends on all bearers of a surname, and on all organisations with one acronym; a run makes those choices anew that a
changed cluster has a key of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import exp

from pipelines.stages.resolve.entity_blocks import MOST_IN_BLOCK, Pair
from pipelines.stages.resolve.entity_clusters import Join
from pipelines.stages.resolve.entity_evidence import Evidence, compare, probability
from pipelines.stages.resolve.entity_names import Likeness
from pipelines.stages.resolve.entity_profiles import ORGANISATION, PERSON, Profile
from pipelines.stages.resolve.entity_spelling import skeletons

_CERTAIN = 0.5
_ACRONYM = 2.2
SURNAMES, ACRONYMS = "surname", "acronym"


@dataclass(slots=True)
class Hosts:
    """The cluster that each one was joined to, and by what.

    Attributes:
        apart: pairs of clusters that people keep apart.
        of: host and join by cluster.
    """

    apart: Collection[Pair] = ()
    of: dict[str, tuple[str, Join]] = field(default_factory=dict)
    _guests: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def join(self, host: str, cluster: str, join: Join) -> bool:
        """Join a cluster to its host, unless people keep it apart from what is one with that; whether it was joined."""
        for other in (host, *self._guests[host]) if self.apart else ():
            if (other, cluster) in self.apart or (cluster, other) in self.apart:
                return False
        self.of[cluster] = host, join
        self._guests[host].append(cluster)
        return True


def keys_of(cluster: Profile) -> set[str]:
    """The keys by which a cluster is found from a single word, or by its single word."""
    if cluster.kind == PERSON:
        return {f"{SURNAMES} {key}" for name in cluster.names for key in skeletons(name.words[-1])}
    if cluster.kind == ORGANISATION:
        return {f"{ACRONYMS} {acronym}" for acronym in cluster.acronyms}
    return set()


@dataclass(frozen=True, slots=True)
class Bearer:
    """A person whom a surname alone may mean."""

    cluster_id: str
    bearer_id: str
    odds: float
    method: str
    evidence: str


def host_surnames(
    alone: Iterable[Profile], full: Iterable[Profile], common: Collection[str], hosts: Hosts
) -> list[Bearer]:
    """Join surnames alone to the person whom they mean most likely, if anyone.

    Args:
        alone: the surnames, in the order of their ids.
        full: all persons who bear one of them.
        common: see `entity_evidence.compare`.
        hosts: gets the persons chosen.

    Returns:
        The bearers of those surnames that mean no one surely.
    """
    by_key: defaultdict[str, list[Profile]] = defaultdict(list)
    for person in sorted(full, key=lambda person: person.id):
        for key in keys_of(person):
            by_key[key].append(person)
    unsure: list[Bearer] = []
    chosen = []
    for cluster in alone:
        bearers = {b.id: b for key in sorted(keys_of(cluster)) for b in _likely(by_key[key], cluster)}
        found = []
        for bearer in bearers.values():
            evidence = compare(bearer, cluster, common)
            if evidence is not None:
                found.append((evidence.log_odds, bearer.id, evidence))
        if not found:
            continue
        odds, best, evidence = max(found, key=lambda item: (item[0], item[1]))
        # Each bearer, or someone the texts name nowhere.
        score = exp(odds) / (1.0 + sum(exp(item[0]) for item in found))
        if score > _CERTAIN:
            chosen.append((best, cluster.id, Join("surname", round(score, 3), evidence.text)))
        else:
            unsure += [Bearer(cluster.id, bearer, odds, one.method, one.text) for odds, bearer, one in found]
    for host, cluster_id, join in chosen:
        hosts.join(host, cluster_id, join)
    return unsure


def _likely(bearers: list[Profile], alone: Profile) -> list[Profile]:
    """The bearers of a surname that are compared: of a frequent one those of the same country first."""
    if len(bearers) <= MOST_IN_BLOCK:
        return bearers
    near = [bearer for bearer in bearers if bearer.countries.keys() & alone.countries.keys()]
    return sorted(near, key=lambda bearer: (-bearer.size, bearer.id))[:MOST_IN_BLOCK]


@dataclass(frozen=True, slots=True)
class Organisation:
    """What the choice by acronym looks at."""

    id: str
    is_alone: bool
    countries: Collection[str]
    acronyms: Collection[str]


def host_acronyms(organisations: Iterable[Organisation], hosts: Hosts) -> None:
    """Join an organisation known by its acronym alone to the one whose texts give both.

    Args:
        organisations: all that have one of some acronyms, and all acronyms of each.
        hosts: gets those chosen.
    """
    in_order = sorted(organisations, key=lambda one: one.id)
    countries = {one.id: set(one.countries) for one in in_order}
    expansions: defaultdict[str, list[str]] = defaultdict(list)
    for one in in_order:
        if not one.is_alone:
            for acronym in one.acronyms:
                expansions[acronym].append(one.id)
    for one in in_order:
        for join in _expansion(one, expansions, countries) if one.is_alone else ():
            host, why = join
            if hosts.join(host, one.id, why):
                countries[host] |= countries[one.id]


def _expansion(
    alone: Organisation, expansions: Mapping[str, list[str]], countries: Mapping[str, set[str]]
) -> Iterator[tuple[str, Join]]:
    own = countries[alone.id]
    for acronym in sorted(alone.acronyms):
        found = [i for i in expansions.get(acronym, ()) if not (countries[i] and own) or countries[i] & own]
        if len(found) == 1:
            evidence = Evidence()
            evidence.add("name", f"{Likeness.SUBSET}: {acronym}", _ACRONYM)
            if shared := countries[found[0]] & own:
                evidence.add("country", min(shared), 1.0)
            yield found[0], Join("acronym", round(probability(evidence.log_odds), 3), evidence.text)
            return
