"""Blocks of reports as arrays: which pairs stand in one block, and which begin or cease to when members come or go.

What belongs here: pairs from blocks and their union. What does not: what makes a block (`report_pairs.py`).

A block is a run of equal keys in a sorted array, its members in an order of their own that no other member changes. Of a block of
more than `Bound.largest` members each is paired with the `Bound.near` that follow it; so a new member can part others, and
`BlockChanges` says which.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

_MOST_PAIRS = 250_000  # written down at once, before pairs found twice are put together
_ROWS_OF_SHELF = 12_500
_MOST_FILES = 200  # of shelves; two sets are open at once
_MOST_HELD = 2_000_000  # pairs of all shelves that are held before they are written down
_TIMES_BITS = 16  # below the pair itself: how many blocks give it
_TIMES = (1 << _TIMES_BITS) - 1
_MOST_ROWS = 1 << (63 - _TIMES_BITS) // 2


@dataclass(frozen=True, slots=True)
class Bound:
    """How many pairs a block may give.

    Attributes:
        largest: members of a block whose pairs are all taken.
        near: in a larger block, the members after each one that it is paired with.
    """

    largest: int
    near: int


@dataclass(frozen=True, slots=True)
class Status:
    """Whether each row was there before, and whether it is there now."""

    was: np.ndarray
    is_now: np.ndarray

    @property
    def stays(self) -> np.ndarray:
        """Whether it was there before and is there now."""
        return self.was & self.is_now


class PairSet:
    """Pairs of rows, each kept once with the number of times that it was added; in files where they are too many to hold.

    Args:
        count: number of rows.
        folder: on the disk that takes what does not fit memory; `None`: that of temporary files.
    """

    def __init__(self, count: int, folder: Path | None = None) -> None:
        if count > _MOST_ROWS:
            raise ValueError(f"{count} reports are more than event resolution can number ({_MOST_ROWS})")
        self._count = max(count, 1)
        # By the lesser row, so that pairs found twice are put together one shelf after the other.
        shelves = max(1, min(count // _ROWS_OF_SHELF, _MOST_FILES))
        self._rows_of_shelf = max(count, 1) // shelves + 1
        self._shelves = [_Shelf(folder, _MOST_HELD // shelves) for _ in range(shelves)]

    def add(self, first: np.ndarray, second: np.ndarray) -> None:
        """Add pairs; the order of the two rows makes no difference."""
        if len(first):
            least = np.minimum(first, second).astype(np.int64)
            packed = _together(((least * self._count + np.maximum(first, second)) << _TIMES_BITS) + 1)
            ends = np.arange(1, len(self._shelves)) * self._rows_of_shelf * self._count << _TIMES_BITS
            for shelf, part in zip(self._shelves, np.split(packed, np.searchsorted(packed, ends)), strict=True):
                if len(part):
                    shelf.add(part.copy())

    def taken(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """The rows of each pair, the lesser first, in their order, and how often it was added; in portions that are dropped."""
        for shelf in self._shelves:
            # Nothing of a portion stays here while it is looked at.
            yield self._unpacked(shelf.taken())

    def _unpacked(self, packed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        times = (packed & _TIMES).astype(np.uint16)
        packed >>= _TIMES_BITS
        first = (packed // self._count).astype(np.int32)
        packed %= self._count
        return first, packed.astype(np.int32), times

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows of each pair, the lesser first, in their order."""
        portions = list(self.taken())
        return np.concatenate([one for one, _, _ in portions]), np.concatenate([other for _, other, _ in portions])


