with mentions as (
    select * from main.fct_event_mentions
    where is_counted and has_occurred
),

participants as (
    select * from intermediate.int_event_participants
),

entity_mentions as (
    select * from staging.stg_entity_mentions
),

documents as (
    select * from intermediate.int_documents
),

story_entities as (
    select * from staging.stg_document_entities
),

countries as (
    select * from staging.stg_countries
),

titled as (
    select
        participants.*,
        countries.country_name,
        countries.cow_code,
        entity_mentions.title
    from participants
    left join entity_mentions on participants.mention_id = entity_mentions.mention_id
    left join countries on participants.country = countries.country
),

-- Every list has an entry for each party, in one order; an entry that is not known is empty.
parties as (
    select
        event_mention_id,
        role,
        string_agg(name, '; ' order by ordinal) as names,
        string_agg(coalesce(country_name, ''), '; ' order by ordinal) as countries,
        string_agg(coalesce(cast(cow_code as varchar), ''), '; ' order by ordinal) as cow_codes,
        arg_min(sector, ordinal) filter (where sector is not null) as primary_sector,
        string_agg(coalesce(sector, ''), '; ' order by ordinal) as sectors,
        string_agg(coalesce(title, ''), '; ' order by ordinal) as titles,
        string_agg(text, '; ' order by ordinal) as raw_names
    from titled
    group by event_mention_id, role
),

stories as (
    select
        document_id,
        string_agg(name, '; ' order by name) filter (where label = 'PERSON') as people,
        string_agg(name, '; ' order by name) filter (where label = 'ORG') as organizations,
        string_agg(name, '; ' order by name) filter (where label in ('GPE', 'LOC', 'FAC')) as locations
    from story_entities
    group by document_id
),

final as (
    select
        mentions.event_mention_id as "Event ID",
        coalesce(mentions.event_date_start, mentions.published_date) as "Event Date",
        mentions.event_type as "Event Type",
        mentions.event_mode as "Event Mode",
        mentions.intensity as "Intensity",
        case mentions.quad_class
            when 1 then 'VERBAL COOPERATION'
            when 2 then 'MATERIAL COOPERATION'
            when 3 then 'VERBAL CONFLICT'
            when 4 then 'MATERIAL CONFLICT'
        end as "Quad Code",
        nullif(array_to_string(mentions.contexts, '; '), '') as "Contexts",
        actors.names as "Actor Name",
        actors.countries as "Actor Country",
        actors.cow_codes as "Actor COW",
        actors.primary_sector as "Primary Actor Sector",
        actors.sectors as "Actor Sectors",
        actors.titles as "Actor Title",
        actors.raw_names as "Actor Name Raw",
        cast(null as varchar) as "Wikipedia Actor ID",
        recipients.names as "Recipient Name",
        recipients.countries as "Recipient Country",
        recipients.cow_codes as "Recipient COW",
        recipients.primary_sector as "Primary Recipient Sector",
        recipients.sectors as "Recipient Sectors",
        recipients.titles as "Recipient Title",
        recipients.raw_names as "Recipient Name Raw",
        cast(null as varchar) as "Wikipedia Recipient ID",
        mentions.place_name as "Placename",
        if(coalesce(mentions.place_precision, 'town') in ('town', 'point'), mentions.place_name, null) as "City",
        if(mentions.place_precision = 'district', mentions.place_name, null) as "District",
        coalesce(mentions.place_admin1, if(mentions.place_precision = 'region', mentions.place_name, null))
            as "Province",
        countries.country_name as "Country",
        mentions.place_latitude as "Latitude",
        mentions.place_longitude as "Longitude",
        mentions.place_geonames_id as "GeoNames ID",
        mentions.place_text as "Raw Placename",
        mentions.place_precision as "Feature Type",
        coalesce(documents.source_name, documents.source_key) as "Source",
        mentions.published_date as "Publication Date",
        stories.people as "Story People",
        stories.organizations as "Story Organizations",
        stories.locations as "Story Locations",
        documents.language as "Language",
        mentions.extractor_version as "Version",
        documents.title as "Headline",
        mentions.document_id as "Story ID"
    from mentions
    inner join documents on mentions.document_id = documents.document_id
    left join parties as actors
        on
            mentions.event_mention_id = actors.event_mention_id
            and actors.role = 'actor'
    left join parties as recipients
        on
            mentions.event_mention_id = recipients.event_mention_id
            and recipients.role = 'recipient'
    left join stories on mentions.document_id = stories.document_id
    left join countries on mentions.place_country = countries.country
)

select * from final
