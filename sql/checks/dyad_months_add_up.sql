-- table: main.agg_dyad_months
-- severity: error
-- description: events by direction and by quad class both add up to the events, and intensities to the net
select
    country_a,
    country_b,
    event_month,
    event_count
from main.agg_dyad_months
where
    event_count <> a_to_b_event_count + b_to_a_event_count + mutual_event_count
    or event_count <> cooperation_count + conflict_count
    or cooperation_count <> verbal_cooperation_count + material_cooperation_count
    or conflict_count <> verbal_conflict_count + material_conflict_count
    or abs(net_intensity - cooperation_intensity - conflict_intensity) > 1e-6
