-- table: main.fct_events
-- severity: error
-- description: the fact table has every event of core, once
-- key: event_id
select
    coalesce(events.event_id, facts.event_id) as event_id,
    events.event_id is not null as is_in_core,
    facts.event_id is not null as is_in_fct_events
from core.events as events
full join main.fct_events as facts on events.event_id = facts.event_id
where events.event_id is null or facts.event_id is null
