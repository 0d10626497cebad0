with source as (
    select * from raw.countries
),

renamed as (
    select
        country,
        alpha2,
        fips,
        cameo_code,
        cow_code,
        name as country_name,
        continent,
        capital,
        latitude,
        longitude,
        population
    from source
)

select * from renamed
