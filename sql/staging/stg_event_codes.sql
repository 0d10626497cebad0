with source as (
    select * from raw.event_codes
),

renamed as (
    select
        event_type,
        event_mode,
        context,
        cameo_code,
        goldstein
    from source
)

select * from renamed
