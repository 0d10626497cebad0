with mentions as (
    select * from intermediate.int_event_mentions
    where is_counted and has_occurred and event_date_precision = 'day'
),

sides as (
    select * from intermediate.int_event_mention_sides
),

-- The plain count that needs no clustering: of all reports of one day, source, target and type only the first.
final as (
    select
        mentions.event_mention_id,
        mentions.document_id
    from mentions
    left join sides on mentions.event_mention_id = sides.event_mention_id
    qualify
        row_number() over (
            partition by
                mentions.event_date_start,
                coalesce(sides.source_code, ''),
                coalesce(sides.target_code, ''),
                mentions.event_type
            order by
                mentions.published_date nulls last,
                mentions.document_id,
                mentions.start_char,
                mentions.event_mention_id
        ) = 1
)

select * from final
