with passages as (
    select * from main.search_passages
),

stems as (
    select * from staging.stg_word_stems
),

-- Words as warehouse/search_words.py cuts them.
words as (
    select
        passage_id,
        unnest(
            regexp_extract_all(regexp_replace(lower(strip_accents(text)), '[''’]s\b', '', 'g'), '[\p{L}\p{N}]+')
        ) as word
    from passages
),

final as (
    select
        stems.stem,
        words.passage_id,
        cast(count(*) as integer) as token_count
    from words
    inner join stems on words.word = stems.word
    group by all
    order by all
)

select * from final
