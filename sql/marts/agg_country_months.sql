with events as (
    select * from intermediate.int_dated_events
),

countries as (
    select * from staging.stg_countries
    where alpha2 is not null
),

parties as (
    select parties.*
    from intermediate.int_event_parties as parties
    semi join countries on parties.country = countries.country
    where parties.role in ('actor', 'recipient')
),

involved as (
    select
        parties.event_id,
        parties.country,
        bool_or(parties.role = 'actor') as is_actor,
        bool_or(parties.role = 'recipient') as is_recipient
    from parties
    group by all
),

-- A country also appears when an event happens on its ground, whoever acts.
located as (
    select
        events.event_id,
        events.place_country as country
    from events
    semi join countries on events.place_country = countries.country
),

joined as (
    select
        events.*,
        coalesce(involved.country, located.country) as country,
        involved.country is not null as is_involved,
        coalesce(involved.is_actor, false) as is_actor,
        coalesce(involved.is_recipient, false) as is_recipient,
        located.country is not null as is_located
    from involved
    full join located
        on
            involved.event_id = located.event_id
            and involved.country = located.country
    inner join events on coalesce(involved.event_id, located.event_id) = events.event_id
),

aggregated as (
    select
        country,
        event_month,
        count(*) filter (where is_involved) as event_count,
        count(*) filter (where is_actor) as actor_event_count,
        count(*) filter (where is_recipient) as recipient_event_count,
        count(*) filter (where is_actor and is_recipient) as internal_event_count,
        count(*) filter (where is_located) as located_event_count,
        count(*) filter (where is_involved and quad_class = 1) as verbal_cooperation_count,
        count(*) filter (where is_involved and quad_class = 2) as material_cooperation_count,
        count(*) filter (where is_involved and quad_class = 3) as verbal_conflict_count,
        count(*) filter (where is_involved and quad_class = 4) as material_conflict_count,
        coalesce(sum(intensity) filter (where is_involved and intensity > 0), 0.0) as cooperation_intensity,
        coalesce(sum(intensity) filter (where is_involved and intensity < 0), 0.0) as conflict_intensity,
        coalesce(sum(intensity) filter (where is_involved), 0.0) as net_intensity,
        avg(intensity) filter (where is_involved) as mean_intensity,
        cast(sum(fatalities) filter (where is_located) as bigint) as located_fatalities
    from joined
    group by all
),

final as (
    select
        aggregated.country,
        countries.country_name,
        aggregated.* exclude (country)
    from aggregated
    inner join countries on aggregated.country = countries.country
)

select * from final
