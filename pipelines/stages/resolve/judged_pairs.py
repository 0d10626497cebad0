"""The value of each pair of reports: judged where it is new, as it was where it stays.

What belongs here: `judge_pairs`. What does not: which pairs are compared (`report_pairs.py`), what speaks for and against a pair
(`pair_evidence.py`), clusters.

A pair's evidence is that of its two reports and of nothing else, so what was judged once holds as long as both stay. One shelf
of pairs is in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.freed_memory import give_back
from pipelines.stages.resolve.changed_clusters import ChangedPairs
from pipelines.stages.resolve.half_linkage import EXCLUDED, LEAST
from pipelines.stages.resolve.kept_pairs import KeptPairs, Pairs, PairWriter, merged, packed
from pipelines.stages.resolve.pair_evidence import PairEvidence
from pipelines.stages.resolve.report_pairs import PairChanges
from pipelines.stages.resolve.reports import Reports, SketchNorms

_CHUNK = 50_000  # pairs whose evidence is in memory at once
_LEAST_CHUNK = 5_000  # pairs that are worth a thread
_THREADS = 2
_Note = Callable[[np.ndarray, np.ndarray], np.ndarray]
_Counted = tuple[np.ndarray, np.ndarray, np.ndarray]  # both rows of pairs, and how many blocks give each


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


def judge_pairs(
    reports: Reports,
    is_event: np.ndarray,
    changes: PairChanges,
    former: tuple[KeptPairs, np.ndarray] | None,
    folder: Path,
    norms: SketchNorms,
    note: _Note,
) -> JudgedPairs:
    """Judge the pairs that are new.

    Args:
        reports: the reports, then those that are gone.
        is_event: of the reports that are there, whether it is an event at all; what is none is compared with nothing.
        changes: pairs that are to be compared now, and those that are no more.
        former: the pairs of the run before, and for each of its reports the number now, -1 for one that is gone; `None` if there
            was none.
        folder: where the pairs are written to; not there yet.
        norms: the lengths of the reports' sketches.
        note: is told of the pairs that were judged, and says which it has use for: they are kept even with a value of 0, so
            that it is known when they go.
    """
    count, world = len(is_event), len(reports)
    known = former[0].renumbered(former[1]) if former else None
    writer = PairWriter(folder, count) if known is None else None
    stays = np.zeros(world, dtype=bool)
    if former is not None:
        stays[former[1][former[1] >= 0]] = True
    judged = 0
    changed: list[ChangedPairs] = []
    gone, asked, came = [np.empty(0, np.int64)], [np.empty(0, np.int64)], list[Pairs]()
    all_lost = changes.lost.taken()
    # Not by `zip`, which holds the portion before while the next one is put together.
    for gained in changes.gained.taken():
        told, held, new, went = _compared(gained, next(all_lost), is_event, world, known)
        del gained
        gone.append(packed(went, world))
        went = went.at(np.flatnonzero(went.value != 0))
        changed.append(ChangedPairs(went.first, went.second, -went.value, np.zeros_like(went.value)))
        judged += len(new[0])
        fresh = _judged(reports, new, norms, note)
        del new
        if writer is not None:
            writer.add(fresh)
            del fresh
            give_back()
            continue
        of_staying = fresh.at(np.flatnonzero(stays[fresh.first] & stays[fresh.second] & (fresh.value != 0)))
        changed.append(ChangedPairs(of_staying.first, of_staying.second, of_staying.value, of_staying.value))
        asked.append(told)
        came.append(merged(held, fresh))
    if known is not None:
        pairs = known.replaced(*np.divmod(np.concatenate(asked), world), Pairs.joined(came), world).moved(folder, count)
    elif writer is not None:
        pairs = writer.done()
    return JudgedPairs(pairs, ChangedPairs.joined(changed), np.concatenate(gone), judged)


def _compared(
    gained: _Counted, lost: _Counted, is_event: np.ndarray, world: int, known: KeptPairs | None
) -> tuple[np.ndarray, Pairs, _Counted, Pairs]:
    """The pairs that blocks give or give no more, as one number each; of the known ones those that some block still gives; those
    that are not known; and the known ones that no block gives any more.
    """
    going = is_event[gained[0]] & is_event[gained[1]]
    if not going.all():
        gained = gained[0][going], gained[1][going], gained[2][going]
    if known is None:
        return np.empty(0, np.int64), Pairs.joined([]), gained, Pairs.joined([])
    told = np.union1d(*(one.astype(np.int64) * world + other for one, other, _ in (gained, lost)))
    held, is_new, went = _counted(known.some(*np.divmod(told, world), world), world, gained, lost)
    return told, held, (gained[0][is_new], gained[1][is_new], gained[2][is_new]), went


def _judged(reports: Reports, new: _Counted, norms: SketchNorms, note: _Note) -> Pairs:
    """Those of some pairs that count."""
    first, second, times = new
    probability, is_excluded = judge(reports, first, second, norms)
    is_used = note(first, second)
    value = np.where(is_excluded, np.float32(EXCLUDED), np.where(probability >= LEAST, probability, np.float32(0)))
    told = np.flatnonzero((value != 0) | is_used)
    return Pairs(first[told], second[told], value[told], times[told])


def judge(reports: Reports, first: np.ndarray, second: np.ndarray, norms: SketchNorms) -> tuple[np.ndarray, np.ndarray]:
    """The probability of each pair, 0 where it counts as nothing, and whether the two exclude each other."""
    probability, is_excluded = np.zeros(len(first), dtype=np.float32), np.zeros(len(first), dtype=bool)
    chunk = min(max(-(-len(first) // _THREADS), _LEAST_CHUNK), _CHUNK)

    def judge_part(begin: int) -> None:
        part = slice(begin, begin + chunk)
        evidence = PairEvidence(reports, first[part], second[part], norms)
        probability[part], is_excluded[part] = evidence.judge(LEAST)

    # Threads, as the work is that of arrays, which waits for no interpreter.
    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(judge_part, range(0, len(first), chunk)):
            pass
    return probability, is_excluded


def _counted(
    known: Pairs,
    world: int,
    gained: _Counted,
    lost: _Counted,
) -> tuple[Pairs, np.ndarray, Pairs]:
    """The known pairs that some block still gives, which of the gained ones are not known, and the pairs that went."""
    is_new = np.ones(len(gained[0]), dtype=bool)
    if not len(known):
        return known, is_new, known
    held = packed(known, world)
    times = known.times.astype(np.int32)
    for sign, (first, second, more) in ((1, gained), (-1, lost)):
        key = first.astype(np.int64) * world + second
        at = np.minimum(np.searchsorted(held, key), len(held) - 1)
        hit = held[at] == key
        times[at[hit]] += sign * more[hit].astype(np.int32)
        if sign > 0:
            is_new = ~hit
    gone = times <= 0
    kept = Pairs(known.first, known.second, known.value, times.astype(np.uint16))
    # Mostly none of them goes, and copies of all are dear.
    return kept.at(np.flatnonzero(~gone)) if gone.any() else kept, is_new, known.at(np.flatnonzero(gone))
