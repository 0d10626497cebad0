"""Entities across documents: which of the documents' entities are one, and what all texts say of it.

What belongs here: the order of the parts. The entities of documents (`nlp.entities`) are grouped into profiles
(`entity_profiles.py`); those that may be one are found (`entity_blocks.py`), compared (`entity_evidence.py`, `entity_names.py`,
`entity_spelling.py`) and joined (`entity_clusters.py`, `entity_hosts.py`); ids (`entity_ids.py`) and the rows of core
(`entity_rows.py`) follow. What does not: linking mentions inside a document (`nlp/coreference/`).

A name is evidence and not the entity: two documents with one full name mean one person unless country, office or generation say
otherwise; a surname alone is joined to the person whom it means most likely, if anyone.

A run looks at what changed since the one before (`entity_changes.py`): from nothing it is the same work, with everything new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import log
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.stages.resolve.entity_changes import change_clusters, change_profiles, read_node
from pipelines.stages.resolve.entity_clusters import CORRECTED, Join
from pipelines.stages.resolve.entity_corrections import EntityCorrections, correct_groups
from pipelines.stages.resolve.entity_evidence import Evidence
from pipelines.stages.resolve.entity_groups import ChangedIds, change_ids, core_ids, joins_of
from pipelines.stages.resolve.entity_ids import change_groups
from pipelines.stages.resolve.entity_names import forget_names
from pipelines.stages.resolve.entity_profiles import Node, NodeId, read_nodes
from pipelines.stages.resolve.entity_rows import (
    LEAST_CANDIDATE,
    Candidate,
    affiliation_rows,
    candidate_rows,
    entity_rows,
    link_rows,
)
from pipelines.stages.resolve.entity_spelling import plain
from pipelines.stages.resolve.filed_entities import all_kept, documents_table, file_entities
from pipelines.stages.resolve.filed_rows import FiledRows
from pipelines.stages.resolve.kept_entities import KeptEntities, kept_table
from pipelines.stages.resolve.kept_tables import KeptTable
from pipelines.stages.resolve.shelved_nodes import nodes_reader

_NODE = ("document_id", "entity_id", "profile_id")
_ENTITIES_AT_ONCE = 10_000  # of which all that documents tell is in memory
_DOCUMENTS_AT_ONCE = 5_000  # of which mentions are

Rows = pd.DataFrame | Callable[[Collection[str]], pd.DataFrame]  # or what gives those of some documents


@dataclass(frozen=True, slots=True)
class ResolvedEntities:
    """The entity tables of schema core: all rows, or those that are not what they were.

    Attributes:
        entities, affiliations: rows of the entities of core in `replaced`, whose former rows give way to them.
        entity_links: of mentions whose links are not as they were; those of mentions that are no more go too.
        candidates: always all rows.
        replaced: entities of core; `None` if the rows are all that there are.
        other_documents: documents that are new or another now, or of which an entity is in another profile.
        kept: what the next run needs, and `of_document` looks up.
    """

    entities: pd.DataFrame
    entity_links: pd.DataFrame
    affiliations: pd.DataFrame
    candidates: pd.DataFrame
    replaced: set[str] | None
    other_documents: set[str]
    kept: KeptEntities
    _corrected: Mapping[NodeId, str] = field(default_factory=dict)
    _ids: ChangedIds | None = None
    _filed: FiledRows | None = None

    def of_document(self, documents: Collection[str] | None = None) -> dict[NodeId, str]:
        """The entity of core of each entity of some documents, or of all."""
        if self._filed is not None:
            return self._filed.of_documents(documents)
        if self._corrected:
            return {key: core for key, core in self._corrected.items() if documents is None or key[0] in documents}
        nodes = self.kept.nodes
        return core_ids(
            self.kept,
            nodes.all(*_NODE) if documents is None else nodes.where("document_id", documents, columns=_NODE),
        )

    def rows_of(self, entities: Collection[str]) -> pd.DataFrame:
        """Of `entities` the rows of some entities of core; of those that are not in it none."""
        if self._filed is not None:
            return self._filed.of_entities(entities)
        return self.entities[self.entities["entity_id"].isin(entities)]

    def nodes_of(self, entities: Collection[str]) -> set[NodeId]:
        """The entities of documents that are some entities of core."""
        kept = self.kept
        profiles = {id for (id,) in kept.profiles.where("core_id", entities, columns=["profile_id"])}
        keys = {id for (id,) in kept.groups.where("core_id", entities, columns=["group_id"])}
        return self._nodes(profiles, keys)

    def renamed_nodes(self) -> set[NodeId]:
        """The entities of documents that are another entity of core than before; of `other_documents` perhaps not all."""
        return self._nodes(self._ids.renamed, self._ids.keys) if self._ids else set()

    def _nodes(self, profiles: Collection[str], keys: Collection[str]) -> set[NodeId]:
        asked = ("profile_id", profiles, None), ("entity_id", keys, False)
        return set(KeptTable(self.kept.nodes.any_of(*asked, columns=_NODE[:2])).all())

    def in_core(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table of nlp with document_id and entity_id, the latter replaced by the entity of core; without one it stays so."""
        documents = table["document_id"].tolist()
        of_document = self.of_document(set(documents))
        keys = zip(documents, table["entity_id"].tolist(), strict=True)
        found = [of_document.get(key) if isinstance(key[1], str) else None for key in keys]
        return table.assign(entity_id=pd.Series(found, index=table.index, dtype=object))


