"""The pairs of profiles that may be one entity, with what speaks for it: brought up to date by what changed.

What belongs here: which pairs begin and cease, and which have to be compared anew. What does not: the blocks
(`entity_blocks.py`), the weights (`entity_evidence.py`), what becomes of the pairs (`entity_clusters.py`).
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc

from pipelines.stages.resolve.entity_blocks import BlockRow, Pair, block_rows, pairs_of_block
from pipelines.stages.resolve.entity_evidence import compare
from pipelines.stages.resolve.entity_profiles import Profile
from pipelines.stages.resolve.kept_tables import KeptTable

Load = Callable[[Iterable[str]], Mapping[str, Profile]]
_BLOCKS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class PairChanges:
    """The tables after a change, and the profiles of pairs that are not what they were."""

    blocks: KeptTable
    pairs: KeptTable
    touched: set[str]


def change_pairs(
    blocks: KeptTable,
    pairs: KeptTable,
    *,
    changed: Mapping[str, Profile],
    removed: Collection[str],
    load: Load,
    common: Collection[str],
    companions: Sequence[Collection[str]] = (),
) -> PairChanges:
    """Bring blocks and pairs up to date.

    Args:
        blocks: of the run before.
        pairs: likewise.
        changed: the profiles that are new or have changed.
        removed: the ids of those that are no more.
        load: gives the profiles of some ids.
        common: see `entity_evidence.compare`.
        companions: ids of profiles whose documents share a name that became common, or rare; by name.
    """
    if not len(blocks):
        return _all_pairs(blocks, pairs, sorted(changed.values(), key=lambda profile: profile.id), common)
    blocks, delta = _change_blocks(blocks, changed, removed)
    ends = {profile for pair in delta for profile in pair}.union(changed, removed, *companions)
    held = pairs.where("first", ends)
    named = {row[:2] for row in held}
    held += [row for row in pairs.where("second", ends) if row[:2] not in named]
    before = {(first, second): rest for first, second, *rest in held}
    kept: dict[Pair, tuple] = {}
    anew: dict[Pair, int] = {}
    touched: set[str] = set()
    for pair in before.keys() | delta.keys():
        count, *known = before.get(pair, [0])
        count += delta.get(pair, 0)
        if not count or pair[0] in removed or pair[1] in removed:
            touched.update(pair)
        elif not known or pair[0] in changed or pair[1] in changed or _are_beside(pair, companions):
            anew[pair] = count
        else:
            kept[pair] = (count, *known)
    profiles = load({profile for pair in anew for profile in pair})
    for pair, count in anew.items():
        evidence = compare(profiles[pair[0]], profiles[pair[1]], common)
        told = (None, None, None) if evidence is None else (evidence.log_odds, evidence.method, evidence.text)
        kept[pair] = (count, *told)
        if told != tuple(before.get(pair, (0, None, None, None))[1:]):
            touched.update(pair)
    # Both columns name a profile, so what is replaced goes by either.
    pairs = pairs.replaced("first", ends, ()).replaced("second", ends, [(*pair, *row) for pair, row in kept.items()])
    return PairChanges(blocks, pairs, touched)


def _all_pairs(
    blocks: KeptTable, pairs: KeptTable, profiles: Sequence[Profile], common: Collection[str]
) -> PairChanges:
    """All blocks and pairs of some profiles, in the order of their ids: what `change_pairs` comes to where there were none, with
    numbers for the profiles, as there are many.
    """
    blocks = blocks.replaced("profile_id", (), (row for profile in profiles for row in block_rows(profile)))
    number_of = {profile.id: number for number, profile in enumerate(profiles)}
    found = array("q")
    for members in _large(blocks):
        for first, second in pairs_of_block(members):
            found.append(number_of[first] * len(profiles) + number_of[second])
    keys, counts = np.unique(np.frombuffer(found, dtype=np.int64), return_counts=True)

    def rows() -> Iterator[tuple]:
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
            first, second = (profiles[number] for number in divmod(key, len(profiles)))
            evidence = compare(first, second, common)
            told = (None, None, None) if evidence is None else (evidence.log_odds, evidence.method, evidence.text)
            yield first.id, second.id, count, *told

    return PairChanges(blocks, pairs.replaced("first", (), rows()), set(number_of))


def _large(blocks: KeptTable) -> Iterator[list[BlockRow]]:
    """The blocks with more than one profile."""
    table = blocks.table()
    numbers = pc.dictionary_encode(table["key"].combine_chunks()).indices.to_numpy()
    order = np.argsort(numbers, kind="stable")
    order = order[np.bincount(numbers)[numbers[order]] > 1]
    borders = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    for begin in range(0, len(borders), _BLOCKS_AT_ONCE):
        ends = [*borders[begin + 1 : begin + _BLOCKS_AT_ONCE + 1].tolist(), len(order)][:_BLOCKS_AT_ONCE]
        start = int(borders[begin])
        rows = KeptTable(table.take(order[start : ends[-1]])).all()
        for left, right in pairwise([start, *ends]):
            yield rows[left - start : right - start]


def _change_blocks(
    blocks: KeptTable, changed: Mapping[str, Profile], removed: Collection[str]
) -> tuple[KeptTable, Counter[Pair]]:
    """The blocks as they are now, and by how many more or fewer of them each pair is given."""
    gone = {*changed, *removed}
    former = blocks.where("profile_id", gone)
    new = [row for profile in changed.values() for row in block_rows(profile)]
    # A block that has the same rows gives the same pairs.
    other = {key for key, *_ in set(former).symmetric_difference(new)}
    members: defaultdict[str, set[BlockRow]] = defaultdict(set)
    for row in blocks.where("key", other):
        members[row[0]].add(row)
    delta: Counter[Pair] = Counter()
    for block in members.values():
        delta.subtract(pairs_of_block(block))
    for row in former:
        members[row[0]].discard(row)
    for row in new:
        if row[0] in other:
            members[row[0]].add(row)
    for block in members.values():
        delta.update(pairs_of_block(block))
    return blocks.replaced("profile_id", gone, new), Counter({pair: n for pair, n in delta.items() if n})


def _are_beside(pair: Pair, companions: Sequence[Collection[str]]) -> bool:
    return any(pair[0] in some and pair[1] in some for some in companions)
