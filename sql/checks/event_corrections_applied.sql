-- table: core.event_corrections
-- severity: warn
-- description: every correction applies
select
    line_number,
    kind,
    reason
from core.event_corrections
where not is_applied
