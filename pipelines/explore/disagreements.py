"""Where reports of the same event differ: who says what.

What belongs here: reading `fct_event_disagreements` for the page, an event at a time. What does not: settling them.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.selection import Selection

_MOST_EVENTS = 20

# Between sources first: a report that differs within one text is more often a slip of the coder.
_DISAGREEMENTS = """
with disputed as (
    select event_id, max(source_count) as most_sources, count(distinct field) as field_count
    from main.fct_event_disagreements
    where value_count > 1
    group by event_id
),

chosen as (
    select disputed.*
    from disputed
    inner join main.fct_events as events using (event_id)
    where (not $pair_only or disputed.event_id in (
            select event_id from intermediate.int_event_dyads where country_a = $a and country_b = $b))
        and (events.is_asserted or not $asserted)
        and ($since is null or events.event_date_end >= $since)
        and ($until is null or events.event_date_start < cast($until as date) + interval 1 month)
    order by disputed.most_sources desc, disputed.field_count desc, events.mention_count desc, disputed.event_id
    limit $most
)

select
    disagreements.*, events.event_type, events.event_mode, events.quad_class, events.actor_names, events.recipient_names,
    events.first_sentence
from chosen
inner join main.fct_event_disagreements as disagreements using (event_id)
inner join main.fct_events as events using (event_id)
where disagreements.value_count > 1
order by chosen.most_sources desc, chosen.field_count desc, events.mention_count desc, disagreements.event_id,
    disagreements.field, disagreements.mention_count desc, disagreements.value
"""


@dataclass(frozen=True, slots=True)
class DisputedEvent:
    """An event and the fields in which its reports differ, each with its values."""

    event: Row
    fields: tuple[tuple[str, tuple[Row, ...]], ...]


def read_disagreements(warehouse: Warehouse, chosen: Selection) -> tuple[DisputedEvent, ...]:
    """Read the events whose reports differ most, between sources first."""
    rows = warehouse.rows(
        _DISAGREEMENTS, a=chosen.a, b=chosen.b, pair_only=chosen.pair_only, asserted=chosen.asserted,
        since=chosen.since, until=chosen.until, most=_MOST_EVENTS,
    )  # fmt: skip
    return group_fields(rows)


def group_fields(rows: list[Row]) -> tuple[DisputedEvent, ...]:
    """Gather rows of values, in their order, by event and field."""
    events: dict[str, tuple[Row, dict[str, list[Row]]]] = {}
    for row in rows:
        _, fields = events.setdefault(row["event_id"], (row, {}))
        fields.setdefault(row["field"], []).append(row)
    return tuple(
        DisputedEvent(row, tuple((name, tuple(values)) for name, values in fields.items()))
        for row, fields in events.values()
    )
