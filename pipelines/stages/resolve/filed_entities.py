"""The entities of all documents from nothing, in files: what takes little memory however many documents there are.

What belongs here: `file_entities`, the ids and the tables that are kept. What does not: the rows of core (`filed_rows.py`),
profiles, pairs and clusters (`filed_profiles.py`, `filed_pairs.py`, `filed_clusters.py`), and the same by what changed
(`entity_changes.py`, `entity_groups.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import ids
from pipelines.freed_memory import give_back
from pipelines.stages.resolve.entity_clusters import Join
from pipelines.stages.resolve.entity_profiles import Node
from pipelines.stages.resolve.filed_clusters import FiledClusters
from pipelines.stages.resolve.filed_pairs import compare_all
from pipelines.stages.resolve.filed_profiles import FiledProfiles
from pipelines.stages.resolve.kept_entities import SCHEMAS, KeptEntities, kept_table
from pipelines.stages.resolve.kept_tables import KeptTable
from pipelines.stages.resolve.shelved_nodes import ReadNodes, ShelvedNodes
from pipelines.stages.resolve.table_files import TableFile

_TEXT = pa.string()


@dataclass(frozen=True, slots=True)
class FiledEntities:
    """The entities of core that documents' entities are, in numbers.

    Attributes:
        documents: their ids, in order.
        entities: the entity ids of nlp, by number.
        core: the ids of core, by number; sorted.
        nodes: n by 3, for each row of the kept table of nodes its document, entity id and profile (-1 without one), as numbers.
        core_of: for each of these rows the entity of core, as a number.
        joins: of the profiles that were joined to others, alone or with their cluster.
        kept: the tables that are kept, without those of documents.
        held: the rows of the kept table of nodes, where they are few (`FiledProfiles.held`).
    """

    documents: Sequence[str]
    entities: pa.Array
    core: pa.Array
    nodes: np.ndarray
    core_of: np.ndarray
    joins: dict[int, Join]
    kept: dict[str, KeptTable]
    held: list[Node] | None = None


def file_entities(documents: Sequence[str], at_once: int, read: ReadNodes, folder: Path) -> FiledEntities:
    """Join the documents' entities.

    Args:
        documents: the ids of all, in order.
        at_once: how many of them are in memory at once.
        read: gives the entities of some documents.
        folder: of the files; there is none of them yet.
    """
    profiles = FiledProfiles(ShelvedNodes.read(documents, at_once, read, folder), folder)
    give_back()
    connecting = compare_all(profiles, folder / "pairs.arrow")
    profiles.let_go_of_blocks()
    clusters = FiledClusters(profiles, connecting, {document: number for number, document in enumerate(documents)})
    del connecting
    give_back()
    groups = _Groups.of(profiles, clusters)
    tables = {"keys": clusters.key_rows(), "clusters": _cluster_rows(profiles, clusters)}
    tables |= {
        "profiles": _profile_rows(profiles, clusters, groups, documents),
        "groups": groups.rows(profiles, documents),
    }
    for name, parts in tables.items():
        file = TableFile(folder / f"{name}.arrow", SCHEMAS[name])
        for part in parts:
            file.add_table(part)
        file.done()
    kept = {name: KeptTable.read(folder / f"{name}.arrow") for name in (*tables, "nodes", "blocks", "pairs")}
    bearers = [(b.cluster_id, b.bearer_id, b.odds, b.method, b.evidence) for b in clusters.bearers]
    kept |= {"bearers": kept_table("bearers", bearers), "common": kept_table("common", [(e,) for e in profiles.common])}
    hosted = np.flatnonzero(clusters.host_of[clusters.cluster_of] >= 0)
    joins = {number: clusters.hosted[int(clusters.cluster_of[number])] for number in hosted.tolist()} | clusters.joins
    return FiledEntities(
        documents, profiles.entities, groups.core, profiles.nodes, groups.of_nodes(profiles.nodes), joins, kept,
        profiles.held,
    )  # fmt: skip


def all_kept(found: FiledEntities, documents: KeptTable) -> KeptEntities:
    """All tables that are kept."""
    tables: dict[str, Any] = {**found.kept, "documents": documents}
    return KeptEntities(**tables)


def documents_table(
    documents: pd.DataFrame, is_counted: Callable[[], Mapping[str, bool]] | None
) -> tuple[KeptTable, set[str]]:
    """The kept table of all documents, and those that do not count.

    Args:
        documents: document_id, and print if they have one; is_counted, unless the argument tells.
        is_counted: asked which documents count.
    """
    counted = is_counted() if is_counted else dict(zip(documents["document_id"], documents["is_counted"], strict=True))
    counts = [bool(counted[document]) for document in documents["document_id"]]
    missing = pa.nulls(len(counts), _TEXT)
    table = pa.table(
        {
            "document_id": pa.array(documents["document_id"], _TEXT, from_pandas=True),
            "is_counted": pa.array(counts, pa.bool_()),
            "print": pa.array(documents["print"], _TEXT, from_pandas=True) if "print" in documents else missing,
        }
    )
    return KeptTable(table), {document for document, counts in counted.items() if not counts}


@dataclass(frozen=True, slots=True)
class _Groups:
    """What is one entity: a cluster with those joined to it, then what bears one key.

    Attributes:
        of_profile: for each profile its group, by the number of the profile whose cluster's it is.
        group: the numbers of groups: of profiles, those of keys after them.
        anchors: n by 3: day, document and entity id of the earliest node of each, as numbers.
        core: the ids of core, sorted.
        core_of: of each group, as a number.
    """

    of_profile: np.ndarray
    group: np.ndarray
    anchors: np.ndarray
    core: pa.Array
    core_of: np.ndarray

    @classmethod
    def of(cls, profiles: FiledProfiles, clusters: FiledClusters) -> _Groups:
        """The groups of all profiles and keys, with their ids."""
        hosts = np.where(clusters.host_of >= 0, clusters.host_of, np.arange(len(profiles)))
        of_profile = hosts[clusters.cluster_of]
        # The order of entity ids as texts.
        rank = np.empty(len(profiles.entities), dtype=np.int64)
        rank[pc.sort_indices(profiles.entities).to_numpy()] = np.arange(len(rank))
        anchors = np.concatenate([profiles.anchors, profiles.keyed])
        group = np.concatenate([of_profile, len(profiles) + profiles.keyed[:, 2].astype(np.int64)])
        order = np.lexsort((rank[anchors[:, 2]], anchors[:, 1], anchors[:, 0], group))
        first = order[np.concatenate([[True], np.diff(group[order]) != 0])] if len(order) else order
        group, anchors = group[first], anchors[first]
        # The earliest group that is known by an entity id has it; the others have one of the id and their earliest document.
        order = np.lexsort((rank[anchors[:, 2]], anchors[:, 1], anchors[:, 0]))
        _, at = np.unique(anchors[order, 2], return_index=True)
        has_id = np.zeros(len(group), dtype=bool)
        has_id[order[at]] = True
        return cls(of_profile, group, anchors, *_core_ids(profiles, anchors, has_id))

    def of_nodes(self, nodes: np.ndarray) -> np.ndarray:
        """The entity of core of each row of the table of nodes, as a number."""
        count = len(self.of_profile)
        place = np.zeros(int(self.group[-1]) + 1 if len(self.group) else 0, dtype=np.int32)
        place[self.group] = self.core_of
        has_profile = nodes[:, 2] >= 0
        found = np.empty(len(nodes), dtype=np.int32)
        found[has_profile] = place[self.of_profile[nodes[has_profile, 2]]]
        found[~has_profile] = place[count + nodes[~has_profile, 1].astype(np.int64)]
        return found

    def core_of_profiles(self) -> np.ndarray:
        """The entity of core of each profile, as a number."""
        return self.core_of[np.searchsorted(self.group, self.of_profile)]

    def rows(self, profiles: FiledProfiles, documents: Sequence[str]) -> Iterator[pa.Table]:
        """The rows of the kept table of groups."""
        names = pa.array(documents, _TEXT)

        def part(ids: pa.Array, begin: int, end: int) -> pa.Table:
            day, document, entity = self.anchors[begin:end].T
            columns = (
                ids, pa.array(np.ascontiguousarray(day)).cast(pa.date32()), names.take(pa.array(document)),
                profiles.entities.take(pa.array(entity)), self.core.take(pa.array(self.core_of[begin:end])),
            )  # fmt: skip
            return pa.table(dict(zip(SCHEMAS["groups"], columns, strict=True)))

        for start, batch in _batches(profiles):
            begin, end = np.searchsorted(self.group, [start, start + len(batch)]).tolist()
            yield part(batch["profile_id"].take(pa.array(self.group[begin:end] - start)), begin, end)
        begin = int(np.searchsorted(self.group, len(profiles)))
        yield part(profiles.entities.take(pa.array(self.anchors[begin:, 2])), begin, len(self.group))


def _core_ids(profiles: FiledProfiles, anchors: np.ndarray, has_id: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """The ids of core, sorted, and that of each group as a number."""
    others = np.flatnonzero(~has_id)
    named = zip(
        profiles.entities.take(pa.array(anchors[others, 2])).to_pylist(), anchors[others, 1].tolist(), strict=True
    )
    more = pa.array([ids.entity_id(f"{entity}:{profiles.document(number)}") for entity, number in named], _TEXT)
    own = profiles.entities.take(pa.array(anchors[has_id, 2]))
    core = pa.concat_arrays([own, more])
    order = pc.sort_indices(core)
    place = np.empty(len(core), dtype=np.int32)
    place[order.to_numpy()] = np.arange(len(core), dtype=np.int32)
    core_of = np.empty(len(anchors), dtype=np.int32)
    core_of[has_id], core_of[others] = place[: len(own)], place[len(own) :]
    return core.take(order), core_of


def _batches(profiles: FiledProfiles) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The profiles some after the others, with the number of the first."""
    start = 0
    for batch in profiles.made.to_batches():
        yield start, batch
        start += len(batch)


