with source as (
    select * from raw.document_sources
),

renamed as (
    select
        document_id,
        file_id,
        path,
        record_number
    from source
)

select * from renamed
