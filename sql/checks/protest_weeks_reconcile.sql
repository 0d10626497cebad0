-- table: main.agg_protest_weeks
-- severity: error
-- description: the protests of all countries and weeks are those of fct_events
with expected as (
    select count(*) as event_count, coalesce(sum(crowd_size), 0) as crowd_size
    from main.fct_events
    where is_in_aggregates and event_type = 'PROTEST'
),

stored as (
    select coalesce(sum(event_count), 0) as event_count, coalesce(sum(crowd_size), 0) as crowd_size
    from main.agg_protest_weeks
)

select
    stored.event_count,
    expected.event_count as expected_event_count,
    stored.crowd_size,
    expected.crowd_size as expected_crowd_size
from stored
cross join expected
where
    abs(stored.event_count - expected.event_count) > 1e-5
    or abs(stored.crowd_size - expected.crowd_size) > 1e-3
