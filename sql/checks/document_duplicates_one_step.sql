-- table: core.document_duplicates
-- severity: warn
-- description: a duplicate refers to a document that is no duplicate itself
select
    duplicates.document_id,
    duplicates.duplicate_of
from core.document_duplicates as duplicates
semi join core.document_duplicates as others on duplicates.duplicate_of = others.document_id
