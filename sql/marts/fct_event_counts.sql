with counts as (
    select * from intermediate.int_event_counts
),

final as (
    select
        event_id,
        measure,
        count_min,
        count_best,
        count_max,
        mention_count,
        best_event_mention_id,
        event_mention_ids
    from counts
)

select * from final
