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
        count(distinct document_id) as document_count,
        bool_or(is_asserted) as is_asserted
    from mentions
    where is_counted
    group by event_id
),

-- Events that happened, are reported by a counted document, and are dated to the year or closer.
final as (
    select
        events.event_id,
        events.event_type,
        events.event_mode,
        events.quad_class,
        events.intensity,
        events.place_country,
        events.event_date_start,
        coalesce(events.event_date_end, events.event_date_start) as event_date_end,
        events.event_date_precision,
        counted.is_asserted,
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
        and events.event_date_precision in ('day', 'week', 'month', 'quarter', 'season', 'year')
        and coalesce(events.event_date_end, events.event_date_start) <= events.event_date_start + interval 10 year
)

select * from final
