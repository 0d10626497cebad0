with mentions as (
    select * from intermediate.int_event_mentions
),

documents as (
    select * from intermediate.int_documents
),

participants as (
    select * from intermediate.int_event_participants
),

parties as (
    select
        event_mention_id,
        list(name order by ordinal) filter (where role = 'actor') as actor_names,
        list(text order by ordinal) filter (where role = 'actor') as actor_texts,
        list(country order by ordinal) filter (where role = 'actor') as actor_countries,
        list(sector order by ordinal) filter (where role = 'actor') as actor_sectors,
        list(name order by ordinal) filter (where role = 'recipient') as recipient_names,
        list(text order by ordinal) filter (where role = 'recipient') as recipient_texts,
        list(country order by ordinal) filter (where role = 'recipient') as recipient_countries,
        list(sector order by ordinal) filter (where role = 'recipient') as recipient_sectors,
        any_value(name) filter (where role = 'attribution') as attributed_to_name,
        any_value(text) filter (where role = 'attribution') as attributed_to_text,
        any_value(country) filter (where role = 'attribution') as attributed_to_country,
        any_value(sector) filter (where role = 'attribution') as attributed_to_sector
    from participants
    group by event_mention_id
),

firsts as (
    select * from intermediate.int_first_event_mentions
),

final as (
    select
        mentions.event_mention_id,
        mentions.event_id,
        mentions.document_id,
        mentions.source_key,
        mentions.source_name,
        documents.title,
        mentions.published_date,
        mentions.event_type,
        mentions.event_mode,
        mentions.contexts,
        mentions.quad_class,
        mentions.intensity,
        coalesce(parties.actor_names, []) as actor_names,
        coalesce(parties.actor_texts, []) as actor_texts,
        coalesce(parties.actor_countries, []) as actor_countries,
        coalesce(parties.actor_sectors, []) as actor_sectors,
        coalesce(parties.recipient_names, []) as recipient_names,
        coalesce(parties.recipient_texts, []) as recipient_texts,
        coalesce(parties.recipient_countries, []) as recipient_countries,
        coalesce(parties.recipient_sectors, []) as recipient_sectors,
        mentions.theme,
        mentions.theme_start_char,
        mentions.theme_end_char,
        parties.attributed_to_name,
        parties.attributed_to_text,
        parties.attributed_to_country,
        parties.attributed_to_sector,
        mentions.modality,
        mentions.is_negated,
        mentions.has_occurred,
        mentions.is_attributed,
        mentions.is_asserted,
        mentions.confidence,
        mentions.event_date_start,
        mentions.event_date_end,
        mentions.event_date_precision,
        mentions.event_date_source,
        if(
            mentions.place_name is null,
            null,
            coalesce(
                'geonames:' || mentions.place_geonames_id,
                'place:'
                || md5(
                    concat_ws(
                        '|',
                        mentions.place_name,
                        mentions.place_country,
                        mentions.place_admin1,
                        mentions.place_latitude,
                        mentions.place_longitude
                    )
                )
            )
        ) as place_id,
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
        trim(
            regexp_replace(
                substring(
                    documents.text,
                    mentions.sentence_start_char + 1,
                    mentions.sentence_end_char - mentions.sentence_start_char
                ),
                '\s+',
                ' ',
                'g'
            )
        ) as sentence_text,
        mentions.trigger,
        mentions.start_char,
        mentions.end_char,
        mentions.sentence_start_char,
        mentions.sentence_end_char,
        mentions.link_method,
        mentions.link_score,
        mentions.correction,
        mentions.is_counted,
        firsts.event_mention_id is not null as is_first_of_day,
        mentions.extractor_version
    from mentions
    inner join documents on mentions.document_id = documents.document_id
    left join parties on mentions.event_mention_id = parties.event_mention_id
    left join firsts on mentions.event_mention_id = firsts.event_mention_id
)

select * from final
