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

sentences as (
    select * from staging.stg_sentences
),

-- The event reports of a quotation: those whose words lie in it.
reports as (
    select
        quotations.document_id,
        quotations.start_char,
        quotations.end_char,
        list(mentions.event_mention_id order by mentions.start_char, mentions.event_mention_id) as event_mention_ids
    from quotations
    inner join intermediate.int_event_mentions as mentions
        on
            quotations.document_id = mentions.document_id
            and mentions.start_char >= quotations.start_char
            and mentions.end_char <= quotations.end_char
    group by all
),

final as (
    select
        md5(concat_ws('|', quotations.document_id, quotations.start_char, quotations.end_char)) as quotation_id,
        quotations.document_id,
        quotations.start_char,
        quotations.end_char,
        documents.source_key,
        documents.source_name,
        documents.title,
        documents.published_date,
        quotations.text,
        sentences.sentence_number,
        sentences.start_char as sentence_start_char,
        sentences.end_char as sentence_end_char,
        coalesce(reports.event_mention_ids, []) as event_mention_ids,
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
    left join sentences
        on
            quotations.document_id = sentences.document_id
            and quotations.start_char >= sentences.start_char
            and quotations.start_char < sentences.end_char
    left join reports
        on
            quotations.document_id = reports.document_id
            and quotations.start_char = reports.start_char
            and quotations.end_char = reports.end_char
    left join document_entities
        on
            quotations.document_id = document_entities.document_id
            and quotations.speaker_document_entity_id = document_entities.document_entity_id
    left join entities on document_entities.entity_id = entities.entity_id
)

select * from final
