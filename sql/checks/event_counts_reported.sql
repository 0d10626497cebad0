-- table: main.fct_events
-- severity: error
-- description: a count of an event is one that a report of it gives
with given as (
    select event_id, fatalities, injuries, arrests, displaced, crowd_size from main.fct_event_mentions
    where is_counted
)

select events.event_id, events.fatalities, events.injuries, events.arrests, events.displaced, events.crowd_size
from main.fct_events as events
where
    (
        events.fatalities is not null
        and not exists (
            select 1 from given where given.event_id = events.event_id and given.fatalities = events.fatalities
        )
    )
    or (
        events.injuries is not null
        and not exists (
            select 1 from given where given.event_id = events.event_id and given.injuries = events.injuries
        )
    )
    or (
        events.arrests is not null
        and not exists (select 1 from given where given.event_id = events.event_id and given.arrests = events.arrests)
    )
    or (
        events.displaced is not null
        and not exists (
            select 1 from given where given.event_id = events.event_id and given.displaced = events.displaced
        )
    )
    or (
        events.crowd_size is not null
        and not exists (
            select 1 from given where given.event_id = events.event_id and given.crowd_size = events.crowd_size
        )
    )
