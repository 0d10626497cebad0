"""The clusters of all profiles, and those known by a single word joined to the one that they mean; in numbers.

What belongs here: `FiledClusters`: what `entity_changes.change_clusters` comes to where there were none before. What does not:
joining (`entity_clusters.py`, `entity_hosts.py`), the tables that are kept (`filed_entities.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.stages.resolve.entity_clusters import Join, cluster_profiles, connected_parts
from pipelines.stages.resolve.entity_hosts import (
    ACRONYMS,
    SURNAMES,
    Bearer,
    Hosts,
    Organisation,
    host_acronyms,
    host_surnames,
    keys_of,
)
from pipelines.stages.resolve.entity_profiles import Profile
from pipelines.stages.resolve.filed_pairs import Connecting
from pipelines.stages.resolve.filed_profiles import FiledProfiles, hashes
from pipelines.stages.resolve.half_linkage import connected

_PROFILES_AT_ONCE = 5_000  # that pairs connect with others
_ALONE_AT_ONCE = 500  # surnames whose bearers are in memory


class FiledClusters:
    """The clusters of profiles.

    Attributes:
        cluster_of: for each profile the least one of its cluster.
        part_of: for each profile the least one of those that pairs connect with it.
        joins: of profiles that were joined to others.
        merged: the rows of clusters of several profiles: ids of the members, whether it is known by a single word, countries.
        host_of: for each profile that is the least of a cluster the cluster which that one was joined to, -1 for none.
        hosted: by what it was joined.
        bearers: whom surnames alone may mean that mean no one surely.
        id_of: the ids of all profiles that others stand for.
    """

    def __init__(self, profiles: FiledProfiles, connecting: Connecting, documents: Mapping[str, int]) -> None:
        count = len(profiles)
        self._profiles = profiles
        self.cluster_of, self.part_of = np.arange(count), np.arange(count)
        self.joins: dict[int, Join] = {}
        self.merged: dict[int, tuple[list[str], bool, list[str]]] = {}
        self.host_of = np.full(count, -1)
        self.hosted: dict[int, Join] = {}
        self.bearers: list[Bearer] = []
        self.id_of: dict[int, str] = {}
        self._records: dict[int, int] = {}  # of clusters of several profiles
        self._key_rows: list[tuple[str, int, bool]] = []  # of these
        for pairs in _parts(connecting, count):
            self._join(pairs, documents)
        self._host_surnames()
        self._host_acronyms()

    def key_rows(self) -> Iterator[pa.Table]:
        """The rows of the kept table of keys."""
        made = self._profiles.key_rows.rename_columns(["key", "cluster_id", "is_alone"])
        staying = self._is_single()[self._profiles.keys.profile]
        start = 0
        for batch in made.to_batches():
            yield pa.Table.from_batches([batch.filter(pa.array(staying[start : start + len(batch)]))])
            start += len(batch)
        rows = [(key, self.id_of[cluster], alone) for key, cluster, alone in self._key_rows]
        columns: Any = zip(*rows, strict=True) if rows else ([], [], [])
        yield pa.table(dict(zip(made.column_names, columns, strict=True)), schema=made.schema)

    def _join(self, pairs: Connecting, documents: Mapping[str, int]) -> None:
        """Cluster some profiles: all that pairs connect with each other."""
        number_of = {id: number for a, b, pair in pairs for id, number in ((pair.first, a), (pair.second, b))}
        loaded = self._profiles.load(sorted(number_of.values()))
        present = {profile.id: profile for profile in loaded.values()}
        self.id_of |= {number: id for id, number in number_of.items()}
        clustering = cluster_profiles(present, [pair for *_, pair in pairs], self._profiles.common)
        parts = connected_parts(present, ((pair.first, pair.second) for *_, pair in pairs))
        for profile, part in parts.items():
            self.part_of[number_of[profile]] = number_of[part]
        self.joins |= {number_of[profile]: join for profile, join in clustering.joins.items()}
        for cluster in clustering.clusters.values():
            if len(cluster.members) > 1:
                number = number_of[cluster.id]
                self.cluster_of[[number_of[member] for member in cluster.members]] = number
                self.merged[number] = cluster.members, cluster.is_alone, list(cluster.countries)
                self._records[number] = self._profiles.add(cluster, documents)
                self._key_rows += [(key, number, cluster.is_alone) for key in keys_of(cluster)]

    def _is_single(self) -> np.ndarray:
        """Which profiles are clusters of their own."""
        return np.bincount(self.cluster_of, minlength=len(self.cluster_of))[self.cluster_of] == 1

    def _load(self, clusters: np.ndarray) -> dict[int, Profile]:
        records = {self._records.get(number, number): number for number in clusters.tolist()}
        return {records[record]: profile for record, profile in self._profiles.load(records).items()}

    def _keyed(self, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each key of a kind its hash, the cluster that has it, and whether that is known by a single word."""
        made, keys = self._profiles.key_rows, self._profiles.keys
        told = pc.starts_with(made["key"], f"{kind} ").to_numpy() & self._is_single()[keys.profile]
        more = [row for row in self._key_rows if row[0].startswith(f"{kind} ")]
        return (
            np.concatenate([keys.key[told], hashes([key for key, *_ in more])]),
            np.concatenate([keys.profile[told], np.array([number for _, number, _ in more], dtype=np.int64)]),
            np.concatenate([made["is_alone"].to_numpy()[told], np.array([alone for *_, alone in more], dtype=bool)]),
        )

    def _host_surnames(self) -> None:
        """Join surnames alone to the persons whom they mean, those of one surname at once."""
        key, cluster, is_alone = self._keyed(SURNAMES)
        order = np.argsort(key[~is_alone], kind="stable")
        full, of_full = cluster[~is_alone][order], key[~is_alone][order]
        alone, of_alone = cluster[is_alone], key[is_alone]
        order = np.argsort(of_alone, kind="stable")
        # Each with its least key, in the order of these.
        each, at = np.unique(alone[order], return_index=True)
        in_order = each[np.argsort(at)]
        keys_of_alone = pd.Series(of_alone).groupby(alone).agg(list)
        for begin in range(0, len(in_order), _ALONE_AT_ONCE):
            some = in_order[begin : begin + _ALONE_AT_ONCE]
            asked = np.unique(np.concatenate(keys_of_alone.loc[some].to_list()))
            bounds = zip(np.searchsorted(of_full, asked), np.searchsorted(of_full, asked, "right"), strict=True)
            bearers = np.unique(np.concatenate([full[left:right] for left, right in bounds]))
            if not len(bearers):
                continue
            loaded, hosts = self._load(np.union1d(some, bearers)), Hosts()
            singles = sorted((loaded[number] for number in some.tolist()), key=lambda profile: profile.id)
            self.bearers += host_surnames(
                singles, [loaded[number] for number in bearers.tolist()], self._profiles.common, hosts
            )
            self._note(hosts, {profile.id: number for number, profile in loaded.items()})

    def _host_acronyms(self) -> None:
        """Join organisations known by their acronyms alone."""
        key, cluster, is_alone = self._keyed(ACRONYMS)
        found: list[Organisation] = []
        number_of: dict[str, int] = {}
        acronyms: defaultdict[int, set[int]] = defaultdict(set)
        for hashed, number in zip(key.tolist(), cluster.tolist(), strict=True):
            acronyms[number].add(hashed)
        shared = {hashed for hashed, count in zip(*np.unique(key, return_counts=True), strict=True) if count > 1}
        told = dict(zip(cluster.tolist(), is_alone.tolist(), strict=True))
        some = np.array([n for n, own in sorted(acronyms.items()) if not own.isdisjoint(shared)], dtype=np.int64)
        for begin in range(0, len(some), _PROFILES_AT_ONCE):
            for number, profile in self._load(some[begin : begin + _PROFILES_AT_ONCE]).items():
                names = {name.removeprefix(f"{ACRONYMS} ") for name in keys_of(profile)}
                found.append(Organisation(profile.id, told[number], tuple(profile.countries), names))
                number_of[profile.id] = number
        hosts = Hosts()
        host_acronyms(found, hosts)
        self._note(hosts, number_of)

    def _note(self, hosts: Hosts, number_of: Mapping[str, int]) -> None:
        for cluster, (host, join) in hosts.of.items():
            number, its_host = number_of[cluster], number_of[host]
            self.host_of[number] = its_host
            self.hosted[number] = join
            self.id_of |= {number: cluster, its_host: host}


def _parts(connecting: Connecting, count: int) -> Iterator[Connecting]:
    """The pairs of profiles that they connect, whole parts of them, for some thousand profiles at once."""
    first, second = (np.array([pair[side] for pair in connecting], dtype=np.int64) for side in (0, 1))
    part = connected(count, first, second)
    order = np.argsort(part[first], kind="stable")
    some: Connecting = []
    last = -1
    for at in order.tolist():
        if len(some) >= _PROFILES_AT_ONCE and part[first[at]] != last:
            yield some
            some = []
        last = part[first[at]]
        some.append(connecting[at])
    if some:
        yield some
