-- table: main.agg_place_months
-- severity: error
-- description: the events of a place add up to those of fct_events in it
with expected as (
    select place_id, count(*) as event_count
    from main.fct_events
    where
        place_id is not null and has_occurred and document_count > 0
        and event_date_precision in ('day', 'week', 'month', 'quarter', 'season', 'year')
        and event_date_end <= event_date_start + interval 10 year
    group by all
),

stored as (
    select place_id, sum(event_count) as event_count
    from main.agg_place_months
    group by all
)

select
    coalesce(stored.place_id, expected.place_id) as place_id,
    stored.event_count,
    expected.event_count as expected_event_count
from stored
full join expected on stored.place_id = expected.place_id
where abs(coalesce(stored.event_count, 0) - coalesce(expected.event_count, 0)) > 1e-5
