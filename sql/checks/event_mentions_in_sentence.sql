-- table: nlp.event_mentions
-- severity: warn
-- description: the trigger lies within its sentence
select
    event_mention_id,
    start_char,
    end_char,
    sentence_start_char,
    sentence_end_char
from nlp.event_mentions
where start_char < sentence_start_char or end_char > sentence_end_char
