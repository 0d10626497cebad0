with source as (
    select * from core.event_corrections
),

renamed as (
    select
        line_number,
        kind,
        event_mention_id,
        other_event_mention_id,
        event_type,
        event_mode,
        note,
        who,
        corrected_on,
        is_applied,
        reason
    from source
)

select * from renamed
