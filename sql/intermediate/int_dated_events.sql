with events as (
    select * from staging.stg_events
),

mentions as (
    select * from intermediate.int_event_mentions
),

counted as (
    select
        event_id,
        count(*) as mention_count,
        count(distinct document_id) as document_count
    from mentions
    where is_counted
    group by event_id
),

-- Events that happened, are reported by a counted document, and are dated to the month or closer. An interval that
-- starts in one month and ends in the next (a week) counts in the month in which it starts.
final as (
    select
        events.event_id,
        events.event_type,
        events.event_mode,
        events.quad_class,
        events.intensity,
        events.place_country,
        cast(date_trunc('month', events.event_date_start) as date) as event_month,
        if(events.event_date_precision = 'day', events.event_date_start, null) as event_day,
        counted.mention_count,
        counted.document_count,
        counts.count_best as fatalities
    from events
    inner join counted on events.event_id = counted.event_id
    left join intermediate.int_event_counts as counts
        on
            events.event_id = counts.event_id
            and counts.measure = 'fatalities'
    where
        not events.is_negated
        and events.modality in ('actual', 'historical')
        and events.event_date_start is not null
        and events.event_date_precision in ('day', 'week', 'month')
)

select * from final
