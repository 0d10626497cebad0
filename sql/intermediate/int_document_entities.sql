with mentions as (
    select * from staging.stg_entity_mentions
),

links as (
    select * from staging.stg_entity_links
),

counted as (
    select
        mentions.document_id,
        mentions.document_entity_id,
        links.entity_id,
        count(*) as link_count
    from mentions
    inner join links on mentions.mention_id = links.mention_id
    group by all
),

-- Mentions of one entity of a document are nearly always linked to one entity; where they are not, most decide.
ranked as (
    select
        *,
        row_number() over (
            partition by document_id, document_entity_id order by link_count desc, entity_id
        ) as position
    from counted
),

final as (
    select
        document_id,
        document_entity_id,
        entity_id
    from ranked
    where position = 1
)

select * from final
