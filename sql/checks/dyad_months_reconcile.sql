-- table: main.agg_dyad_months
-- severity: error
-- description: the events of a pair of countries add up to those of fct_events between participants of the two
-- Each country once on each side: the first and the last of its participants tell whether one is not the other side's.
with parties as (
    select
        event_id,
        role,
        country,
        min(participant_id) as first_id,
        max(participant_id) as last_id
    from main.bridge_event_participants
    where
        role in ('actor', 'recipient') and country in (select country from main.dim_countries where alpha2 is not null)
    group by event_id, role, country
),

events as (
    select event_id, intensity from main.fct_events
    where is_in_aggregates
),

-- Those on whom an actor acts; where there are none, all act together.
others as (
    select * from parties
    where
        role = 'recipient'
        or event_id not in (select event_id from main.bridge_event_participants where role = 'recipient')
),

pairs as (
    select distinct
        actors.event_id,
        least(actors.country, others.country) as country_a,
        greatest(actors.country, others.country) as country_b
    from parties as actors
    inner join others
        on
            actors.event_id = others.event_id
            and actors.country <> others.country
            and (actors.first_id <> others.last_id or actors.last_id <> others.first_id)
    where actors.role = 'actor'
),

expected as (
    select pairs.country_a, pairs.country_b, count(*) as event_count, sum(events.intensity) as net_intensity
    from pairs
    inner join events on pairs.event_id = events.event_id
    group by all
),

stored as (
    select country_a, country_b, sum(event_count) as event_count, sum(net_intensity) as net_intensity
    from main.agg_dyad_months
    group by all
)

select
    coalesce(stored.country_a, expected.country_a) as country_a,
    coalesce(stored.country_b, expected.country_b) as country_b,
    stored.event_count,
    expected.event_count as expected_event_count,
    stored.net_intensity,
    expected.net_intensity as expected_net_intensity
from stored
full join expected on stored.country_a = expected.country_a and stored.country_b = expected.country_b
where
    abs(coalesce(stored.event_count, 0) - coalesce(expected.event_count, 0)) > 1e-6
    or abs(coalesce(stored.net_intensity, 0) - coalesce(expected.net_intensity, 0)) > 1e-6
