with events as (
    select * from intermediate.int_dated_events
    where event_type = 'PROTEST'
),

days as (
    select * from intermediate.int_event_days
),

actors as (
    select
        event_id,
        country,
        row_number() over (partition by event_id order by count(*) desc, country) as country_rank
    from intermediate.int_event_parties
    where role = 'actor' and country is not null
    group by event_id, country
),

crowds as (
    select
        event_id,
        count_min as crowd_size_min,
        count_best as crowd_size,
        count_max as crowd_size_max
    from intermediate.int_event_counts
    where measure = 'crowd_size'
),

countries as (
    select * from staging.stg_countries
),

weeks as (
    select
        event_id,
        cast(date_trunc('week', event_day) as date) as event_week,
        sum(share) as share
    from days
    group by all
),

-- A protest is that of the country on whose ground it happens; without a place, that of those who protest.
located as (
    select
        events.event_id,
        events.is_asserted,
        weeks.event_week,
        weeks.share,
        coalesce(events.place_country, actors.country) as country
    from events
    inner join weeks on events.event_id = weeks.event_id
    left join actors
        on
            events.event_id = actors.event_id
            and actors.country_rank = 1
),

aggregated as (
    select
        located.country,
        located.event_week,
        sum(located.share) as event_count,
        coalesce(sum(located.share) filter (where located.is_asserted), 0.0) as asserted_event_count,
        count(*) filter (where crowds.crowd_size is not null) as sized_event_count,
        coalesce(sum(located.share * crowds.crowd_size_min), 0.0) as crowd_size_min,
        coalesce(sum(located.share * crowds.crowd_size), 0.0) as crowd_size,
        coalesce(sum(located.share * crowds.crowd_size_max), 0.0) as crowd_size_max,
        max(crowds.crowd_size) as largest_crowd_size,
        coalesce(sum(located.share * crowds.crowd_size) filter (where located.is_asserted), 0.0) as asserted_crowd_size
    from located
    left join crowds on located.event_id = crowds.event_id
    group by all
),

final as (
    select
        aggregated.country,
        countries.country_name,
        aggregated.* exclude (country)
    from aggregated
    left join countries on aggregated.country = countries.country
)

select * from final
