"""What keeps the resolving of events fast gives what the plain way gives: rounds of joins, blocks as arrays, cells of texts."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from pipelines.stages.resolve import alike_texts as texts
from pipelines.stages.resolve import pair_blocks
from pipelines.stages.resolve.half_linkage import EXCLUDED, JOINED, LEAST, cluster
from pipelines.stages.resolve.likeness import sketch_norms, sketch_texts
from pipelines.stages.resolve.pair_blocks import BlockChanges, Bound, PairSet, Status
from pipelines.stages.resolve.reports import NO_DAY
from tests.unit.event_reports import new


def joined_one_by_one(count: int, value: dict[tuple[int, int], float]) -> list[int]:
    """The best pair of clusters again and again, of equal ones the first."""
    clusters = [[item] for item in range(count)]
    while True:
        best = None
        for one, other in combinations(clusters, 2):
            total = sum(value.get((min(a, b), max(a, b)), 0.0) for a in one for b in other)
            key = (-total / (len(one) * len(other)), min(one), min(other))
            if -key[0] >= JOINED and (best is None or key < best[0]):
                best = (key, one, other)
        if best is None:
            names = {item: min(members) for members in clusters for item in members}
            return [names[item] for item in range(count)]
        clusters.remove(best[2])
        best[1].extend(best[2])
        clusters.sort(key=min)


@pytest.mark.parametrize("seed", range(30))
def test_joins_in_rounds_are_joins_one_by_one(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 14))
    first, second = np.triu_indices(count, 1)
    kept = rng.random(len(first)) < rng.uniform(0.3, 1.0)
    first, second = first[kept], second[kept]
    probability = rng.random(len(first)).astype(np.float32)
    if seed % 2:  # many equal ones
        probability = (np.round(probability * 4) / 4).astype(np.float32)
    excluded = rng.random(len(first)) < 0.2
    values = np.where(excluded, EXCLUDED, np.where(probability >= LEAST, probability, 0.0))
    plain = joined_one_by_one(count, dict(zip(zip(first.tolist(), second.tolist(), strict=True), values, strict=True)))
    assert cluster(count, first, second, probability, excluded).tolist() == plain


def test_what_must_be_together_and_apart():
    first, second = np.array([0, 1]), np.array([1, 2])
    told = (first, second, np.array([0.9, 0.1], dtype=np.float32), np.zeros(2, dtype=bool))
    assert cluster(4, *told, together=[(1, 2)], apart=[(0, 1)]).tolist() == [0, 1, 1, 3]


def test_many_equal_ones_are_one_cluster_at_once():
    first, second = np.triu_indices(400, 1)
    sure = np.ones(len(first), dtype=np.float32)
    assert set(cluster(400, first, second, sure, np.zeros(len(first), dtype=bool))) == {0}


def test_blocks_give_each_pair_once():
    found = BlockChanges(new(5), Bound(10, 5))
    found.add_blocks(np.array([7, 7, 7, 3, 3]), np.array([4, 0, 2, 2, 4]))
    assert pairs_and_times(found.gained) == {(0, 2): 1, (0, 4): 1, (2, 4): 2}
    assert found.left_out == 0


def test_large_blocks_pair_neighbours_and_count_the_rest():
    found = BlockChanges(new(6), Bound(4, 2))
    found.add_blocks(np.zeros(6, dtype=np.int64), np.arange(6))
    first, second = found.gained.pairs()
    assert (second - first).max() == 2
    assert len(first) + found.left_out == 15


@pytest.mark.parametrize("load", [1, 100, 1_000_000])
def test_pairs_are_counted_in_memory_and_in_files(load, monkeypatch, tmp_path):
    monkeypatch.setattr(pair_blocks, "_MOST_HELD", 16 * load)
    found = PairSet(60, tmp_path)
    told = np.random.default_rng(2).integers(0, 60, (4, 2, 300))
    for one, other in told:
        found.add(one[one != other], other[one != other])
    pairs = [tuple(sorted(pair)) for one, other in told.tolist() for pair in zip(one, other, strict=True)]
    assert pairs_and_times(found) == Counter(pair for pair in pairs if pair[0] != pair[1])
    assert pairs_and_times(found) == {}  # they were taken
    assert list(tmp_path.iterdir()) == []


def test_pairs_of_which_no_row_counts_are_dropped():
    found = BlockChanges(new(3), Bound(9, 9))
    found.add_blocks(np.zeros(3, dtype=np.int64), np.arange(3), keep=np.array([True, False, False]))
    assert [side.tolist() for side in found.gained.pairs()] == [[0, 0], [1, 2]]


@pytest.mark.parametrize("seed", range(20))
def test_changes_of_blocks_are_the_difference_of_before_and_now(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 40))
    status = Status(rng.random(count) < 0.7, rng.random(count) < 0.7)
    keys = rng.integers(0, 4, 3 * count)
    rows = np.tile(rng.permutation(count), 3)
    once = np.unique(keys * count + rows, return_index=True)[1]
    keys, rows = keys[np.sort(once)], rows[np.sort(once)]
    keep = rng.random(count) < 0.5 if seed % 2 else None
    found = BlockChanges(status, Bound(6, 3))
    found.add_blocks(keys, rows, keep)
    before, now = (pairs_of_blocks(keys, rows, here, keep) for here in (status.was, status.is_now))
    there = {pair: times for pair, times in before.items() if status.stays[list(pair)].all()}
    gained, lost = pairs_and_times(found.gained), pairs_and_times(found.lost)
    assert Counter(there) + Counter(gained) == now + Counter(lost)
    assert all(status.is_now[list(pair)].all() for pair in gained)
    assert all(status.stays[list(pair)].all() for pair in lost)


def pairs_of_blocks(keys, rows, here, keep):
    """How many blocks give each pair, counted one by one."""
    found = Counter()
    for key in set(keys.tolist()):
        members = [row for k, row in zip(keys.tolist(), rows.tolist(), strict=True) if k == key and here[row]]
        near = 3 if len(members) > 6 else len(members)
        for at, one in enumerate(members):
            for other in members[at + 1 : at + 1 + near]:
                if keep is None or keep[one] or keep[other]:
                    found[min(one, other), max(one, other)] += 1
    return found


def pairs_and_times(pairs):
    found = {}
    for first, second, times in pairs.taken():
        found |= dict(zip(zip(first.tolist(), second.tolist(), strict=True), times.tolist(), strict=True))
    return found


def test_too_many_texts_are_compared_in_cells(monkeypatch):
    subjects = ["harbour cranes ferry dock", "wheat harvest silo grain", "sheep pasture shearing wool"]
    told = [subject for subject in subjects for _ in range(20)]
    sketches, published = sketch_texts(told, len(told)), np.full(len(told), NO_DAY)
    monkeypatch.setattr(texts, "MOST_TEXTS", 30)
    tie = np.random.default_rng(1).integers(0, 1 << 60, len(told))
    found = texts.alike_texts(sketches, sketch_norms(sketches), published, tie, new(len(told)), texts.Neighbours.none())
    one, other = found.gained
    assert found.left_out > 0
    assert len(one) > 0
    assert (one // 20 == other // 20).all()


def test_cells_are_kept_of_the_windows_texts_alone_in_whatever_order_these_come():
    subjects = ["harbour cranes ferry dock", "wheat harvest silo grain"]
    sketches = sketch_texts([subjects[row % 2] for row in range(100)], 100)
    window = texts._Texts(sketches, sketch_norms(sketches), np.arange(100))
    known, cores = np.array([70, 71, 99, 4, 7, 12]), np.array([4, 7])
    cells = texts._Cells.of(window, known, cores)
    assert cells is not None
    assert len(cells.nearest) == len(known)
    assert cells.of_texts(known)[:, 0].tolist() == [0, 1, 1, 0, 1, 0]
    assert cells.of_texts(known[[5, 2]])[:, 0].tolist() == [0, 1]


def test_of_texts_that_are_all_alike_the_nearest_are_neighbours(monkeypatch):
    rng = np.random.default_rng(3)
    sketches = (rng.integers(-60, 60, 256) + rng.integers(-40, 40, (130, 256))).astype(np.int8)
    sketches[60:120] = sketches[7]  # more than a text has neighbours
    published, tie = np.zeros(len(sketches), dtype=np.int32), np.arange(len(sketches))

    def neighbours(many_alike):
        monkeypatch.setattr(texts, "_MANY_ALIKE", many_alike)
        found = texts.alike_texts(
            sketches, sketch_norms(sketches), published, tie, new(len(sketches)), texts.Neighbours.none()
        ).neighbours
        return list(zip(found.one.tolist(), found.other.tolist(), found.cosine.tolist(), strict=True))

    plain = neighbours(10**9)
    assert len(plain) == len(sketches) * texts.MOST_NEIGHBOURS
    assert neighbours(0) == plain
