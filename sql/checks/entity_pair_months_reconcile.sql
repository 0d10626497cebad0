-- table: main.agg_entity_pair_months
-- severity: error
-- description: months of two entities add up to no more than all their events
-- key: entity_a_id
with months as (
    select entity_a_id, entity_b_id, sum(event_count) as event_count
    from main.agg_entity_pair_months
    group by all
)

select months.entity_a_id, months.entity_b_id, months.event_count, pairs.event_count as pair_event_count
from months
left join main.agg_entity_pairs as pairs
    on months.entity_a_id = pairs.entity_a_id and months.entity_b_id = pairs.entity_b_id
where months.event_count > coalesce(pairs.event_count, 0) + 1e-6
