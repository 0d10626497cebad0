with source as (
    select * from raw.ingestion_runs
),

renamed as (
    select
        run_id,
        started_at,
        finished_at,
        file_count,
        seen_count,
        loaded_count,
        duplicate_count,
        unchanged_count,
        quarantined_count,
        skipped_count,
        extracted_count,
        reused_count,
        removed_count,
        word_count,
        extract_seconds,
        extractor_version
    from source
)

select * from renamed
