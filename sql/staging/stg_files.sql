with source as (
    select * from raw.files
),

renamed as (
    select
        file_id,
        path,
        content_hash,
        size_bytes,
        media_type,
        status,
        is_current,
        record_count,
        document_count,
        run_id,
        seen_at
    from source
)

select * from renamed
