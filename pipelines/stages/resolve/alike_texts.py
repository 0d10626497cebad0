"""Texts that are alike: for each document the most alike ones of its time.

What belongs here: `alike_texts`. What does not: how alike two texts are (`likeness.py`), which of their reports are compared
(`report_pairs.py`).

A text is compared with those of its month, of the next, and those without a date. Where these are more than `MOST_TEXTS`, it is
compared with those only that are nearest to the same few texts taken from among them (an inverted file: Jégou, Douze and Schmid
2011), so that the work grows with the number of texts times its square root.

What is found depends on the texts alone and not on the order in which they came: products of sketches are whole numbers, which
are exact in whatever order they are added; of texts equally alike the one with the lesser id goes first; and the few texts are
those with the least hashes. So the lists of the run before hold where no text came or went, and need only be looked through for
the new ones; where these few texts are others than before, all are looked through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipelines.stages.resolve.kept_rows import KeptRows
from pipelines.stages.resolve.pair_blocks import Status
from pipelines.stages.resolve.reports import NO_DAY

MOST_TEXTS = 20_000
WINDOW_DAYS = 31
_LEAST_LIKENESS = 0.2
MOST_NEIGHBOURS = 40  # texts that a text is compared with
_MANY_ALIKE = 4 * MOST_NEIGHBOURS  # of a text, from which on the nearest ones are sought first
_PORTION = 512
_PROBES = 4  # of the nearest texts taken out, those whose followers a text is compared with


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Texts with the ones most like them: rows of both and their cosine, one entry a neighbour, in the order of the first."""

    one: np.ndarray
    other: np.ndarray
    cosine: np.ndarray

    @classmethod
    def none(cls) -> Neighbours:
        """No neighbours."""
        return cls(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))

    @classmethod
    def joined(cls, parts: list[Neighbours]) -> Neighbours:
        """All those of some lists, the nearest ones of each text."""
        parts = [cls.none(), *parts]
        one, other, cosine = (np.concatenate([getattr(p, name) for p in parts]) for name in ("one", "other", "cosine"))
        order = _in_order(one, other, cosine)
        one, other, cosine = one[order], other[order], cosine[order]
        near = np.arange(len(one)) - np.searchsorted(one, one) < MOST_NEIGHBOURS
        return cls(one[near], other[near], cosine[near])

    @classmethod
    def in_order(cls, parts: list[Neighbours], count: int) -> Neighbours:
        """Lists that tell of different texts, each in order, as one; they are taken from `parts`, so that none is held twice.

        Args:
            parts: the lists.
            count: number of all texts.
        """
        counts = np.zeros(count, dtype=np.int64)
        for part in parts:
            counts += np.bincount(part.one, minlength=count)
        starts = np.cumsum(counts) - counts
        found = cls(*(np.empty(int(counts.sum()), column.dtype) for column in cls.none()._columns))
        while parts:
            part = parts.pop()
            place = starts[part.one] + np.arange(len(part.one)) - np.searchsorted(part.one, part.one)
            for column, values in zip(found._columns, part._columns, strict=True):
                column[place] = values
        return found

    def beside(self, more: Neighbours) -> Neighbours:
        """Both lists, which tell of different texts."""
        if not len(self.one):
            return more
        # Mostly the second one is short, so it is enough to find the places of its entries.
        place = np.searchsorted(self.one, more.one)
        return Neighbours(
            *(np.insert(one, place, other) for one, other in zip(self._columns, more._columns, strict=True))
        )

    def renamed(self, name: np.ndarray) -> Neighbours:
        """The entries after the texts took other numbers, in an order as before."""
        found = Neighbours(name.astype(np.int32)[self.one], name.astype(np.int32)[self.other], np.asarray(self.cosine))
        if (found.one[1:] >= found.one[:-1]).all():
            return found
        return found.at(np.argsort(found.one, kind="stable"))

    def at_first(self, count: int) -> Neighbours:
        """Those of the first so many texts."""
        beyond = max(int(side.max(initial=0)) for side in (self.one, self.other)) >= count
        return self.at(np.flatnonzero((self.one < count) & (self.other < count))) if beyond else self

    def at(self, rows: np.ndarray) -> Neighbours:
        """Some of the entries."""
        return Neighbours(*(column[rows] for column in self._columns))

    @property
    def _columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.one, self.other, self.cosine


