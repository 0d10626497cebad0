-- table: main.fct_event_mentions
-- severity: error
-- description: the fact table has every event mention of nlp, once
-- key: event_mention_id
select
    coalesce(mentions.event_mention_id, facts.event_mention_id) as event_mention_id,
    mentions.event_mention_id is not null as is_in_nlp,
    facts.event_mention_id is not null as is_in_fct_event_mentions
from nlp.event_mentions as mentions
full join main.fct_event_mentions as facts on mentions.event_mention_id = facts.event_mention_id
where mentions.event_mention_id is null or facts.event_mention_id is null
