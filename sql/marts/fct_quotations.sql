with quotations as (
    select * from staging.stg_quotations
),

document_entities as (
    select * from intermediate.int_document_entities
),

entities as (
    select * from staging.stg_entities
),

documents as (
    select * from intermediate.int_documents
),

final as (
    select
        quotations.document_id,
        quotations.start_char,
        quotations.end_char,
        documents.source_key,
        documents.published_date,
        quotations.text,
        quotations.kind,
        quotations.cue,
        entities.entity_id as speaker_entity_id,
        coalesce(entities.name, quotations.speaker_text) as speaker_name,
        entities.country as speaker_country,
        entities.sector as speaker_sector,
        quotations.speaker_text,
        quotations.speaker_start_char,
        quotations.speaker_end_char,
        documents.is_counted,
        quotations.extractor_version
    from quotations
    inner join documents on quotations.document_id = documents.document_id
    left join document_entities
        on
            quotations.document_id = document_entities.document_id
            and quotations.speaker_document_entity_id = document_entities.document_entity_id
    left join entities on document_entities.entity_id = entities.entity_id
)

select * from final
