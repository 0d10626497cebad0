-- table: main.agg_country_months
-- severity: error
-- description: the events of a country add up to those of fct_events that it takes part in
with events as (
    select event_id, intensity from main.fct_events
    where is_in_aggregates
),

expected as (
    select parties.country, count(distinct parties.event_id) as event_count
    from main.bridge_event_participants as parties
    semi join events on parties.event_id = events.event_id
    where parties.role in ('actor', 'recipient') and parties.country is not null
    group by all
),

stored as (
    select country, sum(event_count) as event_count
    from main.agg_country_months
    group by all
)

select
    stored.country,
    stored.event_count,
    expected.event_count as expected_event_count
from stored
left join expected on stored.country = expected.country
where abs(stored.event_count - coalesce(expected.event_count, 0)) > 1e-6
