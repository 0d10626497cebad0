"""Writing the tables that Python builds: one transaction for a run, one for core, one for the reference lists.

What belongs here: `load_run`, `replace_core`, `load_reference`, and `run_is_loaded`, which answers after a failed COMMIT. What
does not: any reading of text (extraction wrote Parquet batches before), any decision about entities (the resolve stage).

A row is written by deleting its key and inserting it, so loading the same run twice gives the same tables. Rows of nlp are
unnested in SQL from the batches (`batches.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.errors import TerminalError
from pipelines.freed_memory import give_back
from pipelines.records import Document, DocumentSource, IngestionRun, QuarantineRow, SourceFile
from warehouse.batches import fill_published_dates, id_table, load_batches, registered
from warehouse.changes import record_changes, remember_links
from warehouse.connection import open_build
from warehouse.contracts.core import CORE
from warehouse.contracts.form import Table
from warehouse.contracts.raw import RAW, REFERENCE
from warehouse.layout import quoted
from warehouse.removal import remove_documents
from warehouse.staging import DocumentFile
from warehouse.transaction import transaction

logger = logging.getLogger(__name__)

_TABLES = {table.qualified_name: table for table in (*RAW, *REFERENCE, *CORE)}
# Tables of core of which a run may replace a part, and the rows that go with an event mention; events before their links.
_BY_MENTION = {
    "core.events": ("event_id in (select event_id from core.event_links join _incoming using (event_mention_id))"),
    "core.event_links": "event_mention_id in (select event_mention_id from _incoming)",
    "core.event_parties": "event_mention_id in (select event_mention_id from _incoming)",
}
# The same for entities: rows of those that are replaced, links of the mentions that come anew.
_OF_ENTITY = ("core.entities", "core.entity_affiliations")
_ENTITY_LINKS = "core.entity_links"
_LOST_MENTIONS = f"""
with held as (select mention_id from {_ENTITY_LINKS} where entity_id in (select entity_id from _incoming))
select mention_id from held
where mention_id not in (select mention_id from nlp.entity_mentions where mention_id in (select mention_id from held))
"""
# Documents whose texts are in memory at a time.
_DOCUMENTS_AT_ONCE = 4096
_ARROW_TYPES = {
    "VARCHAR": pa.large_string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "BLOB": pa.large_binary(),
}


def load_run(
    con: duckdb.DuckDBPyConnection,
    *,
    documents: Collection[Document],
    document_sources: Sequence[DocumentSource],
    files: Sequence[SourceFile],
    quarantine: Sequence[QuarantineRow],
    run: IngestionRun,
    batches: Iterable[Sequence[Path]],
    extractor_version: str,
    document_ids: Collection[str] | None = None,
    remove: Sequence[str] | None = None,
) -> Mapping[str, int]:
    """Write everything a run found, in one transaction.

    Files of a path that `files` brings a newer version of lose `is_current`; so does a file whose row says `vanished`,
    which ends what earlier versions of it have `kept`.
    Earlier quarantine rows of a file read again, or of a record whose document is extracted now, go away: `quarantine`
    holds what is still refused.

    Args:
        con: the build database, outside a transaction.
        documents: new documents; one that is there already is replaced and keeps its rows in nlp.
        document_sources: the records that hold them; replaces what was known of the files in `files`.
        files: versions of files this run read, and files that vanished.
        quarantine: what this run refused.
        run: the run's own row.
        batches: Parquet files of `EXTRACTION_SCHEMA`, in groups that are read one after the other; may hold more documents
            than asked for.
        extractor_version: rows of other versions in the batches are passed over.
        document_ids: documents whose rows are taken from the batches; `None`: those in `documents`.
        remove: removes documents that no file holds any more; see `removal.remove_documents`. `None`: they stay.

    Returns:
        Rows inserted, by table ("nlp.sentences"); under "removed" the documents removed.

    Raises:
        DiskFullError, WarehouseCorruptError: see `pipelines/errors.py`; nothing was written.
        duckdb.Error: the database refused the rows, or COMMIT failed: see `run_is_loaded`.
    """
    if document_ids is None:
        document_ids = [document.document_id for document in documents]
    with transaction(con, doing=f"loading run {run.run_id}"):
        counts = {
            "raw.files": _load_files(con, files),
            "raw.documents": _load_documents(con, documents),
            "raw.document_sources": _load_document_sources(con, files, document_sources),
            **load_batches(con, batches, document_ids=document_ids, extractor_version=extractor_version),
            "raw.quarantine": _load_quarantine(con, files, quarantine, document_ids),
            "removed": 0 if remove is None else remove_documents(con, remove),
        }
        _settle_duplicates(con)
        run = replace(run, removed_count=counts["removed"], current_document_count=_current_documents(con))
        counts["raw.ingestion_runs"] = _replace_rows(
            con, "raw.ingestion_runs", _records_table("raw.ingestion_runs", [run])
        )
    logger.info("loaded run %s: %s", run.run_id, ", ".join(f"{count} {name}" for name, count in counts.items()))
    return counts


def add_run(con: duckdb.DuckDBPyConnection, run: IngestionRun) -> None:
    """Write the row of a run that had nothing to load; by values, as a table of rows would load pandas.

    Args:
        con: the build database, outside a transaction.
        run: the row.
    """
    run = replace(run, current_document_count=_current_documents(con))
    names = [field.name for field in fields(run)]
    with transaction(con, doing=f"noting run {run.run_id}"):
        con.execute(
            f"insert into raw.ingestion_runs ({', '.join(map(quoted, names))}) values ({', '.join('?' * len(names))})",
            [_stored(getattr(run, name)) for name in names],
        )


def _current_documents(con: duckdb.DuckDBPyConnection) -> int:
    """How many documents a file of the seeds folder holds now."""
    return int(
        con.execute(
            "select count(distinct document_id) from raw.document_sources join raw.files using (file_id) where is_current"
        ).fetchall()[0][0]
    )


def run_is_loaded(path: Path, run_id: str) -> bool:
    """Whether a run's rows are in the build database; for use after an error at COMMIT, which DuckDB can report although
    the commit is durable.

    Args:
        path: the build database; the failed connection is closed already.
        run_id: the run.
    """
    con = open_build(path, read_only=False)
    try:
        row = con.execute("select count(*) from raw.ingestion_runs where run_id = ?", [run_id]).fetchone()
        return row is not None and row[0] > 0
    finally:
        con.close()


def replace_core(
    con: duckdb.DuckDBPyConnection,
    tables: dict[str, pa.Table],
    *,
    run_id: str,
    replaced: Sequence[str] | None = None,
    entities: Sequence[str] | None = None,
) -> Mapping[str, int]:
    """Replace the rows of tables of the schema core, and record which ids became which, in one transaction.

    Args:
        con: the build database, outside a transaction.
        tables: by name, with or without the schema ("core.events" or "events"): all the rows of the table, columns by
            name; a nullable column may be absent. Each is taken out when it is written, so that its memory can go.
        run_id: the run that resolves.
        replaced: event mentions: of events, event_links and event_parties only the rows of these, and of the events that they
            were linked to, are replaced. `None`: all rows are.
        entities: of entities and entity_affiliations only the rows of these are replaced, and of entity_links those of the
            mentions that come anew or are no more. `None`: all rows are.

    Returns:
        Rows of each table that were written.

    Raises:
        TerminalError: there is no such table, or it has no such column.
        DiskFullError, WarehouseCorruptError: nothing was written.
    """
    contracts = {name: _core_contract(name, rows) for name, rows in tables.items()}
    with transaction(con, doing="writing core"):
        remember_links(con, events=replaced, entities=entities)
        partly = {*(_BY_MENTION if replaced is not None else ())}
        partly |= {*((*_OF_ENTITY, _ENTITY_LINKS) if entities is not None else ())}
        for contract in contracts.values():
            if contract.qualified_name not in partly:
                con.execute(f"delete from {quoted(contract.schema, contract.name)}")
        if replaced is not None:
            _delete_events(con, replaced)
        if entities is not None:
            links = (rows for name, rows in tables.items() if contracts[name].qualified_name == _ENTITY_LINKS)
            _delete_entities(con, entities, next(links))
        counts = {
            contract.qualified_name: _insert(con, contract, tables.pop(name)) for name, contract in contracts.items()
        }
        record_changes(con, run_id=run_id)
    return counts


def load_reference(con: duckdb.DuckDBPyConnection, lists: Mapping[str, pa.Table]) -> Mapping[str, int]:
    """Replace the reference lists (countries, event types, event codes, settings of the analysis), in one transaction.

    Args:
        con: the build database, outside a transaction.
        lists: the rows of each, as `reference.reference_tables` makes them.

    Returns:
        Rows of each table.
    """
    with transaction(con, doing="writing the reference lists"):
        return {name: _replace_all(con, _TABLES[name], rows) for name, rows in lists.items()}


def _core_contract(name: str, rows: pa.Table) -> Table:
    contract = _TABLES.get(name if name.startswith("core.") else f"core.{name}")
    if contract is None or contract not in CORE:
        raise TerminalError(f"there is no table {name!r} in core; it has {', '.join(table.name for table in CORE)}")
    if unknown := sorted(set(rows.column_names) - set(contract.column_names)):
        raise TerminalError(
            f"{contract.qualified_name} has no column {', '.join(unknown)}; see warehouse/contracts/core.py"
        )
    return contract


def _load_files(con: duckdb.DuckDBPyConnection, files: Sequence[SourceFile]) -> int:
    count = _replace_rows(con, "raw.files", _records_table("raw.files", files))
    with registered(con, _records_table("raw.files", files)):
        con.execute(
            "update raw.files set is_current = false where path in (select path from _incoming where is_current) "
            "and file_id not in (select file_id from _incoming)"
        )
        con.execute(
            "update raw.files set is_current = false where status = 'vanished' "
            "and file_id in (select file_id from _incoming)"
        )
        con.execute(
            "update raw.files set status = 'vanished' where status = 'kept' "
            "and path in (select path from _incoming where status = 'vanished')"
        )
    return count


def _load_documents(con: duckdb.DuckDBPyConnection, documents: Collection[Document]) -> int:
    """Replace documents; one that is there already has the same text, so what extraction made of it stays valid."""
    ids = documents.ids() if isinstance(documents, DocumentFile) else [document.document_id for document in documents]
    with registered(con, id_table(ids)):
        con.execute(
            "create or replace temporary table _known as select document_id, extractor_version, published_date, "
            "published_date_source, published_date_evidence from raw.documents "
            "where extractor_version is not null and document_id in (select document_id from _incoming)"
        )
        con.execute("delete from raw.documents where document_id in (select document_id from _incoming)")
    remaining = iter(documents)
    while some := list(islice(remaining, _DOCUMENTS_AT_ONCE)):
        with registered(con, _read_once(_records_table("raw.documents", some))):
            con.execute("insert into raw.documents by name select * from _incoming")
    give_back()
    con.execute(
        "update raw.documents set extractor_version = known.extractor_version "
        "from temp._known as known where documents.document_id = known.document_id"
    )
    fill_published_dates(con, "temp._known")
    con.execute("drop table temp._known")
    return len(ids)


def _load_document_sources(
    con: duckdb.DuckDBPyConnection, files: Sequence[SourceFile], sources: Sequence[DocumentSource]
) -> int:
    read_again = [file.file_id for file in files if file.status not in ("vanished", "kept")]
    con.execute("delete from raw.document_sources where file_id in (select unnest($ids))", {"ids": read_again})
    return _replace_rows(con, "raw.document_sources", _records_table("raw.document_sources", sources))


def _settle_duplicates(con: duckdb.DuckDBPyConnection) -> None:
    """Call the first file by path that holds a text its loaded one, and the others duplicates, whichever was read first."""
    con.execute(
        "with held as (select document_id, file_id, path = min(path) over (partition by document_id) as is_first "
        "  from raw.document_sources join raw.files using (file_id, path) where is_current), "
        "settled as (select file_id, if(bool_or(is_first), 'loaded', 'duplicate') as status from held group by file_id) "
        "update raw.files set status = settled.status from settled where files.file_id = settled.file_id "
        "and files.status <> settled.status and files.status in ('loaded', 'duplicate')"
    )


def _load_quarantine(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[SourceFile],
    quarantine: Sequence[QuarantineRow],
    document_ids: Collection[str],
) -> int:
    con.execute(
        "delete from raw.quarantine where path in (select unnest($paths)) and stage = 'ingest'",
        {"paths": [file.path for file in files]},
    )
    with registered(con, id_table(document_ids)):
        con.execute(
            "delete from raw.quarantine where stage = 'extract' and (path, record_number) in ("
            "  select (path, record_number) from raw.document_sources join raw.documents using (document_id)"
            "  where extractor_version is not null and document_id in (select document_id from _incoming))"
        )
    with registered(con, _records_table("raw.quarantine", quarantine)):
        con.execute(
            "delete from raw.quarantine where stage = 'extract' and (path, record_number) in ("
            "  select (path, record_number) from _incoming where stage = 'extract')"
        )
    return _replace_rows(con, "raw.quarantine", _records_table("raw.quarantine", quarantine))


def _replace_rows(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> int:
    """Delete by key, insert; the caller has the transaction."""
    contract = _TABLES[name]
    table = quoted(contract.schema, contract.name)
    key = ", ".join(quoted(column) for column in contract.primary_key)
    with registered(con, rows):
        con.execute(f"delete from {table} where ({key}) in (select ({key}) from _incoming)")
        con.execute(f"insert into {table} by name select * from _incoming")
    return rows.num_rows


def _replace_all(con: duckdb.DuckDBPyConnection, contract: Table, rows: pa.Table) -> int:
    con.execute(f"delete from {quoted(contract.schema, contract.name)}")
    return _insert(con, contract, rows)


def _insert(con: duckdb.DuckDBPyConnection, contract: Table, rows: pa.Table) -> int:
    # By their name here: DuckDB keeps the rows of a view until the transaction ends, which of all tables are many.
    con.execute(f"insert into {quoted(contract.schema, contract.name)} by name select * from rows")
    return rows.num_rows


def _delete_events(con: duckdb.DuckDBPyConnection, mentions: Sequence[str]) -> None:
    """Delete the rows of event mentions, and the events that they were linked to; the caller has the transaction."""
    with registered(con, pa.table({"event_mention_id": pa.array(mentions, pa.large_string())})):
        for table, condition in _BY_MENTION.items():
            con.execute(f"delete from {table} where {condition}")


def _delete_entities(con: duckdb.DuckDBPyConnection, entities: Sequence[str], links: pa.Table) -> None:
    """Delete the rows of entities, and the links that come anew or whose mentions are no more; the caller has the transaction."""
    with registered(con, pa.table({"entity_id": pa.array(entities, pa.large_string())})):
        for table in _OF_ENTITY:
            con.execute(f"delete from {table} where entity_id in (select entity_id from _incoming)")
        # No other entity loses a mention, so not all mentions are looked for.
        lost = con.sql(_LOST_MENTIONS).to_arrow_table()
    for mentions in (links.select(["mention_id"]), lost):
        if mentions.num_rows:
            with registered(con, mentions):
                con.execute(f"delete from {_ENTITY_LINKS} where mention_id in (select mention_id from _incoming)")


def _records_table(name: str, records: Sequence[Any]) -> pa.Table:
    """Records as an Arrow table; their fields are columns of the contract."""
    types = {column.name: _ARROW_TYPES[column.type] for column in _TABLES[name].columns}
    names = [field.name for field in fields(_RECORDS[name])]
    arrays = [pa.array([_stored(getattr(record, column)) for record in records], types[column]) for column in names]
    return pa.table(arrays, names=names)


def _read_once(rows: pa.Table) -> pa.RecordBatchReader:
    """Rows that are let go as they are read: what was registered stays with DuckDB until the transaction ends."""
    return pa.RecordBatchReader.from_batches(rows.schema, iter(rows.to_batches()))


def _stored(value: Any) -> Any:
    """Timestamps are stored as UTC without a zone."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


_RECORDS: Mapping[str, type] = {
    "raw.files": SourceFile,
    "raw.documents": Document,
    "raw.document_sources": DocumentSource,
    "raw.quarantine": QuarantineRow,
    "raw.ingestion_runs": IngestionRun,
}
