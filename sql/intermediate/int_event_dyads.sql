with countries as (
    select * from staging.stg_countries
    where alpha2 is not null
),

-- Organisations of states ("IGO", "EUR"), which have no alpha-2 code, make no dyad.
pairs as (
    select pairs.*
    from intermediate.int_event_pairs as pairs
    semi join countries as first_countries on pairs.first_country = first_countries.country
    semi join countries as second_countries on pairs.second_country = second_countries.country
    where pairs.first_country <> pairs.second_country
),

-- A pair of countries in alphabetical order, and who acts on whom in the event.
final as (
    select
        event_id,
        least(first_country, second_country) as country_a,
        greatest(first_country, second_country) as country_b,
        bool_or(first_country < second_country) as is_a_to_b,
        bool_or(first_country > second_country) as is_b_to_a
    from pairs
    group by all
)

select * from final
