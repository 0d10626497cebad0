-- table: raw.ingestion_runs
-- severity: error
-- description: every record seen is loaded, duplicate, unchanged, quarantined or skipped
select
    run_id,
    seen_count,
    loaded_count + duplicate_count + unchanged_count + quarantined_count + skipped_count as accounted_count
from raw.ingestion_runs
where seen_count <> loaded_count + duplicate_count + unchanged_count + quarantined_count + skipped_count
