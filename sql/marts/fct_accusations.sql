with mentions as (
    select * from main.fct_event_mentions
    where event_type = 'ACCUSE' and not is_negated
),

quotations as (
    select * from main.fct_quotations
),

-- What a reader is shown: the accuser's own words in the sentence, those of the surest speaker first.
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
                quotations.kind,
                quotations.start_char,
                quotations.end_char
        ) as quotation_rank
    from mentions
    inner join quotations
        on
            mentions.document_id = quotations.document_id
            and quotations.start_char < mentions.sentence_end_char
            and quotations.end_char > mentions.sentence_start_char
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
