with source as (
    select * from nlp.entities
),

renamed as (
    select
        document_id,
        entity_id as document_entity_id,
        name,
        label,
        country,
        sector,
        titles,
        extractor_version
    from source
)

select * from renamed
