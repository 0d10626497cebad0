with mentions as (
    select * from main.fct_event_mentions
    where is_counted and event_id is not null
),

told as (
    select event_id, event_mention_id, source_key, document_id, field, value
    from (
        select
            event_id,
            event_mention_id,
            source_key,
            document_id,
            if(event_date_source = 'text', cast(event_date_start as varchar), null) as event_date_start,
            place_name,
            cast(fatalities as varchar) as fatalities,
            cast(injuries as varchar) as injuries,
            cast(arrests as varchar) as arrests,
            cast(displaced as varchar) as displaced,
            cast(crowd_size as varchar) as crowd_size,
            cast(is_negated as varchar) as is_negated,
            event_type
        from mentions
    )
    unpivot (
        value for field in (
            event_date_start, place_name, fatalities, injuries, arrests, displaced, crowd_size, is_negated, event_type
        )
    )
),

given as (
    select
        event_id,
        field,
        value,
        count(*) as mention_count,
        count(distinct document_id) as document_count,
        list_sort(list(distinct source_key)) as source_keys,
        list(event_mention_id order by event_mention_id) as event_mention_ids
    from told
    group by event_id, field, value
),

final as (
    select
        event_id,
        field,
        value,
        mention_count,
        document_count,
        source_keys,
        event_mention_ids,
        count(*) over (partition by event_id, field) as value_count,
        len(list_distinct(flatten(list(source_keys) over (partition by event_id, field)))) as source_count
    from given
    qualify value_count > 1
)

select * from final
