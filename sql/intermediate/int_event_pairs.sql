with parties as (
    select * from intermediate.int_event_parties
),

actors as (
    select * from parties
    where role = 'actor'
),

recipients as (
    select * from parties
    where role = 'recipient'
),

-- Who acts on whom.
directed as (
    select
        actors.event_id,
        actors.participant_id as first_participant_id,
        recipients.participant_id as second_participant_id,
        false as is_mutual
    from actors
    inner join recipients
        on
            actors.event_id = recipients.event_id
            and actors.participant_id <> recipients.participant_id
),

-- Who acts together: without a recipient, every actor acts with every other, in both directions.
mutual as (
    select
        actors.event_id,
        actors.participant_id as first_participant_id,
        others.participant_id as second_participant_id,
        true as is_mutual
    from actors
    inner join actors as others
        on
            actors.event_id = others.event_id
            and actors.participant_id <> others.participant_id
    anti join recipients on actors.event_id = recipients.event_id
),

pairs as (
    select * from directed
    union all by name
    select * from mutual
),

final as (
    select
        pairs.event_id,
        pairs.first_participant_id,
        first_parties.entity_id as first_entity_id,
        first_parties.name as first_name,
        first_parties.country as first_country,
        first_parties.sector as first_sector,
        pairs.second_participant_id,
        second_parties.entity_id as second_entity_id,
        second_parties.name as second_name,
        second_parties.country as second_country,
        second_parties.sector as second_sector,
        pairs.is_mutual
    from pairs
    inner join actors as first_parties
        on
            pairs.event_id = first_parties.event_id
            and pairs.first_participant_id = first_parties.participant_id
    inner join parties as second_parties
        on
            pairs.event_id = second_parties.event_id
            and pairs.second_participant_id = second_parties.participant_id
            and second_parties.role = if(pairs.is_mutual, 'actor', 'recipient')
)

select * from final
