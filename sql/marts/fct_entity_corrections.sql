with corrections as (
    select * from staging.stg_entity_corrections
),

-- Few of them: all mentions need not be joined.
mentions as (
    select * from main.fct_entity_mentions
    where mention_id in (select unnest([entity_mention_id, other_entity_mention_id]) from corrections)
),

final as (
    select
        corrections.line_number,
        corrections.kind,
        corrections.entity_mention_id,
        corrections.other_entity_mention_id,
        corrections.note,
        corrections.who,
        corrections.corrected_on,
        corrections.is_applied,
        corrections.reason,
        mentions.entity_id,
        other_mentions.entity_id as other_entity_id,
        mentions.entity_name,
        other_mentions.entity_name as other_entity_name,
        mentions.text as mention_text,
        other_mentions.text as other_mention_text
    from corrections
    left join mentions on corrections.entity_mention_id = mentions.mention_id
    left join mentions as other_mentions on corrections.other_entity_mention_id = other_mentions.mention_id
)

select * from final
