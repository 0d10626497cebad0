-- table: raw.files
-- severity: error
-- description: a path has at most one current version
select
    path,
    count(*) as current_count
from raw.files
where is_current
group by path
having count(*) > 1
