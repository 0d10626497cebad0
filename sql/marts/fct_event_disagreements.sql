with mentions as (
    select * from main.fct_event_mentions
    where is_counted and event_id is not null
),

-- A country that holds the town of another report contradicts nothing.
finer as (
    select distinct
        event_id,
        place_country
    from mentions
    where place_precision <> 'country'
),

comparable as (
    select
        mentions.event_id,
        mentions.event_mention_id,
        mentions.source_key,
        mentions.document_id,
        -- "In March" contradicts no day of March.
        if(
            mentions.event_date_source = 'text' and mentions.event_date_precision = 'day',
            cast(mentions.event_date_start as varchar),
            null
        ) as event_date_start,
        if(mentions.place_precision = 'country' and finer.event_id is not null, null, mentions.place_name)
            as place_name,
        cast(mentions.fatalities as varchar) as fatalities,
        cast(mentions.injuries as varchar) as injuries,
        cast(mentions.arrests as varchar) as arrests,
        cast(mentions.displaced as varchar) as displaced,
        cast(mentions.crowd_size as varchar) as crowd_size,
        cast(mentions.is_negated as varchar) as is_negated,
        mentions.event_type
    from mentions
    left join finer
        on
            mentions.event_id = finer.event_id
            and mentions.place_country = finer.place_country
),

told as (
    unpivot comparable
    on event_date_start, place_name, fatalities, injuries, arrests, displaced, crowd_size, is_negated, event_type
    into name field value value
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
