-- table: core.entity_corrections
-- severity: warn
-- description: every correction of an entity applies
select
    line_number,
    kind,
    reason
from core.entity_corrections
where not is_applied
