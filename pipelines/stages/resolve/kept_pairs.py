"""Judged pairs of reports in files: too many to hold, and most of them as the run before left them.

What belongs here: `KeptPairs`, `PairWriter`. What does not: judging (`judged_pairs.py`), clusters (`half_linkage.py`).

A run changes few pairs, so the files are not written again: the next folder has the same ones by other names (hard links), the
numbers that their rows have now, the places of the pairs that are no more, and a list of those that came since. Once these are
many, all is written.

Only pairs that count are kept: those of a probability of at least `half_linkage.LEAST`, and those that exclude each other, whose
value is below 0; with a value of 0 also those that relate two events. Each has the number of blocks that give it: when the last
one ceases to, the pair is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.stages.resolve.kept_tables import link_or_copy
from pipelines.stages.resolve.pair_blocks import expand

_PORTION = 250_000  # pairs at once
_SEARCHED = 1 << 18  # likewise where they are only looked through: what fits the processor's cache
_MOST_CHANGED = 0.1  # above this share of the pairs all of them are written
_STARTS = "starts"
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

    def at(self, rows: np.ndarray | slice) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.first[rows], self.second[rows], self.value[rows], self.times[rows])

    @classmethod
    def joined(cls, parts: list[Pairs]) -> Pairs:
        """Several lists, one behind the other."""
        empty = cls(np.empty(0, np.int32), *(np.empty(0, dtype) for dtype in _COLUMNS.values()))
        columns = ("first", "second", "value", "times")
        return cls(*(np.concatenate([getattr(part, name) for part in (empty, *parts)]) for name in columns))


@dataclass(frozen=True, slots=True)
class _Since:
    """What is not as in the files any more.

    Attributes:
        numbers: for each row of the files its number now, -1 for one that is gone; the order of the others is as it was.
        gone: the places in the files of pairs that are no more, in their order.
        added: the pairs that came, by the numbers of their rows now.
    """

    numbers: np.ndarray
    gone: np.ndarray
    added: Pairs


class KeptPairs:
    """Pairs in the files of a folder, in the order of their rows, and those that came or went since the files were written.

    Args:
        folder: where the files are.
        starts: for each row of the files the number of pairs before those in which it is the first; at the end the number of all.
        since: what is not as in the files; `None`: nothing.
    """

    def __init__(self, folder: Path, starts: np.ndarray, since: _Since | None = None) -> None:
        self._folder = folder
        self._starts = starts
        self._since = since

    def __len__(self) -> int:
        in_files = int(self._starts[-1])
        return in_files if self._since is None else in_files - len(self._since.gone) + len(self._since.added)

    def portions(self) -> Iterator[Pairs]:
        """All pairs in their order, some hundred thousand at once."""
        starts = self._starts
        bounds = np.unique(np.searchsorted(starts, np.arange(0, int(starts[-1]) + 1, _PORTION)))
        passed = 0
        for begin, end in pairwise([*bounds.tolist(), len(starts) - 1]):
            if end > begin:
                pairs = self._at(*self._with_first(np.arange(begin, end)))
                if self._since is None:
                    yield pairs
                    continue
                last = int(pairs.first[-1]) + 1 if len(pairs) else 0
                upto = max(passed, int(np.searchsorted(self._since.added.first, last)))
                yield merged(pairs, self._since.added.at(slice(passed, upto)))
                passed = upto
        if self._since is not None and passed < len(self._since.added):
            yield self._since.added.at(slice(passed, None))

    def among(self, is_one: np.ndarray) -> Pairs:
        """The pairs of which both rows are of a set."""
        in_files = self._in_files(is_one)
        rows = np.flatnonzero(in_files)
        passed = np.cumsum(self._starts[rows + 1] - self._starts[rows])
        bounds = np.unique(np.searchsorted(passed, np.arange(0, int(passed[-1]), _SEARCHED))) if len(rows) else [0]
        parts = []
        for begin, end in pairwise([*bounds, len(rows)]):
            first, at, second = self._with_first(rows[begin:end])
            some = np.flatnonzero(in_files.take(second, mode="clip"))
            parts.append(self._at(first[some], at[some], second[some]))
        if self._since is not None:
            added = self._since.added
            parts.append(added.at(np.flatnonzero(is_one[added.first] & is_one[added.second])))
        return Pairs.joined(parts)

    def beside(self, is_one: np.ndarray) -> Pairs:
        """The pairs of which the second row is of a set and the first is not, and those whose first is."""
        parts = [self._at(*pairs) for pairs in self._beside_rows(self._in_files(is_one))]
        if self._since is not None:
            added = self._since.added
            parts.append(added.at(np.flatnonzero(is_one[added.first] | is_one[added.second])))
        return Pairs.joined(parts)

    def renumbered(self, present: np.ndarray) -> KeptPairs:
        """The pairs of rows that stay.

        Args:
            present: for each row its number from now on, -1 for one that is gone; the order of the others is as it was.
        """
        numbers, gone, added = self._changes()
        newer = np.where(numbers >= 0, present[numbers], -1).astype(np.int32)
        going = (numbers >= 0) & (newer < 0)
        if going.any():
            gone = np.union1d(gone, np.concatenate([at for _, at, *_ in self._beside_rows(going)]))
        first, second = present[added.first].astype(np.int32), present[added.second].astype(np.int32)
        stays = np.flatnonzero((first >= 0) & (second >= 0))
        added = Pairs(first, second, added.value, added.times).at(stays)
        return KeptPairs(self._folder, self._starts, _Since(newer, gone, added))

    def some(self, first: np.ndarray, second: np.ndarray, count: int) -> Pairs:
        """Those of some pairs that are there.

        Args:
            first, second: rows, the lesser first, in their order.
            count: number of rows.
        """
        at, rows = self._places(first, second, count)
        added = self._changes()[2]
        key, told = packed(added, count), first.astype(np.int64) * count + second
        return merged(self._at(rows, at), added.at(np.flatnonzero(_is_among(key, told))))

    def replaced(self, first: np.ndarray, second: np.ndarray, new: Pairs, count: int) -> KeptPairs:
        """The pairs without some, and with others.

        Args:
            first, second: rows of those without, in their order.
            new: the others, in their order.
            count: number of rows.
        """
        numbers, gone, added = self._changes()
        told = first.astype(np.int64) * count + second
        gone = _united(gone, self._places(first, second, count)[0])
        added = merged(added.at(np.flatnonzero(~_is_among(packed(added, count), told))), new)
        return KeptPairs(self._folder, self._starts, _Since(numbers, gone, added))

    def moved(self, folder: Path, count: int) -> KeptPairs:
        """The pairs in a folder that is not there yet: as they are in their files, with what came or went beside, or all anew.

        Args:
            folder: is made.
            count: number of rows.
        """
        since = self._since
        if since is None or len(since.gone) + len(since.added) > _MOST_CHANGED * int(self._starts[-1]):
            writer = PairWriter(folder, count)
            for pairs in self.portions():
                writer.add(pairs)
            return writer.done()
        folder.mkdir(parents=True)
        for name in _COLUMNS:
            link_or_copy(self._folder / f"{name}.bin", folder / f"{name}.bin")
        return KeptPairs(folder, self._starts, since)

    def write(self) -> None:
        """Write what is not in the files yet."""
        np.save(self._folder / f"{_STARTS}.npy", self._starts)
        if self._since is not None:
            arrays = {"numbers": self._since.numbers, "gone": self._since.gone}
            arrays |= {f"added.{name}": getattr(self._since.added, name) for name in ("first", *_COLUMNS)}
            for name, array in arrays.items():
                np.save(self._folder / f"{name}.npy", array)

    @classmethod
    def read(cls, folder: Path) -> KeptPairs:
        """Read what was written; the pairs stay in their files.

        Args:
            folder: where they are.
        """

        def array(name: str) -> np.ndarray:
            found: np.ndarray = np.load(folder / f"{name}.npy", mmap_mode="r")
            return found

        if not (folder / "numbers.npy").exists():
            return cls(folder, array(_STARTS))
        added = Pairs(*(array(f"added.{name}") for name in ("first", *_COLUMNS)))
        return cls(folder, array(_STARTS), _Since(array("numbers"), array("gone"), added))

    def _changes(self) -> tuple[np.ndarray, np.ndarray, Pairs]:
        if self._since is None:
            return np.arange(len(self._starts) - 1, dtype=np.int32), np.empty(0, np.int64), Pairs.joined([])
        return self._since.numbers, self._since.gone, self._since.added

    def _in_files(self, is_one: np.ndarray) -> np.ndarray:
        """A set of rows by the rows of the files."""
        if self._since is None:
            return is_one
        return is_one.take(self._since.numbers, mode="clip") & (self._since.numbers >= 0)

    def _beside_rows(self, is_one: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
        """First rows and places, by rows of the files, as `beside` tells them; those that are gone among them."""
        yield self._with_first(np.flatnonzero(is_one))
        seconds = self._mapped("second")
        found = [np.empty(0, np.int64)]
        for begin in range(0, len(seconds), _SEARCHED):
            # No row is out of bounds: "clip" only spares the search for one that is.
            found.append(begin + np.flatnonzero(is_one.take(seconds[begin : begin + _SEARCHED], mode="clip")))
        at = np.concatenate(found)
        first = (np.searchsorted(self._starts, at, side="right") - 1).astype(np.int32)
        some = ~is_one[first]
        yield first[some], at[some]

    def _places(self, first: np.ndarray, second: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Of those of some pairs that are in the files the places, and the first rows there."""
        numbers, gone, _ = self._changes()
        stay = np.flatnonzero(numbers >= 0)
        of_row = np.full(count, -1, dtype=np.int64)
        of_row[numbers[stay]] = stay
        first, second = of_row[first], of_row[second]
        known = (first >= 0) & (second >= 0)
        first, second = first[known], second[known]
        left, end = self._starts[first], self._starts[first + 1]
        right, seconds = end, self._mapped("second")
        while len(asked := np.flatnonzero(left < right)):
            middle = (left + right) // 2
            is_less = np.zeros(len(left), dtype=bool)
            is_less[asked] = seconds[middle[asked]] < second[asked]
            left, right = np.where(is_less, middle + 1, left), np.where((left < right) & ~is_less, middle, right)
        there = np.flatnonzero(left < end)
        there = there[(seconds[left[there]] == second[there]) & ~_is_among(left[there], gone)]
        return left[there], first[there].astype(np.int32)

    def _with_first(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The first row of each pair whose first row is one of some, its place in the files, and its second row."""
        starts = self._starts[rows]
        entry, number = expand(self._starts[rows + 1] - starts)
        at = starts[entry] + number
        return rows.astype(np.int32)[entry], at, np.asarray(self._mapped("second")[at])

    def _at(self, first: np.ndarray, at: np.ndarray, second: np.ndarray | None = None) -> Pairs:
        """The pairs at some places, but for those that are gone."""
        if self._since is not None and len(self._since.gone):
            there = np.flatnonzero(~_is_among(at, self._since.gone))
            first, at, second = first[there], at[there], None if second is None else second[there]
        known = {} if second is None else {"second": second}
        columns = {name: known[name] if name in known else np.asarray(self._mapped(name)[at]) for name in _COLUMNS}
        if self._since is not None:
            first, columns["second"] = self._since.numbers[first], self._since.numbers[columns["second"]]
        return Pairs(first, **columns)

    def _mapped(self, name: str) -> np.ndarray:
        if not int(self._starts[-1]):
            return np.empty(0, _COLUMNS[name])
        return np.memmap(self._folder / f"{name}.bin", dtype=_COLUMNS[name], mode="r")


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


def merged(one: Pairs, other: Pairs) -> Pairs:
    """Two lists of pairs, each in the order of their rows and without a pair of the other one, as such a list."""
    if not len(one) or not len(other):
        return one if len(one) else other
    count = 1 + max(int(pairs.second.max()) for pairs in (one, other))
    # The second list is mostly short, so it is enough to find the places of its pairs.
    place = np.searchsorted(packed(one, count), packed(other, count)) + np.arange(len(other))
    is_other = np.zeros(len(one) + len(other), dtype=bool)
    is_other[place] = True
    is_one = ~is_other

    def column(name: str) -> np.ndarray:
        values = getattr(one, name)
        found = np.empty(len(is_other), dtype=values.dtype)
        found[is_one], found[is_other] = values, getattr(other, name)
        return found

    return Pairs(*(column(field.name) for field in fields(Pairs)))


def packed(pairs: Pairs, count: int) -> np.ndarray:
    """The two rows of each pair as one number.

    Args:
        pairs: the pairs.
        count: number of rows.
    """
    return pairs.first.astype(np.int64) * count + pairs.second


def _united(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Two lists in their order that share no value, as one such list."""
    if not len(one) or not len(other):
        return one if len(one) else other
    place = np.searchsorted(one, other) + np.arange(len(other))
    is_other = np.zeros(len(one) + len(other), dtype=bool)
    is_other[place] = True
    found = np.empty(len(is_other), dtype=one.dtype)
    found[is_other], found[~is_other] = other, one
    return found


def _is_among(values: np.ndarray, some: np.ndarray) -> np.ndarray:
    """Whether each value is one of some, which are in their order."""
    if not len(some):
        return np.zeros(len(values), dtype=bool)
    return some[np.minimum(np.searchsorted(some, values), len(some) - 1)] == values
