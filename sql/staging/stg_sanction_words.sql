with source as (
    select * from raw.sanction_words
),

renamed as (
    select
        word,
        role as word_role
    from source
)

select * from renamed
