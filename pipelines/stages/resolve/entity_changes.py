"""Profiles, pairs and clusters of entities, brought up to date by the documents that came, went or changed.

What belongs here: the order of that work, and how far a change reaches. What does not: the parts (`entity_profiles.py`,
`entity_pairs.py`, `entity_clusters.py`, `entity_hosts.py`), ids and rows (`entities.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from pipelines.stages.resolve.entity_blocks import Pair
from pipelines.stages.resolve.entity_clusters import Clustering, cluster_profiles, connected_parts, reached
from pipelines.stages.resolve.entity_corrections import EntityCorrections
from pipelines.stages.resolve.entity_evidence import RARE
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
from pipelines.stages.resolve.entity_pairs import change_pairs
from pipelines.stages.resolve.entity_profiles import (
    OTHER,
    Node,
    NodeId,
    Order,
    Profile,
    build_profiles,
    companies,
    joined,
)
from pipelines.stages.resolve.kept_entities import KeptEntities, kept_table
from pipelines.stages.resolve.kept_tables import KeptTable

_NODE = ("document_id", "entity_id", "name", "label", "country", "sector", "titles", "mentioned_as", "published")
_TOLD = ("told_country", "told_sector", "told_count")


@dataclass(frozen=True, slots=True)
class ChangedClusters:
    """What is kept after a change, ids aside, and what is not as it was.

    Attributes:
        kept: the tables; profiles that `profiles` names have no id yet.
        profiles: the ids of those that were looked at anew, and of those that are no more.
        clusters: likewise, with those that are known by a single word and were joined anew.
        keyed: the earliest place of each entity id that is one by its key alone, of documents that are new or another now.
        moved: further documents, of whose entities some are in another profile, as one between them came or went.
    """

    kept: KeptEntities
    profiles: set[str]
    clusters: set[str]
    keyed: Mapping[str, Order]
    moved: set[str]


@dataclass(frozen=True, slots=True)
class ChangedProfiles:
    """Nodes and profiles after a change.

    Attributes:
        nodes: the table as it is now.
        profiles: those of all entity ids that the change names.
        changed: the ids of those that are new, or of which something is told anew.
        former: the nodes that each profile of these entity ids had before.
        keyed, moved: as in `ChangedClusters`.
    """

    nodes: KeptTable
    profiles: list[Profile]
    changed: set[str]
    former: Mapping[str, Collection[NodeId]]
    keyed: Mapping[str, Order]
    moved: set[str]


def read_node(row: tuple) -> Node:
    """A node from a row of the table of nodes."""
    document, entity, name, label, country, sector, titles, mentioned_as, published, *told = row
    of = tuple(zip(*told[:3], strict=True))
    return Node((document, entity), name, label, country, sector, tuple(titles), tuple(mentioned_as), published, of)


def node_row(node: Node, profile_id: str | None) -> tuple:
    """The row of a node in that table."""
    of = [list(column) for column in zip(*node.told, strict=True)] if node.told else [[], [], []]
    return (
        *node.key, node.name, node.label, node.country, node.sector, node.titles, node.mentioned_as, node.published, *of,
        profile_id,
    )  # fmt: skip


class _Profiles:
    """The profiles of some ids, built from the nodes when they are first asked for."""

    def __init__(self, nodes: KeptTable, known: Iterable[Profile]) -> None:
        self._nodes = nodes
        self._found = {profile.id: profile for profile in known}

    def __call__(self, profile_ids: Iterable[str]) -> dict[str, Profile]:
        asked = set(profile_ids)
        entities = {profile.split("|", 1)[0] for profile in asked if profile not in self._found}
        nodes = {node.key: node for node in map(read_node, self._nodes.where("entity_id", entities, known=True))}
        for profile in build_profiles(nodes, company_of(self._nodes, nodes)):
            self._found.setdefault(profile.id, profile)
        return {profile: self._found[profile] for profile in asked}


def company_of(nodes: KeptTable, keys: Iterable[NodeId]) -> dict[str, list[str]]:
    """The names in the documents of some nodes."""
    documents = {document for document, _ in keys}
    return companies(nodes.where("document_id", documents, columns=["document_id", "entity_id"], known=True))


def change_clusters(before: KeptEntities, told: ChangedProfiles, corrections: EntityCorrections) -> ChangedClusters:
    """Bring pairs and clusters up to date.

    Args:
        before: what the run before kept.
        told: the profiles after the change.
        corrections: by people; where there are any, everything is fresh.
    """
    nodes, profiles, former = told.nodes, told.profiles, told.former
    changed = {profile.id: profile for profile in profiles if profile.id in told.changed}
    removed = former.keys() - {profile.id for profile in profiles}
    load = _Profiles(nodes, profiles)
    common, companions = _change_common(before, nodes, profiles, former)
    pairs = change_pairs(
        before.blocks, before.pairs, changed=changed, removed=removed, load=load, common=common, companions=companions
    )
    touched = pairs.touched.union(changed, removed, *(_together(before.profiles, some) for some in companions))
    found, connecting = reached(before.profiles, pairs.pairs, touched)
    present = load(found - removed)
    is_corrected = corrections.same or corrections.different
    profile_of = {node: profile.id for profile in profiles for node in profile.nodes} if is_corrected else {}
    apart = _between(corrections.different, profile_of)
    clustering = cluster_profiles(
        present, connecting, common, same=_between(corrections.same, profile_of), apart=apart
    )  # fmt: skip
    parts = connected_parts(present, ((pair.first, pair.second) for pair in connecting))
    kept = replace(
        before,
        nodes=nodes,
        blocks=pairs.blocks,
        pairs=pairs.pairs,
        common=kept_table("common", [(e,) for e in common]),
    )
    return _Clusters(before, kept, load, common, changed, companions, apart).change(
        (told.keyed, told.moved), found, clustering, parts
    )


def change_profiles(
    before: KeptEntities, fresh: Mapping[NodeId, Node], gone: Collection[str], single: Collection[NodeId]
) -> ChangedProfiles:
    """Bring nodes and profiles up to date.

    Args:
        before: what the run before kept.
        fresh: the nodes of documents that are new, or another than they were.
        gone: the documents that are no more, or another now.
        single: nodes that have a profile of their own.
    """
    columns = ["entity_id"]
    entities = {entity for (entity,) in before.nodes.where("document_id", gone, columns=columns)}
    entities.update(entity for _, entity in fresh)
    former: defaultdict[str, set[NodeId]] = defaultdict(set)
    of_node: dict[NodeId, str] = {}
    nodes: dict[NodeId, Node] = {}
    for row in before.nodes.where("entity_id", entities, known=True):
        node = read_node(row)
        former[row[-1]].add(node.key)
        if node.key[0] not in gone:
            nodes[node.key] = node
            of_node[node.key] = row[-1]
    keyed: dict[str, Order] = {}
    named: dict[NodeId, Node] = {}
    for key, node in fresh.items():
        if node.kind != OTHER:
            named[key] = node
        else:
            keyed[key[1]] = min(keyed.get(key[1], node.order), node.order)
    nodes |= named
    # The fresh ones have their profiles below.
    staying = before.nodes.replaced("document_id", gone, [])
    held = staying.where("document_id", {d for d, _ in nodes}, columns=["document_id", "entity_id"], known=True)
    company = companies({*held, *named})
    profiles = build_profiles(nodes, company, single)
    now = {key: profile.id for profile in profiles for key in profile.nodes if key in of_node}
    moved = {key[0] for key, profile in of_node.items() if now[key] != profile}
    others = staying.where("document_id", moved) if moved else []
    rows = chain(
        ((*row[:-1], now.get((row[0], row[1]), row[-1])) for row in others),
        (node_row(node, None) for key, node in fresh.items() if key not in named),
        (node_row(named[key], profile.id) for profile in profiles for key in profile.nodes if key in named),
    )
    table = staying.replaced("document_id", moved, rows)
    changed = {
        profile.id
        for profile in profiles
        if set(profile.nodes) != former.get(profile.id) or not named.keys().isdisjoint(profile.nodes)
    }
    return ChangedProfiles(table, profiles, changed, dict(former), keyed, moved)


def _change_common(
    before: KeptEntities, nodes: KeptTable, profiles: Iterable[Profile], former: Mapping[str, Collection[NodeId]]
) -> tuple[set[str], list[set[str]]]:
    """The entity ids that many documents have; and for each that became one, or ceases to be, the profiles beside it."""
    count: Counter[str] = Counter()
    for profile in profiles:
        count.update(entity for _, entity in profile.nodes)
    was = {entity for (entity,) in before.common.all()}
    told = {*count, *(profile.split("|", 1)[0] for profile in former)}
    common = (was - told) | {entity for entity, n in count.items() if n > RARE}
    if not len(before.documents):
        return common, []
    beside = []
    for entity in was ^ common:
        documents = {d for (d,) in nodes.where("entity_id", [entity], columns=["document_id"], known=True)}
        beside.append({p for (p,) in nodes.where("document_id", documents, columns=["profile_id"], known=True)})
    return common, beside


def _together(profiles: KeptTable, some: Collection[str]) -> set[str]:
    """Of some profiles those that are in one connected part with another one of them."""
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for profile, part in profiles.where("profile_id", some, columns=["profile_id", "connected"]):
        parts[part].add(profile)
    return {profile for part in parts.values() if len(part) > 1 for profile in part}


def _between(pairs: Iterable[tuple[NodeId, NodeId]], profile_of: Mapping[NodeId, str]) -> list[Pair]:
    """The profiles of pairs of documents' entities that both have one; what is one by its key alone has none."""
    return [(profile_of[a], profile_of[b]) for a, b in pairs if a in profile_of and b in profile_of]


