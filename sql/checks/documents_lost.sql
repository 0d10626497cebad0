-- table: raw.ingestion_runs
-- severity: warn
-- description: the seeds folder holds at least nineteen twentieths of the documents that it held at the run before
with runs as (
    select
        run_id,
        started_at,
        current_document_count,
        lag(current_document_count) over (order by started_at, run_id) as count_before
    from raw.ingestion_runs
    where current_document_count is not null
),

last_run as (
    select * from runs
    order by started_at desc, run_id desc
    limit 1
)

select
    run_id,
    count_before,
    current_document_count,
    count_before - current_document_count as lost_count
from last_run
where current_document_count < 0.95 * count_before
