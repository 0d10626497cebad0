-- table: nlp.event_mentions
-- severity: error
-- description: quad class and intensity are those of type and mode
select
    mentions.event_mention_id,
    mentions.event_type,
    mentions.event_mode,
    mentions.quad_class,
    mentions.intensity
from nlp.event_mentions as mentions
left join raw.event_types as types
    on mentions.event_type = types.event_type and mentions.event_mode is not distinct from types.event_mode
where mentions.quad_class is distinct from types.quad_class or mentions.intensity is distinct from types.intensity
