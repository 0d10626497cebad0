"""Entities across documents: which of the documents' entities are one, and what all texts say of it.

What belongs here: the order of the parts. The entities of documents (`nlp.entities`) are grouped into profiles
(`entity_profiles.py`); those that may be one are found (`entity_blocks.py`), compared (`entity_evidence.py`, `entity_names.py`,
`entity_spelling.py`) and joined (`entity_clusters.py`); the rows of core follow (`entity_rows.py`). What does not: linking
mentions inside a document (`nlp/coreference/`).

A name is evidence and not the entity: two documents with one full name mean one person unless country, office or generation say
otherwise; a surname alone is joined to the person whom it means most likely, if anyone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from pipelines import ids
from pipelines.stages.resolve.entity_clusters import CORRECTED, Clustering, Join, cluster_profiles
from pipelines.stages.resolve.entity_corrections import EntityCorrections, correct_groups
from pipelines.stages.resolve.entity_evidence import Evidence
from pipelines.stages.resolve.entity_profiles import OTHER, Node, NodeId, Profile, build_profiles, read_nodes
from pipelines.stages.resolve.entity_rows import affiliation_rows, candidate_rows, entity_rows, link_rows
from pipelines.stages.resolve.entity_spelling import plain


@dataclass(frozen=True, slots=True)
class ResolvedEntities:
    """The entity tables of schema core, and the entity that each document's entity became.

    `canonical` tells it by the id of nlp.entities alone: where namesakes share that id, the one with most documents.
    """

    entities: pd.DataFrame
    entity_links: pd.DataFrame
    affiliations: pd.DataFrame
    candidates: pd.DataFrame
    of_document: dict[NodeId, str]  # (document_id, entity_id of nlp.entities) -> entity_id of core.entities
    canonical: dict[str, str]

    def in_core(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table of nlp with document_id and entity_id, the latter replaced by the entity of core; without one it stays so."""
        keys = zip(table["document_id"].tolist(), table["entity_id"].tolist(), strict=True)
        found = [self.of_document.get(key) if isinstance(key[1], str) else None for key in keys]
        return table.assign(entity_id=pd.Series(found, index=table.index, dtype=object))


def resolve_entities(
    documents: pd.DataFrame,
    entities: pd.DataFrame,
    mentions: pd.DataFrame,
    corrections: EntityCorrections | None = None,
) -> ResolvedEntities:
    """Join the documents' entities into real-world entities.

    Args:
        documents: document_id, published_date, is_counted (False for near-duplicates and superseded versions).
        entities: rows of nlp.entities.
        mentions: rows of nlp.entity_mentions.
        corrections: by people.

    Returns:
        The tables and the mapping of ids.
    """
    corrections = corrections or EntityCorrections()
    nodes = read_nodes(documents, entities, mentions)
    profiles = build_profiles(nodes, corrections.apart())
    clustering = cluster_profiles(profiles, corrections)
    of_document, core_of = _core_ids(nodes, clustering, corrections)
    linked = mentions.merge(documents, on="document_id", how="left")
    keys = zip(linked["document_id"].tolist(), linked["entity_id"].tolist(), strict=True)
    linked["core_id"] = [of_document[key] for key in keys]
    return ResolvedEntities(
        entities=entity_rows(entities, linked, of_document),
        entity_links=link_rows(linked, _joins(profiles, clustering, corrections)),
        affiliations=affiliation_rows(linked),
        candidates=candidate_rows(clustering.candidates, core_of),
        of_document=of_document,
        canonical=_main(of_document),
    )


def normalise_name(name: str) -> str:
    """A name in lower case without accents or punctuation, words separated by one space."""
    letters = (c if c.isalnum() or c.isspace() else "" if c in ".'’" else " " for c in plain(name))
    return " ".join("".join(letters).split())


def _core_ids(
    nodes: Mapping[NodeId, Node], clustering: Clustering, corrections: EntityCorrections
) -> tuple[dict[NodeId, str], dict[str, str]]:
    """The id of core for each document's entity, and for each cluster.

    An entity has the id by which its earliest document knows it, a hash of its name's key, so later documents change no id. Where
    several entities are known by one key, the earliest has that id; the others have one of the key and their earliest document.
    """
    groups = [(list(cluster.nodes), [cluster.id]) for cluster in clustering.clusters.values()]
    by_key: defaultdict[str, list[NodeId]] = defaultdict(list)
    for key, node in nodes.items():
        if node.kind == OTHER:  # one by its key alone
            by_key[key[1]].append(key)
    groups += [(keys, []) for keys in by_key.values()]
    groups = correct_groups(groups, corrections)
    anchors = sorted((min((nodes[key] for key in keys), key=_order).order, at) for at, (keys, _) in enumerate(groups))
    of_document: dict[NodeId, str] = {}
    core_of: dict[str, str] = {}
    taken: set[str] = set()
    for (_, (document_id, entity_id)), at in anchors:
        core_id = ids.entity_id(f"{entity_id}:{document_id}") if entity_id in taken else entity_id
        taken.add(core_id)
        keys, clusters = groups[at]
        of_document.update(dict.fromkeys(keys, core_id))
        core_of.update(dict.fromkeys(clusters, core_id))
    return of_document, core_of


def _order(node: Node) -> tuple[date, NodeId]:
    return node.order


def _joins(profiles: Iterable[Profile], clustering: Clustering, corrections: EntityCorrections) -> dict[NodeId, Join]:
    joins = {
        key: clustering.joins[profile.id]
        for profile in profiles
        if profile.id in clustering.joins
        for key in profile.nodes
    }
    return joins | {key: Join(CORRECTED, 1.0, Evidence()) for pair in corrections.same for key in pair}


def _main(of_document: Mapping[NodeId, str]) -> dict[str, str]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (_, entity_id), core_id in of_document.items():
        counts[entity_id][core_id] += 1
    return {entity_id: min(found, key=lambda core: (-found[core], core)) for entity_id, found in counts.items()}
