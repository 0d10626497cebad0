"""Which profiles are compared: those that share a key of their names, in blocks of bounded size.

What belongs here: blocks and the pairs that they give. What does not: comparing them (`entity_pairs.py`).

The profiles of one entity id, and full names that share a key. A large block is split by what sets its members apart most; inside
what is still large, neighbours are compared. So the pairs grow with the number of profiles, not with its square.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from operator import attrgetter

from pipelines.stages.resolve.entity_names import name_keys
from pipelines.stages.resolve.entity_profiles import ORGANISATION, PERSON, Profile
from pipelines.stages.resolve.entity_spelling import skeletons

MOST_IN_BLOCK = 60
NEIGHBOURS = 20  # in a block that is larger, sorted by country, sector and name

# Key of the block, id of the profile, and what large blocks are sorted by.
BlockRow = tuple[str, str, str, str, str]
# The ids of two profiles, the lesser first.
Pair = tuple[str, str]


def block_rows(profile: Profile) -> Iterator[BlockRow]:
    """The blocks that a profile is in."""
    place = place_in_block(profile)
    for entity_id in profile.entity_ids:
        yield f"id {entity_id}", profile.id, *place
    for key in _keys(profile):
        yield f"name {key}", profile.id, *place


def place_in_block(profile: Profile) -> tuple[str, str, str]:
    """What large blocks are sorted by: a country, the last and the first word of a name."""
    name = min(profile.names, key=attrgetter("text")) if len(profile.names) > 1 else next(iter(profile.names))
    return min(profile.countries, default=""), name.words[-1], name.words[0]


def pairs_of_block(members: Iterable[BlockRow]) -> Iterator[Pair]:
    """The pairs of profiles that a block gives, whatever the order of its rows."""
    block = list(members)
    if len(block) <= MOST_IN_BLOCK:
        yield from combinations(sorted(profile for _, profile, *_ in block), 2)
        return
    sorted_ids = [profile for *_, profile in sorted((*place, profile) for _, profile, *place in block)]
    for i, first in enumerate(sorted_ids):
        for second in sorted_ids[i + 1 : i + 1 + NEIGHBOURS]:
            yield (first, second) if first < second else (second, first)


def _keys(profile: Profile) -> set[str]:
    if profile.is_alone:
        return set()
    names = [name for name in profile.names if name.is_full]
    if profile.kind == PERSON:
        return {key for name in names for key in name_keys(name)}
    if profile.kind == ORGANISATION:  # a person's name that was taken for an organisation's, or another spelling
        return {
            "+".join(sorted(skeletons(word)[0] for word in name.words))
            for name in names
            if len(name.words) <= _MOST_WORDS
        }
    return set()


_MOST_WORDS = 4
