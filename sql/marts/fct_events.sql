with events as (
    select * from staging.stg_events
),

mentions as (
    select * from main.fct_event_mentions
),

parties as (
    select
        event_id,
        list(name order by first_ordinal, name, participant_id) filter (where role = 'actor') as actor_names,
        list_sort(list(distinct country) filter (where role = 'actor' and country is not null)) as actor_countries,
        list_sort(list(distinct sector) filter (where role = 'actor' and sector is not null)) as actor_sectors,
        list(name order by first_ordinal, name, participant_id) filter (where role = 'recipient') as recipient_names,
        list_sort(list(distinct country) filter (where role = 'recipient' and country is not null))
            as recipient_countries,
        list_sort(list(distinct sector) filter (where role = 'recipient' and sector is not null)) as recipient_sectors,
        list(name order by first_ordinal, name, participant_id) filter (where role = 'attribution')
            as attributed_to_names
    from intermediate.int_event_parties
    group by event_id
),

counted as (
    select
        event_id,
        count(*) as mention_count,
        count(distinct document_id) as document_count,
        count(distinct source_key) as source_count,
        bool_and(is_attributed) as is_attributed,
        bool_or(is_asserted) as is_asserted,
        first(theme order by confidence desc, event_mention_id) filter (where theme is not null) as theme
    from mentions
    where is_counted
    group by event_id
),

counts as (
    select
        event_id,
        max(count_min) filter (where measure = 'fatalities') as fatalities_min,
        max(count_best) filter (where measure = 'fatalities') as fatalities,
        max(count_max) filter (where measure = 'fatalities') as fatalities_max,
        max(count_min) filter (where measure = 'injuries') as injuries_min,
        max(count_best) filter (where measure = 'injuries') as injuries,
        max(count_max) filter (where measure = 'injuries') as injuries_max,
        max(count_min) filter (where measure = 'arrests') as arrests_min,
        max(count_best) filter (where measure = 'arrests') as arrests,
        max(count_max) filter (where measure = 'arrests') as arrests_max,
        max(count_min) filter (where measure = 'displaced') as displaced_min,
        max(count_best) filter (where measure = 'displaced') as displaced,
        max(count_max) filter (where measure = 'displaced') as displaced_max,
        max(count_min) filter (where measure = 'crowd_size') as crowd_size_min,
        max(count_best) filter (where measure = 'crowd_size') as crowd_size,
        max(count_max) filter (where measure = 'crowd_size') as crowd_size_max
    from intermediate.int_event_counts
    group by event_id
),

-- The report to show: of a document that counts, the earliest, and in it the most certain.
first_reports as (
    select
        event_id,
        event_mention_id,
        document_id,
        sentence_text,
        row_number() over (
            partition by event_id
            order by
                is_counted desc,
                published_date nulls last,
                confidence desc,
                document_id,
                start_char,
                event_mention_id
        ) as report_rank
    from mentions
),

final as (
    select
        events.event_id,
        events.event_type,
        events.event_mode,
        events.contexts,
        events.quad_class,
        events.intensity,
        coalesce(parties.actor_names, []) as actor_names,
        coalesce(parties.actor_countries, []) as actor_countries,
        coalesce(parties.actor_sectors, []) as actor_sectors,
        coalesce(parties.recipient_names, []) as recipient_names,
        coalesce(parties.recipient_countries, []) as recipient_countries,
        coalesce(parties.recipient_sectors, []) as recipient_sectors,
        coalesce(parties.attributed_to_names, []) as attributed_to_names,
        counted.theme,
        events.event_date_start,
        events.event_date_end,
        events.event_date_precision,
        events.event_date_source,
        if(
            events.place_name is null,
            null,
            coalesce(
                'geonames:' || events.place_geonames_id,
                'place:'
                || md5(
                    concat_ws(
                        '|',
                        events.place_name,
                        events.place_country,
                        events.place_admin1,
                        events.place_latitude,
                        events.place_longitude
                    )
                )
            )
        ) as place_id,
        events.place_name,
        events.place_country,
        events.place_admin1,
        events.place_latitude,
        events.place_longitude,
        events.place_geonames_id,
        events.place_precision,
        events.place_confidence,
        events.modality,
        events.is_negated,
        not events.is_negated and events.modality in ('actual', 'historical') as has_occurred,
        coalesce(
            not events.is_negated
            and events.modality in ('actual', 'historical')
            and counted.document_count > 0
            and events.event_date_precision in ('day', 'week', 'month', 'quarter', 'season', 'year')
            and events.event_date_end <= events.event_date_start + interval 10 year,
            false
        ) as is_in_aggregates,
        coalesce(counted.is_attributed, false) as is_attributed,
        coalesce(counted.is_asserted, false) as is_asserted,
        events.confidence,
        counts.fatalities_min,
        counts.fatalities,
        counts.fatalities_max,
        counts.injuries_min,
        counts.injuries,
        counts.injuries_max,
        counts.arrests_min,
        counts.arrests,
        counts.arrests_max,
        counts.displaced_min,
        counts.displaced,
        counts.displaced_max,
        counts.crowd_size_min,
        counts.crowd_size,
        counts.crowd_size_max,
        coalesce(counted.mention_count, 0) as mention_count,
        coalesce(counted.document_count, 0) as document_count,
        coalesce(counted.source_count, 0) as source_count,
        events.first_published_date,
        first_reports.sentence_text as first_sentence,
        first_reports.document_id as first_document_id,
        first_reports.event_mention_id as first_event_mention_id
    from events
    left join parties on events.event_id = parties.event_id
    left join counted on events.event_id = counted.event_id
    left join counts on events.event_id = counts.event_id
    left join first_reports
        on
            events.event_id = first_reports.event_id
            and first_reports.report_rank = 1
)

select * from final
