with events as (
    select * from intermediate.int_dated_events
),

months as (
    select * from intermediate.int_event_months
),

counts as (
    select
        event_id,
        max(count_min) filter (where measure = 'fatalities') as fatalities_min,
        max(count_best) filter (where measure = 'fatalities') as fatalities,
        max(count_max) filter (where measure = 'fatalities') as fatalities_max,
        max(count_best) filter (where measure = 'injuries') as injuries
    from intermediate.int_event_counts
    where measure in ('fatalities', 'injuries')
    group by event_id
),

countries as (
    select * from staging.stg_countries
),

aggregated as (
    select
        events.place_country as country,
        months.event_month,
        sum(months.share) as event_count,
        coalesce(sum(months.share) filter (where events.is_asserted), 0.0) as asserted_event_count,
        coalesce(sum(months.share * counts.fatalities_min), 0.0) as fatalities_min,
        coalesce(sum(months.share * counts.fatalities), 0.0) as fatalities,
        coalesce(sum(months.share * counts.fatalities_max), 0.0) as fatalities_max,
        coalesce(sum(months.share * counts.injuries), 0.0) as injuries,
        coalesce(sum(months.share * counts.fatalities) filter (where events.is_asserted), 0.0) as asserted_fatalities,
        coalesce(sum(months.share * counts.injuries) filter (where events.is_asserted), 0.0) as asserted_injuries
    from events
    inner join months on events.event_id = months.event_id
    inner join counts on events.event_id = counts.event_id
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
