-- table: main.fct_event_mentions
-- severity: warn
-- description: the shares of the event types of the latest thirty days are within a fifth of those of the year before
with mentions as (
    select
        mentions.event_type,
        documents.published_date::date as published_day
    from main.fct_event_mentions as mentions
    inner join main.dim_documents as documents on mentions.document_id = documents.document_id
    where documents.is_counted and documents.published_date is not null
),

-- Not the calendar's month: on its first days one story can be half of all.
latest as (
    select max(published_day) - 30 as before_latest from mentions
),

counted as (
    select
        event_type,
        count(*) filter (where published_day > before_latest) as latest_count,
        count(*) filter (where published_day <= before_latest) as earlier_count
    from mentions
    cross join latest
    where published_day > before_latest - 365
    group by event_type
),

shares as (
    select
        event_type,
        latest_count / sum(latest_count) over () as latest_share,
        earlier_count / sum(earlier_count) over () as earlier_share
    from counted
    -- Fewer mentions than this tell of chance.
    qualify sum(latest_count) over () >= 200 and sum(earlier_count) over () >= 200
)

select
    event_type,
    round(latest_share, 3) as latest_share,
    round(earlier_share, 3) as earlier_share
from shares
where abs(latest_share - earlier_share) > 0.2
