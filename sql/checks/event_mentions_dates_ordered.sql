-- table: nlp.event_mentions
-- severity: warn
-- description: an interval does not end before it starts, and is there, with a precision, exactly if it has a source
select
    event_mention_id,
    event_date_start,
    event_date_end,
    event_date_precision,
    event_date_source
from nlp.event_mentions
where
    event_date_start > event_date_end
    or (event_date_start is null and event_date_end is null) <> (event_date_source = 'none')
    or (event_date_precision is null) <> (event_date_source = 'none')
