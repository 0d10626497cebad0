with source as (
    select * from nlp.event_mentions
),

renamed as (
    select
        event_mention_id,
        document_id,
        trigger,
        start_char,
        end_char,
        sentence_start_char,
        sentence_end_char,
        event_type,
        event_mode,
        contexts,
        quad_class,
        intensity,
        confidence,
        is_negated,
        modality,
        theme,
        theme_start_char,
        theme_end_char,
        event_date_start,
        event_date_end,
        event_date_precision,
        event_date_source,
        place_text,
        place_start_char,
        place_end_char,
        place_name,
        place_country,
        place_admin1,
        place_latitude,
        place_longitude,
        place_geonames_id,
        place_precision,
        place_confidence,
        fatalities,
        injuries,
        arrests,
        displaced,
        crowd_size,
        extractor_version
    from source
)

select * from renamed
