"""Which reports are compared: pairs that share a day and a party or a place, that stand in texts alike, or in one document.

What belongs here: `pair_changes`. What does not: what speaks for or against a pair (`pair_evidence.py`).

Every way of pairing is bounded: a block of more than `LARGEST_BLOCK` reports is parted by what else they tell, and what is
still larger is compared with the neighbours in the order of its likeness only. What the bound left out is counted.

Documents come and go as a whole. Of the blocks only those are looked at in which a report of such a document stands, by the
keys of these reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipelines.stages.resolve.alike_texts import WINDOW_DAYS, TextChanges
from pipelines.stages.resolve.hashed_names import NONE
from pipelines.stages.resolve.pair_blocks import BlockChanges, Bound, PairSet, Status, distinct, expand
from pipelines.stages.resolve.report_parties import NO_PARTY
from pipelines.stages.resolve.reports import NO_DAY, Reports

LARGEST_BLOCK = 150
_LONGEST_INTERVAL = 400  # days; a century is no evidence of a day
_MOST_PAIRS = 500_000  # of reports of texts alike, written down at once
_MOST_ENTRIES = 100_000  # of reports in windows
_BLOCK = Bound(LARGEST_BLOCK, LARGEST_BLOCK // 2)
_FILTER_BITS = 22
_THING_BITS = 16
_LAST_BITS = (1 << _THING_BITS) - 1
_OF_PARTY = ("entity", "country", "words")
_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class PairChanges:
    """Pairs of rows of `Reports` that are to be compared now and were not, or may not have been; and those no more in a block.

    A pair counts as often as blocks give it. Pairs of reports that are gone are not told.
    """

    gained: PairSet
    lost: PairSet
    left_out: (
        int  # of the blocks looked at; a pair counts in each; of texts too many to compare, each pair counts as one
    )


@dataclass(frozen=True, slots=True)
class _Things:
    """What reports may share with others of their event: entities, countries, words of their parties; their place.

    One entry a report and thing, the reports in the order of their likeness; `begins` and `counts` by place in that order.
    """

    order: np.ndarray  # rows of reports
    begins: np.ndarray
    counts: np.ndarray
    thing: np.ndarray

    def of(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For places in the order: the entry among them and the thing, one a thing of each."""
        entry, number = expand(self.counts[places])
        return entry, self.thing[self.begins[places][entry] + number]


class _Keys:
    """Keys of blocks that changed reports stand in.

    Args:
        keys: hashes.
    """

    def __init__(self, keys: np.ndarray) -> None:
        self._keys = distinct(keys.copy())
        self._bits = np.zeros(1 << _FILTER_BITS, dtype=bool)
        self._bits[self._keys >> np.uint64(64 - _FILTER_BITS)] = True

    def among(self, keys: np.ndarray) -> np.ndarray:
        """Which entries have such a key."""
        at = np.flatnonzero(self._bits[keys >> np.uint64(64 - _FILTER_BITS)])
        if len(at):
            place = np.minimum(np.searchsorted(self._keys, keys[at]), len(self._keys) - 1)
            at = at[self._keys[place] == keys[at]]
        return at


def pair_changes(reports: Reports, status: Status, texts: TextChanges, folder: Path | None = None) -> PairChanges:
    """The pairs of reports that are worth comparing, as far as they changed.

    Args:
        reports: the reports, with those that are gone.
        status: which were there before, and which are there now; those of a document alike.
        texts: which texts are alike.
        folder: on the disk that takes what does not fit memory; `None`: that of temporary files.
    """
    found = BlockChanges(status, _BLOCK, folder)
    left_out = texts.left_out
    if len(reports):
        things = _read_things(reports, _beside_changes(reports, status))
        for bit in range(int(reports.families.max()).bit_length()):
            places = np.flatnonzero(reports.families[things.order] >> bit & 1)
            _add_day_blocks(found, reports, things, places)
            _add_wide_blocks(found, reports, things, places)
        left_out += _add_pairs_within_documents(found, reports, things, status)
        for pairs, among in ((texts.gained, found.gained), (texts.lost, found.lost)):
            left_out += _add_pairs_between_texts(among, reports, status, pairs)
    return PairChanges(found.gained, found.lost, left_out + found.left_out)


