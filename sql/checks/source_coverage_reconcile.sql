-- table: main.agg_source_coverage
-- severity: error
-- description: documents by source and month add up to those of dim_documents
with expected as (
    select source_key, count(*) as document_count
    from main.dim_documents
    group by all
),

stored as (
    select source_key, sum(document_count) as document_count
    from main.agg_source_coverage
    group by all
)

select
    coalesce(stored.source_key, expected.source_key) as source_key,
    stored.document_count,
    expected.document_count as expected_document_count
from stored
full join expected on stored.source_key = expected.source_key
where coalesce(stored.document_count, 0) <> coalesce(expected.document_count, 0)
