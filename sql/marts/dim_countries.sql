with countries as (
    select * from staging.stg_countries
),

final as (
    select
        country,
        alpha2,
        fips,
        cameo_code,
        cow_code,
        country_name,
        continent,
        capital,
        latitude,
        longitude,
        population
    from countries
)

select * from final
