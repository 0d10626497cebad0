with documents as (
    select * from staging.stg_documents
),

document_sources as (
    select * from staging.stg_document_sources
),

files as (
    select * from staging.stg_files
),

duplicates as (
    select * from staging.stg_document_duplicates
),

current_documents as (
    select distinct document_sources.document_id
    from document_sources
    inner join files on document_sources.file_id = files.file_id
    where (files.is_current and files.status <> 'vanished') or files.status = 'kept'
),

first_seen as (
    select
        document_sources.document_id,
        min(files.seen_at) as seen_at
    from document_sources
    inner join files on document_sources.file_id = files.file_id
    group by document_sources.document_id
),

grouped as (
    select
        documents.*,
        -- A day of grace: east of Greenwich a day begins before it does in UTC.
        coalesce(documents.published_date > cast(first_seen.seen_at as date) + 1, false) as is_dated_in_future,
        duplicates.duplicate_of,
        current_documents.document_id is not null as is_current,
        coalesce(duplicates.duplicate_of, documents.document_id) as duplicate_group
    from documents
    left join duplicates on documents.document_id = duplicates.document_id
    left join current_documents on documents.document_id = current_documents.document_id
    left join first_seen on documents.document_id = first_seen.document_id
),

-- One document of each group of near-duplicates counts: the original or, once its file is gone, the earliest that is
-- left.
ranked as (
    select
        *,
        row_number() over (
            partition by duplicate_group, is_current
            order by duplicate_of is not null, published_date nulls last, document_id
        ) as position_in_group
    from grouped
),

final as (
    select
        document_id,
        source_key,
        source_name,
        regexp_replace(title, '\s+', ' ', 'g') as title,
        text,
        language,
        url,
        author,
        is_title_only,
        licence,
        published_date,
        published_date_source,
        published_date_evidence,
        is_dated_in_future,
        duplicate_of,
        is_current,
        is_current and position_in_group = 1 as is_counted,
        extractor_version
    from ranked
)

select * from final
