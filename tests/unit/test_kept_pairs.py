"""Pairs that runs keep: whatever came, went or got another number, written and read again, they hold what a dictionary would."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from pipelines.stages.resolve import kept_pairs
from pipelines.stages.resolve.kept_pairs import KeptPairs, Pairs, PairWriter, _united

Held = dict[tuple[int, int], tuple[float, int]]


def as_pairs(held: Held) -> Pairs:
    rows = [(*pair, *told) for pair, told in sorted(held.items())]
    kinds = (np.int32, np.int32, np.float32, np.uint16)
    return Pairs(*(np.array([row[i] for row in rows], dtype=kind) for i, kind in enumerate(kinds)))


def as_held(pairs: Pairs) -> Held:
    columns = (getattr(pairs, name).tolist() for name in ("first", "second", "value", "times"))
    found = [((a, b), (value, times)) for a, b, value, times in zip(*columns, strict=True)]
    assert len(found) == len(dict(found))
    return dict(found)


def some(draw: random.Random, count: int, most: int) -> Held:
    pairs = (sorted(draw.sample(range(count), 2)) for _ in range(most))
    return {(a, b): (draw.randrange(8) / 8, draw.randrange(1, 4)) for a, b in pairs}


def assert_holds(pairs: KeptPairs, held: Held, count: int, draw: random.Random) -> None:
    assert len(pairs) == len(held)
    portions = list(pairs.portions())
    told = [pair for portion in portions for pair in zip(portion.first, portion.second, strict=True)]
    assert told == sorted(held)
    assert as_held(Pairs.joined(portions)) == held
    is_one = np.array([draw.random() < 0.3 for _ in range(count)])
    assert as_held(pairs.among(is_one)) == {p: of for p, of in held.items() if is_one[p[0]] and is_one[p[1]]}
    assert as_held(pairs.beside(is_one)) == {p: of for p, of in held.items() if is_one[p[0]] or is_one[p[1]]}
    asked = sorted({*draw.sample(sorted(held), len(held) // 3), *some(draw, count, 5)})
    first, second = np.array(asked, dtype=np.int64).reshape(-1, 2).T
    assert as_held(pairs.some(first, second, count)) == {p: held[p] for p in asked if p in held}


@pytest.mark.parametrize("most_changed", [0.1, 0.6, 100.0])
@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_those_that_came_and_did_not_go(
    seed: int, most_changed: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(seed)
    monkeypatch.setattr(kept_pairs, "_MOST_CHANGED", most_changed)
    monkeypatch.setattr(kept_pairs, "_SEARCHED", 30)
    monkeypatch.setattr(kept_pairs, "_PORTION", 40)
    count = 30
    held = some(draw, count, 0 if seed == 3 else 150)
    writer = PairWriter(tmp_path / "first", count)
    writer.add(as_pairs(held))
    pairs = writer.done()
    for run in range(6):
        pairs.write()
        pairs = KeptPairs.read(tmp_path / (f"{run - 1}" if run else "first"))
        assert_holds(pairs, held, count, draw)
        # Some rows go, others come between those that stay.
        staying = sorted(draw.sample(range(count), count - draw.randrange(3)))
        newer = len(staying) + draw.randrange(4)
        numbers = dict(zip(staying, sorted(draw.sample(range(newer), len(staying))), strict=True))
        present = np.array([numbers.get(row, -1) for row in range(count)])
        held = {(numbers[a], numbers[b]): of for (a, b), of in held.items() if a in numbers and b in numbers}
        pairs, count = pairs.renumbered(present), newer
        assert_holds(pairs, held, count, draw)
        came = some(draw, count, draw.randrange(4))
        gone = sorted({*came, *draw.sample(sorted(held), min(len(held), draw.randrange(4)))})
        held = {pair: of for pair, of in held.items() if pair not in gone} | came
        first, second = np.array(gone, dtype=np.int64).reshape(-1, 2).T
        pairs = pairs.replaced(first, second, as_pairs(came), count).moved(tmp_path / f"{run}", count)
        assert_holds(pairs, held, count, draw)


def test_files_that_few_pairs_differ_from_are_not_written_again(tmp_path: Path) -> None:
    writer = PairWriter(tmp_path / "first", 40)
    writer.add(as_pairs({(row, row + 1): (0.5, 1) for row in range(39)}))
    none = np.empty(0, dtype=np.int64)
    pairs = writer.done()
    few = pairs.replaced(none, none, as_pairs({(3, 5): (0.5, 1)}), 40).moved(tmp_path / "few", 40)
    assert (tmp_path / "few" / "value.bin").samefile(tmp_path / "first" / "value.bin")
    more = as_pairs({(row, 39): (0.5, 1) for row in range(10, 20)})
    few.replaced(none, none, more, 40).moved(tmp_path / "more", 40).write()
    assert len(KeptPairs.read(tmp_path / "more")) == 50
    assert (tmp_path / "more" / "value.bin").stat().st_size == 50 * 4


def test_lists_without_a_common_value_are_united_in_their_order():
    chance = np.random.default_rng(5)
    for _ in range(200):
        values = np.unique(chance.integers(0, 60, chance.integers(0, 40)))
        is_one = chance.random(len(values)) < chance.random()
        found = _united(values[is_one], values[~is_one])
        assert found.dtype == values.dtype
        assert found.tolist() == values.tolist()
