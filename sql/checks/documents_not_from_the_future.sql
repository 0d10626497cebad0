-- table: raw.documents
-- severity: warn
-- description: no document was published after it was first read
select
    documents.document_id,
    documents.published_date,
    documents.published_date_source,
    cast(min(files.seen_at) as date) as first_seen_date
from raw.documents
inner join raw.document_sources on documents.document_id = document_sources.document_id
inner join raw.files on document_sources.file_id = files.file_id
group by all
having documents.published_date > cast(min(files.seen_at) as date) + 1
