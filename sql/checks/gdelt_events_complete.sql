-- table: main.gdelt_events
-- severity: error
-- description: there are at least as many rows as events that happened and count
with events as (
    select count(*) as event_count
    from main.fct_events
    where has_occurred and document_count > 0
),

gdelt as (
    select count(*) as row_count
    from main.gdelt_events
)

select
    events.event_count,
    gdelt.row_count
from events
cross join gdelt
where gdelt.row_count < events.event_count
