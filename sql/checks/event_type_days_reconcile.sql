-- table: main.agg_event_type_days
-- severity: error
-- description: the events, dead and mentions of a type add up to those of fct_events
with expected as (
    select event_type, count(*) as event_count, sum(mention_count) as mention_count, sum(fatalities) as fatalities
    from main.fct_events
    where is_in_aggregates
    group by all
),

stored as (
    select
        event_type,
        sum(event_count) as event_count,
        sum(mention_count) as mention_count,
        sum(fatalities) as fatalities
    from main.agg_event_type_days
    group by all
)

select
    coalesce(stored.event_type, expected.event_type) as event_type,
    stored.event_count,
    expected.event_count as expected_event_count,
    stored.fatalities,
    expected.fatalities as expected_fatalities
from stored
full join expected on stored.event_type = expected.event_type
where
    abs(coalesce(stored.event_count, 0) - coalesce(expected.event_count, 0)) > 1e-5
    or abs(coalesce(stored.mention_count, 0) - coalesce(expected.mention_count, 0)) > 1e-5
    or abs(coalesce(stored.fatalities, 0) - coalesce(expected.fatalities, 0)) > 1e-5
