with mentions as (
    select
        *,
        coalesce(
            'geonames:' || place_geonames_id,
            'place:' || md5(concat_ws('|', place_name, place_country, place_admin1, place_latitude, place_longitude))
        ) as place_id
    from staging.stg_place_mentions
),

documents as (
    select * from intermediate.int_documents
),

events as (
    select * from main.fct_events
),

mentioned as (
    select
        mentions.place_id,
        mentions.place_name,
        mentions.place_country,
        mentions.place_admin1,
        mentions.place_latitude,
        mentions.place_longitude,
        mentions.place_geonames_id,
        mentions.place_precision,
        mentions.document_id,
        documents.is_counted,
        null as event_id
    from mentions
    inner join documents on mentions.document_id = documents.document_id
),

-- A place that only an event names still is a place.
located as (
    select
        place_id,
        place_name,
        place_country,
        place_admin1,
        place_latitude,
        place_longitude,
        place_geonames_id,
        place_precision,
        null as document_id,
        false as is_counted,
        if(document_count > 0 and has_occurred, event_id, null) as event_id
    from events
    where place_id is not null
    union all by name
    select
        place_id,
        place_name,
        place_country,
        place_admin1,
        place_latitude,
        place_longitude,
        place_geonames_id,
        place_precision,
        null as document_id,
        false as is_counted,
        null as event_id
    from main.fct_event_mentions
    where place_id is not null
),

appearances as (
    select * from mentioned
    union all by name
    select * from located
),

-- The gazetteer gives one name and position; where versions of it differ, most rows decide.
described as (
    select
        place_id,
        place_name,
        place_country,
        place_admin1,
        place_latitude,
        place_longitude,
        place_geonames_id,
        place_precision,
        row_number() over (
            partition by place_id
            order by
                count(*) desc, place_name, place_country, place_admin1, place_latitude, place_longitude, place_precision
        ) as description_rank
    from appearances
    group by
        place_id,
        place_name,
        place_country,
        place_admin1,
        place_latitude,
        place_longitude,
        place_geonames_id,
        place_precision
),

counted as (
    select
        place_id,
        count(*) filter (where is_counted) as mention_count,
        count(distinct document_id) filter (where is_counted) as document_count,
        count(distinct event_id) as event_count
    from appearances
    group by place_id
),

countries as (
    select * from staging.stg_countries
),

final as (
    select
        described.place_id,
        described.place_name,
        described.place_country,
        countries.country_name,
        described.place_admin1,
        described.place_latitude,
        described.place_longitude,
        described.place_geonames_id,
        described.place_precision,
        counted.mention_count,
        counted.document_count,
        counted.event_count
    from described
    inner join counted on described.place_id = counted.place_id
    left join countries on described.place_country = countries.country
    where described.description_rank = 1
)

select * from final
