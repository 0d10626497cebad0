-- Reports that are joined may name one entity as two parties of a role; it is one of them.
with parties as (
    select * from intermediate.int_event_parties
    where entity_id is not null and role in ('actor', 'recipient')
    qualify
        row_number() over (partition by event_id, role, entity_id order by first_ordinal, participant_id) = 1
),

events as (
    select * from main.fct_events
    where document_count > 0
),

-- Parties of an event by rank; who is both actor and recipient is one of the others once.
ranked as (
    select
        event_id,
        entity_id,
        coalesce(entity_id, participant_id) as party_id,
        min(name) as name,
        min((role, first_ordinal)) as position
    from intermediate.int_event_parties
    where role in ('actor', 'recipient')
    group by all
),

others as (
    select
        parties.event_id,
        parties.entity_id,
        parties.role,
        list(ranked.name order by ranked.position, ranked.name) as other_names
    from parties
    inner join ranked
        on
            parties.event_id = ranked.event_id
            and parties.entity_id is distinct from ranked.entity_id
    group by all
),

final as (
    select
        parties.entity_id,
        events.event_id,
        parties.role,
        parties.name as entity_name,
        events.event_date_start,
        events.event_date_end,
        events.event_date_precision,
        events.event_type,
        events.event_mode,
        events.quad_class,
        events.intensity,
        coalesce(others.other_names, []) as other_names,
        events.theme,
        events.place_name,
        events.place_country,
        events.place_precision,
        events.has_occurred,
        events.modality,
        events.is_negated,
        events.is_attributed,
        events.attributed_to_names,
        events.is_asserted,
        events.confidence,
        events.document_count,
        events.first_sentence,
        events.first_document_id
    from parties
    inner join events on parties.event_id = events.event_id
    left join others
        on
            parties.event_id = others.event_id
            and parties.entity_id = others.entity_id
            and parties.role = others.role
)

select * from final