@dataclass(frozen=True, slots=True)
class TextChanges:
    """The neighbours that texts have now, which pairs are new, and which of texts that stay are no more."""

    neighbours: Neighbours
    gained: tuple[np.ndarray, np.ndarray]  # rows of the one and of the other
    lost: tuple[np.ndarray, np.ndarray]
    left_out: int  # pairs of texts that were not looked at as they are too many


@dataclass(frozen=True, slots=True)
class _Texts:
    sketches: np.ndarray | KeptRows
    norms: np.ndarray
    tie: np.ndarray

    def cosines(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        # Whole numbers below 2 ** 24, which floats hold exactly.
        products = self.sketches[rows].astype(np.float32) @ self.sketches[others].astype(np.float32).T
        products /= self.norms[rows][:, None] * self.norms[others][None]
        return products


def alike_texts(
    sketches: np.ndarray | KeptRows,
    norms: np.ndarray,
    published: np.ndarray,
    tie: np.ndarray,
    status: Status,
    before: Neighbours,
) -> TextChanges:
    """Texts that are alike.

    Args:
        sketches: as `likeness.sketch_texts` returns them, in the order of the ids of the texts; those that are gone come last.
        norms: their lengths.
        published: days since 1970, `NO_DAY` where there is none.
        tie: a hash of each text's id.
        status: which texts were there before, and which are there now.
        before: the neighbours that they had.
    """
    texts = _Texts(sketches, np.maximum(norms, 1.0), tie)
    is_new = status.is_now & ~status.was
    # A full list that lost a text has room for one that was not in it.
    again = np.zeros(len(published), dtype=bool)
    if not status.is_now.all():
        again[before.one[~status.is_now[before.other]]] = True
    changed = again.copy()
    again &= np.bincount(before.one, minlength=len(published)) == MOST_NEIGHBOURS
    lists, left_out = [], 0
    for members, known in _windows(published):
        parts = []
        if status.stays[known].all() and status.stays[members].all():
            continue
        now, was = known[status.is_now[known]], known[status.was[known]]
        cores = _cores(texts, now)
        if not np.array_equal(cores, _cores(texts, was)):
            again[members] = True
        anew = members[status.is_now[members] & (is_new[members] | again[members])]
        changed[anew] = True
        cells = _Cells.of(texts, now, cores)
        for found, skipped in _neighbours(texts, anew, now, cells):
            parts.append(found)
            left_out += skipped
        others, rest = now[is_new[now]], members[status.stays[members] & ~again[members]]
        if len(others) and len(rest):
            parts += [found for found, _ in _neighbours(texts, rest, others, cells)]
        if parts:
            lists.append(Neighbours.joined(parts))
    found = Neighbours.in_order(lists, len(published))
    if not len(before.one):
        nobody = found.one[:0], found.other[:0]
        return TextChanges(found, (found.one, found.other), nobody, left_out)
    changed[found.one] = True
    is_changed = (changed | ~status.is_now)[before.one]
    old, rest = before.at(np.flatnonzero(is_changed)), before.at(np.flatnonzero(~is_changed))
    old = old.at(np.flatnonzero(status.is_now[old.one] & status.is_now[old.other]))
    found = Neighbours.joined([found, old.at(np.flatnonzero(~again[old.one]))])
    gained, lost = _only_in(found, old, len(published)), _only_in(old, found, len(published))
    return TextChanges(rest.beside(found), gained, lost, left_out)


def _in_order(one: np.ndarray, other: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    """Places by the first text, the most alike ones first, of equally alike ones the one with the lesser number."""
    # The bits of positive floats have the order of the floats; one key of 64 bits is sorted in a third of the time of three.
    key = (one.astype(np.int64) << 32) - cosine.view(np.int32)
    order = np.argsort(key)
    key = key[order]
    same = np.append(False, key[1:] == key[:-1])
    same[:-1] |= same[1:]
    alike = np.flatnonzero(same)
    some = order[alike]
    order[alike] = some[np.lexsort((other[some], key[alike]))]
    return order


def _only_in(some: Neighbours, others: Neighbours, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of texts that are in some lists and not in others, of `count` texts in all."""
    packed = [n.one.astype(np.int64) * np.int64(count) + n.other for n in (some, others)]
    return np.divmod(np.setdiff1d(packed[0], packed[1], assume_unique=True), np.int64(count))


def _windows(published: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The texts of each month with those that they are compared with; and those without a date."""
    undated = np.flatnonzero(published == NO_DAY)
    dated = np.flatnonzero(published != NO_DAY)
    window = published[dated] // WINDOW_DAYS
    order = np.argsort(window, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(window[order]) != 0)[: len(dated)]).tolist()
    members = {int(window[order[begin]]): dated[order[begin:end]] for begin, end in pairwise([*starts, len(order)])}
    nothing = np.empty(0, dtype=np.int64)
    for number, rows in members.items():
        yield rows, np.concatenate([rows, members.get(number + 1, nothing), undated])
    yield undated, undated


def _cores(texts: _Texts, known: np.ndarray) -> np.ndarray:
    """The few texts taken from among many, in an order that depends on nothing else; none where all are compared."""
    if len(known) <= MOST_TEXTS:
        return known[:0]
    # A power of two near the square root, so that the number seldom changes.
    return known[np.lexsort((known, texts.tie[known]))[: 1 << (len(known).bit_length() // 2)]]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The few texts, and the nearest of them to each of the texts that are there now."""

    rows: np.ndarray  # the texts, in order
    nearest: np.ndarray

    @classmethod
    def of(cls, texts: _Texts, known: np.ndarray, cores: np.ndarray) -> _Cells | None:
        if not len(cores):
            return None
        # Of the window's texts only: one row for each text of all would be kept anew for each month.
        rows = np.sort(known)
        return cls(rows, _nearest_cores(texts, rows, cores, _PROBES).astype(np.int32))

    def of_texts(self, some: np.ndarray) -> np.ndarray:
        """The nearest ones of some of the texts."""
        return self.nearest[np.searchsorted(self.rows, some)]


def _neighbours(
    texts: _Texts, mine: np.ndarray, known: np.ndarray, cells: _Cells | None
) -> Iterator[tuple[Neighbours, int]]:
    """Those of `known` that some texts are most like, with the number of pairs that were not looked at."""
    if not len(mine):
        return
    if cells is None:
        yield from ((found, 0) for found in _nearest(texts, mine, known))
    else:
        yield from _nearest_in_cells(texts, mine, known, cells)


def _nearest_in_cells(
    texts: _Texts, mine: np.ndarray, known: np.ndarray, cells: _Cells
) -> Iterator[tuple[Neighbours, int]]:
    cell, probes = cells.of_texts(known)[:, 0], cells.of_texts(mine)
    left_out = len(mine) * len(known)
    for core in np.unique(cell).tolist():
        some, followers = mine[(probes == core).any(axis=1)], known[cell == core]
        left_out -= len(some) * len(followers)
        if len(some):
            yield from ((found, 0) for found in _nearest(texts, some, followers))
    yield Neighbours.none(), left_out


def _nearest_cores(texts: _Texts, rows: np.ndarray, cores: np.ndarray, most: int) -> np.ndarray:
    portions = (rows[begin : begin + _PORTION] for begin in range(0, len(rows), _PORTION))
    return np.concatenate(
        [np.argsort(-texts.cosines(some, cores), axis=1, kind="stable")[:, :most] for some in portions]
    )


def _nearest(texts: _Texts, members: np.ndarray, others: np.ndarray) -> Iterator[Neighbours]:
    """The most alike others of each member, in portions, so that memory stays bounded."""
    for begin in range(0, len(members), _PORTION):
        part = members[begin : begin + _PORTION]
        likeness = texts.cosines(part, others)
        is_alike = likeness >= _LEAST_LIKENESS
        if np.count_nonzero(is_alike) > _MANY_ALIKE * len(part):
            # Of texts that are all alike, those of one matter on one day, only the nearest ones are put in order; of the text
            # itself one too many.
            places = len(others) - min(MOST_NEIGHBOURS + 1, len(others))
            is_alike &= likeness >= np.partition(likeness, places, axis=1)[:, places, None]
        at, other = np.nonzero(is_alike)
        cosine = likeness[at, other]
        apart = part[at] != others[other]
        one, other, cosine = part[at[apart]], others[other[apart]], cosine[apart]
        yield Neighbours.joined([Neighbours(one.astype(np.int32), other.astype(np.int32), cosine)])
