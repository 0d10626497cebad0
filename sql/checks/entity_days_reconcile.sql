-- table: main.agg_entity_days
-- severity: error
-- description: mentions by entity and day add up to those of fct_entity_mentions
-- key: entity_id
with expected as (
    select entity_id, published_date, count(*) as mention_count
    from main.fct_entity_mentions
    where is_counted and entity_id is not null and published_date is not null
    group by all
)

select
    coalesce(stored.entity_id, expected.entity_id) as entity_id,
    coalesce(stored.published_date, expected.published_date) as published_date,
    stored.mention_count,
    expected.mention_count as expected_mention_count
from main.agg_entity_days as stored
full join expected
    on stored.entity_id = expected.entity_id and stored.published_date = expected.published_date
where coalesce(stored.mention_count, 0) <> coalesce(expected.mention_count, 0)
