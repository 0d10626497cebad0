"""Texts that are alike: for each document the most alike ones of its time.

What belongs here: `alike_texts`. What does not: how alike two texts are (`likeness.py`), which of their reports are compared
(`report_pairs.py`).

A text is compared with those of its month, of the next, and those without a date. Where these are more than `MOST_TEXTS`, it is
compared with those only that are nearest to the same few texts taken from among them (an inverted file: Jégou, Douze and Schmid
2011), so that the work grows with the number of texts times its square root.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import isqrt

import numpy as np

from pipelines.stages.resolve.reports import NO_DAY

MOST_TEXTS = 20_000
WINDOW_DAYS = 31
_LEAST_LIKENESS = 0.2
_MOST_NEIGHBOURS = 40  # texts that a text is compared with
_PORTION = 512
_PROBES = 4  # of the nearest texts taken out, those whose followers a text is compared with


def alike_texts(sketches: np.ndarray, published: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    """Pairs of texts that are alike, a pair possibly twice.

    Args:
        sketches: as `likeness.sketch_texts` returns them.
        published: days since 1970, `NO_DAY` where there is none.

    Returns:
        Portions of the pairs, two columns of rows; and with each how many pairs of texts were not looked at as they are too many.
    """
    windows: dict[int, list[int]] = defaultdict(list)
    for document, day in enumerate(published.tolist()):
        windows[day // WINDOW_DAYS if day != NO_DAY else NO_DAY].append(document)
    undated = windows.pop(NO_DAY, [])
    for window, members in windows.items():
        yield from _neighbours(sketches, members, members + windows.get(window + 1, []) + undated)
    yield from _neighbours(sketches, undated, undated)


def _neighbours(sketches: np.ndarray, members: list[int], others: list[int]) -> Iterator[tuple[np.ndarray, int]]:
    mine, known = np.array(members, dtype=np.int64), np.array(others, dtype=np.int64)
    if len(mine) and len(known) <= MOST_TEXTS:
        yield from ((pairs, 0) for pairs in _nearest(sketches, mine, known))
    elif len(mine):
        yield from _nearest_in_cells(sketches, mine, known)


def _nearest_in_cells(sketches: np.ndarray, mine: np.ndarray, known: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    cores = _unit(sketches[known[:: isqrt(len(known))]])
    cell, probes = _nearest_cores(sketches, known, cores, 1)[:, 0], _nearest_cores(sketches, mine, cores, _PROBES)
    left_out = len(mine) * len(known)
    for core in range(len(cores)):
        some, followers = mine[(probes == core).any(axis=1)], known[cell == core]
        left_out -= len(some) * len(followers)
        if len(some) and len(followers):
            yield from ((pairs, 0) for pairs in _nearest(sketches, some, followers))
    yield np.empty((0, 2), dtype=np.int64), left_out


def _nearest_cores(sketches: np.ndarray, rows: np.ndarray, cores: np.ndarray, most: int) -> np.ndarray:
    portions = (rows[begin : begin + _PORTION] for begin in range(0, len(rows), _PORTION))
    return np.concatenate(
        [np.argsort(-(_unit(sketches[some]) @ cores.T), axis=1, kind="stable")[:, :most] for some in portions]
    )


def _nearest(sketches: np.ndarray, members: np.ndarray, others: np.ndarray) -> Iterator[np.ndarray]:
    """The most alike others of each member as pairs, in portions, so that memory stays bounded."""
    known = _unit(sketches[others])
    for begin in range(0, len(members), _PORTION):
        part = members[begin : begin + _PORTION]
        likeness = _unit(sketches[part]) @ known.T
        at, other = np.nonzero(likeness >= _LEAST_LIKENESS)
        apart = part[at] != others[other]
        at, other = at[apart], other[apart]
        # The most alike of each first.
        order = np.lexsort((other, -likeness[at, other], at))
        at, other = at[order], other[order]
        near = np.arange(len(at)) - np.searchsorted(at, at) < _MOST_NEIGHBOURS
        yield np.stack([part[at[near]], others[other[near]]], axis=1)


def _unit(sketches: np.ndarray) -> np.ndarray:
    values = sketches.astype(np.float32)
    values /= np.maximum(np.linalg.norm(values, axis=1), 1.0)[:, None]
    return values
