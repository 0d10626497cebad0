"""How two countries deal with each other: events by month and quad class, net intensity, direction, types.

What belongs here: reading `agg_dyad_months` and `agg_dyad_type_months` for a pair and laying out the chart. What does not: single
events (`timeline.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.scales import Tick, TimeScale, month_number, month_of, round_step
from pipelines.explore.selection import Selection

WIDTH = 1080.0
_LEFT, _RIGHT = 44.0, WIDTH - 8
_COUNT_TOP, _COUNT_BOTTOM = 16.0, 216.0
_NET_TOP, _NET_BOTTOM = 258.0, 330.0
_FEWEST_MONTHS = 12
_NARROWEST_GAP = 6.0  # month width in pixels from which bars stand apart

_PAIRS = """
select pairs.country_a, pairs.country_a_name, pairs.country_b, pairs.country_b_name, sum(pairs.event_count) as event_count
from main.agg_dyad_months as pairs
group by all order by event_count desc, country_a, country_b limit 12
"""
# The three months by calendar, as in event_count_3_months, which the table has for all events only.
_MONTHS = """
select
    event_month,
    case when $asserted then asserted_event_count else event_count end as event_count,
    case when $asserted then asserted_verbal_cooperation_count else verbal_cooperation_count end as quad_1,
    case when $asserted then asserted_material_cooperation_count else material_cooperation_count end as quad_2,
    case when $asserted then asserted_verbal_conflict_count else verbal_conflict_count end as quad_3,
    case when $asserted then asserted_material_conflict_count else material_conflict_count end as quad_4,
    case when $asserted then asserted_a_to_b_event_count else a_to_b_event_count end as a_to_b,
    case when $asserted then asserted_b_to_a_event_count else b_to_a_event_count end as b_to_a,
    case when $asserted then asserted_mutual_event_count else mutual_event_count end as mutual,
    case when $asserted then asserted_net_intensity else net_intensity end as net_intensity,
    sum(case when $asserted then asserted_net_intensity else net_intensity end) over (
        order by event_month range between interval 2 months preceding and current row
    ) / 3 as net_intensity_3_months
from main.agg_dyad_months
where country_a = $a and country_b = $b
qualify ($since is null or event_month >= $since) and ($until is null or event_month <= $until)
order by event_month
"""
_TYPES = """
select
    event_type, quad_class,
    sum(case when $asserted then asserted_event_count else event_count end) as event_count,
    sum(case when $asserted then asserted_net_intensity else net_intensity end) as net_intensity,
    sum(fatalities) as fatalities
from main.agg_dyad_type_months
where country_a = $a and country_b = $b
    and ($since is null or event_month >= $since) and ($until is null or event_month <= $until)
group by all having event_count > 0 order by event_count desc, event_type
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """The part of a month's bar that one quad class has."""

    quad_class: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the chart."""

    month: date
    x: float
    width: float
    bars: tuple[Bar, ...]
    row: Row


@dataclass(frozen=True, slots=True)
class Relations:
    """The view of a pair: its months, axes, the curve of net intensity, and its types of event."""

    scale: TimeScale | None
    months: tuple[Month, ...]
    count_ticks: tuple[Tick, ...]
    net_ticks: tuple[Tick, ...]
    net_path: str
    zero: float
    net_zero: float
    types: tuple[Row, ...]
    total: Row


def read_pairs(warehouse: Warehouse) -> list[Row]:
    """The pairs of countries with most events."""
    return warehouse.rows(_PAIRS)


def read_relations(warehouse: Warehouse, chosen: Selection) -> Relations | None:
    """Read and lay out the months of the chosen pair.

    Returns:
        The view, without months where the pair has no dated event in that time; None where no pair is chosen.
    """
    if chosen.a is None or chosen.b is None:
        return None
    values = {"a": chosen.a, "b": chosen.b, "since": chosen.since, "until": chosen.until, "asserted": chosen.asserted}
    rows = warehouse.rows(_MONTHS, **values)
    types = tuple(warehouse.rows(_TYPES, **values))
    names = ("event_count", "a_to_b", "b_to_a", "mutual", "net_intensity")
    total = {name: sum(row[name] for row in rows) for name in names}
    if not rows:
        return Relations(None, (), (), (), "", 0, 0, types, total)
    first, last = chosen.since or rows[0]["event_month"], chosen.until or rows[-1]["event_month"]
    # A short time is drawn with what is around it, or one month would be as wide as the page.
    missing = max(0, _FEWEST_MONTHS - (month_number(last) - month_number(first) + 1))
    first, last = month_of(month_number(first) - missing // 2), month_of(month_number(last) + (missing + 1) // 2)
    scale = TimeScale(first, last, _LEFT, _RIGHT)
    up = max(row["quad_1"] + row["quad_2"] for row in rows)
    down = max(row["quad_3"] + row["quad_4"] for row in rows)
    pixels = (_COUNT_BOTTOM - _COUNT_TOP) / max(up + down, 1.0)
    zero = min(max(_COUNT_TOP + up * pixels, _COUNT_TOP + 4), _COUNT_BOTTOM - 4)
    step = round_step(max(up, down))
    highest, lowest = int(up / step), int(down / step)
    most = max((abs(row["net_intensity_3_months"]) for row in rows), default=0) or 1.0
    net_zero, net_pixels = (_NET_TOP + _NET_BOTTOM) / 2, (_NET_BOTTOM - _NET_TOP) / 2 / most
    net_step = round_step(most, parts=2)
    marks = [m * net_step for m in (-2, -1, 0, 1, 2) if abs(m * net_step) <= most * 1.05]
    return Relations(
        scale=scale,
        months=tuple(_month(row, scale, zero, pixels) for row in rows),
        count_ticks=tuple(Tick(zero - n * step * pixels, f"{abs(n) * step:g}") for n in range(-lowest, highest + 1)),
        net_ticks=tuple(Tick(net_zero - mark * net_pixels, f"{mark:+g}" if mark else "0") for mark in marks),
        net_path=_net_path(rows, scale, net_zero, net_pixels),
        zero=zero,
        net_zero=net_zero,
        types=types,
        total=total,
    )


def _month(row: Row, scale: TimeScale, zero: float, pixels: float) -> Month:
    heights = {quad: row[f"quad_{quad}"] * pixels for quad in (1, 2, 3, 4)}
    tops = {2: zero - heights[2], 1: zero - heights[2] - heights[1], 4: zero, 3: zero + heights[4]}
    gap = 1.5 if scale.month_width >= _NARROWEST_GAP else 0.0
    width = min(scale.month_width - gap, 40.0)
    x = scale.month_at(row["event_month"]) + (scale.month_width - width) / 2
    bars = tuple(Bar(quad, tops[quad], heights[quad]) for quad in (1, 2, 3, 4) if heights[quad] > 0)
    return Month(row["event_month"], x, width, bars, row)


def _net_path(rows: list[Row], scale: TimeScale, zero: float, pixels: float) -> str:
    points = [
        f"{scale.month_at(row['event_month']) + scale.month_width / 2:.1f} "
        f"{zero - row['net_intensity_3_months'] * pixels:.1f}"
        for row in rows
    ]
    return "M" + "L".join(points)
