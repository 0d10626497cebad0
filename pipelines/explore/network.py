"""Who has to do with whom: parties of the same events, as a network.

What belongs here: reading pairs of entities with events and laying them out. What does not: pairs that are only named together.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, sqrt

import networkx as nx

from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.selection import Selection

WIDTH, HEIGHT = 1080.0, 560.0
_MARGIN_X, _MARGIN_Y = 90.0, 34.0
_MOST_PAIRS = 60
_MOST_EVENTS = 12
_SEED = 7  # the same network is drawn the same way each time

# With a time: the sums of its months, to which undated events do not belong. Named parties first: "police" is no one.
_PAIRS = """
with pairs as (
    select
        entity_a_id, entity_a_name, entity_b_id, entity_b_name,
        cast(case when $asserted then asserted_event_count else event_count end as double) as event_count,
        case when $asserted then asserted_net_intensity else net_intensity end as net_intensity
    from main.agg_entity_pairs
    where $since is null and $until is null
    union all
    select
        entity_a_id, entity_a_name, entity_b_id, entity_b_name,
        sum(case when $asserted then asserted_event_count else event_count end),
        sum(case when $asserted then asserted_net_intensity else net_intensity end)
    from main.agg_entity_pair_months
    where ($since is not null or $until is not null)
        and ($since is null or event_month >= $since) and ($until is null or event_month <= $until)
    group by all
)

select
    pairs.*, first_ones.label as entity_a_label, second_ones.label as entity_b_label,
    first_ones.country as entity_a_country, second_ones.country as entity_b_country
from pairs
inner join main.dim_entities as first_ones on pairs.entity_a_id = first_ones.entity_id
inner join main.dim_entities as second_ones on pairs.entity_b_id = second_ones.entity_id
where pairs.event_count > 0
    and ($entity is null or $entity in (pairs.entity_a_id, pairs.entity_b_id))
    and (not $pair_only
        or (first_ones.country in ($a, $b) and second_ones.country in ($a, $b)))
    and ($entity is not null or (first_ones.is_named and second_ones.is_named))
order by pairs.event_count desc, abs(pairs.net_intensity) desc, pairs.entity_a_id, pairs.entity_b_id
limit $most
"""
_ENTITY = "select * from main.dim_entities where entity_id = $entity"
_EVENTS = """
select * from main.fct_entity_timeline
where entity_id = $entity and (is_asserted or not $asserted)
    and ($since is null or event_date_end >= $since)
    and ($until is null or event_date_start < cast($until as date) + interval 1 month)
order by event_date_start desc nulls last, event_id limit $most
"""


@dataclass(frozen=True, slots=True)
class Node:
    """An entity of the network."""

    entity_id: str
    name: str
    kind: str  # person, organisation, place, other
    country: str | None
    x: float
    y: float
    radius: float
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair of entities with events."""

    row: Row
    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    tone: str


@dataclass(frozen=True, slots=True)
class Network:
    """The view: the network, and what is known of the chosen entity."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    entity: Row | None
    events: tuple[Row, ...]
    is_cut: bool


def read_network(warehouse: Warehouse, chosen: Selection) -> Network:
    """Read the pairs with most events, or those of the chosen entity, and lay them out."""
    values = {"since": chosen.since, "until": chosen.until, "asserted": chosen.asserted}
    entity = warehouse.first(_ENTITY, entity=chosen.entity) if chosen.entity else None
    rows = warehouse.rows(
        _PAIRS, a=chosen.a, b=chosen.b, pair_only=chosen.pair_only, entity=entity and chosen.entity, most=_MOST_PAIRS,
        **values,
    )  # fmt: skip
    events = warehouse.rows(_EVENTS, entity=chosen.entity, most=_MOST_EVENTS, **values) if entity else []
    at, weights = _positions(rows)
    nodes = tuple(_node(rows, entity_id, at[entity_id], weights[entity_id], chosen.entity) for entity_id in at)
    edges = tuple(_edge(row, at) for row in rows)
    return Network(nodes, edges, entity, tuple(events), is_cut=len(rows) == _MOST_PAIRS)


def _positions(rows: list[Row]) -> tuple[dict[str, tuple[float, float]], dict[str, float]]:
    """Where each entity is drawn, and how many events it has in the rows."""
    graph = nx.Graph()
    for row in rows:
        graph.add_edge(row["entity_a_id"], row["entity_b_id"], weight=1 + log2(1 + row["event_count"]))
    if not graph:
        return {}, {}
    weights = dict.fromkeys(graph, 0.0)
    for row in rows:
        for end in ("entity_a_id", "entity_b_id"):
            weights[row[end]] += row["event_count"]
    spread = 2.2 / sqrt(len(graph))
    found = nx.spring_layout(graph, k=spread, iterations=150, seed=_SEED)
    xs, ys = [float(x) for x, _ in found.values()], [float(y) for _, y in found.values()]
    return {
        node: (
            _between(float(x), min(xs), max(xs), _MARGIN_X, WIDTH - _MARGIN_X),
            _between(float(y), min(ys), max(ys), _MARGIN_Y, HEIGHT - _MARGIN_Y),
        )
        for node, (x, y) in found.items()
    }, weights


def _between(value: float, low: float, high: float, first: float, last: float) -> float:
    return (first + last) / 2 if high == low else first + (value - low) / (high - low) * (last - first)


def _node(rows: list[Row], entity_id: str, at: tuple[float, float], weight: float, chosen: str | None) -> Node:
    side, row = next((side, row) for row in rows for side in "ab" if row[f"entity_{side}_id"] == entity_id)
    kinds = {"PERSON": "person", "ORG": "organisation", "GROUP": "organisation", "GPE": "place", "LOC": "place"}
    label = row[f"entity_{side}_label"]
    return Node(
        entity_id,
        row[f"entity_{side}_name"],
        kinds.get(label, "other"),
        row[f"entity_{side}_country"],
        *at,
        radius=min(4 + 1.6 * sqrt(weight), 18),
        is_chosen=entity_id == chosen,
    )


def _edge(row: Row, at: dict[str, tuple[float, float]]) -> Edge:
    net = row["net_intensity"]
    tone = "conflict" if net < 0 else "cooperation" if net > 0 else "mixed"
    width = min(1 + 1.2 * sqrt(row["event_count"]), 9)
    return Edge(row, *at[row["entity_a_id"]], *at[row["entity_b_id"]], width=width, tone=tone)
