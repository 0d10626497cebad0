with documents as (
    select * from main.dim_documents
),

final as (
    select
        source_key,
        min(source_name) as source_name,
        count(*) as document_count,
        count(*) filter (where is_counted) as counted_document_count,
        count(*) filter (where duplicate_of is not null) as duplicate_count,
        count(*) filter (where published_date is null) as undated_count,
        coalesce(cast(sum(word_count) filter (where is_counted) as bigint), 0) as word_count,
        list_sort(list(distinct language)) as languages,
        min(published_date) as first_published_date,
        max(published_date) filter (where not is_dated_in_future) as last_published_date
    from documents
    group by source_key
)

select * from final
