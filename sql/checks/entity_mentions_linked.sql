-- table: nlp.entity_mentions
-- severity: warn
-- description: every mention is linked to an entity
select
    mentions.mention_id,
    mentions.text
from nlp.entity_mentions as mentions
anti join core.entity_links as links on mentions.mention_id = links.mention_id
