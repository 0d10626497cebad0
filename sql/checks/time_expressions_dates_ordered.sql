-- table: nlp.time_expressions
-- severity: warn
-- description: an interval does not end before it starts
select
    document_id,
    start_char,
    value,
    date_start,
    date_end
from nlp.time_expressions
where date_start > date_end
