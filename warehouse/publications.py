"""What changed from one publication to the next, and why: `main.publications`, `main.agg_changes`, `main.published_rows`.

What belongs here: `record_publication`, which compares what is about to be published with what was. What does not: the
publication (`publish.py`); comparing two publications that do not follow each other (`sql/macros/changes.sql`).

The state of the last publication is kept in the build database as one row a document, event, entity and count; of earlier
publications only the differences are kept, so that a publication that changes nothing costs one row. Causes are judged by
the documents: those that are new, gone, or read by another extractor since, and by the reports that moved between events.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from warehouse.changed_checks import ChangedRows

# What is kept at most; the differences of whole publications go, the oldest first.
KEPT_PUBLICATIONS = 1000
KEPT_CHANGES = 200_000

# The tables that are compared are there once the models have run.
_COMPARED = (
    "dim_documents",
    "fct_events",
    "fct_event_mentions",
    "dim_entities",
    "fct_entity_mentions",
    "fct_event_counts",
)

# Tables whose rows make those that are compared: the kind of these, and their key.
_KEYS = (
    ("main.dim_documents", "document", "document_id"),
    ("main.fct_events", "event", "event_id"),
    ("main.fct_event_mentions", "event", "event_id"),
    ("main.dim_entities", "entity", "entity_id"),
)

_DOCUMENTS = """
select 'document' as kind, document_id as key, coalesce(title, paths[1]) as label,
    to_json({'title': title, 'source_key': source_key, 'published_date': published_date, 'is_counted': is_counted,
        'sentence_count': sentence_count, 'event_mention_count': event_mention_count}) as new_values,
    [] as document_ids, [] as mention_ids, null as corrections, extractor_version
from main.dim_documents
where {some}
"""
_EVENTS = """
with reports as (
    select event_id,
        list(distinct document_id order by document_id) as document_ids,
        list(event_mention_id order by event_mention_id) as mention_ids,
        string_agg(event_mention_id || ':' || correction, ' ' order by event_mention_id) as corrections
    from main.fct_event_mentions
    where {some}
    group by event_id
)

select 'event' as kind, event_id as key,
    concat_ws(' ', nullif(array_to_string(actor_names, ', '), ''), event_type,
        nullif(array_to_string(recipient_names, ', '), ''), event_date_start) as label,
    to_json({'event_type': event_type, 'event_mode': event_mode, 'actor_names': actor_names,
        'recipient_names': recipient_names, 'event_date_start': event_date_start, 'event_date_end': event_date_end,
        'place_name': place_name, 'place_country': place_country, 'has_occurred': has_occurred, 'is_attributed': is_attributed,
        'fatalities': fatalities, 'injuries': injuries, 'arrests': arrests, 'displaced': displaced, 'crowd_size': crowd_size,
        'mention_count': mention_count, 'document_count': document_count}) as new_values,
    document_ids, mention_ids, corrections, null as extractor_version
from main.fct_events inner join reports using (event_id)
"""
_ENTITIES = """
select 'entity' as kind, entity_id as key, name as label,
    to_json({'name': name, 'label': label, 'country': country, 'sector': sector, 'aliases': list_sort(aliases),
        'mention_count': mention_count, 'document_count': document_count}) as new_values,
    [] as document_ids, [] as mention_ids, null as corrections, null as extractor_version
from main.dim_entities
where {some}
"""
_COUNTS = """
with counted as (
    select 'events' as key, count(*) as total from main.fct_events where has_occurred and document_count > 0
    union all
    select 'events of type ' || event_type, count(*) from main.fct_events
    where has_occurred and document_count > 0 group by event_type
    union all
    select 'events of country ' || country, count(*)
    from (select unnest(list_distinct(actor_countries || recipient_countries)) as country
        from main.fct_events where has_occurred and document_count > 0)
    where country is not null group by country
    union all
    select 'documents that count', count(*) from main.dim_documents where is_counted
    union all
    select 'entities', count(*) from main.dim_entities
    union all
    select 'fatalities', coalesce(sum(fatalities), 0) from main.fct_events where has_occurred and document_count > 0
)

select 'count' as kind, key, key as label, to_json({'total': total}) as new_values,
    [] as document_ids, [] as mention_ids, null as corrections, null as extractor_version
