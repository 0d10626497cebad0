with source as (
    select * from core.event_links
),

renamed as (
    select
        event_mention_id,
        event_id,
        method,
        score,
        evidence
    from source
)

select * from renamed
