-- table: main.agg_fatality_months
-- severity: error
-- description: the dead of a country add up to those of fct_events on its ground
with expected as (
    select
        place_country as country,
        sum(fatalities_min) as fatalities_min,
        sum(fatalities) as fatalities,
        sum(fatalities_max) as fatalities_max,
        sum(injuries) as injuries
    from main.fct_events
    where is_in_aggregates and (fatalities is not null or injuries is not null)
    group by all
),

stored as (
    select
        country,
        sum(fatalities_min) as fatalities_min,
        sum(fatalities) as fatalities,
        sum(fatalities_max) as fatalities_max,
        sum(injuries) as injuries
    from main.agg_fatality_months
    group by all
)

select
    coalesce(stored.country, expected.country) as country,
    stored.fatalities,
    expected.fatalities as expected_fatalities,
    stored.injuries,
    expected.injuries as expected_injuries
from stored
full join expected on stored.country is not distinct from expected.country
where
    abs(coalesce(stored.fatalities_min, 0) - coalesce(expected.fatalities_min, 0)) > 1e-5
    or abs(coalesce(stored.fatalities, 0) - coalesce(expected.fatalities, 0)) > 1e-5
    or abs(coalesce(stored.fatalities_max, 0) - coalesce(expected.fatalities_max, 0)) > 1e-5
    or abs(coalesce(stored.injuries, 0) - coalesce(expected.injuries, 0)) > 1e-5
