with source as (
    select * from core.entities
),

renamed as (
    select
        entity_id,
        name,
        label,
        is_named,
        country,
        sector,
        aliases,
        titles,
        mention_count,
        document_count,
        first_seen_date,
        last_seen_date
    from source
)

select * from renamed
