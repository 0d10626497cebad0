with pairs as (
    select * from intermediate.int_gdelt_pairs
),

events as (
    select * from main.fct_events
),

pair_mentions as (
    select * from intermediate.int_gdelt_mentions
),

codes as (
    select * from intermediate.int_event_cameo_codes
),

mentions as (
    select * from intermediate.int_event_mentions
),

countries as (
    select * from staging.stg_countries
    where alpha2 is not null
),

admin_regions as (
    select * from staging.stg_admin_regions
),

document_sources as (
    select * from staging.stg_document_sources
),

files as (
    select * from staging.stg_files
),

-- The day a document came in stands for its day of publication where that is not known.
ingested as (
    select
        document_sources.document_id,
        cast(min(files.seen_at) as date) as ingested_day
    from document_sources
    inner join files on document_sources.file_id = files.file_id
    group by document_sources.document_id
),

dated as (
    select
        events.event_id,
        coalesce(events.first_published_date, ingested.ingested_day) as added_day,
        coalesce(events.event_date_start, added_day) as event_day
    from events
    left join ingested on events.first_document_id = ingested.document_id
),

first_reports as (
    select
        events.event_id,
        coalesce(mentions.url, 'document:' || mentions.document_id) as url
    from events
    inner join mentions on events.first_event_mention_id = mentions.event_mention_id
),

leads as (
    select
        event_id,
        bool_or(is_in_lead) as is_in_lead
    from mentions
    where is_counted
    group by event_id
),

counted as (
    select
        global_event_id,
        count(*) as mention_count,
        count(*) filter (where is_first_of_source) as source_count,
        count(*) filter (where is_first_of_document) as document_count
    from pair_mentions
    group by global_event_id
),

-- Kinds of places: 1 country, 2 state of the United States, 3 place in it, 4 place elsewhere, 5 state elsewhere.
placed as (
    select
        events.event_id,
        events.place_name,
        events.place_admin1,
        events.place_latitude,
        events.place_longitude,
        events.place_geonames_id,
        countries.country_name,
        countries.fips,
        case
            when events.place_precision = 'country' or events.place_name = countries.country_name then 1
            when events.place_precision = 'region' and countries.country = 'USA' then 2
            when events.place_precision = 'region' then 5
            when countries.country = 'USA' then 3
            else 4
        end as geo_type,
        countries.fips || if(geo_type = 1, '', coalesce(admin_regions.admin1_code, '')) as adm1_code
    from events
    inner join countries on events.place_country = countries.country
    left join admin_regions
        on
            events.place_country = admin_regions.country
            and coalesce(events.place_admin1, if(events.place_precision = 'region', events.place_name, null))
            = admin_regions.region_name
    where events.place_name is not null and coalesce(events.place_precision, 'town') <> 'area'
),

