with source as (
    select * from core.entity_affiliations
),

renamed as (
    select
        entity_id,
        country,
        sector,
        from_date,
        to_date,
        mention_count
    from source
)

select * from renamed