@dataclass(frozen=True, slots=True)
class _Clusters:
    before: KeptEntities
    kept: KeptEntities
    load: _Profiles
    common: Collection[str]
    changed_profiles: Mapping[str, Profile]
    companions: Iterable[Collection[str]]
    apart: Iterable[Pair]

    def change(
        self,
        of_nodes: tuple[Mapping[str, Order], set[str]],
        found: set[str],
        clustering: Clustering,
        parts: Mapping[str, str],
    ) -> ChangedClusters:
        """The tables with the clusters of all profiles that were found."""
        cluster_of = {member: cluster.id for cluster in clustering.clusters.values() for member in cluster.members}

        def rows() -> Iterator[tuple]:
            for profile in self.load(cluster_of).values():
                day, (document, entity) = profile.anchor
                join = clustering.joins.get(profile.id)
                told = (join.method, join.score, join.evidence) if join else (None, None, None)
                yield profile.id, entity, cluster_of[profile.id], parts[profile.id], day, document, *told, None

        profiles = self.before.profiles.replaced("profile_id", found, rows())
        former_ids = {c for (c,) in self.before.profiles.where("profile_id", found, columns=["cluster_id"])}
        former = {row[0]: row for row in self.before.clusters.where("cluster_id", former_ids)}
        changed = {
            id: cluster
            for id, cluster in clustering.clusters.items()
            if id not in former
            or former[id][1] != cluster.members
            or not self.changed_profiles.keys().isdisjoint(cluster.members)
        }
        gone = {*changed, *(former.keys() - clustering.clusters.keys())}
        old_keys = self.before.keys.where("cluster_id", gone)
        new_keys = [(key, id, cluster.is_alone) for id, cluster in changed.items() for key in keys_of(cluster)]
        keys = self.before.keys.replaced("cluster_id", gone, new_keys)
        new = (
            (id, cluster.members, cluster.is_alone, list(cluster.countries), None, None, None, None)
            for id, cluster in changed.items()
        )
        clusters = self.before.clusters.replaced("cluster_id", gone, new)
        hosts = Hosts({(cluster_of[a], cluster_of[b]) for a, b in self.apart})
        told_keys = {*old_keys, *new_keys}
        near = {c for (c,) in profiles.where("profile_id", set().union(*self.companions), columns=["cluster_id"])}
        alone, unsure = self._host_surnames(clusters, keys, changed, (told_keys, near), hosts)
        alone |= self._host_acronyms(clusters, keys, {key for key, *_ in told_keys if key.startswith(ACRONYMS)}, hosts)
        rehosted = []
        for id, members, is_alone, countries, *_ in clusters.where("cluster_id", alone):
            host, join = hosts.of.get(id, (None, None))
            told = (join.method, join.score, join.evidence) if join else (None, None, None)
            rehosted.append((id, members, is_alone, countries, host, *told))
        bearers = self.before.bearers.replaced(
            "cluster_id", gone | alone, [(b.cluster_id, b.bearer_id, b.odds, b.method, b.evidence) for b in unsure]
        )
        clusters = clusters.replaced("cluster_id", alone, rehosted)
        kept = replace(self.kept, profiles=profiles, clusters=clusters, keys=keys, bearers=bearers)
        return ChangedClusters(kept, found, {*former, *clustering.clusters, *alone}, *of_nodes)

    def _host_surnames(
        self,
        clusters: KeptTable,
        keys: KeptTable,
        changed: Mapping[str, Profile],
        touched: tuple[Collection[tuple], Collection[str]],
        hosts: Hosts,
    ) -> tuple[set[str], list[Bearer]]:
        """Place the surnames alone that a change can reach; which those are, and whom the unsure ones may mean.

        Reached are those with a key of a changed cluster (the first of `touched`), and those beside a name that became common.
        """
        told, near = touched
        of_full = {key for key, _, is_alone in told if not is_alone and key.startswith(SURNAMES)}
        alone = {id for _, id, is_alone in keys.where("key", of_full) if is_alone}
        alone |= {id for key, id, is_alone in told if is_alone and id in changed and key.startswith(SURNAMES)}
        alone |= {id for key, id, is_alone in keys.where("cluster_id", near) if is_alone and key.startswith(SURNAMES)}
        their = {key for key, *_ in keys.where("cluster_id", alone)}
        full = {id for _, id, is_alone in keys.where("key", their) if not is_alone}
        loaded = self._load_clusters(clusters, changed, alone | full)
        in_order = [loaded[id] for id in sorted(alone)]
        return alone, host_surnames(in_order, [loaded[id] for id in full], self.common, hosts)

    def _load_clusters(
        self, clusters: KeptTable, changed: Mapping[str, Profile], ids: Collection[str]
    ) -> dict[str, Profile]:
        found = {id: changed[id] for id in ids if id in changed}
        members = dict(clusters.where("cluster_id", set(ids) - found.keys(), columns=["cluster_id", "members"]))
        profiles = self.load(profile for some in members.values() for profile in some)
        for id, some in members.items():
            found[id] = joined(profiles[profile] for profile in some) if len(some) > 1 else profiles[some[0]]
        return found

    def _host_acronyms(self, clusters: KeptTable, keys: KeptTable, told: set[str], hosts: Hosts) -> set[str]:
        """Place the acronyms alone that a change can reach; which those are."""
        known, ids = set[str](), set[str]()
        while new := told - known:
            known |= new
            ids |= {id for _, id, _ in keys.where("key", new)}
            told = {key for key, *_ in keys.where("cluster_id", ids)}
        acronyms: defaultdict[str, set[str]] = defaultdict(set)
        for key, id, _ in keys.where("cluster_id", ids):
            acronyms[id].add(key.removeprefix(f"{ACRONYMS} "))
        rows = clusters.where("cluster_id", ids, columns=["cluster_id", "is_alone", "countries"])
        host_acronyms([Organisation(id, alone, of, acronyms[id]) for id, alone, of in rows], hosts)
        return {id for id, is_alone, _ in rows if is_alone}