final as (
    select
        pairs.global_event_id as "GLOBALEVENTID",
        cast(strftime(dated.event_day, '%Y%m%d') as integer) as "SQLDATE",
        cast(strftime(dated.event_day, '%Y%m') as integer) as "MonthYear",
        cast(year(dated.event_day) as integer) as "Year",
        -- GDELT's own approximation, with months of 30 days and years of 365.
        round(year(dated.event_day) + ((month(dated.event_day) - 1) * 30 + day(dated.event_day)) / 365.0, 4)
            as "FractionDate",
        nullif(
            concat(pairs.first_country_code, pairs.first_type_code, pairs.first_known_group), ''
        ) as "Actor1Code",
        upper(pairs.first_name) as "Actor1Name",
        pairs.first_country_code as "Actor1CountryCode",
        pairs.first_known_group as "Actor1KnownGroupCode",
        cast(null as varchar) as "Actor1EthnicCode",
        cast(null as varchar) as "Actor1Religion1Code",
        cast(null as varchar) as "Actor1Religion2Code",
        pairs.first_type_code as "Actor1Type1Code",
        cast(null as varchar) as "Actor1Type2Code",
        cast(null as varchar) as "Actor1Type3Code",
        nullif(
            concat(pairs.second_country_code, pairs.second_type_code, pairs.second_known_group), ''
        ) as "Actor2Code",
        upper(pairs.second_name) as "Actor2Name",
        pairs.second_country_code as "Actor2CountryCode",
        pairs.second_known_group as "Actor2KnownGroupCode",
        cast(null as varchar) as "Actor2EthnicCode",
        cast(null as varchar) as "Actor2Religion1Code",
        cast(null as varchar) as "Actor2Religion2Code",
        pairs.second_type_code as "Actor2Type1Code",
        cast(null as varchar) as "Actor2Type2Code",
        cast(null as varchar) as "Actor2Type3Code",
        if(leads.is_in_lead, 1, 0) as "IsRootEvent",
        codes.cameo_code as "EventCode",
        substring(codes.cameo_code, 1, 3) as "EventBaseCode",
        substring(codes.cameo_code, 1, 2) as "EventRootCode",
        case
            when substring(codes.cameo_code, 1, 2) <= '05' then 1
            when substring(codes.cameo_code, 1, 2) <= '08' then 2
            when substring(codes.cameo_code, 1, 2) <= '13' then 3
            else 4
        end as "QuadClass",
        codes.goldstein as "GoldsteinScale",
        coalesce(counted.mention_count, 0) as "NumMentions",
        coalesce(counted.source_count, 0) as "NumSources",
        coalesce(counted.document_count, 0) as "NumArticles",
        cast(null as double) as "AvgTone",
        if(first_places.country is null, 0, 1) as "Actor1Geo_Type",
        first_places.country_name as "Actor1Geo_Fullname",
        first_places.fips as "Actor1Geo_CountryCode",
        first_places.fips as "Actor1Geo_ADM1Code",
        cast(null as varchar) as "Actor1Geo_ADM2Code",
        first_places.latitude as "Actor1Geo_Lat",
        first_places.longitude as "Actor1Geo_Long",
        first_places.fips as "Actor1Geo_FeatureID",
        if(second_places.country is null, 0, 1) as "Actor2Geo_Type",
        second_places.country_name as "Actor2Geo_Fullname",
        second_places.fips as "Actor2Geo_CountryCode",
        second_places.fips as "Actor2Geo_ADM1Code",
        cast(null as varchar) as "Actor2Geo_ADM2Code",
        second_places.latitude as "Actor2Geo_Lat",
        second_places.longitude as "Actor2Geo_Long",
        second_places.fips as "Actor2Geo_FeatureID",
        coalesce(placed.geo_type, 0) as "ActionGeo_Type",
        nullif(concat_ws(
            ', ',
            if(placed.geo_type = 1, null, placed.place_name),
            if(placed.geo_type in (3, 4), placed.place_admin1, null),
            placed.country_name
        ), '') as "ActionGeo_Fullname",
        placed.fips as "ActionGeo_CountryCode",
        placed.adm1_code as "ActionGeo_ADM1Code",
        cast(null as varchar) as "ActionGeo_ADM2Code",
        placed.place_latitude as "ActionGeo_Lat",
        placed.place_longitude as "ActionGeo_Long",
        if(placed.geo_type in (3, 4), cast(placed.place_geonames_id as varchar), placed.adm1_code)
            as "ActionGeo_FeatureID",
        cast(strftime(dated.added_day, '%Y%m%d000000') as bigint) as "DATEADDED",
        first_reports.url as "SOURCEURL"
    from pairs
    inner join dated on pairs.event_id = dated.event_id
    left join codes on pairs.event_id = codes.event_id
    left join leads on pairs.event_id = leads.event_id
    left join first_reports on pairs.event_id = first_reports.event_id
    left join counted on pairs.global_event_id = counted.global_event_id
    left join placed on pairs.event_id = placed.event_id
    left join countries as first_places on pairs.first_country = first_places.country
    left join countries as second_places on pairs.second_country = second_places.country
)

select * from final
