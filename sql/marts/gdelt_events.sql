with events as (
    select * from main.fct_events
    where has_occurred and document_count > 0
),

parties as (
    select * from intermediate.int_event_parties
    where role in ('actor', 'recipient')
),

pairs as (
    select * from intermediate.int_event_pairs
),

codes as (
    select * from intermediate.int_event_cameo_codes
),

mentions as (
    select * from intermediate.int_event_mentions
),

countries as (
    select * from staging.stg_countries
),

-- An event whose parties all stand on one side has no pair; each of them is a row with the other side empty.
one_sided as (
    select
        parties.event_id,
        if(parties.role = 'actor', parties.participant_id, null) as first_participant_id,
        if(parties.role = 'actor', parties.name, null) as first_name,
        if(parties.role = 'actor', parties.country, null) as first_country,
        if(parties.role = 'actor', parties.sector, null) as first_sector,
        if(parties.role = 'recipient', parties.participant_id, null) as second_participant_id,
        if(parties.role = 'recipient', parties.name, null) as second_name,
        if(parties.role = 'recipient', parties.country, null) as second_country,
        if(parties.role = 'recipient', parties.sector, null) as second_sector
    from parties
    anti join pairs on parties.event_id = pairs.event_id
),

no_parties as (
    select event_id
    from events
    anti join parties on events.event_id = parties.event_id
),

sides as (
    select * exclude (first_entity_id, second_entity_id, is_mutual) from pairs
    union all by name
    select * from one_sided
    union all by name
    select * from no_parties
),

first_reports as (
    select
        events.event_id,
        mentions.url
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

final as (
    select
        -- GDELT's identifier is a number; 60 bits of a hash keep it one.
        cast(
            '0x' || substring(
                md5(
                    concat_ws(
                        '|',
                        events.event_id,
                        coalesce(sides.first_participant_id, ''),
                        coalesce(sides.second_participant_id, '')
                    )
                ), 1, 15
            ) as bigint
        ) as "GLOBALEVENTID",
        -- A date that is not known to the day, or to the month, is not made up.
        if(events.event_date_precision = 'day', cast(strftime(events.event_date_start, '%Y%m%d') as integer), null)
            as "SQLDATE",
        if(
            events.event_date_precision in ('day', 'week', 'month'),
            cast(strftime(events.event_date_start, '%Y%m') as integer),
            null
        ) as "MonthYear",
        if(
            year(events.event_date_start) = year(events.event_date_end),
            cast(year(events.event_date_start) as integer),
            null
        ) as "Year",
        if(
            events.event_date_precision = 'day',
            round(year(events.event_date_start) + (dayofyear(events.event_date_start) - 1) / 366.0, 4),
            null
        ) as "FractionDate",
        coalesce(sides.first_country, '') || coalesce(sides.first_sector, '') as "Actor1Code",
        upper(sides.first_name) as "Actor1Name",
        sides.first_country as "Actor1CountryCode",
        cast(null as varchar) as "Actor1KnownGroupCode",
        cast(null as varchar) as "Actor1EthnicCode",
        cast(null as varchar) as "Actor1Religion1Code",
        cast(null as varchar) as "Actor1Religion2Code",
        sides.first_sector as "Actor1Type1Code",
        cast(null as varchar) as "Actor1Type2Code",
        cast(null as varchar) as "Actor1Type3Code",
        coalesce(sides.second_country, '') || coalesce(sides.second_sector, '') as "Actor2Code",
        upper(sides.second_name) as "Actor2Name",
        sides.second_country as "Actor2CountryCode",
        cast(null as varchar) as "Actor2KnownGroupCode",
        cast(null as varchar) as "Actor2EthnicCode",
        cast(null as varchar) as "Actor2Religion1Code",
        cast(null as varchar) as "Actor2Religion2Code",
        sides.second_sector as "Actor2Type1Code",
        cast(null as varchar) as "Actor2Type2Code",
        cast(null as varchar) as "Actor2Type3Code",
        if(leads.is_in_lead, 1, 0) as "IsRootEvent",
        codes.cameo_code as "EventCode",
        substring(codes.cameo_code, 1, 3) as "EventBaseCode",
        substring(codes.cameo_code, 1, 2) as "EventRootCode",
        events.quad_class as "QuadClass",
        codes.goldstein as "GoldsteinScale",
        events.mention_count as "NumMentions",
        events.source_count as "NumSources",
        events.document_count as "NumArticles",
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
        case
            when events.place_name is null then 0
            when events.place_name = action_places.country_name then 1
            when events.place_country = 'USA' then 3
            else 4
        end as "ActionGeo_Type",
        nullif(
            concat_ws(
                ', ',
                nullif(events.place_name, action_places.country_name),
                events.place_admin1,
                coalesce(action_places.country_name, events.place_country)
            ), ''
        ) as "ActionGeo_Fullname",
        action_places.fips as "ActionGeo_CountryCode",
        action_places.fips as "ActionGeo_ADM1Code",
        cast(null as varchar) as "ActionGeo_ADM2Code",
        events.place_latitude as "ActionGeo_Lat",
        events.place_longitude as "ActionGeo_Long",
        cast(events.place_geonames_id as varchar) as "ActionGeo_FeatureID",
        cast(strftime(events.first_published_date, '%Y%m%d000000') as bigint) as "DATEADDED",
        first_reports.url as "SOURCEURL"
    from events
    inner join sides on events.event_id = sides.event_id
    left join codes on events.event_id = codes.event_id
    left join leads on events.event_id = leads.event_id
    left join first_reports on events.event_id = first_reports.event_id
    left join countries as first_places on sides.first_country = first_places.country
    left join countries as second_places on sides.second_country = second_places.country
    left join countries as action_places on events.place_country = action_places.country
)

select * from final
