with mentions as (
    select * from staging.stg_entity_mentions
),

links as (
    select * from staging.stg_entity_links
),

entities as (
    select * from staging.stg_entities
),

documents as (
    select * from intermediate.int_documents
),

final as (
    select
        mentions.mention_id,
        links.entity_id,
        entities.name as entity_name,
        mentions.document_id,
        documents.source_key,
        documents.published_date,
        mentions.label,
        regexp_replace(mentions.text, '\s+', ' ', 'g') as text,
        mentions.start_char,
        mentions.end_char,
        mentions.is_name,
        mentions.title,
        coalesce(mentions.country, entities.country) as country,
        coalesce(mentions.sector, entities.sector) as sector,
        links.method as link_method,
        links.score as link_score,
        documents.is_counted,
        mentions.extractor_version
    from mentions
    inner join documents on mentions.document_id = documents.document_id
    left join links on mentions.mention_id = links.mention_id
    left join entities on links.entity_id = entities.entity_id
)

select * from final
