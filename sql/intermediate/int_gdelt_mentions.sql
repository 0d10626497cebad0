with pairs as (
    select * from intermediate.int_gdelt_pairs
),

mentions as (
    select * from intermediate.int_event_mentions
    where is_counted
),

named as (
    select
        event_mention_id,
        list(participant_id) filter (where role = 'actor') as actors,
        list(participant_id) filter (where role = 'recipient') as recipients
    from intermediate.int_event_participants
    group by event_mention_id
),

-- How many of a pair's sides a mention names.
candidates as (
    select
        mentions.event_mention_id,
        mentions.event_id,
        mentions.document_id,
        mentions.source_key,
        pairs.global_event_id,
        if(coalesce(list_contains(named.actors, pairs.first_participant_id), false), 1, 0)
        + if(
            coalesce(
                list_contains(if(pairs.is_mutual, named.actors, named.recipients), pairs.second_participant_id), false
            ), 1, 0
        ) as named_sides,
        if(pairs.first_participant_id is null, 0, 1) + if(pairs.second_participant_id is null, 0, 1) as sides
    from mentions
    inner join pairs on mentions.event_id = pairs.event_id
    left join named on mentions.event_mention_id = named.event_mention_id
),

weighed as (
    select
        *,
        count(*) filter (where named_sides = sides) over (partition by global_event_id) as naming_count
    from candidates
),

-- A mention that names several pairs belongs to the one that most mentions of the event name; so the numbers of an
-- event's pairs add up to the event's.
ranked as (
    select
        *,
        row_number() over (
            partition by event_mention_id order by named_sides desc, naming_count desc, global_event_id
        ) as pair_rank
    from weighed
),

assigned as (
    select * from ranked
    where pair_rank = 1
),

final as (
    select
        event_mention_id,
        event_id,
        global_event_id,
        row_number() over (
            partition by event_id, document_id order by naming_count desc, global_event_id, event_mention_id
        ) = 1 as is_first_of_document,
        row_number() over (
            partition by event_id, source_key
            order by naming_count desc, global_event_id, document_id, event_mention_id
        ) = 1 as is_first_of_source
    from assigned
)

select * from final