def _named(profile_ids: list[str], numbers: np.ndarray, start: int, clusters: FiledClusters) -> list[str]:
    """The ids of the profiles that some from `start` on stand for: mostly themselves."""
    found = list(profile_ids)
    for at in np.flatnonzero(numbers != np.arange(start, start + len(numbers))).tolist():
        found[at] = clusters.id_of[int(numbers[at])]
    return found


def _profile_rows(
    profiles: FiledProfiles, clusters: FiledClusters, groups: _Groups, documents: Sequence[str]
) -> Iterator[pa.Table]:
    """The rows of the kept table of profiles."""
    names, core_of = pa.array(documents, _TEXT), groups.core_of_profiles()
    for start, batch in _batches(profiles):
        some = slice(start, start + len(batch))
        own = batch["profile_id"].to_pylist()
        joins = [clusters.joins.get(number) for number in range(start, start + len(batch))]
        day, document, _ = profiles.anchors[some].T
        yield pa.table(
            {
                "profile_id": batch["profile_id"],
                "entity_id": batch["entity_id"],
                "cluster_id": _named(own, clusters.cluster_of[some], start, clusters),
                "connected": _named(own, clusters.part_of[some], start, clusters),
                "anchor_date": pa.array(np.ascontiguousarray(day)).cast(pa.date32()),
                "anchor_document": names.take(pa.array(document)),
                **_told(joins),
                "core_id": groups.core.take(pa.array(core_of[some])),
            }
        )


