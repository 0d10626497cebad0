with events as (
    select * from main.fct_events
    where place_id is not null
),

dated as (
    select * from intermediate.int_dated_events
),

months as (
    select * from intermediate.int_event_months
),

places as (
    select * from main.dim_places
),

aggregated as (
    select
        events.place_id,
        months.event_month,
        sum(months.share) as event_count,
        coalesce(sum(months.share) filter (where dated.is_asserted), 0.0) as asserted_event_count,
        coalesce(sum(months.share) filter (where dated.quad_class in (1, 2)), 0.0) as cooperation_count,
        coalesce(sum(months.share) filter (where dated.quad_class in (3, 4)), 0.0) as conflict_count,
        coalesce(sum(months.share * dated.fatalities), 0.0) as fatalities,
        avg(events.place_confidence) as mean_place_confidence
    from events
    inner join dated on events.event_id = dated.event_id
    inner join months on events.event_id = months.event_id
    group by all
),

final as (
    select
        aggregated.place_id,
        places.place_name,
        places.place_country,
        places.place_admin1,
        places.place_latitude,
        places.place_longitude,
        places.place_precision,
        aggregated.* exclude (place_id)
    from aggregated
    inner join places on aggregated.place_id = places.place_id
)

select * from final
