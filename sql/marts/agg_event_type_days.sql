with events as (
    select * from intermediate.int_dated_events
    where event_day is not null
),

final as (
    select
        event_type,
        event_day,
        any_value(quad_class) as quad_class,
        count(*) as event_count,
        cast(sum(mention_count) as bigint) as mention_count,
        cast(sum(document_count) as bigint) as report_count,
        avg(intensity) as mean_intensity,
        cast(sum(fatalities) as bigint) as fatalities
    from events
    group by event_type, event_day
)

select * from final
