"""The frames that the resolve stage reads from the build database, and its result as Arrow tables of the core contracts.

What belongs here: `read_resolve_input` and `core_tables`. What does not: resolving (`pipelines/stages/resolve`), writing
(`load.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from warehouse.connection import give_back_blocks

# By document the hashes of its entities; sums, so that the order of the rows makes no difference. A published date in the future
# is wrong and says nothing of what came first or last (`int_documents.sql`).
_DOCUMENTS = """
with told as (
    select document_id, hash(entity_id, name, label, country, sector, titles) as print from nlp.entities
    union all
    select document_id, hash(mention_id, entity_id, text, is_name, country, sector) from nlp.entity_mentions
),
prints as (select document_id, sum(print) % 18446744073709551557 as told_print from told group by document_id),
seen as (
    select document_id, bool_or(is_current or status = 'kept') as is_current, cast(min(seen_at) as date) as first_day
    from raw.document_sources join raw.files using (file_id) group by document_id
)
select document_id, source_key, url, if(published_date > first_day + 1, null, published_date) as published_date,
    coalesce(is_current, false) as is_current,
    concat(
        if(published_date > first_day + 1, null, published_date), ' ', coalesce(told_print, 0), ' ', title
    ) as print
from raw.documents left join seen using (document_id) left join prints using (document_id)
order by document_id
"""
_INPUT = {
    "documents": _DOCUMENTS,
    "event_mentions": "select event_mention_id, document_id from nlp.event_mentions order by event_mention_id",
    "event_prints": (
        "with told as (select document_id, hash(m) as print from nlp.event_mentions as m union all "
        "  select document_id, hash(p) from nlp.event_participants as p) "
        "select document_id, cast(sum(print) % 18446744073709551557 as ubigint) as print from told group by document_id"
    ),
}

_MANY = 2_000  # documents or mentions, for which much of a table is read


def read_resolve_input(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Read what `ResolveInput` holds, by field; texts, entities and mentions are read when they are asked for.

    Args:
        con: a connection to the build database; may be read-only.
    """
    found: dict[str, Any] = {name: con.execute(sql).df() for name, sql in _INPUT.items()}
    give_back_blocks(con)
    return found | {
        "former_entities_of": partial(
            _rows_of,
            con,
            "core.entities",
            "entity_id, label, country, is_named",
            of="entity_id",
            order="entity_id",
        ),
        "parties_of": partial(_parties_of, con),
        "texts_of": partial(_rows_of, con, "raw.documents", "document_id, text, minhash"),
        "entities_of": partial(_rows_of, con, "nlp.entities", "* exclude (extractor_version)"),
        "entity_mentions_of": partial(
            _rows_of, con, "nlp.entity_mentions", "* exclude (extractor_version, start_char, end_char)"
        ),
        "event_mentions_of": partial(
            _rows_of,
            con,
            "nlp.event_mentions",
            "* exclude (extractor_version)",
            of="event_mention_id",
            order="event_mention_id",
            has_numbers=True,
        ),
        "participants_of": partial(
            _rows_of,
            con,
            "nlp.event_participants",
            "* exclude (extractor_version)",
            of="event_mention_id",
            order="event_mention_id, role, ordinal",
        ),
    }


def _rows_of(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: str,
    ids: Collection[str] | None,
    *,
    of: str = "document_id",
    order: str = "document_id",
    has_numbers: bool = False,
) -> pd.DataFrame:
    """The rows of some documents or mentions, or all.

    The rows are looked for by their ids alone, and then taken by their places: a semijoin by ids would read every column of the
    whole table. A range of ids leaves out what was loaded in their order. Those without dates and numbers that may be missing are
    taken as Arrow has them, which is several times as fast.
    """
    if ids is None:
        rows = con.sql(f"select {columns} from {table} order by {order}")
    else:
        least, most = (min(ids), max(ids)) if ids else ("", "")
        rows = con.sql(
            f"with places as materialized (select rowid as place from {table} "
            f"  where {of} in (select unnest($ids)) and {of} between $least and $most) "
            f"select {columns} from {table} where rowid in (select place from places) order by {order}",
            params={"ids": list(ids), "least": least, "most": most},
        )
    found = rows.df() if has_numbers else rows.to_arrow_table().to_pandas()
    if ids is None or len(ids) >= _MANY:
        give_back_blocks(con)
    return found


def _parties_of(con: duckdb.DuckDBPyConnection, entities: Collection[str]) -> pd.DataFrame:
    """The documents in which some entities of nlp are parties of events, and the countries that these have there."""
    return (
        con.sql(
            "select distinct document_id, entity_id, country from nlp.event_participants "
            "where entity_id in (select unnest($ids))",
            params={"ids": list(entities)},
        )
        .to_arrow_table()
        .to_pandas()
    )


def core_tables(frames: Mapping[str, pd.DataFrame]) -> dict[str, pa.Table]:
    """The result of the resolve stage in the form `load.replace_core` takes.

    Args:
        frames: rows by table of core.
    """
    return {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in frames.items()}
