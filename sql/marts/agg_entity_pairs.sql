with sentences as (
    select * from staging.stg_sentences
),

-- A group ("both countries") appears with nobody: its members have mentions of their own.
mentions as (
    select * from main.fct_entity_mentions
    where is_counted and entity_id is not null and label <> 'GROUP'
),

event_pairs as (
    select * from intermediate.int_event_entity_pairs
),

events as (
    select * from main.fct_events
    where has_occurred and document_count > 0
),

entities as (
    select * from staging.stg_entities
),

sentence_entities as (
    select distinct
        mentions.document_id,
        sentences.sentence_number,
        mentions.entity_id
    from mentions
    inner join sentences
        on
            mentions.document_id = sentences.document_id
            and mentions.start_char >= sentences.start_char
            and mentions.start_char < sentences.end_char
),

appearing as (
    select
        first_entities.entity_id as entity_a_id,
        second_entities.entity_id as entity_b_id,
        count(*) as sentence_count,
        count(distinct first_entities.document_id) as document_count
    from sentence_entities as first_entities
    inner join sentence_entities as second_entities
        on
            first_entities.document_id = second_entities.document_id
            and first_entities.sentence_number = second_entities.sentence_number
            and first_entities.entity_id < second_entities.entity_id
    group by all
),

acting as (
    select
        event_pairs.entity_a_id,
        event_pairs.entity_b_id,
        count(*) as event_count,
        count(*) filter (where event_pairs.is_a_to_b and not event_pairs.is_b_to_a) as a_to_b_event_count,
        count(*) filter (where event_pairs.is_b_to_a and not event_pairs.is_a_to_b) as b_to_a_event_count,
        count(*) filter (where event_pairs.is_a_to_b and event_pairs.is_b_to_a) as mutual_event_count,
        count(*) filter (where events.quad_class in (1, 2)) as cooperation_count,
        count(*) filter (where events.quad_class in (3, 4)) as conflict_count,
        sum(events.intensity) as net_intensity,
        count(*) filter (where events.is_asserted) as asserted_event_count,
        count(*) filter (where events.is_asserted and events.quad_class in (1, 2)) as asserted_cooperation_count,
        count(*) filter (where events.is_asserted and events.quad_class in (3, 4)) as asserted_conflict_count,
        coalesce(sum(events.intensity) filter (where events.is_asserted), 0.0) as asserted_net_intensity
    from event_pairs
    inner join events on event_pairs.event_id = events.event_id
    group by all
),

joined as (
    select
        coalesce(appearing.entity_a_id, acting.entity_a_id) as entity_a_id,
        coalesce(appearing.entity_b_id, acting.entity_b_id) as entity_b_id,
        coalesce(appearing.document_count, 0) as document_count,
        coalesce(appearing.sentence_count, 0) as sentence_count,
        coalesce(acting.event_count, 0) as event_count,
        coalesce(acting.a_to_b_event_count, 0) as a_to_b_event_count,
        coalesce(acting.b_to_a_event_count, 0) as b_to_a_event_count,
        coalesce(acting.mutual_event_count, 0) as mutual_event_count,
        coalesce(acting.cooperation_count, 0) as cooperation_count,
        coalesce(acting.conflict_count, 0) as conflict_count,
        coalesce(acting.net_intensity, 0.0) as net_intensity,
        coalesce(acting.asserted_event_count, 0) as asserted_event_count,
        coalesce(acting.asserted_cooperation_count, 0) as asserted_cooperation_count,
        coalesce(acting.asserted_conflict_count, 0) as asserted_conflict_count,
        coalesce(acting.asserted_net_intensity, 0.0) as asserted_net_intensity
    from appearing
    full join acting
        on
            appearing.entity_a_id = acting.entity_a_id
            and appearing.entity_b_id = acting.entity_b_id
),

final as (
    select
        joined.entity_a_id,
        entities_a.name as entity_a_name,
        joined.entity_b_id,
        entities_b.name as entity_b_name,
        joined.* exclude (entity_a_id, entity_b_id)
    from joined
    inner join entities as entities_a on joined.entity_a_id = entities_a.entity_id
    inner join entities as entities_b on joined.entity_b_id = entities_b.entity_id
)

select * from final
