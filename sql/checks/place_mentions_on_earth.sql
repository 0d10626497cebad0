-- table: nlp.place_mentions
-- severity: warn
-- description: coordinates are degrees, confidence is 0 to 1
select
    document_id,
    start_char,
    place_mentions.name,
    latitude,
    longitude,
    confidence
from nlp.place_mentions as place_mentions
where
    latitude not between -90 and 90
    or longitude not between -180 and 180
    or confidence not between 0 and 1
