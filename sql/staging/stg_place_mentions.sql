with source as (
    select * from nlp.place_mentions
),

renamed as (
    select
        document_id,
        text,
        start_char,
        end_char,
        name as place_name,
        country as place_country,
        admin1 as place_admin1,
        latitude as place_latitude,
        longitude as place_longitude,
        geonames_id as place_geonames_id,
        precision as place_precision,
        confidence,
        extractor_version
    from source
)

select * from renamed
