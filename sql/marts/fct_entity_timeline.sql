with parties as (
    select * from intermediate.int_event_parties
    where entity_id is not null and role in ('actor', 'recipient')
),

events as (
    select * from main.fct_events
    where document_count > 0
),

others as (
    select
        parties.event_id,
        parties.entity_id,
        parties.role,
        list(other.name order by other.role, other.first_ordinal, other.name) as other_names
    from parties
    inner join intermediate.int_event_parties as other
        on
            parties.event_id = other.event_id
            and parties.participant_id <> other.participant_id
            and other.role in ('actor', 'recipient')
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