from counted where total > 0
"""

# By kind; of those keys that may have changed.
_STATES = {"document": _DOCUMENTS, "event": _EVENTS, "entity": _ENTITIES}

# Documents that make a difference, with the cause. A new text in a file whose earlier text no longer counts is its new version.
_DOCUMENT_CAUSES = """
create or replace temporary table _document_causes as
with told as (
    select coalesce(now.key, old.key) as document_id,
        case
            when old.key is null then 'new_text'
            when now.key is null or (old.new_values ->> 'is_counted' = 'true' and now.new_values ->> 'is_counted' = 'false')
                then 'text_gone'
            when old.extractor_version is distinct from now.extractor_version then 'new_code'
        end as cause
    from (from temp._now where kind = 'document') as now
    full join (from temp._old where kind = 'document') as old on now.key = old.key
),

replaced as (
    select distinct sources.path
    from raw.document_sources as sources inner join told using (document_id)
    where told.cause = 'text_gone'
),

versions as (
    select distinct told.document_id
    from told
    inner join raw.document_sources as sources using (document_id)
    inner join replaced using (path)
    where told.cause = 'new_text'
),

superseded as (
    select distinct told.document_id
    from told
    inner join raw.document_sources as sources using (document_id)
    where told.cause = 'text_gone' and sources.path in (
        select path from raw.document_sources semi join versions using (document_id)
    )
)

select document_id,
    if(document_id in (from versions) or document_id in (from superseded), 'new_version', cause) as cause
from told where cause is not null
"""

# Reports that are of another event than before.
_MOVES = """
create or replace temporary table _moves as
with old as (select key as event_id, unnest(mention_ids) as mention_id from temp._old where kind = 'event'),
now as (select key as event_id, unnest(mention_ids) as mention_id from temp._now where kind = 'event')
select distinct old.event_id as old_event_id, now.event_id as new_event_id
from old inner join now using (mention_id)
where old.event_id <> now.event_id
"""

_CHANGES = """
create or replace temporary table _changes as
with paired as (
    select coalesce(now.kind, old.kind) as kind, coalesce(now.key, old.key) as key, coalesce(now.label, old.label) as label,
        case when old.key is null then 'new' when now.key is null then 'gone' else 'changed' end as change,
        old.new_values as old_values, now.new_values as new_values,
        list_distinct(coalesce(old.document_ids, []) || coalesce(now.document_ids, [])) as document_ids,
        old.corrections is distinct from now.corrections as is_corrected
    from temp._now as now
    full join temp._old as old on now.kind = old.kind and now.key = old.key
    where old.new_values is distinct from now.new_values
        or (now.kind = 'event' and old.corrections is distinct from now.corrections)
        or (now.kind = 'event' and now.key in (
            select old_event_id from temp._moves union all select new_event_id from temp._moves))
),

told as (
    select kind, key, unnest(document_ids) as document_id from paired where kind = 'event'
    union all
    select kind, key, key from paired where kind = 'document'
    union all
    select distinct 'entity', entity_id, document_id from main.fct_entity_mentions
    where entity_id is not null and document_id in (select document_id from temp._document_causes)
),

by_documents as (
    select told.kind, told.key, list(distinct causes.cause order by causes.cause) as causes
    from told inner join temp._document_causes as causes using (document_id)
    group by all
),

moved as (
    select new_event_id as key, old_event_id as related, 'merged' as cause from temp._moves
    where old_event_id not in (select key from temp._now where kind = 'event')
    union
    select old_event_id, new_event_id, 'merged' from temp._moves
    where old_event_id not in (select key from temp._now where kind = 'event')
    union
    select old_event_id, new_event_id, 'split' from temp._moves
    where old_event_id in (select key from temp._now where kind = 'event')
    union
    select new_event_id, old_event_id, 'split' from temp._moves
    where old_event_id in (select key from temp._now where kind = 'event')
),

by_moves as (
    select key, list(distinct cause order by cause) as causes, list(distinct related order by related) as related_keys
    from moved group by key
)

select paired.kind, paired.key, paired.label, paired.change,
    case
        when paired.kind = 'count' then []
        when len(found.causes) = 0 then ['resolved']
        else found.causes
    end as causes,
    coalesce(by_moves.related_keys, []) as related_keys,
    if(paired.change = 'changed', list_filter(json_keys(paired.new_values), lambda name:
        json_extract(paired.old_values, '$."' || name || '"') is distinct from
        json_extract(paired.new_values, '$."' || name || '"')), []) as changed_columns,
    cast(paired.old_values as varchar) as old_values, cast(paired.new_values as varchar) as new_values
