"""Which profiles are compared: those that share a key of their names, in blocks of bounded size.

What belongs here: blocks and candidate pairs. What does not: comparing them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pipelines.stages.resolve.entity_names import name_keys
from pipelines.stages.resolve.entity_profiles import ORGANISATION, PERSON, Profile
from pipelines.stages.resolve.entity_spelling import skeletons

MOST_IN_BLOCK = 60
_NEIGHBOURS = 20  # in a block that is larger, sorted by country, sector and name


def candidate_pairs(profiles: Iterable[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """Pairs of profiles that may be one entity, each once, in the order of their ids.

    The profiles of one entity id, and full names that share a key. A large block is split by what sets its members apart most;
    inside what is still large, neighbours are compared. So the pairs grow with the number of profiles, not with its square.
    """
    blocks: defaultdict[tuple[str, str], list[Profile]] = defaultdict(list)
    for profile in profiles:
        for entity_id in profile.entity_ids:
            blocks["id", entity_id].append(profile)
        for key in _keys(profile):
            blocks["name", key].append(profile)
    seen: set[tuple[str, str]] = set()
    for block in sorted(blocks):
        for first, second in _pairs(blocks[block]):
            pair = (first.id, second.id) if first.id < second.id else (second.id, first.id)
            if pair not in seen:
                seen.add(pair)
                yield (first, second) if first.id < second.id else (second, first)


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


def _pairs(block: list[Profile]) -> Iterator[tuple[Profile, Profile]]:
    if len(block) <= MOST_IN_BLOCK:
        reach = len(block)
    else:
        reach = _NEIGHBOURS
        block = sorted(block, key=_place)
    for i, first in enumerate(block):
        for second in block[i + 1 : i + 1 + reach]:
            yield first, second


def _place(profile: Profile) -> tuple[str, str, str, str]:
    name = min(profile.names, key=lambda name: name.text)
    return min(profile.countries, default=""), name.words[-1], name.words[0], profile.id
