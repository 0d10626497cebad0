-- table: raw.documents
-- severity: warn
-- description: an English document has been extracted
select
    document_id,
    language
from raw.documents
where extractor_version is null and language = 'en'
