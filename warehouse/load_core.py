"""Writing the tables of core: what a resolution found replaces what the former one did, in one transaction.

What belongs here: `replace_core`. What does not: any decision about entities and events (`pipelines/stages/resolve`), what
became of their ids (`changes.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines.errors import TerminalError
from warehouse.batches import registered
from warehouse.changes import record_changes, remember_links
from warehouse.contracts.core import CORE
from warehouse.contracts.form import Table
from warehouse.layout import quoted
from warehouse.transaction import transaction

_TABLES = {table.qualified_name: table for table in CORE}
# Tables of core of which a run may replace a part, and the rows that go with an event mention; events before their links.
_BY_MENTION = {
    "core.events": ("event_id in (select event_id from core.event_links join _incoming using (event_mention_id))"),
    "core.event_links": "event_mention_id in (select event_mention_id from _incoming)",
    "core.event_parties": "event_mention_id in (select event_mention_id from _incoming)",
}
# The same for entities: rows of those that are replaced, links of the mentions that come anew.
_OF_ENTITY = ("core.entities", "core.entity_affiliations")
_ENTITY_LINKS = "core.entity_links"


@dataclass(frozen=True, slots=True)
class CoreRows:
    """What is written of core; see `replace_core`."""

    tables: Mapping[str, pa.Table]
    replaced: Sequence[str] | None = None
    entities: Sequence[str] | None = None


def replace_core(
    con: duckdb.DuckDBPyConnection,
    tables: Mapping[str, pa.Table],
    *,
    run_id: str,
    replaced: Sequence[str] | None = None,
    entities: Sequence[str] | None = None,
    later: Iterable[CoreRows] = (),
) -> Mapping[str, int]:
    """Replace the rows of tables of the schema core, and record which ids became which, in one transaction.

    Args:
        con: the build database, outside a transaction.
        tables: by name, with or without the schema ("core.events" or "events"): all the rows of the table, columns by
            name; a nullable column may be absent.
        run_id: the run that resolves.
        replaced: event mentions: of events, event_links and event_parties only the rows of these, and of the events that they
            were linked to, are replaced. `None`: all rows are.
        entities: of entities and entity_affiliations only the rows of these are replaced, and of entity_links those of the
            mentions that come anew or are no more. `None`: all rows are.

        later: what is written after it in the same transaction, one after the other; each is asked for when the former one is
            written, and can read that from the database. Rows that are not read before the transaction began are kept in
            DuckDB's files.

    Returns:
        Rows of each table that were written, the last time.

    Raises:
        TerminalError: there is no such table, or it has no such column.
        DiskFullError, WarehouseCorruptError: nothing was written.
    """
    first = CoreRows(tables, replaced, entities)
    of_first = _contracts(tables)
    with transaction(con, doing="writing core"):
        # What later rows replace is not known yet.
        is_all = later != ()
        remember_links(con, events=None if is_all else replaced, entities=None if is_all else entities)
        counts = _write(con, first, of_first)
        for rows in later:
            counts = _write(con, rows, _contracts(rows.tables))
        record_changes(con, run_id=run_id)
    return counts


def insert_rows(con: duckdb.DuckDBPyConnection, contract: Table, rows: pa.Table) -> int:
    """Insert rows into a table, columns by name; the caller has the transaction.

    Returns:
        How many.
    """
    with registered(con, rows):
        con.execute(f"insert into {quoted(contract.schema, contract.name)} by name select * from _incoming")
    return rows.num_rows


def _write(con: duckdb.DuckDBPyConnection, rows: CoreRows, contracts: Mapping[str, Table]) -> dict[str, int]:
    partly = {*(_BY_MENTION if rows.replaced is not None else ())}
    partly |= {*((*_OF_ENTITY, _ENTITY_LINKS) if rows.entities is not None else ())}
    for contract in contracts.values():
        if contract.qualified_name not in partly:
            con.execute(f"delete from {quoted(contract.schema, contract.name)}")
    if rows.replaced is not None:
        _delete_events(con, rows.replaced)
    if rows.entities is not None:
        links = (table for name, table in rows.tables.items() if contracts[name].qualified_name == _ENTITY_LINKS)
        _delete_entities(con, rows.entities, next(links))
    return {
        contract.qualified_name: insert_rows(con, contract, rows.tables[name]) for name, contract in contracts.items()
    }


def _contracts(tables: Mapping[str, pa.Table]) -> dict[str, Table]:
    return {name: _core_contract(name, rows) for name, rows in tables.items()}


def _core_contract(name: str, rows: pa.Table) -> Table:
    contract = _TABLES.get(name if name.startswith("core.") else f"core.{name}")
    if contract is None or contract not in CORE:
        raise TerminalError(f"there is no table {name!r} in core; it has {', '.join(table.name for table in CORE)}")
    if unknown := sorted(set(rows.column_names) - set(contract.column_names)):
        raise TerminalError(
            f"{contract.qualified_name} has no column {', '.join(unknown)}; see warehouse/contracts/core.py"
        )
    return contract


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
    with registered(con, links.select(["mention_id"])):
        con.execute(f"delete from {_ENTITY_LINKS} where mention_id in (select mention_id from _incoming)")
    con.execute(f"delete from {_ENTITY_LINKS} where mention_id not in (select mention_id from nlp.entity_mentions)")
