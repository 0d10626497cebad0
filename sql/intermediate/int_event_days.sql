with events as (
    select * from intermediate.int_dated_events
),

-- An event known to an interval counts on each of its days by an equal share.
final as (
    select
        event_id,
        cast(unnest(generate_series(event_date_start, event_date_end, interval 1 day)) as date) as event_day,
        1.0 / (event_date_end - event_date_start + 1) as share
    from events
)

select * from final
