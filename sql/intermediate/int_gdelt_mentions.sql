with mentions as (
    select * from intermediate.int_event_mentions
    where is_counted
),

pairs as (
    select
        event_id,
        global_event_id,
        first_participant_id,
        second_participant_id,
        if(is_mutual, 'actor', 'recipient') as second_role
    from intermediate.int_gdelt_pairs
),

named as (
    select distinct
        mentions.event_id,
        participants.event_mention_id,
        participants.role,
        participants.participant_id
    from intermediate.int_event_participants as participants
    inner join mentions on participants.event_mention_id = mentions.event_mention_id
    where participants.role in ('actor', 'recipient')
),

-- A mention is joined to the pairs that it names and not to all of its event, whose reports and pairs may be thousands.
named_together as materialized (
    select
        actors.event_id,
        actors.event_mention_id,
        actors.participant_id as first_participant_id,
        others.participant_id as second_participant_id,
        others.role as second_role
    from named as actors
    inner join named as others on actors.event_mention_id = others.event_mention_id
    where actors.role = 'actor'
),

-- Mentions that name all sides which a pair has: two, one, or none.
naming as (
    select
        named_together.event_mention_id,
        pairs.global_event_id,
        2 as named_sides
    from named_together
    inner join pairs
        on
            named_together.event_id = pairs.event_id
            and named_together.first_participant_id = pairs.first_participant_id
            and named_together.second_participant_id = pairs.second_participant_id
            and named_together.second_role = pairs.second_role
    union all
    select
        named.event_mention_id,
        pairs.global_event_id,
        1 as named_sides
    from named
    inner join pairs on named.event_id = pairs.event_id and named.participant_id = pairs.first_participant_id
    where named.role = 'actor' and pairs.second_participant_id is null
    union all
    select
        named.event_mention_id,
        pairs.global_event_id,
        1 as named_sides
    from named
    inner join pairs on named.event_id = pairs.event_id and named.participant_id = pairs.second_participant_id
    where named.role = pairs.second_role and pairs.first_participant_id is null
    union all
    select
        mentions.event_mention_id,
        pairs.global_event_id,
        0 as named_sides
    from mentions
    inner join pairs on mentions.event_id = pairs.event_id
    where pairs.first_participant_id is null and pairs.second_participant_id is null
),

counted as (
    select
        global_event_id,
        count(*) as naming_count
    from naming
    group by global_event_id
),

weighed as (
    select
        pairs.*,
        coalesce(counted.naming_count, 0) as naming_count
    from pairs
    left join counted on pairs.global_event_id = counted.global_event_id
),

-- Of the pairs with one side in common, and of those of an event, the one that most mentions name.
best_of_first as (
    select * from weighed
    where first_participant_id is not null
    qualify
        row_number() over (
            partition by event_id, first_participant_id order by naming_count desc, global_event_id
        ) = 1
),

best_of_second as (
    select * from weighed
    where second_participant_id is not null
    qualify
        row_number() over (
            partition by event_id, second_participant_id, second_role order by naming_count desc, global_event_id
        ) = 1
),

best_of_event as (
    select * from weighed
    qualify row_number() over (partition by event_id order by naming_count desc, global_event_id) = 1
),

candidates as (
    select
        naming.event_mention_id,
        naming.global_event_id,
        naming.named_sides,
        weighed.naming_count
    from naming
    inner join weighed on naming.global_event_id = weighed.global_event_id
    union all
    select
        named.event_mention_id,
        best.global_event_id,
        1 as named_sides,
        best.naming_count
    from named
    inner join best_of_first as best
        on named.event_id = best.event_id and named.participant_id = best.first_participant_id
    where named.role = 'actor'
    union all
    select
        named.event_mention_id,
        best.global_event_id,
        1 as named_sides,
        best.naming_count
    from named
    inner join best_of_second as best
        on
            named.event_id = best.event_id
            and named.participant_id = best.second_participant_id
            and named.role = best.second_role
    union all
    select
        mentions.event_mention_id,
        best.global_event_id,
        0 as named_sides,
        best.naming_count
    from mentions
    inner join best_of_event as best on mentions.event_id = best.event_id
),

-- A mention that names several pairs belongs to the one that most mentions of the event name; so the numbers of an
-- event's pairs add up to the event's.
assigned as (
    select * from candidates
    qualify
        row_number() over (
            partition by event_mention_id order by named_sides desc, naming_count desc, global_event_id
        ) = 1
),

final as (
    select
        assigned.event_mention_id,
        mentions.event_id,
        assigned.global_event_id,
        row_number() over (
            partition by mentions.event_id, mentions.document_id
            order by assigned.naming_count desc, assigned.global_event_id, assigned.event_mention_id
        ) = 1 as is_first_of_document,
        row_number() over (
            partition by mentions.event_id, mentions.source_key
            order by
                assigned.naming_count desc,
                assigned.global_event_id,
                mentions.document_id,
                assigned.event_mention_id
        ) = 1 as is_first_of_source
    from assigned
    inner join mentions on assigned.event_mention_id = mentions.event_mention_id
)

select * from final
