with events as (
    select * from intermediate.int_dated_events
),

months as (
    select
        event_id,
        event_date_start,
        event_date_end,
        unnest(
            generate_series(
                date_trunc('month', event_date_start), date_trunc('month', event_date_end), interval 1 month
            )
        ) as event_month
    from events
),

-- An event known to an interval counts in each month by the share of the interval's days that lie in it.
final as (
    select
        event_id,
        cast(event_month as date) as event_month,
        (
            least(event_date_end, last_day(event_month)) - greatest(event_date_start, cast(event_month as date)) + 1
        ) / (event_date_end - event_date_start + 1) as share
    from months
)

select * from final
