-- table: raw.ingestion_runs
-- severity: warn
-- description: the last run refused at most a twentieth of the records that it read
with last_run as (
    select * from raw.ingestion_runs
    order by started_at desc, run_id
    limit 1
)

-- Files that have not changed are not read again; of fewer than 20 records a share says nothing.
select
    run_id,
    quarantined_count,
    seen_count - unchanged_count as read_count,
    round(quarantined_count / (seen_count - unchanged_count), 3) as quarantine_rate
from last_run
where
    seen_count - unchanged_count >= 20
    and quarantined_count > 0.05 * (seen_count - unchanged_count)
