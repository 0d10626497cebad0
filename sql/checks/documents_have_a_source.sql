-- table: raw.documents
-- severity: warn
-- description: a document is held by a file
select documents.document_id
from raw.documents as documents
anti join raw.document_sources as document_sources on documents.document_id = document_sources.document_id
