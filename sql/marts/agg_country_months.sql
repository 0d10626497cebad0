with events as (
    select * from intermediate.int_dated_events
),

months as (
    select * from intermediate.int_event_months
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
        months.event_month,
        months.share,
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
    inner join months on events.event_id = months.event_id
),

aggregated as (
    select
        country,
        event_month,
        coalesce(sum(share) filter (where is_involved), 0.0) as event_count,
        coalesce(sum(share) filter (where is_actor), 0.0) as actor_event_count,
        coalesce(sum(share) filter (where is_recipient), 0.0) as recipient_event_count,
        coalesce(sum(share) filter (where is_actor and is_recipient), 0.0) as internal_event_count,
        coalesce(sum(share) filter (where is_located), 0.0) as located_event_count,
        coalesce(sum(share) filter (where is_involved and quad_class = 1), 0.0) as verbal_cooperation_count,
        coalesce(sum(share) filter (where is_involved and quad_class = 2), 0.0) as material_cooperation_count,
        coalesce(sum(share) filter (where is_involved and quad_class = 3), 0.0) as verbal_conflict_count,
        coalesce(sum(share) filter (where is_involved and quad_class = 4), 0.0) as material_conflict_count,
        coalesce(sum(share * intensity) filter (where is_involved and intensity > 0), 0.0) as cooperation_intensity,
        coalesce(sum(share * intensity) filter (where is_involved and intensity < 0), 0.0) as conflict_intensity,
        coalesce(sum(share * intensity) filter (where is_involved), 0.0) as net_intensity,
        sum(share * fatalities) filter (where is_located) as located_fatalities,
        coalesce(sum(share) filter (where is_involved and is_asserted), 0.0) as asserted_event_count,
        coalesce(sum(share) filter (where is_actor and is_asserted), 0.0) as asserted_actor_event_count,
        coalesce(sum(share) filter (where is_recipient and is_asserted), 0.0) as asserted_recipient_event_count,
        coalesce(sum(share) filter (where is_actor and is_recipient and is_asserted), 0.0)
            as asserted_internal_event_count,
        coalesce(sum(share) filter (where is_located and is_asserted), 0.0) as asserted_located_event_count,
        coalesce(sum(share) filter (where is_involved and quad_class = 1 and is_asserted), 0.0)
            as asserted_verbal_cooperation_count,
        coalesce(sum(share) filter (where is_involved and quad_class = 2 and is_asserted), 0.0)
            as asserted_material_cooperation_count,
        coalesce(sum(share) filter (where is_involved and quad_class = 3 and is_asserted), 0.0)
            as asserted_verbal_conflict_count,
        coalesce(sum(share) filter (where is_involved and quad_class = 4 and is_asserted), 0.0)
            as asserted_material_conflict_count,
        coalesce(sum(share * intensity) filter (where is_involved and intensity > 0 and is_asserted), 0.0)
            as asserted_cooperation_intensity,
        coalesce(sum(share * intensity) filter (where is_involved and intensity < 0 and is_asserted), 0.0)
            as asserted_conflict_intensity,
        coalesce(sum(share * intensity) filter (where is_involved and is_asserted), 0.0) as asserted_net_intensity,
        sum(share * fatalities) filter (where is_located and is_asserted) as asserted_located_fatalities
    from joined
    group by all
),

final as (
    select
        aggregated.country,
        countries.country_name,
        aggregated.* exclude (country),
        aggregated.net_intensity / nullif(aggregated.event_count, 0) as mean_intensity
    from aggregated
    inner join countries on aggregated.country = countries.country
)

select * from final
