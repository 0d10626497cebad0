with source as (
    select * from nlp.event_participants
),

renamed as (
    select
        event_mention_id,
        document_id,
        role,
        ordinal,
        mention_id,
        entity_id as document_entity_id,
        text,
        start_char,
        end_char,
        country,
        sector,
        extractor_version
    from source
)

select * from renamed
