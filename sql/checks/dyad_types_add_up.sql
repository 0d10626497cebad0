-- table: main.agg_dyad_type_months
-- severity: error
-- description: the types of a pair and month add up to its events
with typed as (
    select country_a, country_b, event_month, sum(event_count) as event_count, sum(net_intensity) as net_intensity
    from main.agg_dyad_type_months
    group by all
)

select
    months.country_a, months.country_b, months.event_month, months.event_count, typed.event_count as typed_event_count
from main.agg_dyad_months as months
full join typed
    on
        months.country_a = typed.country_a and months.country_b = typed.country_b
        and months.event_month = typed.event_month
where
    abs(coalesce(months.event_count, 0) - coalesce(typed.event_count, 0)) > 1e-6
    or abs(coalesce(months.net_intensity, 0) - coalesce(typed.net_intensity, 0)) > 1e-6