def _beside_changes(reports: Reports, status: Status) -> np.ndarray:
    """The rows of reports that changed, and of those that may share a thing with one: of the others no block is looked at."""
    changed = ~status.stays
    if changed.all():
        return np.arange(len(reports))
    found = changed.copy()
    for columns in (
        [reports.place],
        *([getattr(parties, name) for parties in (reports.actors, reports.recipients)] for name in _OF_PARTY),
    ):
        # The numbers are hashes: by their last bits few pass in vain.
        is_told = np.zeros(1 << _THING_BITS, dtype=bool)
        for column in columns:
            values = column[changed]
            is_told[values[values >= 0] & _LAST_BITS] = True
        if is_told.any():
            for column in columns:
                found[np.flatnonzero(is_told[column & _LAST_BITS]) // (column.size // len(column))] = True
    return np.flatnonzero(found)


def _read_things(reports: Reports, some: np.ndarray) -> _Things:
    """What some reports, told by their rows, share with others."""
    n = len(some)
    rows, things = [np.arange(n)], [reports.place[some].astype(np.int64) * 4]
    for parties in (reports.actors, reports.recipients):
        row, at = np.nonzero(parties.kind[some] != NO_PARTY)
        of = some[row]
        values = (parties.entity[of, at], parties.country[of, at], *parties.words[of, at].T)
        for kind, value in zip((1, 2, 3, 3), values, strict=True):
            rows.append(row)
            things.append(value.astype(np.int64) * 4 + kind)
    row, thing = np.concatenate(rows), np.concatenate(things)
    row, thing = row[thing >= 0], thing[thing >= 0]
    # Reports of one event resemble each other in place and parties: neighbours in this order are the likely ones. The numbers are
    # hashes, so no other report changes it.
    order = np.lexsort(
        (
            reports.tie[some],
            reports.recipients.entity[some, 0],
            reports.actors.entity[some, 0],
            reports.place[some],
            reports.event_type[some],
        )
    )
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    by_place = np.lexsort((thing, place[row]))
    at, thing = place[row][by_place], thing[by_place]
    once = np.flatnonzero(np.concatenate([[True], (at[1:] != at[:-1]) | (thing[1:] != thing[:-1])])[: len(at)])
    at, thing = at[once], thing[once]
    counts = np.bincount(at, minlength=n)
    return _Things(some[order], np.cumsum(counts) - counts, counts, thing)


def _mixed(*parts: np.ndarray) -> np.ndarray:
    """One hash of some numbers."""
    found = np.zeros(len(parts[0]), dtype=np.uint64)
    for part in parts:
        found ^= part.astype(np.int64).view(np.uint64)
        found *= _MIX[0]
        found ^= found >> np.uint64(29)
        found *= _MIX[1]
        found ^= found >> np.uint64(32)
    return found


def _add_day_blocks(found: BlockChanges, reports: Reports, things: _Things, places: np.ndarray) -> None:
    """Reports of one family (those at `places`), day and party or place."""
    rows = things.order[places]
    dated = (reports.start[rows] != NO_DAY) & reports.is_day[rows]
    places, rows = places[dated], rows[dated]
    # A report dated by its publication, or by another act, may be of the day before; one counted in weeks may be some days off.
    around = np.maximum(reports.leeway[rows].astype(np.int64), ~reports.is_own_day[rows])
    at, number = expand(2 * around + 1)
    day = reports.start[rows[at]].astype(np.int64) + number - around[at]
    _add_blocks(found, things, _Spans(day, places[at], rows[at]), _by_one_thing)


def _add_wide_blocks(found: BlockChanges, reports: Reports, things: _Things, places: np.ndarray) -> None:
    """Reports without a day, or of a week, a month or a year, and the reports that they may be of; by two things."""
    rows = things.order[places]
    start, end, published = (v[rows].astype(np.int64) for v in (reports.start, reports.end, reports.published))
    dated, out = start != NO_DAY, published != NO_DAY
    first = np.where(dated, start // WINDOW_DAYS, np.where(out, published // WINDOW_DAYS - 1, NO_DAY))
    last = np.where(dated, end // WINDOW_DAYS, np.where(out, first + 1, first))
    counts = np.where(dated & (end - start > _LONGEST_INTERVAL), 0, np.maximum(last - first + 1, 0))
    at, number = expand(counts)
    spans = _Spans(first[at] + number, places[at], rows[at])
    _add_blocks(found, things, spans, _by_two_things, (reports.start == NO_DAY) | ~reports.is_day)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Reports and the days or windows in which they may have happened, one entry each, in the order of the reports' likeness."""

    window: np.ndarray
    places: np.ndarray
    rows: np.ndarray

    def at(self, entries: np.ndarray | slice) -> _Spans:
        """Some of the entries."""
        return _Spans(self.window[entries], self.places[entries], self.rows[entries])

    def portions(self) -> Iterator[_Spans]:
        """All entries of some days or windows at once."""
        order = np.argsort(self.window, kind="stable")
        window = self.window[order]
        bounds = np.unique(np.searchsorted(window, window[::_MOST_ENTRIES])).tolist()
        return (self.at(order[begin:end]) for begin, end in pairwise([*bounds, len(order)]))


_ReadKeys = Callable[[_Things, _Spans, "_Keys | None"], tuple[np.ndarray, np.ndarray]]


def _add_blocks(
    found: BlockChanges, things: _Things, spans: _Spans, read: _ReadKeys, keep: np.ndarray | None = None
) -> None:
    """Add the pairs of blocks: of all, where nothing was there before, else of those in which something changed."""
    if not found.status.was.any():
        for portion in spans.portions():
            found.add_blocks(*read(things, portion, None), keep)
        return
    changed = spans.at(np.flatnonzero(~found.status.stays[spans.rows]))
    keys = _Keys(read(things, changed, None)[0])
    # By one thing first: most days and things are of no report that changed.
    single = _Keys(_by_one_thing(things, changed, None)[0])
    parts = [(np.empty(0, np.uint64), np.empty(0, np.int64))]
    for begin in range(0, len(spans.rows), _MOST_ENTRIES):
        key, row = read(things, spans.at(slice(begin, begin + _MOST_ENTRIES)), single)
        of = keys.among(key)
        parts.append((key[of], row[of]))
    found.add_blocks(np.concatenate([key for key, _ in parts]), np.concatenate([row for _, row in parts]), keep)


def _by_one_thing(things: _Things, spans: _Spans, single: _Keys | None) -> tuple[np.ndarray, np.ndarray]:
    """The key of each day or window and thing of reports, and the rows of the reports."""
    entry, thing = things.of(spans.places)
    return _mixed(spans.window[entry], thing), spans.rows[entry]


def _by_two_things(things: _Things, spans: _Spans, single: _Keys | None) -> tuple[np.ndarray, np.ndarray]:
    """Likewise of every two things, the lesser first; of those alone that are among `single`."""
    entry, thing = things.of(spans.places)
    if single is not None:
        told = single.among(_mixed(spans.window[entry], thing))
        entry, thing = entry[told], thing[told]
    count = np.bincount(entry, minlength=len(spans.places))
    number = np.arange(len(entry)) - (np.cumsum(count) - count)[entry]
    one, step = expand(count[entry] - number - 1)
    of = entry[one]
    return _mixed(spans.window[of], thing[one], thing[one + step + 1]), spans.rows[of]


def _add_pairs_within_documents(found: BlockChanges, reports: Reports, things: _Things, status: Status) -> int:
    inside = BlockChanges(status, _BLOCK)
    rows = things.order[~status.stays[things.order] & status.is_now[things.order]]
    inside.add_blocks(reports.document[rows].astype(np.int64), rows)
    for first, second, _ in inside.gained.taken():
        found.gained.add(*_of_one_kind(reports, first, second))
    return inside.left_out


def _add_pairs_between_texts(
    found: PairSet, reports: Reports, status: Status, texts: tuple[np.ndarray, np.ndarray]
) -> int:
    """Pairs of reports in texts that are alike and were published within a month, or without a date.

    Of a long text only the first reports: what it is about stands there.
    """
    rows = np.flatnonzero(status.is_now)
    order = rows[np.lexsort((reports.tie[rows], reports.position[rows], reports.document[rows]))]
    all_sizes = np.bincount(reports.document[rows], minlength=len(reports.document_ids))
    begins, sizes = np.cumsum(all_sizes) - all_sizes, np.minimum(all_sizes, LARGEST_BLOCK)
    left_out = 0
    for some in range(0, len(texts[0]), _MOST_PAIRS):
        one, other = (side[some : some + _MOST_PAIRS] for side in texts)
        pairs = np.cumsum(sizes[one] * sizes[other])
        begin = 0
        while begin < len(one):
            done = int(pairs[begin - 1]) if begin else 0
            end = max(begin + 1, int(np.searchsorted(pairs, done + _MOST_PAIRS, side="right")))
            found.add(*_between(reports, one[begin:end], other[begin:end], order, begins, sizes))
            begin = end
        left_out += int((all_sizes[one] * all_sizes[other] - sizes[one] * sizes[other]).sum())
    return left_out


def _between(
    reports: Reports, one: np.ndarray, other: np.ndarray, order: np.ndarray, begins: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The reports of one text with those of the other, for pairs of texts."""
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
