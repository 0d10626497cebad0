with source as (
    select * from raw.documents
),

renamed as (
    select
        document_id,
        source_key,
        title,
        text,
        language,
        source_name,
        url,
        author,
        is_title_only,
        licence,
        published_date,
        published_date_source,
        published_date_evidence,
        content_hash,
        extractor_version
    from source
)

select * from renamed
