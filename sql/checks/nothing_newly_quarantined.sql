-- table: raw.quarantine
-- severity: warn
-- description: the last run refused no record
with last_run as (
    select max_by(run_id, started_at) as run_id from raw.ingestion_runs
)

select
    quarantine.path,
    quarantine.record_number,
    quarantine.reason_code,
    quarantine.message
from raw.quarantine
inner join last_run on quarantine.run_id = last_run.run_id
