with mentions as (
    select * from staging.stg_event_mentions
),

links as (
    select * from staging.stg_event_links
),

documents as (
    select * from intermediate.int_documents
),

corrections as (
    select * from intermediate.int_event_mention_corrections
),

-- What a text gives somebody else's word for.
attributed as (
    select distinct event_mention_id from staging.stg_event_participants
    where role = 'attribution'
),

settings as (
    select max(setting_value) as asserted_confidence from staging.stg_analysis_settings
    where setting = 'asserted_confidence'
),

final as (
    select
        mentions.event_mention_id,
        links.event_id,
        mentions.document_id,
        documents.source_key,
        documents.source_name,
        documents.url,
        documents.published_date,
        documents.is_counted and not coalesce(corrections.is_not_event, false) as is_counted,
        not contains(substring(documents.text, 1, mentions.start_char), chr(10)) as is_in_lead,
        mentions.trigger,
        mentions.start_char,
        mentions.end_char,
        mentions.sentence_start_char,
        mentions.sentence_end_char,
        coalesce(corrections.event_type, mentions.event_type) as event_type,
        if(corrections.is_recoded, corrections.event_mode, mentions.event_mode) as event_mode,
        mentions.contexts,
        coalesce(corrections.quad_class, mentions.quad_class) as quad_class,
        coalesce(corrections.intensity, mentions.intensity) as intensity,
        mentions.confidence,
        mentions.is_negated,
        mentions.modality,
        not mentions.is_negated and mentions.modality in ('actual', 'historical') as has_occurred,
        attributed.event_mention_id is not null as is_attributed,
        attributed.event_mention_id is null
        and coalesce(mentions.confidence >= settings.asserted_confidence, false) as is_asserted,
        mentions.theme,
        mentions.theme_start_char,
        mentions.theme_end_char,
        mentions.event_date_start,
        mentions.event_date_end,
        mentions.event_date_precision,
        mentions.event_date_source,
        mentions.place_text,
        mentions.place_name,
        mentions.place_country,
        mentions.place_admin1,
        mentions.place_latitude,
        mentions.place_longitude,
        mentions.place_geonames_id,
        mentions.place_precision,
        mentions.place_confidence,
        mentions.fatalities,
        mentions.injuries,
        mentions.arrests,
        mentions.displaced,
        mentions.crowd_size,
        links.method as link_method,
        links.score as link_score,
        corrections.correction,
        mentions.extractor_version
    from mentions
    inner join documents on mentions.document_id = documents.document_id
    left join links on mentions.event_mention_id = links.event_mention_id
    left join corrections on mentions.event_mention_id = corrections.event_mention_id
    left join attributed on mentions.event_mention_id = attributed.event_mention_id
    cross join settings
)

select * from final
