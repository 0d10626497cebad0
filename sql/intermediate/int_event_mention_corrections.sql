with corrections as (
    select * from staging.stg_event_corrections
    where is_applied
),

event_types as (
    select * from staging.stg_event_types
),

named as (
    select
        event_mention_id,
        kind,
        event_type,
        event_mode
    from corrections
    union all
    select
        other_event_mention_id as event_mention_id,
        kind,
        null as event_type,
        null as event_mode
    from corrections
    where kind in ('same', 'different')
),

coded as (
    select
        named.event_mention_id,
        named.kind,
        event_types.event_type,
        event_types.event_mode,
        event_types.quad_class,
        event_types.intensity
    from named
    left join event_types
        on
            named.kind = 'code'
            and named.event_type = event_types.event_type
            and named.event_mode is not distinct from event_types.event_mode
),

-- At most one correction of a mention gives it a code: the latest.
final as (
    select
        event_mention_id,
        string_agg(distinct kind, ', ' order by kind) as correction,
        bool_or(kind = 'not_event') as is_not_event,
        bool_or(kind = 'code') as is_recoded,
        max(event_type) as event_type,
        max(event_mode) as event_mode,
        max(quad_class) as quad_class,
        max(intensity) as intensity
    from coded
    group by event_mention_id
)

select * from final
