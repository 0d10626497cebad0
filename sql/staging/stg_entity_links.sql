with source as (
    select * from core.entity_links
),

renamed as (
    select
        mention_id,
        entity_id,
        method,
        score,
        evidence
    from source
)

select * from renamed
