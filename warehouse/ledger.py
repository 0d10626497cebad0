"""The ledger: what earlier runs have already read and extracted.

What belongs here: reading it. What does not: deciding what to do with a file (`pipelines/stages/ingest`) or writing it
(`load.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import duckdb

from pipelines.records import QuarantineRow, SourceFile


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
    current = con.execute(f"select {_columns(SourceFile)} from raw.files where is_current order by path").fetchall()
    refused = con.execute(f"select {_columns(QuarantineRow)} from raw.quarantine order by quarantine_id").fetchall()
    documents = con.execute("select document_id, extractor_version from raw.documents").fetchall()
    return Ledger(
        files={file.path: file for file in (SourceFile(*map(_aware, row)) for row in current)},
        document_ids=frozenset(document_id for document_id, _ in documents),
        extractor_versions={document_id: version for document_id, version in documents if version is not None},
        quarantine={row.quarantine_id: row for row in (QuarantineRow(*map(_aware, values)) for values in refused)},
    )


def _columns(record: type) -> str:
    return ", ".join(field.name for field in fields(record))


def _aware(value: Any) -> Any:
    """Timestamps are stored as UTC without a zone; records carry the zone."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
