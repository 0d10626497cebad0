with source as (
    select * from core.events
),

renamed as (
    select
        event_id,
        event_type,
        event_mode,
        contexts,
        quad_class,
        intensity,
        confidence,
        is_negated,
        modality,
        event_date_start,
        event_date_end,
        event_date_precision,
        event_date_source,
        place_name,
        place_country,
        place_admin1,
        place_latitude,
        place_longitude,
        place_geonames_id,
        place_precision,
        place_confidence,
        mention_count,
        document_count,
        first_published_date
    from source
)

select * from renamed
