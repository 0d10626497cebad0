"""Which namesake a place name means: one sense a name and document, chosen by size and by the company it keeps.

What belongs here: scoring the candidates of all names of a document against each other. What does not: finding the names
(`spans.py`), the prior of a place (`sources.py`).

Each candidate starts with its prior (the logarithm of how many people it is the place of) and gains from every other name of
the document that may mean a place that holds it, that it holds, that lies in the same region or nearby, less what that
meaning costs the other name. A few rounds settle it. The ideas are the spatial minimality and one sense per discourse of
Leidner, Toponym Resolution in Text (2007); the numbers are set by hand, on the scale of the logarithms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from functools import lru_cache

import numpy as np

from pipelines.immutable import dataclass
from pipelines.nlp.places.gazetteer import Toponym, fold_name
from pipelines.nlp.places.matching import ToponymSpan, contains

ROUNDS = 3
MAX_NAMES = 130  # names weighed against each other, in the order of the text: the cost is quadratic
MAX_PAIRS_SIDE = 400  # candidates of those names together; the small ones of ambiguous names go first
TEMPERATURE = 0.6  # of the probabilities; scores are base-10 logarithms
CONTEXT_WEIGHT = 0.5  # of a region within another thing's name, against that of a place name
ACTING_WEIGHT = 0.4  # of a country that only acts
# What a place lends another if both are meant.
SAME_REGION = 1.2
INSIDE_REGION = 2.0
INSIDE_COUNTRY = 0.8
SAME_COUNTRY = 0.2  # low: a wire story has two far cities of one country as often as of two
SIBLINGS = 1.6  # first-level regions of one country
NEARBY = 1.5  # at no distance, falling with exp(-distance / NEARBY_KM)
NEARBY_KM = 120.0
DEFICIT = 0.6  # how much the cost of a name's unlikelier candidate takes from what it lends
LENDING_DECAY = 0.6  # of the second, third, ... strongest support
EARTH_RADIUS_KM = 6371.0
_LARGE = frozenset(("country", "continent", "admin1"))  # kinds that are near to nothing

_folded = lru_cache(maxsize=8192)(fold_name)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The place chosen for a span and how clearly it beat the other candidates (0 to 1)."""

    place: Toponym
    probability: float


def resolve(spans: list[ToponymSpan], context: list[ToponymSpan], countries: dict[str, float]) -> list[Resolution]:
    """Choose a place for each span.

    Args:
        spans: the document's place names.
        context: regions that occur within names of other things; they lend support at `CONTEXT_WEIGHT`.
        countries: weight of each country (alpha-3) that the document names by an adjective or a people.

    Returns:
        One resolution a span, in the same order.
    """
    named = {_folded(span.text) for span in spans}
    names = [(group, _weight(group)) for group in _group(spans)]
    names += [(group, CONTEXT_WEIGHT) for group in _group([s for s in context if _folded(s.text) not in named])]
    names.sort(key=lambda name: name[0][0].start)
    chosen: dict[int, Resolution] = {}
    for first in range(0, len(names), MAX_NAMES):
        chosen.update(_resolve_together(names[first : first + MAX_NAMES], countries))
    return [chosen[id(span)] for span in spans]


def _weight(group: list[ToponymSpan]) -> float:
    """How much a name lends others: more with repetition, little for a country that only acts ("U.S. diplomats")."""
    if group[0].candidates[0].kind == "country" and all(span.is_modifier for span in group):
        return ACTING_WEIGHT
    return min(len(group), 3) ** 0.5


