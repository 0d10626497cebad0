"""The event of each report, how well it fits, and what spoke for and against.

What belongs here: `PairsWithin`, `event_names`, `event_links`, `told_evidence`. What does not: which reports are one event
(`half_linkage.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipelines import ids
from pipelines.stages.resolve.half_linkage import EXCLUDED
from pipelines.stages.resolve.identity_weights import calibrated
from pipelines.stages.resolve.kept_pairs import KeptPairs, Pairs
from pipelines.stages.resolve.pair_evidence import PairEvidence
from pipelines.stages.resolve.reports import NO_DAY, Reports, SketchNorms

ALONE, FITS, CORRECTED = "only_report", "fits_event", "corrected"
_TOLD = 0.05  # log-odds below which a piece of evidence is not told
_CHUNK = 50_000
_TOLD_AT_ONCE = 5_000  # reports whose evidence is put into words: some sixty numbers each, as objects


def whole_clusters(some: np.ndarray, names: np.ndarray) -> np.ndarray:
    """All reports of the clusters that hold one of some."""
    hit = np.zeros(len(names), dtype=bool)
    hit[names[some]] = True
    return hit[names]


class PairsWithin:
    """The pairs that count of which both reports are of one cluster; read anew each time where they are all that there are.

    Args:
        pairs: all pairs that are kept.
        names: the cluster of each report.
        anew: for each report whether it is asked for; all of a cluster or none.
    """

    def __init__(self, pairs: KeptPairs, names: np.ndarray, anew: np.ndarray) -> None:
        self._pairs = pairs
        self._names = names
        self._some = None if anew.all() else [self._inside(pairs.among(anew))]

    def portions(self) -> Iterable[Pairs]:
        """The pairs, some million at once."""
        return self._some if self._some is not None else map(self._inside, self._pairs.portions())

    def _inside(self, pairs: Pairs) -> Pairs:
        is_one = (self._names[pairs.first] == self._names[pairs.second]) & (pairs.value != 0)
        return pairs.at(np.flatnonzero(is_one))


def event_names(reports: Reports, names: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The event of reports: named by its earliest one, so that later reports of it do not change the name.

    Args:
        reports: the reports.
        names: the cluster of each.
        rows: all reports of some clusters.

    Returns:
        For each report the id of its event, `None` for the reports of other clusters.
    """
    published = reports.published[rows]
    published = np.where(published == NO_DAY, np.iinfo(np.int32).max, published)
    # Documents are numbered in the order of their ids.
    order = rows[np.lexsort((rows, reports.position[rows], reports.document[rows], published))]
    clusters, first = np.unique(names[order], return_index=True)
    found = np.array([ids.event_id(mention) for mention in reports.mention_ids[order[first]]], dtype=object)
    event_of = np.full(len(names), None, dtype=object)
    if len(rows):
        event_of[rows] = found[np.searchsorted(clusters, names[rows])]
    return event_of


