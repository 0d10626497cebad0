with quantities as (
    select * from staging.stg_quantities
),

sentences as (
    select * from staging.stg_sentences
),

documents as (
    select * from intermediate.int_documents
),

final as (
    select
        quantities.document_id,
        quantities.start_char,
        quantities.end_char,
        documents.source_key,
        documents.published_date,
        quantities.text,
        quantities.kind,
        quantities.value,
        quantities.unit,
        quantities.currency,
        quantities.modifier,
        quantities.measure,
        quantities.date_start,
        quantities.date_end,
        regexp_replace(
            substring(documents.text, sentences.start_char + 1, sentences.end_char - sentences.start_char),
            '\s',
            ' ',
            'g'
        ) as sentence_text,
        documents.is_counted,
        quantities.extractor_version
    from quantities
    inner join documents on quantities.document_id = documents.document_id
    left join sentences
        on
            quantities.document_id = sentences.document_id
            and quantities.start_char >= sentences.start_char
            and quantities.start_char < sentences.end_char
)

select * from final
