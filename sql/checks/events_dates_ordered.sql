-- table: main.fct_events
-- severity: error
-- description: an event does not end before it starts
select event_id, event_date_start, event_date_end
from main.fct_events
where event_date_end < event_date_start
