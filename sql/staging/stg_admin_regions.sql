with source as (
    select * from raw.admin_regions
),

renamed as (
    select
        country,
        name as region_name,
        admin1_code
    from source
)

select * from renamed
