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
    abs(event_count - (a_to_b_event_count + b_to_a_event_count + mutual_event_count)) > 1e-6
    or abs(event_count - (cooperation_count + conflict_count)) > 1e-6
    or abs(cooperation_count - (verbal_cooperation_count + material_cooperation_count)) > 1e-6
    or abs(conflict_count - (verbal_conflict_count + material_conflict_count)) > 1e-6
    or abs(net_intensity - cooperation_intensity - conflict_intensity) > 1e-6