def event_links(
    reports: Reports,
    names: np.ndarray,
    event_of: np.ndarray,
    pairs: PairsWithin,
    anew: np.ndarray,
    together: Iterable[tuple[str, str]],
    norms: SketchNorms,
) -> tuple[pd.DataFrame, np.ndarray]:
    """One row a report: its event and how well it fits the event's other reports.

    Args:
        reports: the reports.
        names, event_of: the cluster and the event of each.
        pairs: at least the pairs within these events.
        anew: for each report whether it is asked for; all of an event or none.
        together: the event mentions that a person put into one event.
        norms: the lengths of the reports' sketches.

    Returns:
        The rows, and for each the report of its event that it fits best, or that a person put it beside; -1 for none.
    """
    rows = np.flatnonzero(anew)
    sizes = np.bincount(names, minlength=len(names))[names]
    total = np.zeros(len(names))
    nearest = _Nearest(len(names))
    for part in pairs.portions():
        first, second, probability = _inside(reports, names, part, norms)
        # Single-precision numbers, so that sums are exact in whatever order.
        likely = calibrated(probability).astype(np.float32)
        np.add.at(total, first, likely)
        np.add.at(total, second, likely)
        nearest.note(first, second, probability)
    score = np.where(sizes > 1, total / np.maximum(sizes - 1, 1), 1.0)
    other = nearest.other
    forced = np.zeros(len(names), dtype=bool)
    if together := list(together):
        index = pd.Index(reports.mention_ids)
        for a, b in together:
            i, j = index.get_loc(a), index.get_loc(b)
            forced[[i, j]] = True
            other[[i, j]] = j, i
    found = pd.DataFrame(
        {
            # Without any report the columns would be of numbers, and not join those of text.
            "event_mention_id": pd.Series(reports.mention_ids[rows], dtype=object),
            "event_id": pd.Series(event_of[rows], dtype=object),
            "method": np.select([forced[rows], sizes[rows] > 1], [CORRECTED, FITS], ALONE),
            "score": np.where(forced, 1.0, np.clip(score, 0.0, 1.0))[rows],
        }
    )
    return found, other[rows]


def _inside(
    reports: Reports, names: np.ndarray, pairs: Pairs, norms: SketchNorms
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs within events and their probability; of those that exclude each other too."""
    inside = pairs.at(np.flatnonzero(names[pairs.first] == names[pairs.second]))
    first, second, value = inside.first, inside.second, inside.value
    excluded = np.flatnonzero(value == np.float32(EXCLUDED))
    for begin in range(0, len(excluded), _CHUNK):
        at = excluded[begin : begin + _CHUNK]
        value[at] = PairEvidence(reports, first[at], second[at], norms).judge()[0]
    return first, second, value


def told_evidence(reports: Reports, rows: np.ndarray, nearest: np.ndarray, norms: SketchNorms) -> list[str | None]:
    """What spoke for and against each of some reports beside another one of its event.

    Args:
        reports: all reports.
        rows: of those that are asked for.
        nearest: for each of these the other one, -1 for none.
        norms: the lengths of the reports' sketches.
    """
    evidence: list[str | None] = [None] * len(rows)
    told = np.flatnonzero(nearest >= 0)
    for begin in range(0, len(told), _TOLD_AT_ONCE):
        at = told[begin : begin + _TOLD_AT_ONCE]
        log_odds = PairEvidence(reports, rows[at], nearest[at], norms).log_odds()
        pieces = sorted(log_odds)
        values = np.stack([log_odds[name] for name in pieces], axis=1)
        values = np.where(np.abs(values) > _TOLD, np.round(values.astype(np.float64), 2), np.nan)
        for entry, other, line in zip(at.tolist(), reports.mention_ids[nearest[at]], values.tolist(), strict=True):
            found = {name: value for name, value in zip(pieces, line, strict=True) if value == value}
            evidence[entry] = json.dumps({"with": other, "log_odds": found}, sort_keys=True)
    return evidence


class _Nearest:
    """For each report the one of its event that it fits best, -1 if there is none; of equally good ones the first."""

    def __init__(self, count: int) -> None:
        self._best = np.full(count, -1.0, dtype=np.float32)
        self.other = np.full(count, -1, dtype=np.int64)

    def note(self, first: np.ndarray, second: np.ndarray, probability: np.ndarray) -> None:
        """Learn of some pairs."""
        former = self._best.copy()
        for rows in (first, second):
            np.maximum.at(self._best, rows, probability)
        self.other[self._best > former] = -1
        # The first is written last.
        for rows, others in ((first, second), (second, first)):
            at = np.flatnonzero(probability == self._best[rows])
            at = at[np.argsort(-others[at].astype(np.int64), kind="stable")]
            lower = (self.other[rows[at]] < 0) | (others[at] < self.other[rows[at]])
            self.other[rows[at[lower]]] = others[at[lower]]
