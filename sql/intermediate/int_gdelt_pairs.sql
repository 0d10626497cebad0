with mentions as (
    select * from intermediate.int_event_mentions
    where is_counted
),

events as (
    select * from staging.stg_events
    semi join mentions on stg_events.event_id = mentions.event_id
    where not is_negated and modality in ('actual', 'historical')
),

parties as (
    select * from intermediate.int_event_parties
    where role in ('actor', 'recipient')
),

pairs as (
    select * from intermediate.int_event_pairs
),

actor_types as (
    select * from staging.stg_actor_types
),

countries as (
    select * from staging.stg_countries
),

-- An event whose parties all stand on one side has no pair; each of them is a row with the other side empty.
one_sided as (
    select
        parties.event_id,
        if(parties.role = 'actor', parties.participant_id, null) as first_participant_id,
        if(parties.role = 'actor', parties.name, null) as first_name,
        if(parties.role = 'actor', parties.country, null) as first_country,
        if(parties.role = 'actor', parties.sector, null) as first_sector,
        if(parties.role = 'recipient', parties.participant_id, null) as second_participant_id,
        if(parties.role = 'recipient', parties.name, null) as second_name,
        if(parties.role = 'recipient', parties.country, null) as second_country,
        if(parties.role = 'recipient', parties.sector, null) as second_sector
    from parties
    anti join pairs on parties.event_id = pairs.event_id
),

no_parties as (
    select event_id
    from events
    anti join parties on events.event_id = parties.event_id
),

sides as (
    select * exclude (first_entity_id, second_entity_id) from pairs
    union all by name
    select * from one_sided
    union all by name
    select * from no_parties
),

final as (
    select
        -- GDELT's identifier is a number; 60 bits of a hash keep it one.
        cast(
            '0x' || substring(
                md5(
                    concat_ws(
                        '|',
                        sides.event_id,
                        coalesce(sides.first_participant_id, ''),
                        coalesce(sides.second_participant_id, '')
                    )
                ), 1, 15
            ) as bigint
        ) as global_event_id,
        sides.event_id,
        coalesce(sides.is_mutual, false) as is_mutual,
        sides.first_participant_id,
        sides.first_name,
        sides.first_country,
        first_countries.cameo_code as first_country_code,
        first_types.known_group as first_known_group,
        first_types.type_code as first_type_code,
        sides.second_participant_id,
        sides.second_name,
        sides.second_country,
        second_countries.cameo_code as second_country_code,
        second_types.known_group as second_known_group,
        second_types.type_code as second_type_code
    from sides
    semi join events on sides.event_id = events.event_id
    left join countries as first_countries on sides.first_country = first_countries.country
    left join countries as second_countries on sides.second_country = second_countries.country
    left join actor_types as first_types on sides.first_sector = first_types.sector
    left join actor_types as second_types on sides.second_sector = second_types.sector
)

select * from final
