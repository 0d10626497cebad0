-- table: main.dim_entities
-- severity: error
-- description: the mentions and documents counted for entities are those that count
-- key: entity_id
with counted as (
    select
        entity_id,
        count(*) as mention_count,
        count(distinct document_id) as document_count
    from main.fct_entity_mentions
    where is_counted
    group by entity_id
)

select
    entities.entity_id,
    entities.mention_count,
    coalesce(counted.mention_count, 0) as counted_mention_count,
    entities.document_count,
    coalesce(counted.document_count, 0) as counted_document_count
from main.dim_entities as entities
left join counted on entities.entity_id = counted.entity_id
where
    entities.mention_count <> coalesce(counted.mention_count, 0)
    or entities.document_count <> coalesce(counted.document_count, 0)
