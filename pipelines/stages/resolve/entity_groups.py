"""Which entities a change gives another id, and whose links it alters.

What belongs here: from changed clusters to groups, ids of profiles and links that are not as before. What does not: how an id
follows from a group's earliest document (`entity_ids.py`), the rows of core (`entities.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from pipelines.stages.resolve.entity_changes import ChangedClusters
from pipelines.stages.resolve.entity_clusters import Join
from pipelines.stages.resolve.entity_ids import change_groups
from pipelines.stages.resolve.entity_profiles import NO_DAY, NodeId, Order
from pipelines.stages.resolve.kept_entities import KeptEntities


@dataclass(frozen=True, slots=True)
class ChangedIds:
    """What is kept after a change, and what is not as it was.

    Attributes:
        kept: the tables.
        profiles: those whose documents' links are to be written again.
        keys: entity ids of nlp that are one by their key alone, of which the same holds.
        renamed: those of the profiles that are another entity of core than before, or new.
        entities: the ids of core whose rows are to be written again, or are gone.
    """

    kept: KeptEntities
    profiles: set[str]
    keys: set[str]
    renamed: set[str]
    entities: set[str]


def change_ids(before: KeptEntities, changed: ChangedClusters, gone: Collection[str]) -> ChangedIds:
    """Give ids to what changed.

    Args:
        before: what the run before kept.
        changed: the clusters after the change.
        gone: the documents that are no more, or another now.
    """
    kept = changed.kept
    anchors, gone_groups = _anchors_of_clusters(before, changed)
    by_key, gone_keys = _anchors_of_keys(before, changed, gone)
    groups = change_groups(before.groups, anchors | by_key, gone_groups | gone_keys)
    cluster_ids = _clusters_of(kept, {*anchors, *groups.renamed})
    core_of = dict(groups.groups.where("group_id", set(cluster_ids.values()), columns=["group_id", "core_id"]))
    of_cluster = {cluster: core_of[group] for cluster, group in cluster_ids.items()}
    profiles = kept.profiles.filled("core_id", "cluster_id", of_cluster)
    now = dict(profiles.each("cluster_id", cluster_ids, columns=["profile_id", "core_id"]))
    was = {row[0]: row for row in before.profiles.where("profile_id", now.keys() | changed.profiles)}
    joined_by, were_by = joins_of(kept, profiles.where("profile_id", was)), joins_of(before, was.values())
    other = {id for id, core in now.items() if id not in was or was[id][-1] != core}
    relinked = other | {id for id in now if joined_by.get(id) != were_by.get(id)}
    entities = {row[-1] for id, row in was.items() if now.get(id) != row[-1]}
    entities |= {now[id] for id in other}
    renamed = {key: core for key, core in groups.renamed.items() if "|" not in key}
    entities |= {core for core in renamed.values() if core}
    entities |= {core for (core,) in before.groups.where("group_id", renamed.keys(), columns=["core_id"])}
    kept = replace(kept, profiles=profiles, groups=groups.groups)
    return ChangedIds(kept, relinked, {key for key, core in renamed.items() if core}, other, entities)


def joins_of(kept: KeptEntities, profiles: Iterable[tuple]) -> dict[str, Join]:
    """By what profiles were joined to their clusters, or these to others.

    Args:
        kept: the tables.
        profiles: rows of the table of profiles.
    """
    rows = list(profiles)
    columns = ["cluster_id", "method", "score", "evidence"]
    hosted = {
        id: Join(*told)
        for id, *told in kept.clusters.where("cluster_id", {row[2] for row in rows}, columns=columns)
        if told[0] is not None
    }
    found = {row[0]: hosted[row[2]] for row in rows if row[2] in hosted}
    return found | {row[0]: Join(*row[6:9]) for row in rows if row[6] is not None}


def core_ids(kept: KeptEntities, nodes: Iterable[tuple[str, str, str | None]]) -> dict[NodeId, str]:
    """The entity of core of entities of documents, each with its profile if it has one."""
    rows = list(nodes)
    of_profile = dict(
        kept.profiles.where("profile_id", {p for *_, p in rows if p}, columns=["profile_id", "core_id"])
    )  # fmt: skip
    of_key = dict(
        kept.groups.where("group_id", {key for _, key, p in rows if p is None}, columns=["group_id", "core_id"])
    )
    return {(document, key): of_key[key] if profile is None else of_profile[profile] for document, key, profile in rows}


def _anchors_of_clusters(before: KeptEntities, changed: ChangedClusters) -> tuple[dict[str, Order], set[str]]:
    """The earliest document of each group with a cluster that was looked at anew, and the groups that are no more."""
    columns = ["cluster_id", "host"]
    hosts = {
        host or id
        for tables in (before, changed.kept)
        for id, host in tables.clusters.where("cluster_id", changed.clusters, columns=columns)
    }
    clusters = _clusters_of(changed.kept, hosts)
    anchors: dict[str, Order] = {}
    columns = ["cluster_id", "anchor_date", "anchor_document", "entity_id"]
    for cluster, day, document, entity in changed.kept.profiles.each("cluster_id", clusters, columns=columns):
        group, order = clusters[cluster], (day, (document, entity))
        anchors[group] = min(anchors.get(group, order), order)
    return anchors, hosts - anchors.keys()


def _clusters_of(kept: KeptEntities, groups: Collection[str]) -> dict[str, str]:
    """The clusters of some groups, each with its group."""
    columns = ["cluster_id", "host"]
    found = {id: id for id, host in kept.clusters.where("cluster_id", groups, columns=columns) if host is None}
    return found | dict(kept.clusters.where("host", found, columns=columns))


def _anchors_of_keys(
    before: KeptEntities, changed: ChangedClusters, gone: Collection[str]
) -> tuple[dict[str, Order], set[str]]:
    """The same of what is one by its key alone."""
    new = changed.keyed
    lost = {key for (key,) in before.nodes.where("document_id", gone, columns=["entity_id"], known=False)}
    anchors: dict[str, Order] = {}
    again = set(lost)
    columns = ["group_id", "anchor_date", "anchor_document", "anchor_entity"]
    for key, day, document, entity in before.groups.where("group_id", new.keys() | lost, columns=columns):
        if document not in gone:
            anchors[key] = min((day, (document, entity)), new.get(key, (day, (document, entity))))
            again.discard(key)
    for key in again:
        rows = changed.kept.nodes.where(
            "entity_id", [key], columns=["document_id", "entity_id", "published"], known=False
        )
        if rows:
            anchors[key] = min((day or NO_DAY, (document, entity)) for document, entity, day in rows)
    anchors |= {key: order for key, order in new.items() if key not in anchors}
    return anchors, again - anchors.keys()
