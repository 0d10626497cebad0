with source as (
    select * from raw.event_types
),

renamed as (
    select
        event_type,
        event_mode,
        quad_class,
        intensity,
        is_recipient_required,
        cameo_code,
        goldstein,
        definition
    from source
)

select * from renamed
