"""Blocks of reports as arrays: which pairs stand in one block, each pair once, in bounded memory.

What belongs here: pairs from blocks and their union. What does not: what makes a block (`report_pairs.py`).

A block is a run of equal keys in a sorted array, so the cost is that of sorting the entries and of the pairs themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

_MOST_PAIRS = 2_000_000  # written down at once, before pairs found twice are dropped
_SHELVES = 8
_SHELF_LOAD = 5_000_000  # pairs put together to one array: so large that its memory goes back when it is dropped


@dataclass(frozen=True, slots=True)
class Bound:
    """How many pairs a block may give.

    Attributes:
        largest: reports of a block whose pairs are all taken.
        near: in a larger block, the reports after each one that it is paired with.
    """

    largest: int
    near: int


class PairSet:
    """Pairs of rows, each kept once however often it is added.

    Args:
        count: number of rows.
    """

    def __init__(self, count: int) -> None:
        self._count = max(count, 1)
        # By the lesser row, so that pairs found twice are dropped one shelf after the other.
        self._rows_of_shelf = self._count // _SHELVES + 1
        self._shelves: list[list[np.ndarray]] = [[] for _ in range(_SHELVES)]
        self.left_out = 0

    def add(self, first: np.ndarray, second: np.ndarray) -> None:
        """Add pairs; the order of the two rows makes no difference."""
        if len(first):
            least = np.minimum(first, second).astype(np.int64)
            packed = distinct(least * self._count + np.maximum(first, second))
            ends = np.arange(1, _SHELVES) * self._rows_of_shelf * self._count
            for shelf, part in zip(self._shelves, np.split(packed, np.searchsorted(packed, ends)), strict=True):
                if len(part):
                    shelf.append(part.copy())
                    _put_together(shelf)

    def add_blocks(self, keys: np.ndarray, rows: np.ndarray, bound: Bound, keep: np.ndarray | None = None) -> None:
        """Add the pairs of rows that share a key.

        Args:
            keys: one an entry.
            rows: one an entry, in the order in which the neighbours of a large block are taken; a row once a key.
            bound: how many pairs a block may give.
            keep: for each row whether it counts; a pair is dropped if neither of its rows does. `None`: all count.
        """
        order = np.argsort(keys, kind="stable")
        keys, rows = keys[order], rows[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.empty(0, int)
        sizes = np.diff(np.append(starts, len(keys)))
        if keep is not None and len(keys):
            sizes = np.where(np.logical_or.reduceat(keep[rows], starts), sizes, 0)
        after = np.repeat(starts + sizes, np.diff(np.append(starts, len(keys)))) - np.arange(len(keys)) - 1
        after = np.maximum(after, 0)
        is_large = sizes > bound.largest
        taken = np.where(
            np.repeat(is_large, np.diff(np.append(starts, len(keys)))), np.minimum(after, bound.near), after
        )
        self.left_out += int(after.sum() - taken.sum())
        for begin, end in _portions(taken):
            first, second = _following(taken[begin:end])
            one, other = rows[begin + first], rows[begin + second]
            if keep is not None:
                told = keep[one] | keep[other]
                one, other = one[told], other[told]
            self.add(one, other)

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows of each pair, the lesser first, in their order."""
        most = sum(len(part) for shelf in self._shelves for part in shelf)
        first, second = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32)
        end = 0
        for shelf in self._shelves:
            if shelf:
                packed = distinct(np.concatenate(shelf))
                shelf.clear()
                part = slice(end, end + len(packed))
                first[part], second[part] = np.divmod(packed, self._count)
                end = part.stop
        return first[:end], second[:end]


def _put_together(shelf: list[np.ndarray]) -> None:
    """Make one array of the small ones at the end of a shelf when they are enough."""
    begin = len(shelf)
    while begin and len(shelf[begin - 1]) < _SHELF_LOAD // 2:
        begin -= 1
    if sum(map(len, shelf[begin:])) >= _SHELF_LOAD:
        shelf[begin:] = [distinct(np.concatenate(shelf[begin:]))]


def distinct(values: np.ndarray) -> np.ndarray:
    """The distinct values in their order; sorts in place."""
    values.sort()
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def expand(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each of so many copies of each entry, the entry and the number of the copy."""
    entry = np.repeat(np.arange(len(counts)), counts)
    return entry, np.arange(len(entry)) - np.repeat(np.cumsum(counts) - counts, counts)


def _following(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each entry with so many that follow it."""
    entry, number = expand(counts)
    return entry, entry + number + 1


def _portions(counts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Runs of entries whose counts add up to about `_MOST_PAIRS`."""
    total = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        done = int(total[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, done + _MOST_PAIRS, side="right")))
        yield begin, end
        begin = end
