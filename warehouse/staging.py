"""The hand-over between the steps of a run: what ingest read and what extraction did, as Parquet files.

What belongs here: `StagedDocuments` and `StagedExtractions`, writing and reading them back. What does not: extraction rows,
which are in the batches (`pipelines/stages/batches.py`), and tables (`load.py`).

The folder holds one run at a time. A file appears under its name only when it is whole, and the small file that makes the
others valid is written last, so a step never reads half of what a killed run left.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import TerminalError
from pipelines.records import Document, DocumentSource, QuarantineRow, SourceFile
from warehouse.extraction_schema import record_schema
from warehouse.transaction import translated_errors

_DOCUMENTS_MARK = "documents.json"
_EXTRACTIONS_MARK = "extractions.json"
# Rows of the files that are in memory at a time: written together, and read together.
_ROWS_OF_GROUP = 4096
_ROWS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class StagedDocuments:
    """What ingest read: rows of the schema raw, and the counts of the run (`IngestionRun`'s names without `_count`)."""

    run_id: str
    started_at: datetime
    counts: Mapping[str, int]
    documents: Collection[Document]  # read back, they come from the file each time they are gone through
    document_sources: tuple[DocumentSource, ...]
    files: tuple[SourceFile, ...]
    quarantine: tuple[QuarantineRow, ...]


@dataclass(frozen=True, slots=True)
class StagedExtractions:
    """What extraction did: where the rows of which documents are, what was refused, and the counts."""

    run_id: str  # of the staged documents that it belongs to
    extractor_version: str
    batch_paths: tuple[str, ...]  # paths or URLs
    damaged_paths: tuple[str, ...]  # batches that were set aside; what they held was extracted again
    document_ids: tuple[str, ...]
    quarantine: tuple[QuarantineRow, ...]
    extracted_count: int
    reused_count: int
    word_count: int
    seconds: float


def write_staged_documents(folder: Path, staged: StagedDocuments) -> None:
    """Replace what is staged by what a run read.

    Raises:
        DiskFullError: there is no space for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for mark in (_EXTRACTIONS_MARK, _DOCUMENTS_MARK):
        (folder / mark).unlink(missing_ok=True)
    with translated_errors(doing=f"staging documents in {folder}"):
        for name, record in _RECORDS.items():
            _write_records(folder / f"{name}.parquet", getattr(staged, name), record)
        _write_mark(
            folder / _DOCUMENTS_MARK,
            {"run_id": staged.run_id, "started_at": staged.started_at.isoformat(), "counts": dict(staged.counts)},
        )


def read_staged_documents(folder: Path) -> StagedDocuments:
    """What the last run of ingest read.

    Raises:
        TerminalError: nothing whole is staged.
    """
    mark = _read_mark(folder / _DOCUMENTS_MARK)
    return StagedDocuments(
        run_id=mark["run_id"],
        started_at=datetime.fromisoformat(mark["started_at"]),
        counts=mark["counts"],
        documents=DocumentFile(folder / "documents.parquet"),
        **{
            name: tuple(_records(folder / f"{name}.parquet", record))
            for name, record in _RECORDS.items()
            if record is not Document
        },
    )


def read_staged_ids(folder: Path) -> list[str]:
    """Ids of the documents that the last run of ingest read, in their order.

    Raises:
        TerminalError: nothing whole is staged.
    """
    _read_mark(folder / _DOCUMENTS_MARK)
    return DocumentFile(folder / "documents.parquet").ids()


def write_staged_extractions(folder: Path, staged: StagedExtractions) -> None:
    """Stage what extraction did.

    Raises:
        DiskFullError: there is no space for it.
    """
    with translated_errors(doing=f"staging extractions in {folder}"):
        _write_records(folder / "extraction_quarantine.parquet", staged.quarantine, QuarantineRow)
        plain = {name: getattr(staged, name) for name in StagedExtractions.__slots__ if name != "quarantine"}
        _write_mark(folder / _EXTRACTIONS_MARK, plain)


def read_staged_extractions(folder: Path) -> StagedExtractions:
    """What the last run of extraction did.

    Raises:
        TerminalError: nothing whole is staged, or it belongs to other documents than those staged.
    """
    mark = _read_mark(folder / _EXTRACTIONS_MARK)
    if mark["run_id"] != _read_mark(folder / _DOCUMENTS_MARK)["run_id"]:
        raise TerminalError(f"the extractions in {folder} belong to another run than the documents; run the whole job")
    return StagedExtractions(
        **mark
        | {
            **{name: tuple(mark[name]) for name in ("batch_paths", "damaged_paths", "document_ids")},
            "quarantine": tuple(_records(folder / "extraction_quarantine.parquet", QuarantineRow)),
        }
    )


class DocumentFile(Collection[Document]):
    """The staged documents, of which a few hundred are in memory while they are gone through."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = pq.read_metadata(path).num_rows

    def ids(self) -> list[str]:
        """Their ids, in the same order; the texts are not read."""
        ids: list[str] = pq.read_table(self._path, columns=["document_id"])["document_id"].to_pylist()
        return ids

    def __len__(self) -> int:
        return self._count

    def __contains__(self, document: object) -> bool:
        return any(document == other for other in self)

    def __iter__(self) -> Iterator[Document]:
        return _records(self._path, Document)


def _write_records(path: Path, records: Iterable[Any], record: type) -> None:
    schema = record_schema(record)
    remaining = iter(records)
    temporary = path.with_suffix(".tmp")
    with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        while some := list(islice(remaining, _ROWS_OF_GROUP)):
            rows = [{name: getattr(row, name) for name in schema.names} for row in some]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    os.replace(temporary, path)


def _records(path: Path, record: type) -> Iterator[Any]:
    enums = {name: hint for name, hint in get_type_hints(record).items() if _is_enum(hint)}
    with pq.ParquetFile(path) as file:
        for rows in file.iter_batches(batch_size=_ROWS_AT_ONCE):
            for row in rows.to_pylist():
                yield record(**row | {name: enum(row[name]) for name, enum in enums.items()})


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


def _write_mark(path: Path, content: Mapping[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    os.replace(temporary, path)


def _read_mark(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise TerminalError(
            f"nothing is staged in {path.parent}: the step before this one has not run or did not finish; run the whole job"
        ) from None


_RECORDS: Mapping[str, type] = {
    "documents": Document,
    "document_sources": DocumentSource,
    "files": SourceFile,
    "quarantine": QuarantineRow,
}
