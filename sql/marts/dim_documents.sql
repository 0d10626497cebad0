with documents as (
    select * from intermediate.int_documents
),

sentences as (
    select
        document_id,
        count(*) as sentence_count
    from staging.stg_sentences
    group by document_id
),

mentions as (
    select
        document_id,
        count(*) as entity_mention_count
    from staging.stg_entity_mentions
    group by document_id
),

not_events as (
    select event_mention_id
    from intermediate.int_event_mention_corrections
    where is_not_event
),

event_mentions as (
    select
        document_id,
        count(*) as event_mention_count
    from staging.stg_event_mentions
    anti join not_events on stg_event_mentions.event_mention_id = not_events.event_mention_id
    group by document_id
),

files as (
    select
        document_id,
        list(path order by path, record_number) as paths
    from staging.stg_document_sources
    group by document_id
),

final as (
    select
        documents.document_id,
        documents.title,
        documents.source_key,
        documents.source_name,
        documents.url,
        documents.author,
        documents.is_title_only,
        documents.licence,
        documents.language,
        documents.published_date,
        documents.published_date_source,
        documents.published_date_evidence,
        documents.is_dated_in_future,
        documents.is_current,
        documents.is_counted,
        documents.duplicate_of,
        coalesce(files.paths, []) as paths,
        length(documents.text) as character_count,
        len(regexp_extract_all(documents.text, '\S+')) as word_count,
        coalesce(sentences.sentence_count, 0) as sentence_count,
        coalesce(mentions.entity_mention_count, 0) as entity_mention_count,
        coalesce(event_mentions.event_mention_count, 0) as event_mention_count,
        documents.extractor_version
    from documents
    left join sentences on documents.document_id = sentences.document_id
    left join mentions on documents.document_id = mentions.document_id
    left join event_mentions on documents.document_id = event_mentions.document_id
    left join files on documents.document_id = files.document_id
)

select * from final
