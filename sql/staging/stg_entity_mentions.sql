with source as (
    select * from nlp.entity_mentions
),

renamed as (
    select
        mention_id,
        document_id,
        entity_id as document_entity_id,
        label,
        text,
        start_char,
        end_char,
        is_name,
        title,
        country,
        sector,
        extractor_version
    from source
)

select * from renamed