@dataclass(frozen=True, slots=True)
class EntityChange:
    """What changed since the run before.

    Attributes:
        before: what that run kept.
        fresh: the documents that are new, or of which something else is told now.
        mentions_of: gives the rows of nlp.entity_mentions of some documents.
    """

    before: KeptEntities
    fresh: Collection[str]
    mentions_of: Callable[[Collection[str]], pd.DataFrame]


def resolve_entities(
    documents: pd.DataFrame,
    entities: Rows,
    mentions: Rows,
    corrections: EntityCorrections | None = None,
    change: EntityChange | None = None,
    is_counted: Callable[[], Mapping[str, bool]] | None = None,
    folder: Path | None = None,
) -> ResolvedEntities:
    """Join the documents' entities into real-world entities.

    Args:
        documents: document_id, published_date, is_counted, unless the argument tells; print, if they have one, is kept.
        entities: rows of nlp.entities, of the fresh documents at least.
        mentions: rows of nlp.entity_mentions, likewise.
        corrections: by people; where some apply, or did in the run before, everything is resolved from nothing.
        change: what changed; `None`: everything did.
        is_counted: asked, when entities are joined, which documents count: near-duplicates and superseded versions do not.
        folder: for files, where everything is resolved from nothing; the rows and what is kept stay in them. `None`: they are in
            memory. Not used where people corrected some.

    Returns:
        The tables, and what is kept for the next run.
    """
    corrections = corrections or EntityCorrections()
    if change is None and folder is not None and not (corrections.same or corrections.different):
        return _from_nothing(documents, entities, mentions, is_counted, folder)
    return _changed(documents, entities, mentions, corrections, change, is_counted)


def _changed(
    documents: pd.DataFrame,
    entities: Rows,
    mentions: Rows,
    corrections: EntityCorrections,
    change: EntityChange | None,
    is_counted: Callable[[], Mapping[str, bool]] | None,
) -> ResolvedEntities:
    """Join documents' entities by what changed."""
    now = set(documents["document_id"].tolist())
    before, fresh = (change.before, set(change.fresh)) if change else (KeptEntities.nothing(), now)
    was_counted = dict(before.documents.all("document_id", "is_counted"))
    gone = (was_counted.keys() - now) | (fresh & was_counted.keys())
    nodes = _read_nodes(documents, entities, mentions, fresh)
    profiles = change_profiles(before, nodes, gone, corrections.apart())
    is_corrected = bool(corrections.same or corrections.different)
    if not is_corrected:
        nodes = {}  # the largest thing in memory, which only people's corrections ask for again
    clusters = change_clusters(before, profiles, corrections)
    del profiles
    ids = change_ids(before, clusters, gone)
    rows = _told(documents, is_counted)
    kept = replace(ids.kept, documents=kept_table("documents", rows), is_corrected=is_corrected)
    ids = replace(ids, kept=kept)
    if change:
        changed = {d for d, counted, _ in rows if was_counted.get(d) != counted} | gone | fresh | clusters.moved
        ids.entities.update(core_ids(before, before.nodes.where("document_id", changed, columns=_NODE)).values())
        ids.entities.update(core_ids(kept, kept.nodes.where("document_id", changed, columns=_NODE)).values())
    corrected = _corrected_ids(ids, nodes, corrections) if is_corrected else {}
    uncounted = {document for document, counts, _ in rows if not counts}
    outcome = _Outcome(ids, nodes, clusters.moved | fresh, corrections, corrected, uncounted)
    del nodes, clusters
    of_entities = list(outcome.rows())
    links = outcome.links(change.mentions_of if change else mentions)
    return ResolvedEntities(
        entities=_stacked([rows for rows, _ in of_entities]),
        entity_links=links,
        affiliations=_stacked([rows for _, rows in of_entities]),
        candidates=outcome.candidates(),
        replaced=ids.entities if change else None,
        other_documents=set(outcome.relinked),
        kept=kept,
        _corrected=corrected,
        _ids=ids,
    )


