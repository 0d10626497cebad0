"""Which reports are compared: pairs that share a day and a party or a place, that stand in texts alike, or in one document.

What belongs here: `candidate_pairs`. What does not: what speaks for or against a pair (`pair_evidence.py`).

Every way of pairing is bounded: a block of more than `LARGEST_BLOCK` reports is parted by what else they tell, and what is
still larger is compared with the neighbours in the order of its likeness only. What the bound left out is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipelines.stages.resolve.alike_texts import WINDOW_DAYS, alike_texts
from pipelines.stages.resolve.pair_blocks import Bound, PairSet, distinct, expand
from pipelines.stages.resolve.reports import NO_DAY, NO_PARTY, NONE, Reports

LARGEST_BLOCK = 150
_LONGEST_INTERVAL = 400  # days; a century is no evidence of a day
_MOST_PAIRS = 2_000_000  # of reports of texts alike, written down at once
_MOST_ENTRIES = 100_000  # of reports in windows
_BLOCK = Bound(LARGEST_BLOCK, LARGEST_BLOCK // 2)


@dataclass(frozen=True, slots=True)
class CandidatePairs:
    """Pairs of rows of `Reports`, each once, the first below the second; and how many the bounds left out.

    A pair that stands in several large blocks is counted in each; of texts too many to compare, each pair counts as one.
    """

    first: np.ndarray
    second: np.ndarray
    left_out: int


@dataclass(frozen=True, slots=True)
class _Things:
    """What reports may share with others of their event: entities, countries, words of their parties; their place.

    One entry a report and thing, the reports in the order of their likeness; `begins` and `counts` by place in that order.
    """

    order: np.ndarray  # rows of reports
    begins: np.ndarray
    counts: np.ndarray
    thing: np.ndarray
    size: int  # number of distinct things

    def of(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For places in the order: the entry among them and the thing, one a thing of each."""
        entry, number = expand(self.counts[places])
        return entry, self.thing[self.begins[places][entry] + number]


def candidate_pairs(reports: Reports) -> CandidatePairs:
    """The pairs of reports that are worth comparing.

    Args:
        reports: the reports.
    """
    found = PairSet(len(reports))
    if len(reports):
        things = _read_things(reports)
        for bit in range(int(reports.families.max()).bit_length()):
            places = np.flatnonzero(reports.families[things.order] >> bit & 1)
            _add_day_blocks(found, reports, things, places)
            _add_wide_blocks(found, reports, things, places)
        _add_pairs_within_documents(found, reports, things)
        _add_pairs_between_texts(found, reports)
    first, second = found.pairs()
    return CandidatePairs(first, second, found.left_out)


def _read_things(reports: Reports) -> _Things:
    n = len(reports)
    rows, things = [np.arange(n)], [reports.place.astype(np.int64) * 4]
    for parties in (reports.actors, reports.recipients):
        row, at = np.nonzero(parties.kind != NO_PARTY)
        values = (parties.entity[row, at], parties.country[row, at], *parties.words[row, at].T)
        for kind, value in zip((1, 2, 3, 3), values, strict=True):
            rows.append(row)
            things.append(value.astype(np.int64) * 4 + kind)
    row, thing = np.concatenate(rows), np.concatenate(things)
    row, thing = row[thing >= 0], thing[thing >= 0]
    # Reports of one event resemble each other in place and parties: neighbours in this order are the likely ones.
    order = np.lexsort(
        (
            np.arange(n),
            reports.recipients.entity[:, 0],
            reports.actors.entity[:, 0],
            reports.place,
            reports.event_type,
        )
    )
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    known, thing = np.unique(thing, return_inverse=True)
    packed = distinct(place[row] * max(len(known), 1) + thing)
    at, thing = np.divmod(packed, max(len(known), 1))
    counts = np.bincount(at, minlength=n)
    return _Things(order, np.cumsum(counts) - counts, counts, thing, max(len(known), 1))


def _add_day_blocks(found: PairSet, reports: Reports, things: _Things, places: np.ndarray) -> None:
    """Reports of one family (those at `places`), day and party or place."""
    rows = things.order[places]
    dated = (reports.start[rows] != NO_DAY) & reports.is_day[rows]
    places, rows = places[dated], rows[dated]
    # A report dated by its publication may be of the day before.
    at, number = expand(np.where(reports.is_told_day[rows], 1, 3))
    day = reports.start[rows[at]].astype(np.int64) + np.where(reports.is_told_day[rows[at]], 0, number - 1)
    _, day = np.unique(day, return_inverse=True)
    entry, thing = things.of(places[at])
    found.add_blocks(day[entry] * things.size + thing, rows[at[entry]], _BLOCK)


