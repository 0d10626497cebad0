-- table: main.agg_entity_pairs
-- severity: error
-- description: events between two entities are those of the participants of fct_events
-- key: entity_id
-- pairs: entity_a_id, entity_b_id
with parties as (
    select event_id, role, participant_id, entity_id from main.bridge_event_participants
    where role in ('actor', 'recipient')
),

with_recipients as (
    select distinct event_id from parties
    where role = 'recipient'
),

pairs as (
    select distinct
        actors.event_id,
        least(actors.entity_id, others.entity_id) as entity_a_id,
        greatest(actors.entity_id, others.entity_id) as entity_b_id
    from parties as actors
    inner join parties as others
        on
            actors.event_id = others.event_id
            and actors.participant_id <> others.participant_id
            and actors.entity_id <> others.entity_id
            and (
                others.role = 'recipient'
                or others.event_id not in (select event_id from with_recipients)
            )
    where actors.role = 'actor'
),

expected as (
    select pairs.entity_a_id, pairs.entity_b_id, count(*) as event_count, sum(events.intensity) as net_intensity
    from pairs
    inner join main.fct_events as events on pairs.event_id = events.event_id
    where events.has_occurred and events.document_count > 0
    group by all
)

select
    coalesce(stored.entity_a_id, expected.entity_a_id) as entity_a_id,
    coalesce(stored.entity_b_id, expected.entity_b_id) as entity_b_id,
    stored.event_count,
    expected.event_count as expected_event_count,
    stored.net_intensity,
    expected.net_intensity as expected_net_intensity
from main.agg_entity_pairs as stored
full join expected on stored.entity_a_id = expected.entity_a_id and stored.entity_b_id = expected.entity_b_id
where
    coalesce(stored.event_count, 0) <> coalesce(expected.event_count, 0)
    or abs(coalesce(stored.net_intensity, 0) - coalesce(expected.net_intensity, 0)) > 1e-6
