with documents as (
    select * from main.dim_documents
),

event_mentions as (
    select
        document_id,
        count(distinct event_id) filter (where has_occurred and is_counted) as event_count
    from main.fct_event_mentions
    group by document_id
),

final as (
    select
        documents.source_key,
        min(documents.source_name) as source_name,
        cast(date_trunc('month', documents.published_date) as date) as published_month,
        count(*) as document_count,
        count(*) filter (where documents.is_counted) as counted_document_count,
        count(*) filter (where documents.duplicate_of is not null) as duplicate_count,
        count(*) filter (where documents.extractor_version is null) as unextracted_count,
        coalesce(cast(sum(documents.word_count) filter (where documents.is_counted) as bigint), 0) as word_count,
        coalesce(cast(sum(documents.entity_mention_count) filter (where documents.is_counted) as bigint), 0)
            as entity_mention_count,
        coalesce(cast(sum(documents.event_mention_count) filter (where documents.is_counted) as bigint), 0)
            as event_mention_count,
        avg(coalesce(event_mentions.event_count, 0)) filter (where documents.is_counted) as mean_events_per_document
    from documents
    left join event_mentions on documents.document_id = event_mentions.document_id
    group by documents.source_key, published_month
)

select * from final