def _from_nothing(
    documents: pd.DataFrame,
    entities: Rows,
    mentions: Rows,
    is_counted: Callable[[], Mapping[str, bool]] | None,
    folder: Path,
) -> ResolvedEntities:
    """Join all documents' entities, with rows and what is kept in the files of a folder."""
    all_ids = sorted(documents["document_id"].tolist())
    mentions_of: Callable[[Collection[str]], pd.DataFrame] = partial(_of, mentions)
    if len(all_ids) <= _DOCUMENTS_AT_ONCE:  # read once, as they are asked for twice
        of_all = mentions_of(all_ids)
        mentions_of = lambda _: of_all  # noqa: E731
    found = file_entities(
        all_ids, _DOCUMENTS_AT_ONCE, nodes_reader(documents, partial(_of, entities), mentions_of), folder
    )
    forget_names()
    told, uncounted = documents_table(documents, is_counted)
    kept = all_kept(found, told)
    rows = FiledRows(found, folder)
    of_entities, affiliations = rows.entities(uncounted, _ENTITIES_AT_ONCE)
    outcome = _Outcome(ChangedIds(kept, set(), set(), set(), set()), {}, (), EntityCorrections(), {}, uncounted)
    return ResolvedEntities(
        entities=of_entities,
        entity_links=rows.links(mentions_of, _DOCUMENTS_AT_ONCE),
        affiliations=affiliations,
        candidates=outcome.candidates(),
        replaced=None,
        other_documents=set(found.documents),
        kept=kept,
        _filed=rows,
    )


def _read_nodes(documents: pd.DataFrame, entities: Rows, mentions: Rows, fresh: Collection[str]) -> dict[NodeId, Node]:
    """The entities of fresh documents, some documents after the others."""
    nodes: dict[NodeId, Node] = {}
    shared: dict[Any, Any] = {}
    for some in _portions(fresh):
        told = documents[documents["document_id"].isin(some)]
        nodes |= read_nodes(told, _of(entities, some), _of(mentions, some), shared)
    return nodes


def _of(rows: Rows, documents: Collection[str]) -> pd.DataFrame:
    """The rows of some documents."""
    return rows[rows["document_id"].isin(documents)] if isinstance(rows, pd.DataFrame) else rows(documents)


def _portions(documents: Collection[str]) -> Iterator[list[str]]:
    in_order = sorted(documents)
    for begin in range(0, len(in_order), _DOCUMENTS_AT_ONCE):
        yield in_order[begin : begin + _DOCUMENTS_AT_ONCE]


def _told(
    documents: pd.DataFrame, is_counted: Callable[[], Mapping[str, bool]] | None
) -> list[tuple[str, bool, str | None]]:
    """All documents, whether they count, and their prints, if they have some."""
    ids = documents["document_id"].tolist()
    counted = is_counted() if is_counted else dict(zip(ids, documents["is_counted"].tolist(), strict=True))
    prints = documents["print"].tolist() if "print" in documents else [None] * len(ids)
    return [(document, bool(counted[document]), its_print) for document, its_print in zip(ids, prints, strict=True)]


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


def normalise_name(name: str) -> str:
    """A name in lower case without accents or punctuation, words separated by one space."""
    letters = (c if c.isalnum() or c.isspace() else "" if c in ".'’" else " " for c in plain(name))
    return " ".join("".join(letters).split())


