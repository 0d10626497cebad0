"""The events of two countries on a line of time, and the sentences that tell them.

What belongs here: reading the events of a pair and laying them out in four lanes, one a quad class. What does not: the reports of
one event (`events.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.scales import TimeScale, month_number, month_of
from pipelines.explore.selection import Selection

WIDTH = 1080.0
_LEFT, _RIGHT = 150.0, WIDTH - 16
_MOST_EVENTS = 600
_MOST_LISTED = 25
_RADIUS = 5.0
_MOST_ROWS = 9  # of points above each other in a lane
_ROW_HEIGHT = 11.0
_PADDING = 12.0
_QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}

# The dyads that agg_dyad_months counts, so that the points of a month are what its bar counts.
_EVENTS = """
select events.*, dyads.is_a_to_b, dyads.is_b_to_a
from main.fct_events as events
inner join intermediate.int_event_dyads as dyads using (event_id)
where dyads.country_a = $a and dyads.country_b = $b and (events.is_asserted or not $asserted)
    and events.has_occurred and events.document_count > 0
    and ($since is null or events.event_date_end >= $since)
    and ($until is null or events.event_date_start < cast($until as date) + interval 1 month)
    and ($month is null
        or (events.event_date_end >= $month and events.event_date_start < cast($month as date) + interval 1 month))
order by events.event_date_start nulls last, events.event_date_end, events.event_id
"""


@dataclass(frozen=True, slots=True)
class Point:
    """An event on the line: where its middle is and from where to where it may have been."""

    event: Row
    x: float
    y: float
    x_start: float
    x_end: float


@dataclass(frozen=True, slots=True)
class Lane:
    """The events of a quad class."""

    quad_class: int
    name: str
    top: float
    height: float
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The view: lanes, the events as a list, those that have no date, and how many there are."""

    scale: TimeScale | None
    lanes: tuple[Lane, ...]
    height: float
    listed: tuple[Row, ...]
    undated: tuple[Row, ...]
    count: int
    drawn_count: int
    is_cut: bool


def read_timeline(warehouse: Warehouse, chosen: Selection) -> Timeline | None:
    """Read and lay out the events of the chosen pair; None where no pair is chosen."""
    if chosen.a is None or chosen.b is None:
        return None
    rows = warehouse.rows(
        _EVENTS, a=chosen.a, b=chosen.b, since=chosen.since, until=chosen.until, month=chosen.month,
        asserted=chosen.asserted,
    )  # fmt: skip
    dated = [row for row in rows if row["event_date_start"] and row["event_date_end"]]
    undated = tuple(row for row in rows if not (row["event_date_start"] and row["event_date_end"]))
    listed = tuple(sorted(dated, key=lambda row: row["event_date_start"], reverse=True)[:_MOST_LISTED])
    drawn = dated[-_MOST_EVENTS:]
    if not drawn:
        return Timeline(None, (), 0, (), undated[:_MOST_LISTED], len(rows), 0, is_cut=False)
    scale = _scale(drawn, chosen)
    lanes, top = [], 8.0
    for quad_class, name in _QUADS.items():
        lane = _lane(quad_class, name, [row for row in drawn if row["quad_class"] == quad_class], scale, top)
        lanes.append(lane)
        top += lane.height
    is_cut = len(drawn) < len(dated)
    return Timeline(scale, tuple(lanes), top, listed, undated[:_MOST_LISTED], len(rows), len(drawn), is_cut)


def _scale(rows: list[Row], chosen: Selection) -> TimeScale:
    middles = [_middle(row) for row in rows]
    first = chosen.month or chosen.since or min(middles).replace(day=1)
    last = chosen.month or chosen.until or max(middles).replace(day=1)
    if chosen.month is None and first == last:  # a month alone would draw one day as wide as the page
        first, last = month_of(month_number(first) - 1), month_of(month_number(last) + 1)
    return TimeScale(first, last, _LEFT, _RIGHT)


def _middle(row: Row) -> date:
    start: date = row["event_date_start"]
    return start + timedelta(days=(row["event_date_end"] - start).days // 2)


def _lane(quad_class: int, name: str, rows: list[Row], scale: TimeScale, top: float) -> Lane:
    """Place each event in the first row of its lane where it has room; where none has, it lies over others."""
    ends: list[float] = []
    placed: list[tuple[Row, float, int]] = []
    for row in sorted(rows, key=lambda row: (_middle(row), row["event_id"])):
        x = scale.day_at(_middle(row))
        level = next((n for n, end in enumerate(ends) if x - end >= 2 * _RADIUS + 1), len(ends))
        if level >= _MOST_ROWS:
            level = min(range(len(ends)), key=ends.__getitem__)
        ends[level : level + 1] = [x]
        placed.append((row, x, level))
    height = 2 * _PADDING + _ROW_HEIGHT * max(len(ends) - 1, 0) + 6
    points = tuple(
        Point(
            row,
            x,
            top + _PADDING + 3 + level * _ROW_HEIGHT,
            scale.day_at(row["event_date_start"]),
            scale.day_at(row["event_date_end"]),
        )
        for row, x, level in placed
    )
    return Lane(quad_class, name, top, height, points)