from paired
left join by_documents on paired.kind = by_documents.kind and paired.key = by_documents.key
left join by_moves on paired.kind = 'event' and paired.key = by_moves.key
cross join lateral (
    select if(paired.is_corrected, ['correction'], []) || coalesce(by_moves.causes, []) || coalesce(by_documents.causes, [])
        as causes
) as found
"""


def record_publication(
    con: duckdb.DuckDBPyConnection, *, run_id: str, published_at: datetime, changed: ChangedRows | None = None
) -> int:
    """Write what this publication changes against the one before, and keep its state for the next.

    Args:
        con: the build database, in the transaction that seals it.
        run_id: the run that publishes.
        published_at: when, UTC without zone.
        changed: the rows that have changed since; where it does not know them of a table, or is not given, all are compared.

    Returns:
        The rows of `main.agg_changes` that were written; 0 for the first publication, which is compared with nothing.
    """
    if not _has_models(con):
        return 0
    told = _tell_apart(con, changed)
    selects = []
    for kind, part in _STATES.items():
        some = "true" if told == "true" else f"{kind}_id in (select key from temp._keys where kind = '{kind}')"
        selects.append(f"select * from ({part.replace('{some}', some)})")
    con.execute(
        f"create or replace temporary table _now as {' union all '.join(selects)} union all select * from ({_COUNTS})"
    )
    con.execute(
        f"create or replace temporary table _old as select * from main.published_rows where kind = 'count' or {told}"
    )
    ((is_first,),) = con.execute("select count(*) = 0 from main.published_rows").fetchall()
    for statement in (_DOCUMENT_CAUSES, _MOVES, _CHANGES):
        con.execute(statement)
    if is_first:
        con.execute("delete from temp._changes")
    con.execute(
        "insert into main.publications by name select "
        "coalesce((select max(publication_number) from main.publications), 0) + 1 as publication_number, $run_id as run_id, "
        "$published_at as published_at, (select extractor_version from raw.ingestion_runs where run_id = $run_id) "
        "as extractor_version, (select count(*) from raw.documents) as document_count, "
        "(select count(*) from core.events) as event_count, (select count(*) from temp._changes) as change_count",
        {"run_id": run_id, "published_at": published_at},
    )
    con.execute(
        "insert into main.agg_changes by name select "
        "(select max(publication_number) from main.publications) as publication_number, * from temp._changes order by kind, key"
    )
    con.execute(f"delete from main.published_rows where kind = 'count' or {told}")
    con.execute("insert into main.published_rows by name select * from temp._now order by kind, key")
    _drop_oldest(con)
    ((count,),) = con.execute("select count(*) from temp._changes").fetchall()
    for name in ("_now", "_old", "_keys", "_document_causes", "_moves", "_changes"):
        con.execute(f"drop table temp.{name}")
    return int(count)


def _tell_apart(con: duckdb.DuckDBPyConnection, changed: ChangedRows | None) -> str:
    """Condition of the rows that may have changed, by `temp._keys`; of all, if that is not known."""
    con.execute("create or replace temporary table _keys (kind varchar, key varchar)")
    if changed is None or not all(changed.is_known(table) for table, *_ in _KEYS):
        return "true"
    for table, kind, key in _KEYS:
        con.execute(f"insert into temp._keys select distinct '{kind}', {key} from ({changed.rows(table)})")
    return "(kind, key) in (select (kind, key) from temp._keys)"


def _has_models(con: duckdb.DuckDBPyConnection) -> bool:
    found = con.execute(
        "select count(*) from information_schema.tables where table_catalog = current_database() and table_schema = 'main' "
        "and table_name in (select unnest($names))",
        {"names": list(_COMPARED)},
    ).fetchall()
    return bool(found[0][0] == len(_COMPARED))


def _drop_oldest(con: duckdb.DuckDBPyConnection) -> None:
    """Keep the history within its bounds; the latest publication keeps its changes, however many."""
    limits = {"publications": KEPT_PUBLICATIONS, "changes": KEPT_CHANGES}
    con.execute(
        "delete from main.publications where publication_number <= "
        "(select max(publication_number) from main.publications) - $publications",
        {"publications": limits["publications"]},
    )
    con.execute(
        "delete from main.agg_changes where publication_number in (select publication_number from ("
        "  select publication_number, sum(count(*)) over (order by publication_number desc) as total"
        "  from main.agg_changes group by publication_number"
        ") where total > $changes and publication_number < (select max(publication_number) from main.publications))",
        {"changes": limits["changes"]},
    )
