with pairs as (
    select * from intermediate.int_event_entity_pairs
),

months as (
    select * from intermediate.int_event_months
),

events as (
    select * from intermediate.int_dated_events
),

entities as (
    select * from staging.stg_entities
),

aggregated as (
    select
        pairs.entity_a_id,
        pairs.entity_b_id,
        months.event_month,
        sum(months.share) as event_count,
        coalesce(sum(months.share) filter (where pairs.is_a_to_b and not pairs.is_b_to_a), 0.0) as a_to_b_event_count,
        coalesce(sum(months.share) filter (where pairs.is_b_to_a and not pairs.is_a_to_b), 0.0) as b_to_a_event_count,
        coalesce(sum(months.share) filter (where pairs.is_a_to_b and pairs.is_b_to_a), 0.0) as mutual_event_count,
        coalesce(sum(months.share) filter (where events.quad_class in (1, 2)), 0.0) as cooperation_count,
        coalesce(sum(months.share) filter (where events.quad_class in (3, 4)), 0.0) as conflict_count,
        sum(months.share * events.intensity) as net_intensity,
        coalesce(sum(months.share) filter (where events.is_asserted), 0.0) as asserted_event_count,
        coalesce(sum(months.share * events.intensity) filter (where events.is_asserted), 0.0) as asserted_net_intensity
    from pairs
    inner join events on pairs.event_id = events.event_id
    inner join months on pairs.event_id = months.event_id
    group by all
),

final as (
    select
        aggregated.entity_a_id,
        entities_a.name as entity_a_name,
        aggregated.entity_b_id,
        entities_b.name as entity_b_name,
        aggregated.* exclude (entity_a_id, entity_b_id)
    from aggregated
    inner join entities as entities_a on aggregated.entity_a_id = entities_a.entity_id
    inner join entities as entities_b on aggregated.entity_b_id = entities_b.entity_id
)

select * from final
