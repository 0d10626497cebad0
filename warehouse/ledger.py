"""The ledger: what earlier runs have already read and extracted.

What belongs here: reading it. What does not: deciding what to do with a file (`pipelines/stages/ingest`) or writing it
(`load.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import fields
from datetime import UTC
from functools import cached_property
from typing import Any

import duckdb

from pipelines.records import QuarantineRow, SourceFile

_ROWS_AT_ONCE = 4096
# Documents that are asked for one by one, for a millisecond each; a hundred thousand ids are read in eighty, a few thousand in
# two, so these are read at once.
_LOOKED_UP = 32
_FEW_DOCUMENTS = 5_000
# Columns of few values, each of which is held once: a million files repeat them.
_REPEATED = frozenset(("run_id", "media_type", "status", "stage", "reason_code"))


class Ledger:
    """What the warehouse knows before a run, each part of it read when it is first asked for.

    Args:
        con: a connection to the build database, which is not written meanwhile; may be read-only.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.document_ids: Set[str] = _DocumentIds(con)

    @cached_property
    def files(self) -> Mapping[str, SourceFile]:
        """The current version of each file still in the folder, by path."""
        current = f"select {_columns(SourceFile)} from raw.files where is_current order by path"
        return {file.path: file for file in map(_maker(SourceFile), _rows(self._con, current))}

    @cached_property
    def quarantine(self) -> Mapping[str, QuarantineRow]:
        """What was refused, by quarantine id."""
        refused = f"select {_columns(QuarantineRow)} from raw.quarantine order by quarantine_id"
        return {row.quarantine_id: row for row in map(_maker(QuarantineRow), _rows(self._con, refused))}

    def stale_documents(self, extractor_version: str) -> tuple[str, ...]:
        """Ids of the documents whose rows in nlp another extractor made, or that have none; sorted."""
        stale = "select document_id from raw.documents where extractor_version is distinct from ?"
        return tuple(sorted(document_id for (document_id,) in _rows(self._con, stale, [extractor_version])))


class _DocumentIds(Set[str]):
    """Ids of the documents loaded: a few are looked up, and all are read for those who ask for more."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._asked = 0

    @cached_property
    def _looked_up(self) -> int:
        """How many are asked for one by one before all are read."""
        return 0 if len(self) <= _FEW_DOCUMENTS else _LOOKED_UP

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(document_id for (document_id,) in _rows(self._con, "select document_id from raw.documents"))

    def __contains__(self, document_id: object) -> bool:
        self._asked += 1
        if self._asked > self._looked_up:
            return document_id in self._all
        found = self._con.execute("select exists (from raw.documents where document_id = ?)", [document_id])
        return found.fetchone() == (True,)

    def __len__(self) -> int:
        return int(self._con.execute("select count(*) from raw.documents").fetchall()[0][0])

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)


def read_ledger(con: duckdb.DuckDBPyConnection) -> Ledger:
    """The ledger of a build database.

    Args:
        con: a connection to it; may be read-only.
    """
    return Ledger(con)


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, some thousand of which are in memory at a time."""
    result = con.execute(sql, list(values))
    while rows := result.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def _maker(record: type) -> Callable[[Sequence[Any]], Any]:
    """What makes a record of a row: timestamps are stored as UTC without a zone, and records carry the zone."""
    names = [field.name for field in fields(record)]
    repeated = [at for at, name in enumerate(names) if name in _REPEATED]
    times = [at for at, name in enumerate(names) if name.endswith("_at")]

    def make(row: Sequence[Any]) -> Any:
        values = list(row)
        for at in repeated:
            values[at] = values[at] and sys.intern(values[at])
        for at in times:
            values[at] = values[at].replace(tzinfo=UTC)
        return record(*values)

    return make


def _columns(record: type) -> str:
    return ", ".join(field.name for field in fields(record))
