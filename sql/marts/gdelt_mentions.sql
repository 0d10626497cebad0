with pair_mentions as (
    select * from intermediate.int_gdelt_mentions
),

pairs as (
    select * from intermediate.int_gdelt_pairs
),

mentions as (
    select * from intermediate.int_event_mentions
),

events as (
    select * from main.gdelt_events
),

documents as (
    select * from intermediate.int_documents
),

sentences as (
    select * from staging.stg_sentences
),

document_sources as (
    select * from staging.stg_document_sources
),

files as (
    select * from staging.stg_files
),

participants as (
    select * from intermediate.int_event_participants
),

ingested as (
    select
        document_sources.document_id,
        cast(min(files.seen_at) as date) as ingested_day
    from document_sources
    inner join files on document_sources.file_id = files.file_id
    group by document_sources.document_id
),

offsets as (
    select
        event_mention_id,
        role,
        participant_id,
        min(start_char) as start_char
    from participants
    group by event_mention_id, role, participant_id
),

-- Without the texts, which the joins would hold.
described as (
    select
        document_id,
        published_date,
        url,
        source_name,
        source_key,
        length(text) as text_length
    from documents
),

final as (
    select
        pair_mentions.global_event_id as "GLOBALEVENTID",
        events."DATEADDED" as "EventTimeDate",
        cast(strftime(coalesce(described.published_date, ingested.ingested_day), '%Y%m%d000000') as bigint)
            as "MentionTimeDate",
        if(described.url is null, 2, 1) as "MentionType",
        coalesce(
            nullif(regexp_extract(described.url, '^[a-z]+://(?:www\.)?([^/:?#]+)', 1), ''),
            described.source_name,
            described.source_key
        ) as "MentionSourceName",
        coalesce(described.url, 'document:' || described.document_id) as "MentionIdentifier",
        sentences.sentence_number as "SentenceID",
        coalesce(first_offsets.start_char, -1) as "Actor1CharOffset",
        coalesce(second_offsets.start_char, -1) as "Actor2CharOffset",
        mentions.start_char as "ActionCharOffset",
        1 as "InRawText",
        cast(greatest(10, round(mentions.confidence * 10) * 10) as integer) as "Confidence",
        cast(described.text_length as integer) as "MentionDocLen",
        cast(null as double) as "MentionDocTone",
        cast(null as varchar) as "MentionDocTranslationInfo",
        pair_mentions.event_mention_id as "Extras"
    from pair_mentions
    inner join pairs on pair_mentions.global_event_id = pairs.global_event_id
    inner join events on pair_mentions.global_event_id = events."GLOBALEVENTID"
    inner join mentions on pair_mentions.event_mention_id = mentions.event_mention_id
    inner join described on mentions.document_id = described.document_id
    left join ingested on mentions.document_id = ingested.document_id
    left join sentences
        on
            mentions.document_id = sentences.document_id
            and mentions.sentence_start_char = sentences.start_char
    left join offsets as first_offsets
        on
            pair_mentions.event_mention_id = first_offsets.event_mention_id
            and pairs.first_participant_id = first_offsets.participant_id
            and first_offsets.role = 'actor'
    left join offsets as second_offsets
        on
            pair_mentions.event_mention_id = second_offsets.event_mention_id
            and pairs.second_participant_id = second_offsets.participant_id
            and second_offsets.role = if(pairs.is_mutual, 'actor', 'recipient')
)

select * from final
