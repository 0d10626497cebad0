"""The frames that the resolve stage reads from the build database, and its result as Arrow tables of the core contracts.

What belongs here: `read_resolve_input` and `core_tables`. What does not: resolving (`pipelines/stages/resolve`), writing
(`load.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pandas as pd
import pyarrow as pa

_INPUT = {
    "documents": (
        # A published date in the future is wrong and says nothing of what came first or last (`int_documents.sql`).
        "select document_id, source_key, url, if(published_date > first_day + 1, null, published_date) as published_date, text, "
        "coalesce(is_current, false) as is_current from raw.documents left join ("
        "  select document_id, bool_or(is_current or status = 'kept') as is_current, cast(min(seen_at) as date) as first_day"
        "  from raw.document_sources join raw.files using (file_id) group by document_id"
        ") using (document_id) order by document_id"
    ),
    "entities": "select * exclude (extractor_version) from nlp.entities order by document_id, entity_id",
    "entity_mentions": (
        "select * exclude (extractor_version, start_char, end_char) from nlp.entity_mentions order by mention_id"
    ),
    "event_mentions": "select * exclude (extractor_version) from nlp.event_mentions order by event_mention_id",
    "event_participants": "select * exclude (extractor_version) from nlp.event_participants order by all",
}
_SIGNATURES = "select minhash from raw.documents order by document_id"


def read_resolve_input(con: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    """Read what `ResolveInput` holds, by field.

    Args:
        con: a connection to the build database; may be read-only.
    """
    frames = {name: con.execute(sql).df() for name, sql in _INPUT.items()}
    # As a frame of the database it would be an object for each document.
    signatures = con.sql(_SIGNATURES).to_arrow_table()["minhash"].cast(pa.large_binary())
    frames["documents"]["minhash"] = pd.array(signatures, dtype=pd.ArrowDtype(pa.large_binary()))
    return frames


def core_tables(frames: Mapping[str, pd.DataFrame]) -> dict[str, pa.Table]:
    """The result of the resolve stage in the form `load.replace_core` takes.

    Args:
        frames: rows by table of core.
    """
    return {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in frames.items()}
