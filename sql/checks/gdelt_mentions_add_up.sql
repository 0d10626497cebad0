-- table: main.gdelt_mentions
-- severity: error
-- description: the mentions of a row of gdelt_events are its NumMentions
-- key: GLOBALEVENTID
with counted as (
    select
        "GLOBALEVENTID",
        count(*) as row_count
    from main.gdelt_mentions
    group by "GLOBALEVENTID"
)

select
    gdelt_events."GLOBALEVENTID",
    gdelt_events."NumMentions" as told,
    coalesce(counted.row_count, 0) as found
from main.gdelt_events
left join counted on gdelt_events."GLOBALEVENTID" = counted."GLOBALEVENTID"
where gdelt_events."NumMentions" <> coalesce(counted.row_count, 0)
