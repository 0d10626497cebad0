with event_types as (
    select * from staging.stg_event_types
),

final as (
    select
        event_type || coalesce('/' || event_mode, '') as event_code,
        event_type,
        event_mode,
        quad_class,
        case quad_class
            when 1 then 'verbal cooperation'
            when 2 then 'material cooperation'
            when 3 then 'verbal conflict'
            when 4 then 'material conflict'
        end as quad_class_name,
        intensity,
        is_recipient_required,
        cameo_code,
        substring(cameo_code, 1, 2) as cameo_root_code,
        goldstein,
        definition
    from event_types
)

select * from final
