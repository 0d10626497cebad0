-- table: core.entities
-- severity: error
-- description: every entity has a mention, its own or that of a group it is a member of
with grouped as (
    select distinct members.entity_id
    from nlp.entities as members
    semi join nlp.entities as groups
        on members.document_id = groups.document_id and groups.label = 'GROUP'
)

select entities.entity_id
from core.entities as entities
anti join core.entity_links as links on entities.entity_id = links.entity_id
anti join grouped on entities.entity_id = grouped.entity_id
