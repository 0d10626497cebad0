with participants as (
    select * from staging.stg_event_participants
),

event_parties as (
    select * from staging.stg_event_parties
),

event_links as (
    select * from staging.stg_event_links
),

entity_links as (
    select * from staging.stg_entity_links
),

document_entities as (
    select * from intermediate.int_document_entities
),

entities as (
    select * from staging.stg_entities
),

linked as (
    select
        participants.*,
        event_links.event_id,
        event_parties.party_id,
        -- The party's own entity first: the mention of a group ("both countries") stands for all of its members.
        coalesce(document_entities.entity_id, entity_links.entity_id) as entity_id
    from participants
    left join event_links on participants.event_mention_id = event_links.event_mention_id
    left join event_parties
        on
            participants.event_mention_id = event_parties.event_mention_id
            and participants.role = event_parties.role
            and participants.ordinal = event_parties.ordinal
    left join entity_links on participants.mention_id = entity_links.mention_id
    left join document_entities
        on
            participants.document_id = document_entities.document_id
            and participants.document_entity_id = document_entities.document_entity_id
),

final as (
    select
        linked.event_mention_id,
        linked.event_id,
        linked.document_id,
        linked.role,
        linked.ordinal,
        linked.mention_id,
        linked.party_id as participant_id,
        linked.entity_id,
        regexp_replace(coalesce(entities.name, linked.text), '\s+', ' ', 'g') as name,
        regexp_replace(linked.text, '\s+', ' ', 'g') as text,
        linked.start_char,
        linked.end_char,
        coalesce(linked.country, entities.country) as country,
        coalesce(linked.sector, entities.sector) as sector
    from linked
    left join entities on linked.entity_id = entities.entity_id
)

select * from final
