"""Corrections of entities by people: which of them apply, and what they bind.

What belongs here: judging rows of `corrections.csv` that name mentions of entities. What does not: reading the file
(`corrections.py`), how the corrections bind clusters (`entity_clusters.py`, `entities.py`).

A row names two mentions, as their ids stay when other documents come; what it says holds for what each document says of the
thing that it mentions there (the entity of nlp). Of two rows that contradict each other the later one applies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines.stages.resolve.correction_groups import Groups
from pipelines.stages.resolve.corrections import (
    COLUMNS,
    ENTITY_COLUMNS,
    ENTITY_KINDS,
    SAME_ENTITY,
    Correction,
    correction_table,
    surplus,
)
from pipelines.stages.resolve.entity_profiles import NodeId

# Entities of documents that are one, and the ids of the clusters of profiles that they are from.
EntityGroup = tuple[list[NodeId], list[str]]
_TABLE_COLUMNS = ("kind", *ENTITY_COLUMNS, *(name for name in COLUMNS if name in ("note", "who", "date")))


@dataclass(slots=True)
class EntityCorrections:
    """What applies, by entities of documents, and each row with the reason why it does not apply.

    `different` has each pair that follows: what is the same as one of two that differ is not the other.
    """

    same: list[tuple[NodeId, NodeId]] = field(default_factory=list)
    different: list[tuple[NodeId, NodeId]] = field(default_factory=list)
    rows: list[tuple[Correction, str | None]] = field(default_factory=list)

    def table(self) -> pd.DataFrame:
        """The rows of core.entity_corrections, in the order of the file."""
        return correction_table(self.rows, _TABLE_COLUMNS)

    def apart(self) -> set[NodeId]:
        """The entities of documents that must not be one with some other."""
        return {node for pair in self.different for node in pair}


def settle_entities(rows: Iterable[Correction], node_of: Mapping[str, NodeId]) -> EntityCorrections:
    """Find out which corrections of entities apply.

    Args:
        rows: the rows of the file, in its order; those of event mentions are left out.
        node_of: the entity of its document that each mention stands for.
    """
    settled, groups = EntityCorrections(), Groups()
    told_apart: list[tuple[str, str]] = []
    nodes: dict[str, NodeId] = {}
    for row in reversed([row for row in rows if row.kind in ENTITY_KINDS]):
        reason = surplus(row) or _flaw(row, node_of)
        if reason is None:
            pair = node_of[str(row.entity_mention_id)], node_of[str(row.other_entity_mention_id)]
            first, second = ("\x1f".join(node) for node in pair)
            nodes |= {first: pair[0], second: pair[1]}
            if row.kind == SAME_ENTITY:
                line = groups.apart(first, second)
                if line is None:
                    groups.join(first, second, row.line_number)
                    settled.same.append(pair)
                else:
                    reason = f"contradicts line {line}, which is later"
            elif groups.find(first) == groups.find(second):
                reason = f"contradicts later lines: {', '.join(map(str, groups.lines(first)))}"
            else:
                groups.part(first, second, row.line_number)
                told_apart.append((first, second))
        settled.rows.append((row, reason))
    settled.rows.reverse()
    settled.different = sorted(
        {
            (nodes[one], nodes[other])
            for first, second in told_apart
            for one in groups.members(first)
            for other in groups.members(second)
        }
    )
    return settled


def correct_groups(groups: list[EntityGroup], corrections: EntityCorrections) -> list[EntityGroup]:
    """Groups of documents' entities as people corrected them.

    Clusters fit the corrections already (`entity_clusters.py`); this parts what is one by the key of its name alone, and joins
    what no cluster holds.

    Args:
        groups: the entities of documents that are one, each with the ids of the clusters that it is made of.
        corrections: by people.
    """
    if not (corrections.same or corrections.different):
        return groups
    parted = [part for group in groups for part in _parts(group, corrections)]
    group_of = {node: at for at, (nodes, _) in enumerate(parted) for node in nodes}
    for first, second in corrections.same:
        kept, gone = sorted((group_of[first], group_of[second]))
        if kept != gone:
            nodes, clusters = parted[gone]
            parted[kept] = ([*parted[kept][0], *nodes], [*parted[kept][1], *clusters])
            parted[gone] = ([], [])
            group_of.update(dict.fromkeys(nodes, kept))
    return [group for group in parted if group[0]]


def _parts(group: EntityGroup, corrections: EntityCorrections) -> list[EntityGroup]:
    """A group without clusters in parts that hold nothing that must be apart; what nothing is said of stays with the first."""
    nodes, clusters = group
    told = sorted(corrections.apart().intersection(nodes))
    if clusters or not told:
        return [group]
    apart = {*corrections.different, *((other, one) for one, other in corrections.different)}
    parts: list[list[NodeId]] = [[]]
    for node in told:
        fitting = (part for part in parts if not any((node, other) in apart for other in part))
        part = next(fitting, None)
        if part is None:
            parts.append([node])
        else:
            part.append(node)
    parts[0] += sorted(set(nodes) - set(told))
    return [(part, []) for part in parts]


def _flaw(row: Correction, node_of: Mapping[str, NodeId]) -> str | None:
    """Why a row cannot be used, whatever the other rows say."""
    for column in ENTITY_COLUMNS:
        mention = getattr(row, column)
        if mention is None:
            return f"{column} is missing"
        if mention not in node_of:
            return f"there is no entity mention {mention} (any more)"
    if row.entity_mention_id == row.other_entity_mention_id:
        return "both mentions are the same one"
    one, other = node_of[str(row.entity_mention_id)], node_of[str(row.other_entity_mention_id)]
    if row.kind != SAME_ENTITY and one == other:
        return "both mentions stand for one thing inside their document, which cannot be parted"
    return None
