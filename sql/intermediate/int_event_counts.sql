with mentions as (
    select * from intermediate.int_event_mentions
    where is_counted and event_id is not null
),

told as (
    unpivot mentions
    on fatalities, injuries, arrests, displaced, crowd_size
    into name measure value count
),

-- How sure a figure is: the quantity of the sentence that has its value may say "at least" or "about".
qualified as (
    select
        told.event_id,
        told.measure,
        told.count,
        told.event_mention_id,
        told.published_date,
        told.is_dated_in_future,
        told.confidence,
        told.start_char,
        bool_or(quantities.modifier is not null) as is_qualified
    from told
    left join staging.stg_quantities as quantities
        on
            told.document_id = quantities.document_id
            and quantities.start_char >= told.sentence_start_char
            and quantities.end_char <= told.sentence_end_char
            and quantities.value = told.count
    group by all
),

ranked as (
    select
        *,
        row_number() over (
            partition by event_id, measure
            order by
                coalesce(is_qualified, false),
                is_dated_in_future,
                published_date desc nulls last,
                confidence desc,
                event_mention_id
        ) as best_rank
    from qualified
),

final as (
    select
        event_id,
        measure,
        min(count) as count_min,
        max(count) filter (where best_rank = 1) as count_best,
        max(count) as count_max,
        count(*) as mention_count,
        max(event_mention_id) filter (where best_rank = 1) as best_event_mention_id,
        list(event_mention_id order by published_date nulls last, event_mention_id) as event_mention_ids
    from ranked
    group by event_id, measure
)

select * from final
