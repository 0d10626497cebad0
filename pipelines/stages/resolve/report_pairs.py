"""Which reports are compared: pairs that share a day and a party or a place, that stand in texts alike, or in one document.

What belongs here: `candidate_pairs`. What does not: what speaks for or against a pair (`pair_evidence.py`).

Every way of pairing is bounded: a block of more than `LARGEST_BLOCK` reports is parted by what else they tell, and what is
still larger is compared with the neighbours in the order of its likeness only. What the bound left out is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.stages.resolve.reports import NO_DAY, NO_PARTY, NONE, Reports

LARGEST_BLOCK = 150
_LEAST_LIKENESS = 0.2
_MOST_NEIGHBOURS = 40  # texts that a text is compared with
_WINDOW_DAYS = 31
_LONGEST_INTERVAL = 400  # days; a century is no evidence of a day


@dataclass(frozen=True, slots=True)
class CandidatePairs:
    """Pairs of rows of `Reports`, each once, the first below the second; and how many the bounds left out.

    A pair that two blocks leave out counts twice, and one that another block holds counts too.
    """

    first: np.ndarray
    second: np.ndarray
    left_out: int


def candidate_pairs(reports: Reports) -> CandidatePairs:
    """The pairs of reports that are worth comparing.

    Args:
        reports: the reports.
    """
    found: list[np.ndarray] = []
    left_out = 0
    for blocks, is_bipartite in ((_day_blocks(reports), False), (_wide_blocks(reports), True)):
        for members in blocks:
            pairs, skipped = _pairs_of_block(members, reports, wide_only=is_bipartite)
            found.append(pairs)
            left_out += skipped
    for pairs, skipped in (*_pairs_within_documents(reports), *_pairs_between_texts(reports)):
        found.append(pairs)
        left_out += skipped
    pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)
    packed = (
        np.unique(pairs.min(axis=1) * len(reports) + pairs.max(axis=1)) if len(pairs) else np.empty(0, dtype=np.int64)
    )
    first, second = np.divmod(packed, max(len(reports), 1))
    return CandidatePairs(first, second, left_out)


def _day_blocks(reports: Reports) -> Iterator[list[int]]:
    """Reports of one family, day and party or place."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for row in np.flatnonzero((reports.start != NO_DAY) & reports.is_day):
        day = int(reports.start[row])
        # A report dated by its publication may be of the day before.
        days = (day,) if reports.is_told_day[row] else (day - 1, day, day + 1)
        for key in _things(reports, int(row)):
            for bit in _bits(int(reports.families[row])):
                for at in days:
                    blocks[bit, at, key].append(int(row))
    return (members for members in blocks.values() if len(members) > 1)