def _resolve_together(
    names: list[tuple[list[ToponymSpan], float]], countries: dict[str, float]
) -> dict[int, Resolution]:
    """The place of each span, by the span's identity, for names that are weighed against each other."""
    cap = max(1, MAX_PAIRS_SIDE // len(names))
    pools = [_candidates(group)[:cap] for group, _ in names]
    if all(len(pool) == 1 for pool in pools):
        return {
            id(span): Resolution(pool[0], 1.0) for (group, _), pool in zip(names, pools, strict=True) for span in group
        }
    scores = _score(pools, [weight for _, weight in names], countries)
    chosen = {}
    for (group, _), pool, score in zip(names, pools, scores, strict=True):
        best = _usual(pool, int(score.argmax()), group)
        resolution = Resolution(pool[best], float(_softmax(score)[best]))
        chosen.update({id(span): resolution for span in group})
    return chosen


def _usual(pool: list[Toponym], best: int, group: list[ToponymSpan]) -> int:
    """The likelier city in place of the region around it that bears its name, unless the words beside it say region.

    Regions of one country support each other, so that "Tripoli" beside "Sabha" would be the two districts.
    """
    region = pool[best]
    if region.kind != "admin1" or any(span.kinds for span in group):
        return best
    for i, place in enumerate(pool):
        is_inside = (place.country, place.admin1_code) == (region.country, region.admin1_code)
        is_named_so = _folded(place.name) == _folded(group[0].text)  # "New York" is not the first name of the city
        if place.kind == "city" and is_inside and is_named_so and place.prior > region.prior:
            return i
    return best


def _group(spans: list[ToponymSpan]) -> list[list[ToponymSpan]]:
    """Spans of one name and sense: a name stands with its first "name, region"; "Oregon state" stands apart."""
    by_name: dict[str, dict[tuple[str, frozenset[str] | None], list[ToponymSpan]]] = defaultdict(dict)
    for span in spans:
        region = _folded(span.container.text) if span.container else ""
        by_name[_folded(span.text)].setdefault((region, span.kinds), []).append(span)
    groups = []
    for parts in by_name.values():
        bare = parts.pop(("", None), [])
        located = next((part for (region, _), part in parts.items() if region), None)
        if located is not None:
            located.extend(bare)
        elif bare:
            groups.append(bare)
        groups.extend(parts.values())
    return groups


def _candidates(group: list[ToponymSpan]) -> list[Toponym]:
    """What a name may mean, given the region written after it and the words beside it."""
    pool = list(group[0].candidates)
    kinds = next((span.kinds for span in group if span.kinds), None)
    if kinds and pool[0].kind not in ("water", "region", "continent"):
        pool = [place for place in pool if place.kind in kinds] or pool
    container = next((span.container for span in group if span.container), None)
    if container:
        areas = [area for area in container.candidates if area.is_area]
        pool = [place for place in pool if any(contains(area, place) for area in areas)] or pool
    return pool


def _score(pools: list[list[Toponym]], weights: list[float], countries: dict[str, float]) -> list[np.ndarray]:
    places = [place for pool in pools for place in pool]
    sizes = [len(pool) for pool in pools]
    starts = np.cumsum([0, *sizes[:-1]])
    owner = np.repeat(np.arange(len(pools)), sizes)
    base = np.array([place.prior for place in places])
    if countries:
        base += np.array([countries.get(place.country or "", 0.0) for place in places])
    if len(pools) == 1:
        return [base]
    relation = _relations(places)
    relation *= np.array(weights)[owner][None, :]
    own = (np.arange(len(places)), owner)
    decay = LENDING_DECAY ** np.arange(len(pools))
    score = base
    for _ in range(ROUNDS):
        # What another name lends: its best candidate's tie, less what choosing that candidate costs the other name.
        cost = np.maximum.reduceat(score, starts)[owner] - score
        support = np.maximum.reduceat(relation - DEFICIT * cost[None, :], starts, axis=1)
        np.maximum(support, 0.0, out=support)
        support[own] = 0.0
        before, score = score, base + _saturated(support, decay)
        if (score == before).all():
            break  # each round from here on would give the same
    return [score[a : a + n] for a, n in zip(starts, sizes, strict=True)]


def _saturated(support: np.ndarray, decay: np.ndarray) -> np.ndarray:
    """Sum of what each other name lends, the strongest in full and the many with falling weight."""
    return -np.sort(-support, axis=1) @ decay


def _relations(places: list[Toponym]) -> np.ndarray:
    """What each place (column) lends each other (row) if both are meant."""
    # A place without a country or region is in none of the others'.
    country = _numbers([place.country or i for i, place in enumerate(places)])
    region = _numbers(
        [(place.country, place.admin1_code) if place.admin1_code else i for i, place in enumerate(places)]
    )
    is_country, is_admin1 = (np.array([place.kind == kind for place in places]) for kind in ("country", "admin1"))
    same_country = country[:, None] == country[None, :]
    same_region = region[:, None] == region[None, :]
    relation = np.where(same_country, SAME_COUNTRY, 0.0)
    relation[same_country & (is_country[None, :] | is_country[:, None])] = INSIDE_COUNTRY
    relation[same_country & is_admin1[:, None] & is_admin1[None, :]] = SIBLINGS
    relation[same_region] = SAME_REGION
    relation[same_region & (is_admin1[None, :] | is_admin1[:, None])] = INSIDE_REGION
    local = np.array([place.kind not in _LARGE for place in places])
    near = NEARBY * np.exp(-_distances(places) / NEARBY_KM)
    return np.where(local[:, None] & local[None, :], np.maximum(relation, 0) + near, relation)


def _numbers(values: list[Hashable]) -> np.ndarray:
    """A number for each value, the same for equal ones."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values])


def _distances(places: list[Toponym]) -> np.ndarray:
    """Great-circle distances in kilometres."""
    latitude = np.radians([place.latitude for place in places])
    longitude = np.radians([place.longitude for place in places])
    points = np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=1
    )
    return EARTH_RADIUS_KM * np.arccos(np.clip(points @ points.T, -1.0, 1.0))


def _softmax(score: np.ndarray) -> np.ndarray:
    powers = np.exp((score - score.max()) / TEMPERATURE)
    return powers / powers.sum()
