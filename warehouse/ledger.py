"""The ledger: what earlier runs have already read and extracted.

What belongs here: reading it. What does not: deciding what to do with a file (`pipelines/stages/ingest`) or writing it
(`load.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC
from typing import Any

import duckdb

from pipelines.records import QuarantineRow, SourceFile

_ROWS_AT_ONCE = 4096
# Columns of few values, each of which is held once: a million files repeat them.
_REPEATED = frozenset(("run_id", "media_type", "status", "stage", "reason_code"))


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the warehouse knows before a run."""

    files: Mapping[str, SourceFile]  # by path: the current version of each file still in the folder
    document_ids: frozenset[str]
    extractor_versions: Mapping[str, str]  # by document id: who made its rows in nlp; absent while it has none
    quarantine: Mapping[str, QuarantineRow]  # by quarantine id

    def stale_documents(self, extractor_version: str) -> tuple[str, ...]:
        """Ids of the documents whose rows in nlp another extractor made, or that have none; sorted."""
        return tuple(sorted(id for id in self.document_ids if self.extractor_versions.get(id) != extractor_version))


def read_ledger(con: duckdb.DuckDBPyConnection) -> Ledger:
    """Read the ledger of a build database.

    Args:
        con: a connection to it; may be read-only.
    """
    versions: dict[str, str] = {}
    document_ids = []
    for document_id, version in _rows(con, "select document_id, extractor_version from raw.documents"):
        document_ids.append(document_id)
        if version is not None:
            versions[document_id] = sys.intern(version)
    files = map(
        _maker(SourceFile), _rows(con, f"select {_columns(SourceFile)} from raw.files where is_current order by path")
    )
    refused = f"select {_columns(QuarantineRow)} from raw.quarantine order by quarantine_id"
    return Ledger(
        files={file.path: file for file in files},
        document_ids=frozenset(document_ids),
        extractor_versions=versions,
        quarantine={row.quarantine_id: row for row in map(_maker(QuarantineRow), _rows(con, refused))},
    )


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, some thousand of which are in memory at a time."""
    result = con.execute(sql)
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
