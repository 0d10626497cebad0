-- table: main.fct_events
-- severity: error
-- description: a count of an event is one that a report of it gives
-- key: event_id
with stored as (
    unpivot (
        select event_id, fatalities, injuries, arrests, displaced, crowd_size from main.fct_events
    )
    on fatalities, injuries, arrests, displaced, crowd_size
    into name measure value people
),

given as (
    unpivot (
        select event_id, fatalities, injuries, arrests, displaced, crowd_size from main.fct_event_mentions
        where is_counted
    )
    on fatalities, injuries, arrests, displaced, crowd_size
    into name measure value people
)

select stored.event_id, stored.measure, stored.people
from stored
anti join given
    on
        stored.event_id = given.event_id
        and stored.measure = given.measure
        and stored.people = given.people