def _wide_blocks(reports: Reports) -> Iterator[list[int]]:
    """Reports without a day, or of a week, a month or a year, and the reports that they may be of; by family and two things."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    wide = _is_wide(reports)
    kinds = {key for row in np.flatnonzero(wide) for key in _wide_keys(reports, int(row))}
    for row in range(len(reports)):
        for key in _wide_keys(reports, row):
            if key in kinds:
                blocks[key].append(row)
    return (members for members in blocks.values() if len(members) > 1)


def _wide_keys(reports: Reports, row: int) -> Iterator[Hashable]:
    start, end, published = int(reports.start[row]), int(reports.end[row]), int(reports.published[row])
    if start != NO_DAY:
        if end - start > _LONGEST_INTERVAL:
            return
        spans: Iterable[int] = range(start // _WINDOW_DAYS, end // _WINDOW_DAYS + 1)
    elif published != NO_DAY:
        spans = (published // _WINDOW_DAYS, published // _WINDOW_DAYS - 1)
    else:
        spans = (NO_DAY,)
    things = sorted(_things(reports, row))
    for bit in _bits(int(reports.families[row])):
        for i, one in enumerate(things):
            for other in things[i + 1 :]:
                for span in spans:
                    yield bit, span, one, other


def _is_wide(reports: Reports) -> np.ndarray:
    return (reports.start == NO_DAY) | ~reports.is_day


def _things(reports: Reports, row: int) -> set[tuple[str, int]]:
    """What a report may share with another of its event: entities, countries, words of its parties; its place."""
    found: set[tuple[str, int]] = set()
    for parties in (reports.actors, reports.recipients):
        for at in range(parties.kind.shape[1]):
            if parties.kind[row, at] == NO_PARTY:
                break
            found.add(("entity", int(parties.entity[row, at])))
            found.add(("country", int(parties.country[row, at])))
            found.update(("word", int(word)) for word in parties.words[row, at])
    found.add(("place", int(reports.place[row])))
    return {(kind, number) for kind, number in found if number != NONE}


def _bits(value: int) -> Iterator[int]:
    while value:
        bit = value & -value
        yield bit
        value ^= bit


def _pairs_of_block(members: list[int], reports: Reports, *, wide_only: bool) -> tuple[np.ndarray, int]:
    rows = np.array(sorted(set(members)), dtype=np.int64)
    skipped = 0
    if len(rows) > LARGEST_BLOCK:
        # Reports of one event resemble each other in place and parties: neighbours in this order are the likely ones.
        order = np.lexsort(
            (
                rows,
                reports.recipients.entity[rows, 0],
                reports.actors.entity[rows, 0],
                reports.place[rows],
                reports.event_type[rows],
            )
        )
        rows = rows[order]
        near = LARGEST_BLOCK // 2
        first = np.repeat(np.arange(len(rows)), near)
        second = first + np.tile(np.arange(1, near + 1), len(rows))
        inside = second < len(rows)
        first, second = first[inside], second[inside]
        skipped = len(rows) * (len(rows) - 1) // 2 - len(first)
    else:
        first, second = np.triu_indices(len(rows), 1)
    pairs = np.stack([rows[first], rows[second]], axis=1)
    if wide_only:
        wide = _is_wide(reports)
        pairs = pairs[wide[pairs[:, 0]] | wide[pairs[:, 1]]]
    return pairs, skipped


def _pairs_within_documents(reports: Reports) -> Iterator[tuple[np.ndarray, int]]:
    order = np.argsort(reports.document, kind="stable")
    bounds = np.flatnonzero(np.diff(reports.document[order])) + 1
    for rows in np.split(order, bounds):
        if len(rows) > 1:
            pairs, skipped = _pairs_of_block(rows.tolist(), reports, wide_only=False)
            yield _of_one_kind(reports, pairs), skipped


def _pairs_between_texts(reports: Reports) -> Iterator[tuple[np.ndarray, int]]:
    """Pairs of reports in texts that are alike and were published within a month, or without a date.

    Of a long text only the first reports: what it is about stands there.
    """
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row in np.lexsort((reports.position, reports.document)).tolist():
        rows_of[int(reports.document[row])].append(row)
    for one, other in _alike_texts(reports):
        ours, theirs = rows_of[one][:LARGEST_BLOCK], rows_of[other][:LARGEST_BLOCK]
        rows = np.array(np.meshgrid(ours, theirs, indexing="ij"), dtype=np.int64).reshape(2, -1).T
        yield _of_one_kind(reports, rows), len(rows_of[one]) * len(rows_of[other]) - len(rows)


def _alike_texts(reports: Reports) -> Iterator[tuple[int, int]]:
    published = np.full(len(reports.document_sketches), NO_DAY, dtype=np.int64)
    published[reports.document] = reports.published
    windows: dict[int, list[int]] = defaultdict(list)
    for document, day in enumerate(published):
        windows[int(day) // _WINDOW_DAYS if day != NO_DAY else NO_DAY].append(document)
    undated = windows.pop(NO_DAY, [])
    for window, members in windows.items():
        yield from _neighbours(reports, members, members + windows.get(window + 1, []) + undated)
    yield from _neighbours(reports, undated, undated)


def _neighbours(reports: Reports, members: list[int], others: list[int]) -> Iterator[tuple[int, int]]:
    """The most alike others of each member, in blocks, so that memory stays bounded."""
    if not members:
        return
    known = np.array(others, dtype=np.int64)
    sketches = reports.document_sketches[known].astype(np.float32)
    norms = np.maximum(np.linalg.norm(sketches, axis=1), 1.0)
    sketches /= norms[:, None]
    for begin in range(0, len(members), 512):
        part = np.array(members[begin : begin + 512], dtype=np.int64)
        mine = reports.document_sketches[part].astype(np.float32)
        mine /= np.maximum(np.linalg.norm(mine, axis=1), 1.0)[:, None]
        likeness = mine @ sketches.T
        likeness[part[:, None] == known[None, :]] = -1.0
        most = min(_MOST_NEIGHBOURS, likeness.shape[1])
        nearest = np.argpartition(-likeness, most - 1, axis=1)[:, :most]
        for at, document in enumerate(part):
            for other in nearest[at]:
                if likeness[at, other] >= _LEAST_LIKENESS:
                    yield int(document), int(known[other])


def _of_one_kind(reports: Reports, pairs: np.ndarray) -> np.ndarray:
    """Those pairs that share a family or a word of the trigger."""
    first, second = pairs[:, 0], pairs[:, 1]
    family = (reports.families[first] & reports.families[second]) != 0
    a, b = reports.trigger[first], reports.trigger[second]
    word = ((a[:, :, None] == b[:, None, :]) & (a[:, :, None] != NONE)).any(axis=(1, 2))
    return pairs[(family | word) & (first != second)]
