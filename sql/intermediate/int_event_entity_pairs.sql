with pairs as (
    select * from intermediate.int_event_pairs
    where first_entity_id <> second_entity_id
),

final as (
    select
        event_id,
        least(first_entity_id, second_entity_id) as entity_a_id,
        greatest(first_entity_id, second_entity_id) as entity_b_id,
        bool_or(first_entity_id < second_entity_id) as is_a_to_b,
        bool_or(first_entity_id > second_entity_id) as is_b_to_a
    from pairs
    group by all
)

select * from final
