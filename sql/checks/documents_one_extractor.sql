-- table: raw.documents
-- severity: warn
-- description: every document was extracted by the newest version
with newest as (
    select extractor_version
    from raw.ingestion_runs
    order by started_at desc, run_id
    limit 1
)

select
    documents.document_id,
    documents.extractor_version
from raw.documents as documents
cross join newest
where documents.extractor_version <> newest.extractor_version
