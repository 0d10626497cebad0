-- table: main.agg_place_months
-- severity: error
-- description: the events of a place add up to those of fct_events in it
with expected as (
    select place_id, count(*) as event_count
    from main.fct_events
    where is_in_aggregates and place_id is not null
    group by all
),

stored as (
    select place_id, sum(event_count) as event_count
    from main.agg_place_months
    group by all
)

select
    coalesce(stored.place_id, expected.place_id) as place_id,
    stored.event_count,
    expected.event_count as expected_event_count
from stored
full join expected on stored.place_id = expected.place_id
where abs(coalesce(stored.event_count, 0) - coalesce(expected.event_count, 0)) > 1e-5
