with source as (
    select * from nlp.quantities
),

renamed as (
    select
        document_id,
        text,
        start_char,
        end_char,
        kind,
        value,
        unit,
        currency,
        modifier,
        measure,
        date_start,
        date_end,
        extractor_version
    from source
)

select * from renamed
