with mentions as (
    select * from main.fct_event_mentions
    where event_type in ('SANCTION', 'COERCE', 'RETREAT', 'CONCEDE', 'THREATEN', 'REJECT')
),

-- A base form with its endings; of more than one word, the verb is the first ("stepped up").
words as (
    select
        word_role,
        '\b(?:'
        || string_agg(
            if(
                contains(word, ' '),
                regexp_replace(word, '\s+', '(?:s|d|ed|ped|ping|ing)?\\s+'),
                regexp_replace(word, 'e$', '(?:e|(?:ing))')
            ),
            '|' order by len(word) desc, word
        )
        || ')(?:s|es|ed|d|ing)?\b' as pattern
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

-- How measures begin: most texts hold none of these letters, and a pattern that is no constant is read anew for each.
beginnings as (
    select list(distinct regexp_replace(split_part(word, ' ', 1), 'e$', '')) as measures
    from staging.stg_sanction_words
    where word_role = 'measure'
),

-- The words on either side of the trigger, in its sentence: a measure that is named far from it is another matter.
sided as (
    select
        mentions.*,
        lower(
            substring(
                documents.text,
                greatest(mentions.sentence_start_char, mentions.start_char - 80) + 1,
                mentions.start_char - greatest(mentions.sentence_start_char, mentions.start_char - 80)
            )
        ) as words_before,
        lower(substring(documents.text, mentions.start_char + 1, mentions.end_char - mentions.start_char))
            as trigger_words,
        lower(
            substring(
                documents.text,
                mentions.end_char + 1,
                greatest(least(mentions.sentence_end_char, mentions.end_char + 80) - mentions.end_char, 0)
            )
        ) as words_after
    from mentions
    inner join intermediate.int_documents as documents on mentions.document_id = documents.document_id
),

sought as (
    select
        sided.*,
        list_bool_or(list_transform(beginnings.measures, lambda part: contains(words_before, part))) as is_before,
        list_bool_or(list_transform(beginnings.measures, lambda part: contains(trigger_words, part))) as is_within,
        list_bool_or(list_transform(beginnings.measures, lambda part: contains(words_after, part))) as is_after
    from sided
    cross join beginnings
),

-- From the trigger to the first measure after it, and from the last measure before it, with the words that qualify it.
reaches as (
    select
        sought.*,
        if(is_within, regexp_extract(trigger_words, patterns.measure, 0), '') as measure_within,
        if(is_after, regexp_extract(words_after, '(?s)^(.*?' || patterns.measure || ')', 1), '') as reach_after,
        if(is_before, regexp_extract(words_before, '(?s)^.*(' || patterns.measure || '.*)$', 1), '') as reach_before,
        -- Of "was lifted" the measure stands before, of "lifted" after.
        regexp_matches(words_before, '\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?$') as is_passive
    from sought
    cross join patterns
    where is_before or is_within or is_after
),

found as (
    select
        reaches.*,
        case
            when measure_within <> '' then trigger_words
            when reach_after <> '' and not (is_passive and reach_before <> '') then trigger_words || reach_after
            -- "A further round of sanctions was adopted": what qualifies the measure stands before it.
            when reach_before <> ''
                then
                    regexp_extract(
                        right(left(words_before, len(words_before) - len(reach_before)), 30), '[^,;:]*$', 0
                    )
                    || reach_before
                    || trigger_words
        end as words_of_step
    from reaches
),

told as (
    select
        found.*,
        regexp_extract(found.words_of_step, patterns.measure, 0) as measure,
        case
            when found.event_type in ('RETREAT', 'CONCEDE') then 'lifted'
            when found.event_type = 'THREATEN' then 'threatened'
            when found.event_type = 'REJECT' then 'refused'
            when regexp_matches(found.words_of_step, patterns.extend) then 'extended'
            when regexp_matches(found.words_of_step, patterns.widen) then 'widened'
            else 'imposed'
        end as act
    from found
    cross join patterns
    where found.words_of_step is not null
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
            when is_negated then 'not_taken'
            when not has_occurred then 'planned'
            else act
        end as step,
        act,
        regexp_replace(measure, '\s+', ' ', 'g') as measure,
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
    from told
)

select * from final
