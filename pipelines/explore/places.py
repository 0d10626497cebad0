"""Where events happened, with how exactly each place is known.

What belongs here: reading places with their events and putting them on the map. What does not: its ground (`projection.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from pipelines.explore.projection import HEIGHT, WIDTH, Frame, frame_of, ground
from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.selection import Selection

_LARGEST = 26.0  # radius of the place with most events, pixels
_SMALLEST = 3.0
_MOST_LABELS = 16
_LABEL_HEIGHT = 13.0
_LABEL_CHARACTER = 6.3  # mean width of a letter, pixels
_MOST_LISTED = 12

# Three classes of precision are drawn: the rest of the page says the exact one.
PRECISION_CLASSES = {"point": "exact", "town": "exact", "district": "near", "region": "near"}

_PLACES = """
select
    place_id, place_name, place_country, place_admin1, place_latitude, place_longitude, place_precision,
    sum(case when $asserted then asserted_event_count else event_count end) as event_count,
    sum(asserted_event_count) as asserted_event_count,
    sum(cooperation_count) as cooperation_count, sum(conflict_count) as conflict_count, sum(fatalities) as fatalities,
    avg(mean_place_confidence) as place_confidence
from main.agg_place_months
where ($since is null or event_month >= $since) and ($until is null or event_month <= $until)
group by all having event_count > 0 order by event_count desc, place_name, place_id
"""
# One row an event, not spread over its months: the table above has no pairs of countries.
_PAIR_PLACES = """
select
    place_id, place_name, place_country, place_admin1, place_latitude, place_longitude, place_precision,
    cast(count(*) as double) as event_count,
    cast(count(*) filter (where is_asserted) as double) as asserted_event_count,
    cast(count(*) filter (where quad_class in (1, 2)) as double) as cooperation_count,
    cast(count(*) filter (where quad_class in (3, 4)) as double) as conflict_count,
    sum(fatalities) as fatalities, avg(place_confidence) as place_confidence
from main.fct_events
where event_id in (select event_id from intermediate.int_event_dyads where country_a = $a and country_b = $b)
    and place_latitude is not null and has_occurred and document_count > 0 and (is_asserted or not $asserted)
    and ($since is null or event_date_end >= $since)
    and ($until is null or event_date_start < cast($until as date) + interval 1 month)
group by all order by event_count desc, place_name, place_id
"""
# The events that the map counts at a place.
_EVENTS = """
select *
from main.fct_events
where place_id = $place and has_occurred and document_count > 0 and event_date_start is not null
    and (is_asserted or not $asserted)
    and ($since is null or event_date_end >= $since)
    and ($until is null or event_date_start < cast($until as date) + interval 1 month)
    and (not $pair_only
        or event_id in (select event_id from intermediate.int_event_dyads where country_a = $a and country_b = $b))
order by event_date_start > current_date + 1, event_date_start desc, event_id limit $most
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the map."""

    row: Row
    x: float
    y: float
    radius: float
    asserted_radius: float  # of the part that writers assert, by area; the rest is attributed or unsure
    precision_class: str  # exact, near, country
    tone: str  # cooperation, mixed, conflict
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """The view: the ground as SVG paths, the places, and how many events each precision has."""

    ground: Mapping[str, str]
    places: tuple[Place, ...]
    listed: tuple[Row, ...]
    precisions: tuple[tuple[str, float, float], ...]  # precision, events, asserted events
    outside: int
    chosen: Row | None
    events: tuple[Row, ...]


def read_places(warehouse: Warehouse, chosen: Selection) -> PlaceMap:
    """Read the places of all events, or of the chosen pair's, and lay them out."""
    values = {"since": chosen.since, "until": chosen.until, "asserted": chosen.asserted}
    if chosen.pair_only:
        rows = warehouse.rows(_PAIR_PLACES, a=chosen.a, b=chosen.b, **values)
    else:
        rows = warehouse.rows(_PLACES, **values)
    counts: dict[str, tuple[float, float]] = {}
    for row in rows:
        told, asserted = counts.get(row["place_precision"], (0.0, 0.0))
        counts[row["place_precision"]] = (told + row["event_count"], asserted + row["asserted_event_count"])
    places = _laid_out(rows, frame_of(chosen.area))
    precisions = sorted(((name, *both) for name, both in counts.items()), key=lambda item: -item[1])
    place = next((row for row in rows if row["place_id"] == chosen.place), None)
    events = []
    if place is not None:
        pair = {"a": chosen.a, "b": chosen.b, "pair_only": chosen.pair_only}
        events = warehouse.rows(_EVENTS, place=chosen.place, most=_MOST_LISTED, **pair, **values)
    return PlaceMap(
        ground=ground(chosen.area),
        places=places,
        listed=tuple(rows[:_MOST_LISTED]),
        precisions=tuple(precisions),
        outside=len(rows) - len(places),
        chosen=place,
        events=tuple(events),
    )


def _laid_out(rows: list[Row], frame: Frame) -> tuple[Place, ...]:
    """Places inside the drawing, large ones first, so that small ones lie over them and can be pointed at."""
    most = max((row["event_count"] for row in rows), default=1.0)
    places: list[Place] = []
    labels: list[tuple[float, float, float]] = []
    for row in rows:
        x, y = frame.at(row["place_longitude"], row["place_latitude"])
        if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
            continue
        radius = max(_SMALLEST, _LARGEST * sqrt(row["event_count"] / most))
        width = len(row["place_name"]) * _LABEL_CHARACTER
        # A label stands right of its circle, unless it would lie over another one or over the edge.
        left = x + radius + 3
        is_free = left + width < WIDTH and all(
            abs(y - other) > _LABEL_HEIGHT or left > end or left + width < begin for begin, end, other in labels
        )
        is_labelled = is_free and len(labels) < _MOST_LABELS
        if is_labelled:
            labels.append((left, left + width, y))
        kind = PRECISION_CLASSES.get(row["place_precision"], "country")
        asserted = radius * sqrt(min(1.0, row["asserted_event_count"] / row["event_count"]))
        places.append(Place(row, x, y, radius, asserted, kind, _tone(row), is_labelled))
    return tuple(places)


def _tone(row: Row) -> str:
    both = row["cooperation_count"] + row["conflict_count"]
    share = row["conflict_count"] / both if both else 0.5
    return "conflict" if share > 0.6 else "cooperation" if share < 0.4 else "mixed"
