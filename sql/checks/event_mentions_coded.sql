-- table: nlp.event_mentions
-- severity: warn
-- description: type, mode and quad class are a row of the list of event types
select
    mentions.event_mention_id,
    mentions.event_type,
    mentions.event_mode,
    mentions.quad_class
from nlp.event_mentions as mentions
anti join raw.event_types as types
    on
        mentions.event_type = types.event_type
        and mentions.event_mode is not distinct from types.event_mode
        and mentions.quad_class = types.quad_class
