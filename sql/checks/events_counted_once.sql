-- table: main.fct_events
-- severity: error
-- description: the mentions counted for events are the mentions that count
-- key: event_id
with counted as (
    select
        event_id,
        count(*) as mention_count
    from main.fct_event_mentions
    where is_counted
    group by event_id
)

select
    events.event_id,
    events.mention_count,
    coalesce(counted.mention_count, 0) as counted_mention_count
from main.fct_events as events
left join counted on events.event_id = counted.event_id
where events.mention_count <> coalesce(counted.mention_count, 0)
