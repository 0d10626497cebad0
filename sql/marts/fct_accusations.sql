with mentions as (
    select * from main.fct_event_mentions
    where event_type = 'ACCUSE' and not is_negated
),

quotations as (
    select * from main.fct_quotations
),

-- The sentence after the accusation, in which the accuser often goes on.
next_sentences as (
    select
        mentions.event_mention_id,
        coalesce(min(sentences.end_char), mentions.sentence_end_char) as next_end_char
    from mentions
    left join staging.stg_sentences as sentences
        on
            mentions.document_id = sentences.document_id
            and sentences.start_char >= mentions.sentence_end_char
    group by mentions.event_mention_id, mentions.sentence_end_char
),

-- What a reader is shown: words of the accusing sentence, or of the accuser in the next one;
-- never those of the accused.
quoted as (
    select
        mentions.event_mention_id,
        quotations.quotation_id,
        quotations.text as quotation,
        quotations.speaker_entity_id,
        quotations.speaker_name,
        row_number() over (
            partition by mentions.event_mention_id
            order by
                list_contains(mentions.actor_names, quotations.speaker_name) desc,
                quotations.speaker_name is not null desc,
                quotations.start_char >= mentions.sentence_end_char,
                list_position(['direct', 'mixed', 'indirect'], quotations.kind),
                quotations.start_char,
                quotations.end_char
        ) as quotation_rank
    from mentions
    inner join quotations
        on
            mentions.document_id = quotations.document_id
            and quotations.end_char > mentions.sentence_start_char
    inner join next_sentences
        on
            mentions.event_mention_id = next_sentences.event_mention_id
            and quotations.start_char < next_sentences.next_end_char
    where
        not coalesce(list_contains(mentions.recipient_names, quotations.speaker_name), false)
        and (
            quotations.start_char < mentions.sentence_end_char
            or list_contains(mentions.actor_names, quotations.speaker_name)
        )
),

final as (
    select
        mentions.event_mention_id,
        mentions.event_id,
        mentions.document_id,
        mentions.source_name,
        mentions.title,
        mentions.published_date,
        mentions.event_date_start,
        mentions.event_mode,
        mentions.actor_names as accuser_names,
        mentions.actor_countries as accuser_countries,
        mentions.recipient_names as accused_names,
        mentions.recipient_countries as accused_countries,
        mentions.theme,
        quoted.quotation_id,
        quoted.quotation,
        quoted.speaker_name,
        mentions.sentence_text,
        mentions.has_occurred,
        mentions.modality,
        mentions.is_attributed,
        mentions.attributed_to_name,
        mentions.is_asserted,
        mentions.confidence,
        mentions.is_counted
    from mentions
    left join quoted
        on
            mentions.event_mention_id = quoted.event_mention_id
            and quoted.quotation_rank = 1
)

select * from final
