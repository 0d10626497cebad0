-- table: main.dim_documents
-- severity: warn
-- description: each source has events in the same share of its documents as in the year before, within a third
with documents as (
    select
        source_name,
        event_mention_count > 0 as has_events,
        date_trunc('month', published_date) as published_month
    from main.dim_documents
    where is_counted and published_date is not null and source_name is not null
),

latest as (
    select max(published_month) as latest_month from documents
),

counted as (
    select
        source_name,
        count(*) filter (where published_month = latest_month) as latest_count,
        count(*) filter (where published_month = latest_month and has_events) as latest_with_events,
        count(*) filter (
            where published_month < latest_month and published_month >= latest_month - interval 12 months
        ) as earlier_count,
        count(*) filter (
            where
            published_month < latest_month
            and published_month >= latest_month - interval 12 months
            and has_events
        ) as earlier_with_events
    from documents
    cross join latest
    group by source_name
)

-- Of fewer than 20 documents a share says nothing; a source of 20 a month that is silent has stopped or is not read.
select
    source_name,
    latest_count,
    round(latest_with_events / nullif(latest_count, 0), 2) as latest_share,
    earlier_count,
    round(earlier_with_events / earlier_count, 2) as earlier_share
from counted
where
    (latest_count = 0 and earlier_count >= 240)
    or (
        latest_count >= 20
        and earlier_count >= 20
        and abs(latest_with_events / latest_count - earlier_with_events / earlier_count) > 0.33
    )
