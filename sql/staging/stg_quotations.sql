with source as (
    select * from nlp.quotations
),

renamed as (
    select
        document_id,
        text,
        start_char,
        end_char,
        kind,
        cue,
        speaker_entity_id as speaker_document_entity_id,
        speaker_text,
        speaker_start_char,
        speaker_end_char,
        extractor_version
    from source
)

select * from renamed