@dataclass(frozen=True, slots=True)
class _Outcome:
    ids: ChangedIds
    fresh: Mapping[NodeId, Node]  # where people corrected some; then it is all
    relinked: Collection[str]  # documents that are new or another now, or of which an entity is in another profile
    corrections: EntityCorrections
    corrected: Mapping[NodeId, str]  # all ids, if people corrected any
    uncounted: Collection[str]

    def rows(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """The rows of the entities of core that are written, and of their affiliations, some entities after the others."""
        ids = sorted(set(self.corrected.values()) if self.corrected else self.ids.entities)
        for begin in range(0, max(len(ids), 1), _ENTITIES_AT_ONCE):
            told = self._of_entities(set(ids[begin : begin + _ENTITIES_AT_ONCE]))
            yield entity_rows(told, self.uncounted), affiliation_rows(told, self.uncounted)

    def _of_entities(self, entities: Collection[str]) -> dict[str, list[Node]]:
        """What documents tell of some entities of core."""
        found: defaultdict[str, list[Node]] = defaultdict(list)
        if self.corrected:
            for key, core in self.corrected.items():
                if core in entities:
                    found[core].append(self.fresh[key])
            return found
        kept = self.ids.kept
        of_profile = dict(kept.profiles.where("core_id", entities, columns=["profile_id", "core_id"]))
        of_key = dict(kept.groups.where("core_id", entities, columns=["group_id", "core_id"]))
        for row in kept.nodes.where("profile_id", of_profile):
            found[of_profile[row[-1]]].append(read_node(row))
        for row in kept.nodes.where("entity_id", of_key, known=False):
            found[of_key[row[1]]].append(read_node(row))
        return found

    def links(self, mentions: Rows) -> pd.DataFrame:
        """The rows of core.entity_links that are written."""
        told = (
            ("profile_id", self.ids.profiles, None),
            ("entity_id", self.ids.keys, False),
            ("document_id", self.relinked, None),
        )
        linked = KeptTable(self.ids.kept.nodes.any_of(*told, columns=_NODE))
        documents = set(linked.table("document_id")["document_id"].unique().to_pylist())
        found = [
            link_rows(_of(mentions, some), self._links(linked.where("document_id", some)))
            for some in _portions(documents)
        ]
        return _stacked(found) if found else link_rows(_of(mentions, ()), {})

    def _links(self, rows: list[tuple]) -> dict[NodeId, tuple[str, Join | None]]:
        """The entity of core and the join of some entities of documents."""
        kept = self.ids.kept
        core_of = self.corrected or core_ids(kept, rows)
        joins = joins_of(kept, kept.profiles.where("profile_id", {profile for *_, profile in rows if profile}))
        found = {(d, key): (core_of[d, key], joins.get(profile)) for d, key, profile in rows}
        join = Join(CORRECTED, 1.0, Evidence().text)
        return found | {key: (core_of[key], join) for pair in self.corrections.same for key in pair if key in found}

    def candidates(self) -> pd.DataFrame:
        """The rows of core.entity_candidates."""
        pairs = list(self._candidates())
        kept = self.ids.kept
        named = {name for first, second, *_ in pairs for name in (first, second)}
        core_of = dict(kept.profiles.where("profile_id", named, columns=["profile_id", "core_id"]))
        apart: set[tuple[str, str]] = set()
        if self.corrected:
            rows = kept.nodes.all(*_NODE)
            core_of |= {profile: self.corrected[document, key] for document, key, profile in rows if profile}
            for pair in self.corrections.different:
                one, other = sorted(self.corrected[key] for key in pair)
                apart.add((one, other))
        return candidate_rows(pairs, core_of, apart)

    def _candidates(self) -> Iterator[Candidate]:
        """Pairs that may be one, those of surnames alone first."""
        kept = self.ids.kept
        least = log(LEAST_CANDIDATE / (1.0 - LEAST_CANDIDATE)) - 0.01
        for table in (kept.bearers, kept.pairs):
            rows = [(row[0], row[1], row[-3], row[-1]) for row in table.above("odds", least)]
            if table is kept.bearers:
                # The cluster's id is one of its profiles'.
                yield from sorted(rows)
            else:
                yield from sorted(rows, key=lambda row: (-round(row[2], 3), row[0], row[1]))


def _corrected_ids(ids: ChangedIds, nodes: Mapping[NodeId, Node], corrections: EntityCorrections) -> dict[NodeId, str]:
    """The ids of all documents' entities after people put some together or apart."""
    kept = ids.kept
    members: defaultdict[str, list[NodeId]] = defaultdict(list)
    hosts = {cluster: host or cluster for cluster, host in kept.clusters.all("cluster_id", "host")}
    of_profile = {profile: hosts[cluster] for profile, cluster in kept.profiles.all("profile_id", "cluster_id")}
    for document, key, profile in kept.nodes.all(*_NODE):
        members[of_profile[profile] if profile else key].append((document, key))
    groups = [(keys, [name] if "|" in name else []) for name, keys in members.items()]
    corrected = dict(enumerate(correct_groups(groups, corrections)))
    anchors = {str(number): min(nodes[key].order for key in keys) for number, (keys, _) in corrected.items()}
    core_of = change_groups(kept_table("groups"), anchors, ()).renamed
    return {key: str(core_of[str(number)]) for number, (keys, _) in corrected.items() for key in keys}
