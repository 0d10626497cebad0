-- table: main.fct_event_mentions
-- severity: warn
-- description: the shares of the event types in the latest month are within a fifth of those of the year before
with mentions as (
    select
        mentions.event_type,
        date_trunc('month', documents.published_date) as published_month
    from main.fct_event_mentions as mentions
    inner join main.dim_documents as documents on mentions.document_id = documents.document_id
    where documents.is_counted and documents.published_date is not null
),

latest as (
    select max(published_month) as latest_month from mentions
),

counted as (
    select
        event_type,
        count(*) filter (where published_month = latest_month) as latest_count,
        count(*) filter (
            where published_month < latest_month and published_month >= latest_month - interval 12 months
        ) as earlier_count
    from mentions
    cross join latest
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
