with source as (
    select * from raw.analysis_settings
),

renamed as (
    select
        name as setting,
        value as setting_value
    from source
)

select * from renamed
