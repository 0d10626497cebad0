"""The ids of entities: which documents' entities are one, and by which of them the entity is known.

What belongs here: groups, their earliest documents and the ids that follow from these. What does not: clusters
(`entity_clusters.py`, `entity_hosts.py`).

An entity has the id by which its earliest document knows it, a hash of its name's key, so later documents change no id. Where
several entities are known by one key, the earliest has that id; the others have one of the key and their earliest document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipelines import ids
from pipelines.stages.resolve.entity_profiles import Order
from pipelines.stages.resolve.kept_tables import KeptTable


@dataclass(frozen=True, slots=True)
class GroupChanges:
    """The groups after a change, and the id of each whose id is not what it was, `None` for one that is no more."""

    groups: KeptTable
    renamed: Mapping[str, str | None]


def change_groups(before: KeptTable, anchors: Mapping[str, Order], gone: Collection[str]) -> GroupChanges:
    """Give ids to groups that are new or may have another earliest document.

    Args:
        before: the groups of the run before.
        anchors: the earliest document of each group that is looked at anew.
        gone: groups that are no more.
    """
    told = {*anchors, *gone}
    former = {row[0]: row for row in before.where("group_id", told)}
    names = {row[3] for row in former.values()} | {entity for _, (_, entity) in anchors.values()}
    # All that are known by one of these keys.
    rows = {row[0]: row for row in before.where("anchor_entity", names)}
    was = {group: row[4] for group, row in (rows | former).items()}
    present = {group: (row[1], (row[2], row[3])) for group, row in rows.items() if group not in told} | dict(anchors)
    taken: set[str] = set()
    found: dict[str, str] = {}
    for group in sorted(present, key=lambda group: present[group]):
        _, (document_id, entity_id) = present[group]
        found[group] = ids.entity_id(f"{entity_id}:{document_id}") if entity_id in taken else entity_id
        taken.add(entity_id)
    renamed: dict[str, str | None] = {group: core for group, core in found.items() if was.get(group) != core}
    renamed |= dict.fromkeys(set(gone) & was.keys())
    new = [(group, day, document, entity, found[group]) for group, (day, (document, entity)) in present.items()]
    return GroupChanges(before.replaced("group_id", {*told, *present}, new), renamed)
