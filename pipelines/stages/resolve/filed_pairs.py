"""All pairs of profiles that may be one entity, where there were none before: what `entity_pairs.change_pairs` comes to, with
numbers for profiles and in files.

What belongs here: `compare_all`. What does not: which pairs a block gives otherwise (`entity_blocks.py`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.stages.resolve.entity_blocks import MOST_IN_BLOCK, NEIGHBOURS
from pipelines.stages.resolve.entity_clusters import ScoredPair
from pipelines.stages.resolve.entity_evidence import compare
from pipelines.stages.resolve.filed_profiles import FiledProfiles, Hashed
from pipelines.stages.resolve.kept_entities import SCHEMAS
from pipelines.stages.resolve.table_files import TableFile, taken

_PAIRS_AT_ONCE = 10_000  # whose profiles are in memory
_NODES_AT_ONCE = 100_000  # likewise, of these profiles
_PART_BITS = 4
_PARTS = 1 << _PART_BITS  # of the blocks, of which one at a time is sorted
Connecting = list[tuple[int, int, ScoredPair]]  # pairs that speak for one entity, with the numbers of their profiles


def compare_all(profiles: FiledProfiles, path: Path) -> Connecting:
    """Compare the profiles of all blocks.

    Args:
        profiles: all of them.
        path: of the table of pairs, which is written.
    """
    keys, counts = _pairs(profiles)
    file = TableFile(path, SCHEMAS["pairs"])
    found: Connecting = []
    for begin, end in _portions(keys, profiles):
        some = keys[begin:end]
        first, second = np.divmod(some, max(len(profiles), 1))
        loaded = profiles.load(np.union1d(first, second).tolist())
        rows: list[tuple[Any, ...]] = []
        for a, b, count in zip(
            first.tolist(), second.tolist(), counts[begin : begin + len(some)].tolist(), strict=True
        ):
            one, other = loaded[a], loaded[b]
            evidence = compare(one, other, profiles.common)
            if evidence is None:
                rows.append((one.id, other.id, count, None, None, None))
                continue
            pair = ScoredPair(one.id, other.id, evidence.log_odds, evidence.method, evidence.text)
            rows.append((one.id, other.id, count, pair.odds, pair.method, pair.evidence))
            if pair.is_for:
                found.append((a, b, pair))
        file.add(rows)
    file.done()
    return found


def _portions(keys: np.ndarray, profiles: FiledProfiles) -> Iterator[tuple[int, int]]:
    """Places of pairs that are compared at once: few where many documents tell of their profiles."""
    sizes = profiles.sizes()
    first, second = np.divmod(keys, max(len(profiles), 1))
    told = np.cumsum(sizes[second] + np.where(np.diff(first, prepend=-1) != 0, sizes[first], 0))
    del sizes, first, second
    begin = 0
    while begin < len(keys):
        done = int(told[begin - 1]) if begin else 0
        end = min(int(np.searchsorted(told, done + _NODES_AT_ONCE, side="right")), begin + _PAIRS_AT_ONCE)
        yield begin, max(end, begin + 1)
        begin = max(end, begin + 1)


def _pairs(profiles: FiledProfiles) -> tuple[np.ndarray, np.ndarray]:
    """The pairs that blocks give, packed into one number each, in order; and by how many blocks."""
    count = np.int64(len(profiles))
    found = array("q")
    large: list[np.ndarray] = []
    for members in _blocks(profiles.blocks):
        if len(members) > MOST_IN_BLOCK:
            large.append(members)
        else:
            found.extend(int(first * count) + second for first, second in combinations(np.sort(members).tolist(), 2))
    parts = [np.frombuffer(found, dtype=np.int64), *_of_large(profiles, large)]
    return np.unique(np.concatenate(parts), return_counts=True)


def _blocks(rows: Hashed) -> Iterator[np.ndarray]:
    """The profiles of each block that has more than one."""
    # By the first bits of their hashes, as sorting takes several times what it sorts.
    for first_bits in range(-_PARTS // 2, _PARTS // 2):
        part = np.flatnonzero(rows.key >> (64 - _PART_BITS) == first_bits)
        order = part[np.argsort(rows.key[part], kind="stable")]
        keys, members = rows.key[order], rows.profile[order].astype(np.int64)
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.empty(0, np.int64)
        ends = np.append(starts[1:], len(keys))
        several = np.flatnonzero(ends - starts > 1)
        for begin, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
            yield members[begin:end].copy()  # a slice would hold all of them


def _of_large(profiles: FiledProfiles, blocks: list[np.ndarray]) -> Iterator[np.ndarray]:
    """The pairs of large blocks, packed: neighbours by country and name (`entity_blocks.pairs_of_block`)."""
    if not blocks:
        return
    named = np.unique(np.concatenate(blocks))
    places = taken(profiles.made.select(["country", "last", "first"]), named).append_column("number", pa.array(named))
    rank = np.empty(len(named), dtype=np.int64)
    columns = ("country", "last", "first", "number")
    rank[pc.sort_indices(places, [(name, "ascending") for name in columns]).to_numpy()] = np.arange(len(named))
    for members in blocks:
        in_order = members[np.argsort(rank[np.searchsorted(named, members)])]
        for step in range(1, NEIGHBOURS + 1):
            one, other = in_order[:-step], in_order[step:]
            yield np.minimum(one, other) * len(profiles) + np.maximum(one, other)
