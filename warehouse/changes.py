"""What became of the events and entities of the last resolution: `core.event_changes` and `core.entity_changes`.

What belongs here: comparing the links that are there with those about to replace them, inside the transaction that replaces
them. What does not: deciding what is one thing (`pipelines/stages/resolve`).

An id is a hash of the earliest report of an event (the earliest naming of an entity), so it stays while the thing only grows.
Where things merge, split, or get an earlier report, the old id is gone or stands for less; a row here says which new one has
its mentions. Rows are only ever added, so an id of any past publication can be followed to today's.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

# Table of changes, table of links, key of a mention, key of the thing.
_TRACKED = (
    ("core.event_changes", "core.event_links", "event_mention_id", "event_id"),
    ("core.entity_changes", "core.entity_links", "mention_id", "entity_id"),
)

# The links of some event mentions' events, and those of some entities.
_OF = {
    "event_id": "event_id in (select event_id from core.event_links where event_mention_id in (select unnest($values)))",
    "entity_id": "entity_id in (select unnest($values))",
}

# "gone": none of its mentions is left (their documents were removed, or are read otherwise by a new extractor).
_CHANGES = """
insert into {changes} by name
with moves as (
    select old.{thing} as old_id, new.{thing} as new_id, count(*) as mention_count
    from _old_links as old
    left join (select * from {links} where {mention} in (select {mention} from _old_links)) as new using ({mention})
    group by all
),

kept as (select distinct {thing} as id from {links} where {thing} in (select {thing} from _old_links)),

told as (
    select
        *,
        count(new_id) over (partition by old_id) as targets,
        count(old_id) over (partition by new_id) as sources
    from moves
)

select
    $run_id as run_id,
    old_id as old_{thing},
    new_id as new_{thing},
    case
        when new_id is null then 'gone'
        when targets > 1 then 'split'
        when sources > 1 then 'merged'
        else 'renamed'
    end as change,
    mention_count
from told
where
    old_id is distinct from new_id
    and (new_id is not null or (targets = 0 and old_id not in (select id from kept)))
"""


def remember_links(
    con: duckdb.DuckDBPyConnection, *, events: Sequence[str] | None = None, entities: Sequence[str] | None = None
) -> None:
    """Keep the links that are there, for `record_changes` after they were replaced.

    Args:
        con: a connection in the transaction that is about to replace them.
        events: event mentions whose links are replaced; only those of the events that these belong to are kept. `None`: all.
        entities: only the links of these entities are kept; no other one gains or loses a mention. `None`: all.
    """
    for (_, links, mention, thing), values in zip(_TRACKED, (events, entities), strict=True):
        statement = f"create or replace temp table _old_{thing} as select {mention}, {thing} from {links}"
        if values is None:
            con.execute(statement)
        else:
            con.execute(f"{statement} where {_OF[thing]}", {"values": list(values)})


def record_changes(con: duckdb.DuckDBPyConnection, *, run_id: str) -> None:
    """Write what became of the ids that `remember_links` saw.

    Args:
        con: a connection in the transaction that replaced the links.
        run_id: the run that resolves.
    """
    for changes, links, mention, thing in _TRACKED:
        statement = _CHANGES.format(changes=changes, links=links, mention=mention, thing=thing)
        con.execute(f"delete from {changes} where run_id = ?", [run_id])
        con.execute(statement.replace("_old_links", f"_old_{thing}"), {"run_id": run_id})
        con.execute(f"drop table _old_{thing}")
