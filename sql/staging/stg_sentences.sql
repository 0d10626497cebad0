with source as (
    select * from nlp.sentences
),

renamed as (
    select
        document_id,
        sentence_number,
        start_char,
        end_char,
        extractor_version
    from source
)

select * from renamed
