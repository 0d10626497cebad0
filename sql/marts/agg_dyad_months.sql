with events as (
    select * from intermediate.int_dated_events
),

dyads as (
    select * from intermediate.int_event_dyads
),

countries as (
    select * from staging.stg_countries
),

joined as (
    select
        dyads.country_a,
        dyads.country_b,
        events.event_month,
        events.quad_class,
        events.intensity,
        events.mention_count,
        case
            when dyads.is_a_to_b and dyads.is_b_to_a then 'mutual'
            when dyads.is_a_to_b then 'a_to_b'
            else 'b_to_a'
        end as direction
    from dyads
    inner join events on dyads.event_id = events.event_id
),

aggregated as (
    select
        country_a,
        country_b,
        event_month,
        count(*) as event_count,
        count(*) filter (where direction = 'a_to_b') as a_to_b_event_count,
        count(*) filter (where direction = 'b_to_a') as b_to_a_event_count,
        count(*) filter (where direction = 'mutual') as mutual_event_count,
        count(*) filter (where quad_class = 1) as verbal_cooperation_count,
        count(*) filter (where quad_class = 2) as material_cooperation_count,
        count(*) filter (where quad_class = 3) as verbal_conflict_count,
        count(*) filter (where quad_class = 4) as material_conflict_count,
        count(*) filter (where quad_class in (1, 2)) as cooperation_count,
        count(*) filter (where quad_class in (3, 4)) as conflict_count,
        coalesce(sum(intensity) filter (where intensity > 0), 0.0) as cooperation_intensity,
        coalesce(sum(intensity) filter (where intensity < 0), 0.0) as conflict_intensity,
        sum(intensity) as net_intensity,
        avg(intensity) as mean_intensity,
        cast(sum(mention_count) as bigint) as mention_count
    from joined
    group by all
),

final as (
    select
        aggregated.country_a,
        country_a_names.country_name as country_a_name,
        aggregated.country_b,
        country_b_names.country_name as country_b_name,
        aggregated.* exclude (country_a, country_b)
    from aggregated
    inner join countries as country_a_names on aggregated.country_a = country_a_names.country
    inner join countries as country_b_names on aggregated.country_b = country_b_names.country
)

select * from final
