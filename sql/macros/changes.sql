-- changes_between(3, 5): what publication 5 has and publication 3 had not, what is gone and what is changed, with all
-- the causes on the way; of main.publications. What changed and changed back is left out.
create or replace macro main.changes_between(old_publication, new_publication) as table
    with steps as (
        select *
        from main.agg_changes
        where publication_number > old_publication and publication_number <= new_publication
    ),

    ends as (
        select
            kind,
            key,
            arg_max(label, publication_number) as label,
            arg_min_null(old_values, publication_number) as old_values,
            arg_max_null(new_values, publication_number) as new_values,
            list_sort(list_distinct(flatten(list(causes)))) as causes,
            list_sort(list_distinct(flatten(list(related_keys)))) as related_keys
        from steps
        group by kind, key
    )

    select
        kind,
        key,
        label,
        case when old_values is null then 'new' when new_values is null then 'gone' else 'changed' end as change,
        causes,
        case
            when old_values is null or new_values is null then []
            else
                list_filter(
                    json_keys(new_values),
                    lambda name: json_extract(old_values, '$."' || name || '"')
                    is distinct from json_extract(new_values, '$."' || name || '"')
                )
        end as changed_columns,
        related_keys,
        old_values,
        new_values
    from ends
    where
        old_values is distinct from new_values
        or (old_values is not null and list_has_any(causes, ['correction', 'merged', 'split']))
    order by kind, change, label, key;