class BlockChanges:
    """The pairs that blocks give now, with one of the rows that are new or not given before, and those given no more.

    Pairs of rows that are gone are not among them.

    Args:
        status: of each row.
        bound: how many pairs a block may give.
        folder: see `PairSet`.
    """

    def __init__(self, status: Status, bound: Bound, folder: Path | None = None) -> None:
        self.status = status
        self._stays = status.stays
        self._bound = bound
        self.gained = PairSet(len(status.was), folder)
        self.lost = PairSet(len(status.was), folder)
        self.left_out = 0  # of the blocks looked at, as they are now

    def add_blocks(self, keys: np.ndarray, rows: np.ndarray, keep: np.ndarray | None = None) -> None:
        """Add the pairs of rows that share a key.

        Args:
            keys: one an entry.
            rows: one an entry, in the order in which the neighbours of a large block are taken; a row once a key.
            keep: for each row whether it counts; a pair is dropped if neither of its rows does. `None`: all count.
        """
        if not len(keys):
            return
        order = np.argsort(keys, kind="stable")
        keys, rows = keys[order], rows[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        sizes = np.diff(np.append(starts, len(keys)))
        looked_at = sizes > 1
        if keep is not None:
            looked_at &= np.logical_or.reduceat(keep[rows], starts)
        if not looked_at.all():
            some = np.repeat(looked_at, sizes)
            rows, sizes = rows[some], sizes[looked_at]
        if len(rows):
            self._compare(rows, sizes, keep)

    def _compare(self, rows: np.ndarray, sizes: np.ndarray, keep: np.ndarray | None) -> None:
        now, stays = self.status.is_now[rows], self._stays[rows]
        reach_now = _Reach.of(now, sizes, self._bound)
        self.left_out += reach_now.left_out(now)
        is_new = now & ~stays
        here = np.flatnonzero(now)
        # A new one with those after it, and those that stay with the new ones that they reach.
        number = reach_now.number[here]
        self._add(self.gained, rows[here], number, reach_now.end[here], keep, of=is_new[here])
        if not stays.any():
            return
        self._add_before(rows[here], is_new[here], stays[here], number, reach_now, sizes, now, keep)
        # Those that stay among themselves: their reach counted in such rows alone.
        left = np.flatnonzero(stays)
        reach_before = _Reach.of(self.status.was[rows], sizes, self._bound)
        passed_now, passed_before = (
            np.concatenate([[0], np.cumsum(stays[some])]) for some in (here, np.flatnonzero(self.status.was[rows]))
        )
        end_now = passed_now[reach_now.end[left]]
        end_before = passed_before[reach_before.end[left]]
        for found, begin, end in ((self.gained, end_before, end_now), (self.lost, end_now, end_before)):
            at = np.flatnonzero(end > begin)
            for one, other in _spans(at, begin[at], end[at]):
                self._put(found, rows[left[one]], rows[left[other]], keep)

    def _add(
        self, found: PairSet, members: np.ndarray, number: np.ndarray, end: np.ndarray, keep: np.ndarray | None,
        of: np.ndarray,
    ) -> None:  # fmt: skip
        at = np.flatnonzero(of & (end > number + 1))
        for one, other in _spans(at, number[at] + 1, end[at]):
            self._put(found, members[one], members[other], keep)

    def _add_before(
        self, members: np.ndarray, is_new: np.ndarray, stays: np.ndarray, number: np.ndarray, reach: _Reach,
        sizes: np.ndarray, now: np.ndarray, keep: np.ndarray | None,
    ) -> None:  # fmt: skip
        """New rows with those that stay and stand before them within reach."""
        at = np.flatnonzero(is_new)
        begin = reach.begin[np.flatnonzero(now)][at]
        some = begin < number[at]
        at, begin = at[some], begin[some]
        for one, other in _spans(at, begin, number[at]):
            known = stays[other]
            self._put(self.gained, members[one[known]], members[other[known]], keep)

    def _put(self, found: PairSet, one: np.ndarray, other: np.ndarray, keep: np.ndarray | None) -> None:
        if keep is not None:
            told = keep[one] | keep[other]
            one, other = one[told], other[told]
        found.add(one, other)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Of each entry its number among those that count, and the numbers that it is paired with before and after itself."""

    number: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    block_end: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray, sizes: np.ndarray, bound: Bound) -> _Reach:
        """By whether each entry counts, and the sizes of the blocks of all entries."""
        passed = np.concatenate([[0], np.cumsum(counts)])
        ends = np.cumsum(sizes)
        first, last = passed[ends - sizes], passed[ends]
        is_large = np.repeat(last - first > bound.largest, sizes)
        first, last = np.repeat(first, sizes), np.repeat(last, sizes)
        number = passed[:-1]
        # An entry that does not count stands before the one of its number.
        end = np.where(is_large, np.minimum(last, number + bound.near + 1), last)
        begin = np.where(is_large, np.maximum(first, number - bound.near), first)
        return cls(number, begin, end, last)

    def left_out(self, counts: np.ndarray) -> int:
        """Pairs that the bound keeps from being taken."""
        return int((self.block_end - self.end)[counts].sum())


class _Shelf:
    """Packed pairs, the last ones in memory and those before in a file that has no name."""

    def __init__(self, folder: Path | None, most_held: int) -> None:
        self._folder, self._most_held = folder, most_held
        self._held: list[np.ndarray] = []
        self._file: IO[bytes] | None = None

    def add(self, packed: np.ndarray) -> None:
        """Add pairs."""
        self._held.append(packed)
        if sum(map(len, self._held)) >= self._most_held:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed when it is taken
            self._file.write(_together(np.concatenate(self._held)).data)  # numpy's tofile does not tell a full disk
            self._held.clear()

    def taken(self) -> np.ndarray:
        """All pairs, each once, in their order; the shelf is empty then."""
        in_file = self._file.seek(0, os.SEEK_END) // 8 if self._file is not None else 0
        packed = np.empty(in_file + sum(map(len, self._held)), dtype=np.int64)
        if self._file is not None:
            self._file.seek(0)
            self._file.readinto(packed[:in_file].data)  # type: ignore[attr-defined] # of files in bytes
            self._file.close()
            self._file = None
        begin = in_file
        for part in self._held:
            packed[begin : begin + len(part)] = part
            begin += len(part)
        self._held.clear()
        return _together(packed)


def _together(packed: np.ndarray) -> np.ndarray:
    """Each pair once, in their order, with the sum of its times; sorts in place."""
    packed.sort()
    is_first = np.ones(len(packed), dtype=bool)
    # Above the times two pairs differ in some bit.
    np.greater(packed[1:] ^ packed[:-1], _TIMES, out=is_first[1:])
    starts = np.flatnonzero(is_first)
    if len(starts) == len(packed):
        return packed
    times = np.add.reduceat((packed & _TIMES).astype(np.int32), starts)
    del starts
    found = packed[is_first]
    found &= ~_TIMES
    found += np.minimum(times, _TIMES)
    return found


def distinct(values: np.ndarray) -> np.ndarray:
    """The distinct values in their order; sorts in place."""
    values.sort()
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def expand(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each of so many copies of each entry, the entry and the number of the copy."""
    entry = np.repeat(np.arange(len(counts)), counts)
    return entry, np.arange(len(entry)) - np.repeat(np.cumsum(counts) - counts, counts)


def _spans(at: np.ndarray, begin: np.ndarray, end: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each of some entries with the numbers from `begin` to before `end`, in portions of about `_MOST_PAIRS`."""
    counts = end - begin
    total = np.cumsum(counts)
    left = 0
    while left < len(at):
        done = int(total[left - 1]) if left else 0
        right = max(left + 1, int(np.searchsorted(total, done + _MOST_PAIRS, side="right")))
        entry, number = expand(counts[left:right])
        yield at[left:right][entry], begin[left:right][entry] + number
        left = right
