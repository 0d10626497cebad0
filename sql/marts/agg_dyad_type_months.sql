with joined as (
    select * from intermediate.int_dyad_months
),

final as (
    select
        country_a,
        country_b,
        event_month,
        event_type,
        any_value(quad_class) as quad_class,
        sum(share) as event_count,
        coalesce(sum(share) filter (where is_asserted), 0.0) as asserted_event_count,
        sum(share * intensity) as net_intensity,
        coalesce(sum(share * intensity) filter (where is_asserted), 0.0) as asserted_net_intensity,
        sum(share * mention_count) as mention_count,
        sum(share * fatalities) as fatalities
    from joined
    group by country_a, country_b, event_month, event_type
)

select * from final
