with mentions as (
    select * from main.fct_event_mentions
    where event_type in ('SANCTION', 'COERCE', 'RETREAT', 'CONCEDE', 'THREATEN', 'REJECT')
),

-- A base form with its endings.
words as (
    select
        word_role,
        '\b(?:' || string_agg(replace(word, ' ', '\s+'), '|' order by word) || ')(?:s|es|ed|d|ing)?\b' as pattern
    from staging.stg_sanction_words
    group by word_role
),

patterns as (
    select
        max(pattern) filter (where word_role = 'measure') as measure,
        max(pattern) filter (where word_role = 'widen') as widen,
        max(pattern) filter (where word_role = 'extend') as extend
    from words
),

-- The words around the trigger: a measure that a sentence names far from it is another matter.
near as (
    select
        mentions.*,
        lower(
            substring(
                mentions.sentence_text,
                greatest(1, mentions.start_char - mentions.sentence_start_char - 79),
                mentions.end_char - mentions.start_char + 160
            )
        ) as words_near,
        lower(mentions.trigger) as trigger_word
    from mentions
),

found as (
    select
        near.*,
        regexp_extract(near.words_near, patterns.measure) as measure,
        regexp_matches(near.words_near, patterns.widen) as is_widening,
        regexp_matches(near.words_near, patterns.extend) as is_extension
    from near
    cross join patterns
    where regexp_matches(near.words_near, patterns.measure)
),

final as (
    select
        event_mention_id,
        event_id,
        document_id,
        source_name,
        title,
        published_date,
        event_date_start,
        event_date_precision,
        case
            when event_type in ('RETREAT', 'CONCEDE') then 'lifted'
            when event_type = 'THREATEN' then 'threatened'
            when event_type = 'REJECT' then 'refused'
            when is_extension then 'extended'
            when is_widening then 'widened'
            else 'imposed'
        end as step,
        measure,
        actor_names,
        actor_countries,
        recipient_names,
        recipient_countries,
        theme,
        has_occurred,
        modality,
        is_negated,
        is_attributed,
        attributed_to_name,
        is_asserted,
        confidence,
        sentence_text,
        is_counted
    from found
)

select * from final
