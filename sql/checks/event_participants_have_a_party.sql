-- table: core.event_parties
-- severity: error
-- description: every participant of an event mention is a party of its event
-- key: event_mention_id
select
    participants.event_mention_id,
    participants.role,
    participants.ordinal
from nlp.event_participants as participants
anti join core.event_parties as parties
    on
        participants.event_mention_id = parties.event_mention_id
        and participants.role = parties.role
        and participants.ordinal = parties.ordinal
