with months as (
    select * from intermediate.int_event_months
),

events as (
    select * from intermediate.int_dated_events
),

dyads as (
    select * from intermediate.int_event_dyads
),

final as (
    select
        dyads.event_id,
        dyads.country_a,
        dyads.country_b,
        months.event_month,
        months.share,
        events.event_type,
        events.quad_class,
        events.intensity,
        events.is_asserted,
        events.mention_count,
        events.fatalities,
        case
            when dyads.is_a_to_b and dyads.is_b_to_a then 'mutual'
            when dyads.is_a_to_b then 'a_to_b'
            else 'b_to_a'
        end as direction
    from dyads
    inner join events on dyads.event_id = events.event_id
    inner join months on dyads.event_id = months.event_id
)

select * from final
