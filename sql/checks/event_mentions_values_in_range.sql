-- table: nlp.event_mentions
-- severity: warn
-- description: intensity is -10 to 10, confidence 0 to 1, counts of people are not negative
select
    event_mention_id,
    intensity,
    confidence,
    fatalities,
    injuries,
    arrests,
    displaced,
    crowd_size
from nlp.event_mentions
where
    intensity not between -10 and 10
    or confidence not between 0 and 1
    or least(fatalities, injuries, arrests, displaced, crowd_size) < 0
