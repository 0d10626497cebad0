"""Events whose reports name towns that exclude each other: parted where more pairs say that they are two than that they are one.

What belongs here: `part_contradictions`. What does not: clustering (`half_linkage.py`), what excludes a pair
(`pair_evidence.py`).

In average linkage reports that tell no place can outvote those that do and bridge two towns. So such an event is put together
anew, by the same rule and one more: two parts are joined only if, of the pairs between them that name two towns, no more exclude
each other than are one event. One wrong town among several right ones still parts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from pipelines.stages.resolve.half_linkage import EXCLUDED, JOINED, LEAST
from pipelines.stages.resolve.hashed_names import NONE
from pipelines.stages.resolve.kept_pairs import Pairs

LARGEST = 600  # reports of an event that is put together anew; the work grows with the cube


def part_contradictions(
    names: np.ndarray,
    read: Callable[[], Iterable[Pairs]],
    town: np.ndarray,
    *,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> np.ndarray:
    """Part the events whose reports contradict each other.

    Args:
        names: for each report the least report of its event.
        read: gives the pairs within events, each once, in portions; the value of one that excludes each other is below 0.
        town: for each report the town that it names, `NONE` without one.
        together, apart: pairs of reports that are in one event, and that are in none, whatever they tell.

    Returns:
        `names` after that.
    """
    torn = np.zeros(len(names), dtype=bool)
    for part in read():
        is_contrary = (part.value < 0) & _are_two(town[part.first], town[part.second])
        torn[names[part.first[is_contrary]]] = True
    torn &= np.bincount(names, minlength=len(names)) <= LARGEST
    if not torn.any():
        return names
    inside = Pairs.joined([part.at(np.flatnonzero(torn[names[part.first]])) for part in read()])
    first, second, probability, is_excluded = inside.first, inside.second, np.maximum(inside.value, 0), inside.value < 0
    forced = _by_event(names, together), _by_event(names, apart)
    newer = names.copy()
    order = np.argsort(names[first], kind="stable")
    bounds = np.flatnonzero(np.diff(names[first[order]])) + 1
    members = np.argsort(names, kind="stable")
    starts = np.searchsorted(names[members], np.arange(len(names) + 1))
    for pairs in np.split(order, bounds):
        event = int(names[first[pairs[0]]])
        rows = np.sort(members[starts[event] : starts[event + 1]])
        one, other = np.searchsorted(rows, first[pairs]), np.searchsorted(rows, second[pairs])
        told = np.where(probability[pairs] >= LEAST, probability[pairs], 0.0)
        likely = np.where(is_excluded[pairs], EXCLUDED, told)
        towns = town[first[pairs]], town[second[pairs]]
        agrees = (towns[0] != NONE) & (towns[1] != NONE) & (probability[pairs] >= JOINED)
        against = np.where(_are_two(*towns) & is_excluded[pairs], 1.0, np.where(agrees, -1.0, 0.0))
        total, votes = np.zeros((len(rows), len(rows))), np.zeros((len(rows), len(rows)))
        total[one, other] = total[other, one] = likely
        votes[one, other] = votes[other, one] = against
        for told_pairs, value in zip(forced, (np.inf, -np.inf), strict=True):
            for a, b in told_pairs.get(event, ()):
                i, j = np.searchsorted(rows, [a, b])
                total[i, j] = total[j, i] = value
                votes[i, j] = votes[j, i] = -value
        newer[rows] = rows[_parts(total, votes)]
    return newer


def _are_two(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one != NONE) & (other != NONE) & (one != other)


def _by_event(names: np.ndarray, pairs: Iterable[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for a, b in pairs:
        if names[a] == names[b]:
            found.setdefault(int(names[a]), []).append((a, b))
    return found


def _parts(total: np.ndarray, votes: np.ndarray) -> np.ndarray:
    """For each member the least one of its part: the pair of parts that fits best is joined, again and again."""
    count = len(total)
    part, sizes = np.arange(count), np.ones(count)
    np.fill_diagonal(total, -np.inf)
    while True:
        mean = np.where(votes > 0, -np.inf, total / np.outer(sizes, sizes))
        a, b = divmod(int(mean.argmax()), count)
        if not mean[a, b] >= JOINED:
            return part
        a, b = min(a, b), max(a, b)
        part[part == b] = a
        sizes[a] += sizes[b]
        for table in (total, votes):
            with np.errstate(invalid="ignore"):
                table[a] += table[b]
            np.nan_to_num(
                table[a], copy=False, nan=-np.inf, posinf=np.inf, neginf=-np.inf
            )  # what parts two goes before what joins
            table[:, a] = table[a]
            table[b], table[:, b] = 0.0, 0.0
        total[b], total[:, b] = -np.inf, -np.inf
        total[a, a] = -np.inf
