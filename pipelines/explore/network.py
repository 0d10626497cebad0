"""Who has to do with whom: parties of the same events, as a network.

What belongs here: reading pairs of entities with events and laying them out. What does not: pairs that are only named together.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, log2, pi, sin, sqrt

import networkx as nx

from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.selection import Selection

WIDTH = 1080.0
_PART_WIDTH, _PART_HEIGHT, _MOST_HEIGHT = 152.0, 74.0, 640.0  # pixels, times the square root of its entities
_NAME_WIDTH, _NAME_HEIGHT = 70.0, 30.0  # kept free around a part for the names
_MOST_PAIRS = 80
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
order by event_date_start > current_date + 1 nulls last, event_date_start desc, event_id limit $most
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
    height: float
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
    at, height = _positions(rows)
    weights = _weights(rows)
    nodes = tuple(_node(rows, entity_id, at[entity_id], weights[entity_id], chosen.entity) for entity_id in at)
    edges = tuple(_edge(row, at) for row in rows if row["entity_a_id"] in at)
    is_cut = len(rows) == _MOST_PAIRS or len(edges) < len(rows)
    return Network(nodes, edges, height, entity, tuple(events), is_cut)


def _weights(rows: list[Row]) -> dict[str, float]:
    """How many events each entity has in the rows."""
    weights: dict[str, float] = {}
    for row in rows:
        for end in ("entity_a_id", "entity_b_id"):
            weights[row[end]] = weights.get(row[end], 0.0) + row["event_count"]
    return weights


def _positions(rows: list[Row]) -> tuple[dict[str, tuple[float, float]], float]:
    """Where each entity is drawn, and the height of the drawing.

    Parts that have nothing to do with each other are laid out alone and set side by side, the largest first, in lines like
    words: one layout of all would scatter them around the edge.
    """
    graph = nx.Graph()
    for row in rows:
        graph.add_edge(row["entity_a_id"], row["entity_b_id"], weight=1 + log2(1 + row["event_count"]))
    at: dict[str, tuple[float, float]] = {}
    left = top = line = 0.0
    for part in sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part))):
        size = sqrt(len(part))
        width, height = min(_PART_WIDTH * size, WIDTH), min(_PART_HEIGHT * size, _MOST_HEIGHT)
        if left + width > WIDTH:
            left, top, line = 0.0, top + line, 0.0
        if top + height > _MOST_HEIGHT:
            break
        for node, (x, y) in _part(graph.subgraph(part)).items():
            inside = (_NAME_WIDTH + x * (width - 2 * _NAME_WIDTH), _NAME_HEIGHT + y * (height - 2 * _NAME_HEIGHT))
            at[node] = (left + inside[0], top + inside[1])
        left, line = left + width, max(line, height)
    return at, top + line


def _part(graph: nx.Graph) -> dict[str, tuple[float, float]]:
    """Lay out a connected part in a square of side 1, the same way each time."""
    nodes = sorted(graph)
    if len(nodes) == 2:  # aslant, so that the names do not meet
        return {nodes[0]: (0.1, 0.1), nodes[1]: (0.9, 0.85)}
    start = {node: (cos(2 * pi * n / len(nodes)), sin(2 * pi * n / len(nodes))) for n, node in enumerate(nodes)}
    found = nx.spring_layout(graph, pos=start, k=2.4 / sqrt(len(nodes)), iterations=200, seed=_SEED)
    xs, ys = [float(x) for x, _ in found.values()], [float(y) for _, y in found.values()]
    return {
        node: (_share(float(x), min(xs), max(xs)), _share(float(y), min(ys), max(ys))) for node, (x, y) in found.items()
    }


def _share(value: float, low: float, high: float) -> float:
    return 0.5 if high - low < 1e-9 else (value - low) / (high - low)


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
