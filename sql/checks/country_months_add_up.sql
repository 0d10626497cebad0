-- table: main.agg_country_months
-- severity: error
-- description: events by quad class add up to the events, which are those of actors and recipients
select
    country,
    event_month,
    event_count
from main.agg_country_months
where
    abs(
        event_count
        - (verbal_cooperation_count + material_cooperation_count + verbal_conflict_count + material_conflict_count)
    ) > 1e-6
    or abs(event_count - (actor_event_count + recipient_event_count - internal_event_count)) > 1e-6
