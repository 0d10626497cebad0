with entities as (
    select * from staging.stg_entities
),

countries as (
    select * from staging.stg_countries
),

events as (
    select * from main.fct_events
),

participants as (
    select * from main.bridge_event_participants
),

affiliations as (
    select
        entity_id,
        list(
            {
                'country': country,
                'sector': sector,
                'from_date': from_date,
                'to_date': to_date,
                'mention_count': mention_count
            }
            order by from_date nulls first, to_date, country, sector
        ) as affiliations
    from staging.stg_entity_affiliations
    group by entity_id
),

event_counts as (
    select
        participants.entity_id,
        count(distinct participants.event_id) filter (where participants.role = 'actor') as actor_event_count,
        count(distinct participants.event_id) filter (where participants.role = 'recipient') as recipient_event_count
    from participants
    inner join events on participants.event_id = events.event_id
    where events.has_occurred and events.document_count > 0 and participants.entity_id is not null
    group by participants.entity_id
),

final as (
    select
        entities.entity_id,
        entities.name,
        entities.label,
        entities.is_named,
        entities.country,
        countries.country_name,
        entities.sector,
        entities.aliases,
        entities.titles,
        coalesce(affiliations.affiliations, []) as affiliations,
        entities.mention_count,
        entities.document_count,
        coalesce(event_counts.actor_event_count, 0) as actor_event_count,
        coalesce(event_counts.recipient_event_count, 0) as recipient_event_count,
        entities.first_seen_date,
        entities.last_seen_date
    from entities
    left join countries on entities.country = countries.country
    left join affiliations on entities.entity_id = affiliations.entity_id
    left join event_counts on entities.entity_id = event_counts.entity_id
)

select * from final
