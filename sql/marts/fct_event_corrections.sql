with corrections as (
    select * from staging.stg_event_corrections
),

-- Few of them: all mentions need not be joined.
mentions as (
    select * from main.fct_event_mentions
    where event_mention_id in (select unnest([event_mention_id, other_event_mention_id]) from corrections)
),

extracted as (
    select * from staging.stg_event_mentions
    where event_mention_id in (select event_mention_id from corrections)
),

final as (
    select
        corrections.line_number,
        corrections.kind,
        corrections.event_mention_id,
        corrections.other_event_mention_id,
        corrections.event_type,
        corrections.event_mode,
        corrections.note,
        corrections.who,
        corrections.corrected_on,
        corrections.is_applied,
        corrections.reason,
        extracted.event_type as extracted_event_type,
        extracted.event_mode as extracted_event_mode,
        mentions.event_id,
        other_mentions.event_id as other_event_id,
        mentions.sentence_text,
        other_mentions.sentence_text as other_sentence_text
    from corrections
    left join extracted on corrections.event_mention_id = extracted.event_mention_id
    left join mentions on corrections.event_mention_id = mentions.event_mention_id
    left join mentions as other_mentions on corrections.other_event_mention_id = other_mentions.event_mention_id
)

select * from final
