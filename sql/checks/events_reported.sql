-- table: core.events
-- severity: error
-- description: every event has a mention that reports it
-- key: event_id
select events.event_id
from core.events as events
anti join core.event_links as links on events.event_id = links.event_id
