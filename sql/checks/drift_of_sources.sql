-- table: main.dim_documents
-- severity: warn
-- description: each source has events in the same share of its documents as in the year before, within a third
with documents as (
    select
        source_name,
        event_mention_count > 0 as has_events,
        published_date::date as published_day
    from main.dim_documents
    where is_counted and published_date is not null and source_name is not null
),

-- Thirty days up to the newest, not the calendar's month: on its first days most sources have told nothing yet.
latest as (
    select max(published_day) - 30 as before_latest from documents
),

counted as (
    select
        source_name,
        count(*) filter (where published_day > before_latest) as latest_count,
        count(*) filter (where published_day > before_latest and has_events) as latest_with_events,
        count(*) filter (where published_day <= before_latest) as earlier_count,
        count(*) filter (where published_day <= before_latest and has_events) as earlier_with_events
    from documents
    cross join latest
    where published_day > before_latest - 365
    group by source_name
),

shares as (
    select
        *,
        latest_with_events / nullif(latest_count, 0) as latest_share,
        earlier_with_events / nullif(earlier_count, 0) as earlier_share,
        (latest_with_events + earlier_with_events) / (latest_count + earlier_count) as share
    from counted
)

-- Of fewer than 20 documents a share says nothing; a source of 20 a month that is silent has stopped or is not read.
-- Of many sources some differ by a third by chance, but none by four standard errors.
select
    source_name,
    latest_count,
    round(latest_share, 2) as latest_share,
    earlier_count,
    round(earlier_share, 2) as earlier_share
from shares
where
    (latest_count = 0 and earlier_count >= 240)
    or (
        latest_count >= 20
        and earlier_count >= 20
        and abs(latest_share - earlier_share) > greatest(
            0.33, 4 * sqrt(share * (1 - share) * (1 / latest_count + 1 / earlier_count))
        )
    )
