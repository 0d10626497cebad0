with participants as (
    select * from intermediate.int_event_participants
    where event_id is not null
),

-- The country and sector of a participant in an event are those that most of the event's mentions give.
countries as (
    select
        event_id,
        role,
        participant_id,
        country,
        row_number() over (
            partition by event_id, role, participant_id order by count(*) desc, country
        ) as country_rank
    from participants
    where country is not null
    group by event_id, role, participant_id, country
),

sectors as (
    select
        event_id,
        role,
        participant_id,
        sector,
        row_number() over (
            partition by event_id, role, participant_id order by count(*) desc, sector
        ) as sector_rank
    from participants
    where sector is not null
    group by event_id, role, participant_id, sector
),

grouped as (
    select
        event_id,
        role,
        participant_id,
        min(entity_id) as entity_id,
        min(name) as name,
        min(ordinal) as first_ordinal,
        count(distinct event_mention_id) as mention_count
    from participants
    group by event_id, role, participant_id
),

final as (
    select
        grouped.event_id,
        grouped.role,
        grouped.participant_id,
        grouped.entity_id,
        grouped.name,
        countries.country,
        sectors.sector,
        grouped.first_ordinal,
        grouped.mention_count
    from grouped
    left join countries
        on
            grouped.event_id = countries.event_id
            and grouped.role = countries.role
            and grouped.participant_id = countries.participant_id
            and countries.country_rank = 1
    left join sectors
        on
            grouped.event_id = sectors.event_id
            and grouped.role = sectors.role
            and grouped.participant_id = sectors.participant_id
            and sectors.sector_rank = 1
)

select * from final
