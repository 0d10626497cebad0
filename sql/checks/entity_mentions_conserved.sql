-- table: main.fct_entity_mentions
-- severity: error
-- description: the fact table has every mention of nlp, once
-- key: mention_id
select
    coalesce(mentions.mention_id, facts.mention_id) as mention_id,
    mentions.mention_id is not null as is_in_nlp,
    facts.mention_id is not null as is_in_fct_entity_mentions
from nlp.entity_mentions as mentions
full join main.fct_entity_mentions as facts on mentions.mention_id = facts.mention_id
where mentions.mention_id is null or facts.mention_id is null
