with participants as (
    select * from intermediate.int_event_participants
),

-- A side is known by countries and sectors as event data codes it, by its words where it has neither.
final as (
    select
        event_mention_id,
        document_id,
        string_agg(
            distinct coalesce(nullif(concat_ws(':', country, sector), ''), lower(text)), '|'
            order by coalesce(nullif(concat_ws(':', country, sector), ''), lower(text))
        ) filter (where role = 'actor') as source_code,
        string_agg(
            distinct coalesce(nullif(concat_ws(':', country, sector), ''), lower(text)), '|'
            order by coalesce(nullif(concat_ws(':', country, sector), ''), lower(text))
        ) filter (where role = 'recipient') as target_code
    from participants
    group by event_mention_id, document_id
)

select * from final
