with documents as (
    select * from intermediate.int_documents
),

titles as (
    select
        document_id,
        'title' as kind,
        cast(null as integer) as start_char,
        cast(null as integer) as end_char,
        title as text
    from documents
    where title is not null
),

sentences as (
    select
        sentences.document_id,
        'sentence' as kind,
        sentences.start_char,
        sentences.end_char,
        substring(documents.text, sentences.start_char + 1, sentences.end_char - sentences.start_char) as text
    from staging.stg_sentences as sentences
    inner join documents on sentences.document_id = documents.document_id
),

quotations as (
    select
        document_id,
        'quotation' as kind,
        start_char,
        end_char,
        text
    from staging.stg_quotations
),

passages as (
    select * from titles
    union all
    select * from sentences
    union all
    select * from quotations
),

final as (
    select
        -- The same in every publication, so that the index of other documents stays as it is.
        cast(
            md5_number_lower(concat_ws(' ', document_id, kind, start_char, end_char)) & 9223372036854775807 as bigint
        ) as passage_id,
        document_id,
        kind,
        start_char,
        end_char,
        trim(regexp_replace(text, '\s+', ' ', 'g')) as text,
        cast(
            len(
                regexp_extract_all(
                    regexp_replace(lower(strip_accents(text)), '[''’]s\b', '', 'g'), '[\p{L}\p{N}]+'
                )
            ) as integer
        ) as word_count
    from passages
)

select * from final
