"""Corrections of entities by people: which rows apply, and that they win over all evidence."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.stages.resolve.corrections import Correction
from pipelines.stages.resolve.entity_changes import change_clusters, change_profiles
from pipelines.stages.resolve.entity_corrections import EntityCorrections, correct_groups, settle_entities
from pipelines.stages.resolve.entity_profiles import Node, NodeId
from pipelines.stages.resolve.kept_entities import KeptEntities

# m1 and m2 stand for one thing of their document.
NODE_OF = {"m1": ("d1", "x"), "m2": ("d1", "x"), "m3": ("d2", "x"), "m4": ("d3", "y"), "m5": ("d4", "z")}


def settled(*rows: tuple[str, str | None, str | None]) -> EntityCorrections:
    told = [
        Correction(line, kind, entity_mention_id=one, other_entity_mention_id=other)
        for line, (kind, one, other) in enumerate(rows, start=2)
    ]
    return settle_entities(told, NODE_OF)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("same_entity", "m1", None), "other_entity_mention_id is missing"),
        (("same_entity", "gone", "m1"), "there is no entity mention gone (any more)"),
        (("different_entity", "m1", "m1"), "both mentions are the same one"),
        (("different_entity", "m1", "m2"), "cannot be parted"),
    ],
)
def test_a_row_that_cannot_be_used_is_told(row, reason):
    found = settled(row, ("same_entity", "m3", "m4"))
    assert reason in (found.rows[0][1] or "")
    assert found.same == [(("d2", "x"), ("d3", "y"))]
    assert found.table()["is_applied"].tolist() == [False, True]


def test_rows_of_event_mentions_are_left_out():
    assert settled(("same", "m1", "m3")).rows == []


def test_the_later_line_applies_chains_included():
    found = settled(("different_entity", "m1", "m4"), ("same_entity", "m1", "m3"), ("same_entity", "m3", "m4"))
    assert [reason for _, reason in found.rows] == ["contradicts later lines: 3, 4", None, None]
    found = settled(("same_entity", "m1", "m3"), ("different_entity", "m3", "m1"))
    assert [reason for _, reason in found.rows] == ["contradicts line 3, which is later", None]


def test_what_is_the_same_as_one_is_not_the_other():
    found = settled(("same_entity", "m1", "m3"), ("different_entity", "m3", "m4"))
    assert set(found.different) == {(("d1", "x"), ("d3", "y")), (("d2", "x"), ("d3", "y"))}


def clusters(corrections: EntityCorrections, *names: str) -> dict[str, str]:
    """The cluster of each document, each of which names one person."""
    nodes = {}
    for number, name in enumerate(names):
        key = (f"d{number}", name)
        nodes[key] = Node(key, name, "PERSON", "NOR", None, (), (name,), date(2020, 1, 1))
    nothing = KeptEntities.nothing()
    profiles = change_profiles(nothing, nodes, (), corrections.apart())
    kept = change_clusters(nothing, profiles, corrections).kept
    cluster_of = dict(kept.profiles.all("profile_id", "cluster_id"))
    return {document: cluster_of[profile] for document, profile in kept.nodes.all("document_id", "profile_id")}


def test_people_win_over_the_name():
    name, other = "Ole Haugstad", "Mette Brekkedal"
    assert len(set(clusters(EntityCorrections(), name, name, name).values())) == 1
    apart = EntityCorrections(different=[(("d0", name), ("d2", name))])
    found = clusters(apart, name, name, name, name)
    assert found["d0"] != found["d2"]
    assert len(set(found.values())) == 2
    one = EntityCorrections(same=[(("d0", name), ("d1", other))])
    assert len(set(clusters(one, name, other, other).values())) == 1


def test_what_is_one_by_its_key_alone_is_parted_and_joined():
    a, b, c, d = nodes = [("d1", "k"), ("d2", "k"), ("d3", "k"), ("d4", "l")]
    groups: list[tuple[list[NodeId], list[str]]] = [(nodes[:3], []), ([d], []), ([("d5", "p")], ["cluster"])]
    assert correct_groups(groups, EntityCorrections()) == groups
    found = correct_groups(groups, EntityCorrections(different=[(a, b)], same=[(b, d), (d, ("d5", "p"))]))
    assert [(set(members), ids) for members, ids in found] == [({a, c}, []), ({b, d, ("d5", "p")}, ["cluster"])]
