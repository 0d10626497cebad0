with parties as (
    select * from intermediate.int_event_parties
),

final as (
    select
        event_id,
        role,
        participant_id,
        entity_id,
        name,
        country,
        sector,
        mention_count
    from parties
)

select * from final
