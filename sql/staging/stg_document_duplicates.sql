with source as (
    select * from core.document_duplicates
),

renamed as (
    select
        document_id,
        duplicate_of,
        similarity_score
    from source
)

select * from renamed
