with source as (
    select * from core.event_parties
),

renamed as (
    select
        event_mention_id,
        role,
        ordinal,
        party_id
    from source
)

select * from renamed
