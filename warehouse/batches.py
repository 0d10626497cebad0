"""From Parquet batches to the rows of nlp.

What belongs here: which list of the extraction record fills which table, and the SQL that unnests it, made from the contracts.
What does not: the transaction around it (`load.py`), the form of a batch (`extraction_schema.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.contracts.form import Table
from warehouse.contracts.nlp import NLP
from warehouse.layout import quoted

# Table of nlp: the list of the batch it comes from (event participants come from three lists; see _participants).
_LISTS = {
    "sentences": "sentences",
    "entities": "entities",
    "entity_mentions": "mentions",
    "time_expressions": "time_expressions",
    "place_mentions": "places",
    "quotations": "quotes",
    "quantities": "quantities",
    "event_mentions": "events",
}
# Columns that are no field of the list's struct under the same name; a prefix stands for a struct within the struct.
_EXPRESSIONS = {"sentence_number": "number", "event_mention_id": "item.event_id", "theme": "item.theme.text"}
_PARTY_EXPRESSIONS = {"event_mention_id": "event_id", "ordinal": "number"}
_FOUND = "document_id, extractor_version, published_date, published_date_source, published_date_evidence"
_WANTED_ROWS = (
    "select * from read_parquet($paths) "
    "where extractor_version = $version and document_id in (select document_id from temp._wanted)"
)
_STRUCTS = {"quotations": ("speaker",), "event_mentions": ("place", "theme")}


def load_batches(
    con: duckdb.DuckDBPyConnection,
    batches: Iterable[Sequence[Path]],
    *,
    document_ids: Collection[str],
    extractor_version: str,
) -> Mapping[str, int]:
    """Replace the rows in nlp of documents by those in the batches; the caller has the transaction.

    Sets `raw.documents.extractor_version` of each document found, and its published date if it had none. A document that
    no batch holds keeps what it has. Of a document that two batches hold, one row is taken.

    Args:
        con: the build database, in a transaction.
        batches: Parquet files of `EXTRACTION_SCHEMA`, in groups that are read one after the other, which bounds the memory.
        document_ids: the documents to take.
        extractor_version: the version to take.

    Returns:
        Rows inserted, by table.
    """
    counts: Counter[str] = Counter({table.qualified_name: 0 for table in NLP})
    with registered(con, id_table(document_ids)):
        con.execute("create or replace temporary table _wanted as select document_id from _incoming")
    # To look for rows of a group's documents takes the longer the more groups went before, so it is done for those alone that
    # have some.
    con.execute(
        "create or replace temporary table _extracted as select document_id from raw.documents "
        "where extractor_version is not null and document_id in (select document_id from temp._wanted)"
    )
    con.execute(f"create or replace temporary table _found as select {_FOUND} from raw.documents limit 0")
    for group in batches:
        told = {"paths": list(map(str, group)), "version": extractor_version}
        ((is_once,),) = con.execute(
            f"select count(*) = count(distinct document_id) from ({_WANTED_ROWS})", told
        ).fetchall()
        # Mostly no document is there twice; to look for one among whole rows takes as long as to read them.
        one = "" if is_once else "qualify row_number() over (partition by document_id) = 1"
        con.execute(f"create or replace temporary table _batch as {_WANTED_ROWS} {one}", told)
        con.execute("delete from temp._wanted where document_id in (select document_id from temp._batch)")
        has_rows = con.execute(
            "select exists (from temp._extracted semi join temp._batch using (document_id))"
        ).fetchone()
        for table in NLP:
            counts[table.qualified_name] += _replace(con, table, has_rows=has_rows == (True,))
        con.execute(f"insert into temp._found select {_FOUND} from temp._batch")
    con.execute(
        "update raw.documents set extractor_version = found.extractor_version "
        "from temp._found as found where documents.document_id = found.document_id"
    )
    fill_published_dates(con, "temp._found")
    for name in ("_batch", "_wanted", "_extracted", "_found"):
        con.execute(f"drop table if exists temp.{name}")
    return counts


def id_table(document_ids: Iterable[str]) -> pa.Table:
    """Ids of documents as an Arrow table; a parameter of a statement takes ten times its memory."""
    return pa.table({"document_id": pa.array(list(document_ids), pa.large_string())})


@contextmanager
def registered(con: duckdb.DuckDBPyConnection, rows: pa.Table | pa.RecordBatchReader) -> Iterator[None]:
    """The rows as the view `_incoming`; a failed transaction takes the view with it and allows no statement more."""
    con.register("_incoming", rows)
    yield
    con.unregister("_incoming")


def fill_published_dates(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """Give documents without a published date the one that extraction inferred; the caller has the transaction.

    Args:
        con: the build database, in a transaction.
        source: a temporary table with document_id and the published_date columns.
    """
    con.execute(
        "update raw.documents set published_date = source.published_date, "
        "published_date_source = source.published_date_source, published_date_evidence = source.published_date_evidence "
        f"from {source} as source where documents.document_id = source.document_id "
        "and documents.published_date is null and source.published_date is not null"
    )


def _replace(con: duckdb.DuckDBPyConnection, table: Table, *, has_rows: bool) -> int:
    name = quoted(table.schema, table.name)
    if has_rows:
        con.execute(f"delete from {name} where document_id in (select document_id from temp._batch)")
    rows = _participants(table) if table.name == "event_participants" else _items(table)
    row = con.execute(f"insert into {name} by name {rows}").fetchone()
    return int(row[0]) if row else 0


def _items(table: Table) -> str:
    """SQL for the rows of a table: one for each item of its list.

    `unnest` in the select list is five times as fast as in the from clause, where DuckDB joins it back to its row.
    """
    items = quoted(_LISTS[table.name])
    return (
        f"select document_id, extractor_version, {_selected(table, _EXPRESSIONS)} from ("
        f"select document_id, extractor_version, unnest({items}) as item, generate_subscripts({items}, 1) as number "
        "from temp._batch)"
    )


def _participants(table: Table) -> str:
    """SQL for the parties of the events: actors and recipients are lists, the attribution is one party or none."""
    parties = {
        "actor": "event.actors",
        "recipient": "event.recipients",
        "attribution": "if(event.attributed_to is null, [], [event.attributed_to])",
    }
    return " union all by name ".join(
        f"select document_id, extractor_version, {_selected(table, {**_PARTY_EXPRESSIONS, 'role': repr(role)})} from ("
        "select document_id, extractor_version, event_id, unnest(parties) as item, generate_subscripts(parties, 1) as number "
        f"from (select document_id, extractor_version, event.event_id as event_id, {items} as parties "
        "from (select document_id, extractor_version, unnest(events) as event from temp._batch)))"
        for role, items in parties.items()
    )


def _selected(table: Table, own: Mapping[str, str]) -> str:
    """The select list of a table's columns, each from the field of the struct that has its name or as `own` says."""
    return ", ".join(
        f"{own.get(column) or _field(table.name, column)} as {quoted(column)}"
        for column in table.column_names
        if column not in ("document_id", "extractor_version")
    )


def _field(table_name: str, column: str) -> str:
    for struct in _STRUCTS.get(table_name, ()):
        if column.startswith(f"{struct}_"):
            return f"item.{struct}.{quoted(column.removeprefix(f'{struct}_'))}"
    return f"item.{quoted(column)}"
