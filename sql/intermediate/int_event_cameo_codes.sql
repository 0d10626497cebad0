with events as (
    select * from staging.stg_events
),

codes as (
    select * from staging.stg_event_codes
),

-- Of the codes that fit, the one for the event's mode wins, then the one for its first context.
ranked as (
    select
        events.event_id,
        codes.cameo_code,
        codes.goldstein,
        row_number() over (
            partition by events.event_id
            order by
                codes.event_mode is null,
                codes.context is null,
                list_position(events.contexts, codes.context),
                codes.cameo_code
        ) as code_rank
    from events
    inner join codes
        on
            events.event_type = codes.event_type
            and (codes.event_mode is null or codes.event_mode = events.event_mode)
            and (codes.context is null or list_contains(events.contexts, codes.context))
),

final as (
    select
        event_id,
        cameo_code,
        goldstein
    from ranked
    where code_rank = 1
)

select * from final
