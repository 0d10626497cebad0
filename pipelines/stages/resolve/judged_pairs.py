"""The value of each pair of reports: judged where it is new, as it was where it stays.

What belongs here: `judge_pairs`. What does not: which pairs are compared (`report_pairs.py`), what speaks for and against a pair
(`pair_evidence.py`), clusters.

A pair's evidence is that of its two reports and of nothing else, so what was judged once holds as long as both stay. One shelf
of pairs is in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from pipelines.stages.resolve.changed_clusters import ChangedPairs
from pipelines.stages.resolve.half_linkage import EXCLUDED, LEAST
from pipelines.stages.resolve.kept_pairs import KeptPairs, Pairs, PairWriter
from pipelines.stages.resolve.pair_blocks import rows_of_shelf
from pipelines.stages.resolve.pair_evidence import PairEvidence
from pipelines.stages.resolve.report_pairs import PairChanges
from pipelines.stages.resolve.reports import Reports, SketchNorms

_CHUNK = 50_000  # pairs whose evidence is in memory at once
_THREADS = 2


@dataclass(frozen=True, slots=True)
class JudgedPairs:
    """All pairs that count, and what came of this run.

    Attributes:
        pairs: all of them.
        changed: those that came or went between reports that stay.
        gone: the packed rows of those that went, sorted.
        judged: how many were judged.
    """

    pairs: KeptPairs
    changed: ChangedPairs
    gone: np.ndarray
    judged: int


@dataclass(frozen=True, slots=True)
class FormerPairs:
    """The pairs of the run before, and the present number of each of its reports, -1 for those that are gone."""

    pairs: KeptPairs
    present: np.ndarray

    def of_rows(self, begin: int, end: int) -> Pairs:
        """The pairs of reports that stay whose first row is one of a range, by their present numbers."""
        stay = np.flatnonzero(self.present >= 0)
        left, right = np.searchsorted(self.present[stay], [begin, end])
        if left == right:
            return Pairs.joined([])
        found = self.pairs.of_rows(int(stay[left]), int(stay[right - 1]) + 1)
        first, second = self.present[found.first], self.present[found.second]
        some = (first >= 0) & (second >= 0)
        found = Pairs(first, second, found.value, found.times)
        return found if some.all() else found.at(np.flatnonzero(some))


def judge_pairs(
    reports: Reports,
    is_event: np.ndarray,
    changes: PairChanges,
    former: FormerPairs | None,
    folder: Path,
    norms: SketchNorms,
    note: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> JudgedPairs:
    """Judge the pairs that are new.

    Args:
        reports: the reports, then those that are gone.
        is_event: of the reports that are there, whether it is an event at all; what is none is compared with nothing.
        changes: pairs that are to be compared now, and those that are no more.
        former: the pairs of the run before; `None` if there was none.
        folder: where the pairs are written to.
        norms: the lengths of the reports' sketches.
        note: is told of the pairs that were judged, and says which it has use for: they are kept even with a value of 0, so
            that it is known when they go.
    """
    count = len(is_event)
    world = len(reports)
    writer = PairWriter(folder, count)
    begin, judged = 0, 0
    stays = np.zeros(world, dtype=bool)
    if former is not None:
        stays[former.present[former.present >= 0]] = True
    changed: list[ChangedPairs] = []
    gone: list[np.ndarray] = []
    size = rows_of_shelf(world)
    for (first, second, times), lost in zip(changes.gained.taken(), changes.lost.taken(), strict=True):
        end = min(begin + size, count)
        known = former.of_rows(begin, end) if former is not None and begin < end else Pairs.joined([])
        begin = end
        going = is_event[first] & is_event[second]
        if not going.all():
            first, second, times = first[going], second[going], times[going]
        known, is_new, went = _counted(known, world, (first, second, times), lost)
        gone.append(_packed(went, world))
        went = went.at(np.flatnonzero(went.value != 0))
        changed.append(ChangedPairs(went.first, went.second, -went.value, np.zeros_like(went.value)))
        first, second, times = first[is_new], second[is_new], times[is_new]
        judged += len(first)
        probability, is_excluded = judge(reports, first, second, norms)
        is_used = note(first, second)
        value = np.where(is_excluded, np.float32(EXCLUDED), np.where(probability >= LEAST, probability, np.float32(0)))
        told = np.flatnonzero((value != 0) | is_used)
        fresh = Pairs(first[told], second[told], value[told], times[told])
        if former is not None:
            both = np.flatnonzero(stays[fresh.first] & stays[fresh.second] & (fresh.value != 0))
            came = fresh.at(both)
            changed.append(ChangedPairs(came.first, came.second, came.value, came.value))
        writer.add(_merged(known, fresh, world))
    return JudgedPairs(writer.done(), ChangedPairs.joined(changed), np.concatenate(gone), judged)


def judge(reports: Reports, first: np.ndarray, second: np.ndarray, norms: SketchNorms) -> tuple[np.ndarray, np.ndarray]:
    """The probability of each pair, 0 where it counts as nothing, and whether the two exclude each other."""
    probability, is_excluded = np.zeros(len(first), dtype=np.float32), np.zeros(len(first), dtype=bool)

    def judge_part(begin: int) -> None:
        part = slice(begin, begin + _CHUNK)
        evidence = PairEvidence(reports, first[part], second[part], norms)
        probability[part], is_excluded[part] = evidence.judge(LEAST)

    # Threads, as the work is that of arrays, which waits for no interpreter.
    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(judge_part, range(0, len(first), _CHUNK)):
            pass
    return probability, is_excluded


def _counted(
    known: Pairs,
    world: int,
    gained: tuple[np.ndarray, np.ndarray, np.ndarray],
    lost: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[Pairs, np.ndarray, Pairs]:
    """The known pairs that some block still gives, which of the gained ones are not known, and the pairs that went."""
    is_new = np.ones(len(gained[0]), dtype=bool)
    if not len(known):
        return known, is_new, known
    packed = _packed(known, world)
    times = known.times.astype(np.int32)
    for sign, (first, second, more) in ((1, gained), (-1, lost)):
        key = first.astype(np.int64) * world + second
        at = np.minimum(np.searchsorted(packed, key), len(packed) - 1)
        hit = packed[at] == key
        times[at[hit]] += sign * more[hit].astype(np.int32)
        if sign > 0:
            is_new = ~hit
    gone = times <= 0
    kept = Pairs(known.first, known.second, known.value, times.astype(np.uint16))
    # Mostly none of them goes, and copies of all are dear.
    return kept.at(np.flatnonzero(~gone)) if gone.any() else kept, is_new, known.at(np.flatnonzero(gone))


def _merged(known: Pairs, fresh: Pairs, world: int) -> Pairs:
    if not len(known) or not len(fresh):
        return known if len(known) else fresh
    # Both are in order and no pair is in both, so it is enough to find the place of the few.
    place = np.searchsorted(_packed(known, world), _packed(fresh, world)) + np.arange(len(fresh))
    is_fresh = np.zeros(len(known) + len(fresh), dtype=bool)
    is_fresh[place] = True
    is_known = ~is_fresh

    def column(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        found = np.empty(len(is_fresh), dtype=one.dtype)
        found[is_known], found[is_fresh] = one, other
        return found

    names = (field.name for field in fields(Pairs))
    return Pairs(*(column(getattr(known, name), getattr(fresh, name)) for name in names))


def _packed(pairs: Pairs, world: int) -> np.ndarray:
    return pairs.first.astype(np.int64) * world + pairs.second
