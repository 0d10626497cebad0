with documents as (
    select * from intermediate.int_documents
),

events as (
    select * from staging.stg_events
),

event_mentions as (
    select * from staging.stg_event_mentions
),

quantities as (
    select * from staging.stg_quantities
),

published as (
    select
        min(published_date) as first_date,
        max(published_date) as last_date
    from documents
),

-- Every day of the time in which documents appeared, and every other day that a row of a fact table names.
days as (
    select cast(unnest(generate_series(first_date, last_date, interval 1 day)) as date) as date_day
    from published
    union
    select unnest([event_date_start, event_date_end]) as date_day
    from events
    union
    select unnest([event_date_start, event_date_end]) as date_day
    from event_mentions
    union
    select unnest([date_start, date_end]) as date_day
    from quantities
),

final as (
    select
        date_day,
        cast(year(date_day) as integer) as year,
        cast(quarter(date_day) as integer) as quarter,
        cast(month(date_day) as integer) as month,
        cast(date_trunc('month', date_day) as date) as month_start,
        monthname(date_day) as month_name,
        cast(isoyear(date_day) as integer) as iso_year,
        cast(week(date_day) as integer) as iso_week,
        cast(isodow(date_day) as integer) as iso_weekday,
        dayname(date_day) as weekday_name,
        isodow(date_day) >= 6 as is_weekend
    from days
    where date_day is not null
)

select * from final
