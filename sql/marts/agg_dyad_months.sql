with joined as (
    select * from intermediate.int_dyad_months
),

countries as (
    select * from staging.stg_countries
),

documents as (
    select * from intermediate.int_documents
    where is_counted
),

aggregated as (
    select
        country_a,
        country_b,
        event_month,
        sum(share) as event_count,
        coalesce(sum(share) filter (where direction = 'a_to_b'), 0.0) as a_to_b_event_count,
        coalesce(sum(share) filter (where direction = 'b_to_a'), 0.0) as b_to_a_event_count,
        coalesce(sum(share) filter (where direction = 'mutual'), 0.0) as mutual_event_count,
        coalesce(sum(share) filter (where quad_class = 1), 0.0) as verbal_cooperation_count,
        coalesce(sum(share) filter (where quad_class = 2), 0.0) as material_cooperation_count,
        coalesce(sum(share) filter (where quad_class = 3), 0.0) as verbal_conflict_count,
        coalesce(sum(share) filter (where quad_class = 4), 0.0) as material_conflict_count,
        coalesce(sum(share) filter (where quad_class in (1, 2)), 0.0) as cooperation_count,
        coalesce(sum(share) filter (where quad_class in (3, 4)), 0.0) as conflict_count,
        coalesce(sum(share * intensity) filter (where intensity > 0), 0.0) as cooperation_intensity,
        coalesce(sum(share * intensity) filter (where intensity < 0), 0.0) as conflict_intensity,
        coalesce(sum(share * intensity), 0.0) as net_intensity,
        coalesce(sum(share) filter (where is_asserted), 0.0) as asserted_event_count,
        coalesce(sum(share) filter (where is_asserted and direction = 'a_to_b'), 0.0) as asserted_a_to_b_event_count,
        coalesce(sum(share) filter (where is_asserted and direction = 'b_to_a'), 0.0) as asserted_b_to_a_event_count,
        coalesce(sum(share) filter (where is_asserted and direction = 'mutual'), 0.0) as asserted_mutual_event_count,
        coalesce(sum(share) filter (where is_asserted and quad_class = 1), 0.0) as asserted_verbal_cooperation_count,
        coalesce(sum(share) filter (where is_asserted and quad_class = 2), 0.0) as asserted_material_cooperation_count,
        coalesce(sum(share) filter (where is_asserted and quad_class = 3), 0.0) as asserted_verbal_conflict_count,
        coalesce(sum(share) filter (where is_asserted and quad_class = 4), 0.0) as asserted_material_conflict_count,
        coalesce(sum(share) filter (where is_asserted and quad_class in (1, 2)), 0.0) as asserted_cooperation_count,
        coalesce(sum(share) filter (where is_asserted and quad_class in (3, 4)), 0.0) as asserted_conflict_count,
        coalesce(sum(share * intensity) filter (where is_asserted and intensity > 0), 0.0)
            as asserted_cooperation_intensity,
        coalesce(sum(share * intensity) filter (where is_asserted and intensity < 0), 0.0)
            as asserted_conflict_intensity,
        coalesce(sum(share * intensity) filter (where is_asserted), 0.0) as asserted_net_intensity,
        sum(share * mention_count) as mention_count
    from joined
    group by all
),

-- Months of the time that the documents cover, between the first and the last event of a pair: a month in which
-- nothing happened is a row too.
covered as (
    select
        unnest(
            generate_series(
                date_trunc('month', min(published_date)), date_trunc('month', max(published_date)), interval 1 month
            )
        ) as event_month
    from documents
),

spans as (
    select
        country_a,
        country_b,
        min(event_month) as first_month,
        max(event_month) as last_month
    from aggregated
    group by all
),

empty_months as (
    select
        spans.country_a,
        spans.country_b,
        cast(covered.event_month as date) as event_month
    from spans
    inner join covered on covered.event_month between spans.first_month and spans.last_month
    anti join aggregated
        on
            spans.country_a = aggregated.country_a
            and spans.country_b = aggregated.country_b
            and covered.event_month = aggregated.event_month
),

dense as (
    select * from aggregated
    union all by name
    select
        country_a,
        country_b,
        event_month,
        0.0 as event_count,
        0.0 as a_to_b_event_count,
        0.0 as b_to_a_event_count,
        0.0 as mutual_event_count,
        0.0 as verbal_cooperation_count,
        0.0 as material_cooperation_count,
        0.0 as verbal_conflict_count,
        0.0 as material_conflict_count,
        0.0 as cooperation_count,
        0.0 as conflict_count,
        0.0 as cooperation_intensity,
        0.0 as conflict_intensity,
        0.0 as net_intensity,
        0.0 as asserted_event_count,
        0.0 as asserted_a_to_b_event_count,
        0.0 as asserted_b_to_a_event_count,
        0.0 as asserted_mutual_event_count,
        0.0 as asserted_verbal_cooperation_count,
        0.0 as asserted_material_cooperation_count,
        0.0 as asserted_verbal_conflict_count,
        0.0 as asserted_material_conflict_count,
        0.0 as asserted_cooperation_count,
        0.0 as asserted_conflict_count,
        0.0 as asserted_cooperation_intensity,
        0.0 as asserted_conflict_intensity,
        0.0 as asserted_net_intensity,
        0.0 as mention_count
    from empty_months
),

-- Windows by calendar: months without a row count as empty.
trends as (
    select
        *,
        sum(event_count) over recent / 3 as event_count_3_months,
        sum(net_intensity) over recent / 3 as net_intensity_3_months,
        net_intensity - coalesce(sum(net_intensity) over previous, 0.0) as net_intensity_change
    from dense
    window
        recent as (
            partition by country_a, country_b
            order by event_month range between interval 2 month preceding and current row
        ),
        previous as (
            partition by country_a, country_b
            order by event_month range between interval 1 month preceding and interval 1 month preceding
        )
),

final as (
    select
        trends.country_a,
        country_a_names.country_name as country_a_name,
        trends.country_b,
        country_b_names.country_name as country_b_name,
        trends.* exclude (country_a, country_b),
        trends.net_intensity / nullif(trends.event_count, 0) as mean_intensity
    from trends
    inner join countries as country_a_names on trends.country_a = country_a_names.country
    inner join countries as country_b_names on trends.country_b = country_b_names.country
)

select * from final
