with source as (
    select * from core.word_stems
),

renamed as (
    select
        word,
        stem
    from source
)

select * from renamed