def _add_wide_blocks(found: PairSet, reports: Reports, things: _Things, places: np.ndarray) -> None:
    """Reports without a day, or of a week, a month or a year, and the reports that they may be of; by two things."""
    rows = things.order[places]
    start, end, published = (v[rows].astype(np.int64) for v in (reports.start, reports.end, reports.published))
    dated, out = start != NO_DAY, published != NO_DAY
    first = np.where(dated, start // WINDOW_DAYS, np.where(out, published // WINDOW_DAYS - 1, NO_DAY))
    last = np.where(dated, end // WINDOW_DAYS, np.where(out, first + 1, first))
    counts = np.where(dated & (end - start > _LONGEST_INTERVAL), 0, np.maximum(last - first + 1, 0))
    at, number = expand(counts)
    _, window = np.unique(first[at] + number, return_inverse=True)
    order = np.argsort(window, kind="stable")
    keep = _is_wide(reports)
    # Some windows at once: blocks of two things are many.
    bounds = np.unique(np.searchsorted(window[order], window[order][::_MOST_ENTRIES])).tolist()
    for begin, end in pairwise([*bounds, len(order)]):
        some = order[begin:end]
        entry, one, other = _two_things(things, places[at[some]])
        key = (window[some][entry] * things.size + one) * things.size + other
        found.add_blocks(key, rows[at[some[entry]]], _BLOCK, keep=keep)


def _two_things(things: _Things, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every two things of the reports at places: the entry among these, the lesser thing, the greater."""
    count = things.counts[places]
    entry, i = expand(count)
    again, step = expand(count[entry] - i - 1)
    entry, i = entry[again], i[again]
    begin = things.begins[places][entry]
    return entry, things.thing[begin + i], things.thing[begin + i + step + 1]


def _is_wide(reports: Reports) -> np.ndarray:
    return (reports.start == NO_DAY) | ~reports.is_day


def _add_pairs_within_documents(found: PairSet, reports: Reports, things: _Things) -> None:
    inside = PairSet(len(reports))
    inside.add_blocks(reports.document[things.order].astype(np.int64), things.order, _BLOCK)
    found.left_out += inside.left_out
    found.add(*_of_one_kind(reports, *inside.pairs()))


def _add_pairs_between_texts(found: PairSet, reports: Reports) -> None:
    """Pairs of reports in texts that are alike and were published within a month, or without a date.

    Of a long text only the first reports: what it is about stands there.
    """
    order = np.lexsort((reports.position, reports.document))
    all_sizes = np.bincount(reports.document, minlength=len(reports.document_sketches))
    begins, sizes = np.cumsum(all_sizes) - all_sizes, np.minimum(all_sizes, LARGEST_BLOCK)
    waiting, pairs = [], 0
    for texts, left_out in _alike_texts(reports):
        found.left_out += left_out
        waiting.append(texts)
        one, other = texts.T
        pairs += int((sizes[one] * sizes[other]).sum())
        found.left_out += int((all_sizes[one] * all_sizes[other] - sizes[one] * sizes[other]).sum())
        if pairs > _MOST_PAIRS:
            found.add(*_between(reports, np.concatenate(waiting), order, begins, sizes))
            waiting, pairs = [], 0
    if waiting:
        found.add(*_between(reports, np.concatenate(waiting), order, begins, sizes))


def _alike_texts(reports: Reports) -> Iterator[tuple[np.ndarray, int]]:
    published = np.full(len(reports.document_sketches), NO_DAY, dtype=np.int64)
    published[reports.document] = reports.published
    return alike_texts(reports.document_sketches, published)


def _between(
    reports: Reports, texts: np.ndarray, order: np.ndarray, begins: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The reports of one text with those of the other, for pairs of texts."""
    one, other = texts[:, 0], texts[:, 1]
    pair, number = expand(sizes[one] * sizes[other])
    i, j = np.divmod(number, sizes[other][pair])
    return _of_one_kind(reports, order[begins[one][pair] + i], order[begins[other][pair] + j])


def _of_one_kind(reports: Reports, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those pairs that share a family or a word of the trigger."""
    is_one = ((reports.families[first] & reports.families[second]) != 0) & (first != second)
    a, b = reports.trigger[first], reports.trigger[second]
    for i in range(a.shape[1]):
        for j in range(b.shape[1]):
            is_one |= (a[:, i] == b[:, j]) & (a[:, i] != NONE) & (first != second)
    return first[is_one], second[is_one]
