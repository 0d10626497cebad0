-- table: nlp.event_mentions
-- severity: warn
-- description: every event mention is linked to an event
select mentions.event_mention_id
from nlp.event_mentions as mentions
anti join core.event_links as links on mentions.event_mention_id = links.event_mention_id
