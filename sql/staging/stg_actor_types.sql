with source as (
    select * from raw.actor_types
),

renamed as (
    select
        sector,
        type_code,
        known_group
    from source
)

select * from renamed
