-- table: main.gdelt_events
-- severity: error
-- description: the mentions, documents and sources of an event's rows of gdelt_events add up to the event's
-- key: event_id
-- through: main.gdelt_events, GLOBALEVENTID = intermediate.int_gdelt_pairs, global_event_id
with event_rows as (
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
    event_rows.event_id,
    event_rows.mention_count as told,
    events.mention_count as found
from event_rows
inner join main.fct_events as events on event_rows.event_id = events.event_id
where
    event_rows.mention_count <> events.mention_count
    or event_rows.document_count <> events.document_count
    or event_rows.source_count <> events.source_count
