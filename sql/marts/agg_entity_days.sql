with mentions as (
    select * from main.fct_entity_mentions
    where is_counted and entity_id is not null and published_date is not null
),

participants as (
    select * from intermediate.int_event_participants
    where entity_id is not null
),

event_mentions as (
    select * from intermediate.int_event_mentions
    where is_counted and published_date is not null
),

quotations as (
    select * from main.fct_quotations
    where is_counted and speaker_entity_id is not null and published_date is not null
),

mentioned as (
    select
        entity_id,
        published_date,
        count(*) as mention_count,
        count(distinct document_id) as document_count
    from mentions
    group by all
),

acting as (
    select
        participants.entity_id,
        event_mentions.published_date,
        count(distinct event_mentions.event_mention_id) filter (where participants.role = 'actor')
            as actor_event_mention_count,
        count(distinct event_mentions.event_mention_id) filter (where participants.role = 'recipient')
            as recipient_event_mention_count,
        count(distinct event_mentions.event_mention_id)
        filter (where participants.role = 'actor' and event_mentions.is_asserted)
            as asserted_actor_event_mention_count,
        count(distinct event_mentions.event_mention_id)
        filter (where participants.role = 'recipient' and event_mentions.is_asserted)
            as asserted_recipient_event_mention_count
    from participants
    inner join event_mentions on participants.event_mention_id = event_mentions.event_mention_id
    group by all
),

speaking as (
    select
        speaker_entity_id as entity_id,
        published_date,
        count(*) as quotation_count
    from quotations
    group by all
),

entities as (
    select * from staging.stg_entities
),

final as (
    select
        mentioned.entity_id,
        entities.name as entity_name,
        mentioned.published_date,
        mentioned.mention_count,
        mentioned.document_count,
        coalesce(acting.actor_event_mention_count, 0) as actor_event_mention_count,
        coalesce(acting.recipient_event_mention_count, 0) as recipient_event_mention_count,
        coalesce(acting.asserted_actor_event_mention_count, 0) as asserted_actor_event_mention_count,
        coalesce(acting.asserted_recipient_event_mention_count, 0) as asserted_recipient_event_mention_count,
        coalesce(speaking.quotation_count, 0) as quotation_count
    from mentioned
    inner join entities on mentioned.entity_id = entities.entity_id
    left join acting
        on
            mentioned.entity_id = acting.entity_id
            and mentioned.published_date = acting.published_date
    left join speaking
        on
            mentioned.entity_id = speaking.entity_id
            and mentioned.published_date = speaking.published_date
)

select * from final
