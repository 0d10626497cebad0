"""Judged pairs of reports in files: too many to hold, and most of them as the run before left them.

What belongs here: `KeptPairs`, `PairWriter`. What does not: judging (`judged_pairs.py`), clusters (`half_linkage.py`).

Only pairs that count are kept: those of a probability of at least `half_linkage.LEAST`, and those that exclude each other, whose
value is below 0; with a value of 0 also those that relate two events. Each has the number of blocks that give it: when the last
one ceases to, the pair is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.stages.resolve.pair_blocks import expand

_PORTION = 4_000_000  # pairs at once
_SEARCHED = 1 << 18  # likewise where they are only looked through: what fits the processor's cache
_COLUMNS: dict[str, np.dtype[Any]] = {
    "second": np.dtype(np.int32),
    "value": np.dtype(np.float32),
    "times": np.dtype(np.uint16),
}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows, the first below the second, in their order: the value of each, and how many blocks give it."""

    first: np.ndarray
    second: np.ndarray
    value: np.ndarray
    times: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    def at(self, rows: np.ndarray) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.first[rows], self.second[rows], self.value[rows], self.times[rows])

    @classmethod
    def joined(cls, parts: list[Pairs]) -> Pairs:
        """Several lists, one behind the other."""
        empty = cls(np.empty(0, np.int32), *(np.empty(0, dtype) for dtype in _COLUMNS.values()))
        columns = ("first", "second", "value", "times")
        return cls(*(np.concatenate([getattr(part, name) for part in (empty, *parts)]) for name in columns))


class KeptPairs:
    """Pairs in the files of a folder, in the order of their rows.

    Args:
        folder: where the files are.
        starts: for each row the number of pairs before those in which it is the first; at the end the number of all.
    """

    def __init__(self, folder: Path, starts: np.ndarray) -> None:
        self._folder = folder
        self.starts = starts

    def __len__(self) -> int:
        return int(self.starts[-1])

    def of_rows(self, begin: int, end: int) -> Pairs:
        """The pairs whose first row is one of a range."""
        left, right = int(self.starts[begin]), int(self.starts[end])
        first = np.repeat(np.arange(begin, end, dtype=np.int32), np.diff(self.starts[begin : end + 1]))
        return Pairs(first, *(self._read(name, left, right) for name in _COLUMNS))

    def portions(self) -> Iterator[Pairs]:
        """All pairs, some million at once."""
        bounds = np.unique(np.searchsorted(self.starts, np.arange(0, len(self) + 1, _PORTION))).tolist()
        for begin, end in zip(bounds, [*bounds[1:], len(self.starts) - 1], strict=True):
            if end > begin:
                yield self.of_rows(begin, end)

    def among(self, is_one: np.ndarray) -> Pairs:
        """The pairs of which both rows are of a set."""
        rows = np.flatnonzero(is_one)
        passed = np.cumsum(self.starts[rows + 1] - self.starts[rows])
        bounds = np.unique(np.searchsorted(passed, np.arange(0, int(passed[-1]), _SEARCHED))) if len(rows) else [0]
        parts = []
        for begin, end in pairwise([*bounds, len(rows)]):
            first, at, second = self._with_first(rows[begin:end])
            some = np.flatnonzero(is_one.take(second, mode="clip"))
            parts.append(self._at(first[some], at[some], second[some]))
        return Pairs.joined(parts)

    def beside(self, is_one: np.ndarray) -> Pairs:
        """The pairs of which the second row is of a set and the first is not, and those whose first is."""
        parts = [self._at(*self._with_first(np.flatnonzero(is_one)))]
        seconds = self._mapped("second")
        found = [np.empty(0, np.int64)]
        for begin in range(0, len(self), _SEARCHED):
            # No row is out of bounds: "clip" only spares the search for one that is.
            found.append(begin + np.flatnonzero(is_one.take(seconds[begin : begin + _SEARCHED], mode="clip")))
        at = np.concatenate(found)
        first = (np.searchsorted(self.starts, at, side="right") - 1).astype(np.int32)
        some = ~is_one[first]
        parts.append(self._at(first[some], at[some]))
        return Pairs.joined(parts)

    def _with_first(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The first row of each pair whose first row is one of some, its place in the files, and its second row."""
        starts = self.starts[rows]
        entry, number = expand(self.starts[rows + 1] - starts)
        at = starts[entry] + number
        return rows.astype(np.int32)[entry], at, np.asarray(self._mapped("second")[at])

    def _at(self, first: np.ndarray, at: np.ndarray, second: np.ndarray | None = None) -> Pairs:
        known = {} if second is None else {"second": second}
        columns = (known[name] if name in known else np.asarray(self._mapped(name)[at]) for name in _COLUMNS)
        return Pairs(first, *columns)

    def _mapped(self, name: str) -> np.ndarray:
        if not len(self):
            return np.empty(0, _COLUMNS[name])
        return np.memmap(self._folder / f"{name}.bin", dtype=_COLUMNS[name], mode="r")

    def _read(self, name: str, left: int, right: int) -> np.ndarray:
        dtype = _COLUMNS[name]
        return np.fromfile(self._folder / f"{name}.bin", dtype, right - left, offset=left * dtype.itemsize)


class PairWriter:
    """Writes pairs to files, in the order of their rows.

    Args:
        folder: is made.
        count: number of rows.
    """

    def __init__(self, folder: Path, count: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files = {name: (folder / f"{name}.bin").open("wb") for name in _COLUMNS}
        self._counts = np.zeros(count + 1, dtype=np.int64)

    def add(self, pairs: Pairs) -> None:
        """Write pairs that come after those written before."""
        for name, file in self._files.items():
            # numpy's tofile does not tell that the disk is full.
            file.write(np.ascontiguousarray(getattr(pairs, name), dtype=_COLUMNS[name]).data)
        if len(pairs):
            begin = int(pairs.first[0])
            counts = np.bincount(pairs.first - begin)
            self._counts[begin + 1 : begin + 1 + len(counts)] += counts

    def done(self) -> KeptPairs:
        """Close the files."""
        for file in self._files.values():
            file.close()
        return KeptPairs(self._folder, np.cumsum(self._counts))
