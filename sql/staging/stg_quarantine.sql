with source as (
    select * from raw.quarantine
),

renamed as (
    select
        quarantine_id,
        path,
        record_number,
        content_hash,
        stage,
        reason_code,
        message,
        attempts,
        run_id,
        rejected_at
    from source
)

select * from renamed
