with mentions as (
    select * from main.fct_event_mentions
    where is_counted and event_id is not null and published_date is not null
),

reports as (
    select
        event_id,
        source_key,
        any_value(source_name) as source_name,
        min(published_date) as first_published_date,
        arg_min(document_id, (published_date, document_id)) as first_document_id,
        count(distinct document_id) as document_count,
        count(*) as mention_count,
        bool_or(is_asserted) as is_asserted
    from mentions
    group by event_id, source_key
),

final as (
    select
        event_id,
        source_key,
        source_name,
        first_published_date,
        first_document_id,
        document_count,
        mention_count,
        is_asserted,
        rank() over (partition by event_id order by first_published_date) as report_rank,
        first_published_date - min(first_published_date) over (partition by event_id) as days_after_first,
        count(*) over (partition by event_id) as source_count
    from reports
)

select * from final
