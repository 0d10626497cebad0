with source as (
    select * from core.entity_corrections
),

renamed as (
    select
        line_number,
        kind,
        entity_mention_id,
        other_entity_mention_id,
        note,
        who,
        corrected_on,
        is_applied,
        reason
    from source
)

select * from renamed
