with runs as (
    select * from staging.stg_ingestion_runs
),

final as (
    select
        run_id,
        started_at,
        finished_at,
        date_diff('millisecond', started_at, finished_at) / 1000.0 as run_seconds,
        file_count,
        seen_count,
        loaded_count,
        duplicate_count,
        unchanged_count,
        quarantined_count,
        skipped_count,
        seen_count - loaded_count - duplicate_count - unchanged_count - quarantined_count - skipped_count
            as unaccounted_count,
        extracted_count,
        reused_count,
        removed_count,
        word_count,
        extract_seconds,
        if(extract_seconds > 0, word_count / extract_seconds, null) as words_per_second,
        extractor_version
    from runs
)

select * from final
