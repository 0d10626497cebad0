-- table: main.fct_events
-- severity: error
-- description: the best figure lies between the least and the most
select event_id, fatalities_min, fatalities, fatalities_max, injuries_min, injuries, injuries_max
from main.fct_events
where
    not fatalities between fatalities_min and fatalities_max
    or not injuries between injuries_min and injuries_max
    or not arrests between arrests_min and arrests_max
    or not displaced between displaced_min and displaced_max
    or not crowd_size between crowd_size_min and crowd_size_max
