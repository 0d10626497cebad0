with events as (
    select * from intermediate.int_dated_events
),

days as (
    select * from intermediate.int_event_days
),

final as (
    select
        events.event_type,
        days.event_day,
        any_value(events.quad_class) as quad_class,
        sum(days.share) as event_count,
        count(*) filter (where events.event_date_precision = 'day') as day_event_count,
        coalesce(sum(days.share) filter (where events.is_asserted), 0.0) as asserted_event_count,
        sum(days.share * events.mention_count) as mention_count,
        sum(days.share * events.document_count) as report_count,
        sum(days.share * events.intensity) / sum(days.share) as mean_intensity,
        sum(days.share * events.fatalities) as fatalities,
        sum(days.share * events.fatalities) filter (where events.is_asserted) as asserted_fatalities
    from events
    inner join days on events.event_id = days.event_id
    group by events.event_type, days.event_day
)

select * from final
