"""Rows that runs keep in a file: whatever came or went, written and read again, they hold what an array would."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from pipelines.stages.resolve import kept_rows
from pipelines.stages.resolve.kept_rows import KeptRows, RowsFile


@pytest.mark.parametrize("most_changed", [0.1, 0.5, 100.0])
@pytest.mark.parametrize("seed", range(3))
def test_rows_are_those_that_came_and_did_not_go(
    seed: int, most_changed: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(seed)
    monkeypatch.setattr(kept_rows, "_MOST_CHANGED", most_changed)
    rows = draw.integers(-9, 9, (20 * seed, 3)).astype(np.int8)
    np.save(tmp_path / "a.first.npy", rows)
    kept = KeptRows.read(tmp_path / "a.first.npy")
    for run in range(6):
        staying = np.flatnonzero(draw.random(len(rows)) < 0.9)
        fresh = draw.integers(-9, 9, (int(draw.integers(0, 4)), 3)).astype(np.int8)
        is_fresh = draw.permutation(np.repeat([True, False], [len(fresh), len(staying)]))
        former = np.full(len(is_fresh), -7)
        former[~is_fresh] = staying
        newer = np.empty((len(is_fresh), 3), dtype=np.int8)
        newer[~is_fresh], newer[is_fresh] = rows[staying], fresh
        rows = newer
        kept = kept.put_together(former, is_fresh, fresh)
        for asked in (np.arange(len(rows)), draw.permutation(len(rows))[: len(rows) // 2]):
            assert np.array_equal(kept[asked], rows[asked])
        some = len(rows) * 3 // 4
        assert np.array_equal(kept.of_first(some)[np.arange(some)], rows[:some])
        kept.write(tmp_path / f"a.{run}.npy")
        kept = KeptRows.read(tmp_path / f"a.{run}.npy")
        assert len(kept) == len(rows)
        assert kept[np.arange(len(rows))].tolist() == rows.tolist()


def test_a_file_that_few_rows_differ_from_is_not_written_again(tmp_path: Path) -> None:
    np.save(tmp_path / "first.npy", np.arange(60).reshape(20, 3))
    kept = KeptRows.read(tmp_path / "first.npy")
    one = kept.put_together(np.arange(21), np.arange(21) == 20, np.array([[7, 8, 9]]))
    one.write(tmp_path / "one.npy")
    assert (tmp_path / "one.npy").samefile(tmp_path / "first.npy")
    assert KeptRows.read(tmp_path / "one.npy")[np.array([20])].tolist() == [[7, 8, 9]]
    many = kept.put_together(np.arange(23), np.arange(23) > 19, np.ones((3, 3), dtype=int))
    many.write(tmp_path / "many.npy")
    assert len(np.load(tmp_path / "many.npy")) == 23


@pytest.mark.parametrize("is_ordered", [False, True])
def test_rows_that_go_to_a_file_as_they_are_made(is_ordered: bool, tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    parts = [draw.integers(-9, 9, (count, 3)).astype(np.int8) for count in (4, 0, 7)]
    file = RowsFile(tmp_path / "made.npy")
    for part in parts:
        file.add(part)
    order = draw.permutation(11) if is_ordered else None
    rows = np.concatenate(parts)[slice(None) if order is None else order]
    kept = file.done(order)
    for run in range(2):
        assert np.array_equal(kept[np.arange(11)], rows)
        kept.write(tmp_path / f"kept.{run}.npy")
        kept = KeptRows.read(tmp_path / f"kept.{run}.npy")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much of files is in memory")
@pytest.mark.parametrize("is_large", [False, True])
def test_what_was_looked_into_of_a_large_file_does_not_stay_in_memory(
    is_large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    megabytes = 32
    monkeypatch.setattr(kept_rows, "_STAYING_BYTES", (megabytes - is_large) * 1024**2)
    np.save(tmp_path / "large.npy", np.zeros((megabytes * 1024, 256), dtype=np.int32))
    kept = KeptRows.read(tmp_path / "large.npy")
    before = _pages_of_files()
    assert not kept[np.arange(0, len(kept), 2)].any()
    assert (_pages_of_files() - before < megabytes // 4) is is_large


def _pages_of_files() -> int:
    """Megabytes of files that this process has in memory."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssFile"))