def _cluster_rows(profiles: FiledProfiles, clusters: FiledClusters) -> Iterator[pa.Table]:
    """The rows of the kept table of clusters."""
    for start, batch in _batches(profiles):
        numbers = np.arange(start, start + len(batch))
        at = np.flatnonzero(clusters.cluster_of[start : start + len(batch)] == numbers)
        own = batch.take(pa.array(at))
        members: list[list[str]] = [[id] for id in own["profile_id"].to_pylist()]
        is_alone, countries = own["is_alone"].to_pylist(), own["countries"].to_pylist()
        leaders = (start + at).tolist()
        for place, number in enumerate(leaders):
            if number in clusters.merged:
                members[place], is_alone[place], countries[place] = clusters.merged[number]
        hosts = [clusters.id_of[host] if host >= 0 else None for host in clusters.host_of[leaders].tolist()]
        columns = (own["profile_id"], members, is_alone, countries, hosts)
        told = _told([clusters.hosted.get(number) for number in leaders])
        schema = SCHEMAS["clusters"]
        arrays = {name: pa.array(column, schema[name]) for name, column in zip(schema, columns, strict=False)}
        yield pa.table(arrays | told)


def _told(joins: list[Join | None]) -> dict[str, pa.Array]:
    """The columns of joins."""
    kinds = {"method": _TEXT, "score": pa.float64(), "evidence": _TEXT}
    return {name: pa.array([getattr(join, name, None) for join in joins], kind) for name, kind in kinds.items()}
