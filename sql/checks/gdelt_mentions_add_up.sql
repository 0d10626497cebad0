-- table: main.gdelt_mentions
-- severity: error
-- description: the mentions of a row of gdelt_events are its NumMentions, and those of an event's rows are the event's
with counted as (
    select
        "GLOBALEVENTID",
        count(*) as row_count
    from main.gdelt_mentions
    group by "GLOBALEVENTID"
),

event_rows as (
    select
        pairs.event_id,
        sum(gdelt_events."NumMentions") as mention_count,
        sum(gdelt_events."NumArticles") as document_count,
        sum(gdelt_events."NumSources") as source_count
    from main.gdelt_events
    inner join intermediate.int_gdelt_pairs as pairs on gdelt_events."GLOBALEVENTID" = pairs.global_event_id
    group by pairs.event_id
)

select
    cast(gdelt_events."GLOBALEVENTID" as varchar) as row_key,
    gdelt_events."NumMentions" as told,
    coalesce(counted.row_count, 0) as found
from main.gdelt_events
left join counted on gdelt_events."GLOBALEVENTID" = counted."GLOBALEVENTID"
where gdelt_events."NumMentions" <> coalesce(counted.row_count, 0)
union all
select
    event_rows.event_id as row_key,
    event_rows.mention_count as told,
    events.mention_count as found
from event_rows
inner join main.fct_events as events on event_rows.event_id = events.event_id
where
    event_rows.mention_count <> events.mention_count
    or event_rows.document_count <> events.document_count
    or event_rows.source_count <> events.source_count
