"""Extraction batches on disk: immutable Parquet files, and which documents they hold.

What belongs here: `BatchStore`, `remove_extractions`, and `plan_batches`, which cuts documents into batches. What does not:
making the rows (`coding.py`, `record.py`), their Arrow schema (`warehouse/extraction_schema.py`).

A store is the folder of one extractor version. A document is known by its input hash, over everything that extraction reads
of it, so one whose published date has changed is extracted anew. A batch appears under its name only when it is whole and on
disk, and its name ends in the checksum of its bytes: before rows are taken from it they are compared, and a batch that is not
what was written is set aside (`.damaged`), so that its documents are extracted again.

What a batch holds stands in its Parquet footer; `index.tsv` repeats it so that ten thousand batches need not be opened. The index
is a cache: a line that is cut short or altered, or a file missing from it, costs time only.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import BatchDamagedError
from pipelines.records import Document

logger = logging.getLogger(__name__)

_INDEX = "index.tsv"
_FAILURES = "failures.jsonl"
_INPUTS_KEY = b"communique.inputs"
DAMAGED_SUFFIX = ".damaged"
_STALE_SECONDS = 3600.0  # a temporary file this old belongs to no running process
# Documents of a batch together, in characters; bounds the memory of a worker.
_MAX_BATCH_CHARACTERS = 500_000


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Where the extraction of a document is."""

    document_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class ExtractionFailure:
    """A document that could not be extracted."""

    document_id: str
    content_hash: str  # of its text
    reason_code: str
    message: str
    attempts: int


def input_hash(document: Document) -> str:
    """Hash of everything that extraction reads of a document."""
    parts = (
        document.document_id,
        document.published_date,
        document.published_date_source,
        document.published_date_evidence,
        document.title,
        document.source_name,
        document.language,
    )
    return blake2b(json.dumps([str(part) for part in parts]).encode(), digest_size=12).hexdigest()


def plan_batches(documents: Iterable[Document], *, batch_documents: int) -> list[list[Document]]:
    """Cut documents into batches of about equal length, none with more documents than given.

    Args:
        documents: in any order; the same documents always give the same batches.
        batch_documents: documents of a batch at most.
    """
    ordered = sorted(documents, key=lambda document: (-len(document.text), document.document_id))
    characters = sum(len(document.text) for document in ordered)
    count = max(-(-len(ordered) // batch_documents), -(-characters // _MAX_BATCH_CHARACTERS))
    batches: list[list[Document]] = [[] for _ in range(count)]
    for index, document in enumerate(ordered):  # dealt out in turns, forth and back
        turn, place = divmod(index, count)
        batches[place if turn % 2 == 0 else count - 1 - place].append(document)
    return batches


def remove_extractions(batches_dir: Path, *, known: Collection[str]) -> None:
    """Remove the rows of documents that the warehouse does not have, from the batches of every extractor version.

    Args:
        batches_dir: folder of the batches of all versions.
        known: ids of the documents that it has.
    """
    for folder in sorted(path for path in batches_dir.glob("*") if path.is_dir()):
        store = BatchStore(folder)
        unknown: dict[Path, set[str]] = {}
        for stored in store.read_index().values():
            if stored.document_id not in known:
                unknown.setdefault(stored.path, set()).add(stored.document_id)
        for path, document_ids in sorted(unknown.items()):
            store.drop_rows(path, document_ids)


class BatchStore:
    """The batches of one extractor version.

    Args:
        folder: created when the first batch is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read_index(self) -> dict[str, StoredDocument]:
        """The documents that are there already, by input hash."""
        paths = {path.name: path for path in self.folder.glob("*.parquet")}
        index: dict[str, StoredDocument] = {}
        indexed: set[str] = set()
        for line in self._lines(_INDEX):
            name, known = _parse_line(line)
            if known and name in paths and name not in indexed:
                indexed.add(name)
                index |= {key: StoredDocument(document_id, paths[name]) for key, document_id in known.items()}
        for name in sorted(paths.keys() - indexed):
            if not (known := self._read_inputs(paths[name])):
                continue
            index |= {key: StoredDocument(document_id, paths[name]) for key, document_id in known.items()}
            self._append(_INDEX, _index_line(name, known))
        return index

    def write(self, table: pa.Table, inputs: Mapping[str, str]) -> Path:
        """Write a batch so that it is there as a whole or not at all.

        Args:
            table: its rows.
            inputs: document ids by input hash, one for each row.

        Returns:
            Its path; the name is a hash of the inputs and the checksum of the file.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        metadata = {**(table.schema.metadata or {}), _INPUTS_KEY: json.dumps(dict(sorted(inputs.items()))).encode()}
        sink = pa.BufferOutputStream()  # no more than `_MAX_BATCH_CHARACTERS` have led to
        pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
        data = sink.getvalue().to_pybytes()
        path = self.folder / f"{_hash(''.join(sorted(inputs)).encode())}-{_hash(data)}.parquet"
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:  # on a full disk what was written has to go
            temporary.unlink(missing_ok=True)
        _sync_folder(self.folder)
        return path

    def add_to_index(self, path: Path, inputs: Mapping[str, str]) -> None:
        """Note what a batch holds."""
        self._append(_INDEX, _index_line(path.name, inputs))

    def drop_rows(self, path: Path, document_ids: Collection[str]) -> Path | None:
        """Replace a batch by one without some documents, whose extraction is out of date.

        A store holds each document once, so a reader of all its batches need not choose.

        Returns:
            The batch that is left; None if there is none, or if it was damaged and is set aside.
        """
        if not self.is_sound(path):
            return None
        table = pq.read_table(path)
        keep = [document_id not in document_ids for document_id in table.column("document_id").to_pylist()]
        inputs = {key: id for key, id in self._read_inputs(path).items() if id not in document_ids}
        remaining = self.write(table.filter(pa.array(keep)), inputs) if inputs else None
        if remaining is not None:
            self.add_to_index(remaining, inputs)
        path.unlink(missing_ok=True)
        return remaining

    def is_sound(self, path: Path) -> bool:
        """Whether a batch is what was written; one that is not is set aside, under a name that is no batch's."""
        flaw = flaw_of(path)
        if flaw is not None and path.exists():
            logger.warning(
                "the extraction batch %s %s; it is set aside and its documents are extracted again", path, flaw
            )
            path.replace(path.with_suffix(DAMAGED_SUFFIX))
        return flaw is None

    def read_failures(self) -> dict[str, ExtractionFailure]:
        """The documents that failed for good in earlier runs, by input hash."""
        failures = {}
        for line in self._lines(_FAILURES):
            try:
                entry = json.loads(line)
                key = entry.pop("input")
                failures[key] = ExtractionFailure(**entry)
            except (ValueError, TypeError, KeyError):  # cut short by a crash
                continue
        return failures

    def add_failure(self, key: str, failure: ExtractionFailure) -> None:
        """Note a failure, so that the next run does not try for ever what cannot work."""
        entry = {"input": key} | {name: getattr(failure, name) for name in ExtractionFailure.__slots__}
        self._append(_FAILURES, json.dumps(entry))

    def forget_failures(self) -> None:
        """Give every failed document another try."""
        (self.folder / _FAILURES).unlink(missing_ok=True)

    def remove_stale_files(self) -> None:
        """Remove the temporary files that a killed process has left."""
        for path in self.folder.glob("*.tmp"):
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink(missing_ok=True)

    def _read_inputs(self, path: Path) -> dict[str, str]:
        """What a batch holds by its footer; nothing if it is damaged and set aside."""
        if not self.is_sound(path):
            return {}
        return dict(json.loads(pq.read_schema(path).metadata[_INPUTS_KEY]))

    def _lines(self, name: str) -> Sequence[str]:
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ()

    def _append(self, name: str, line: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # The line feed goes first: a line that a crash cut short must not spoil this one.
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}")


def flaw_of(path: Path) -> str | None:
    """What is wrong with a batch: it cannot be read, or its bytes are not those that its name promises; None if nothing is."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if path.stem.partition("-")[2] != _hash(data):
        return "is not what was written (checksum)" if data else "is empty"
    return None


def require_sound(paths: Iterable[Path]) -> None:
    """Make sure that batches are what was written, before rows are taken from them.

    Raises:
        BatchDamagedError: one is not; the run that extracts next sets it aside.
    """
    for path in paths:
        if (flaw := flaw_of(path)) is not None:
            raise BatchDamagedError(
                f"the extraction batch {path} {flaw}; run the job ingest_and_publish (or `communique run`), which extracts its "
                "documents again"
            )


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()


def _index_line(name: str, inputs: Mapping[str, str]) -> str:
    """A line of the index: the batch, what it holds, and a checksum of both."""
    line = name + "\t" + " ".join(f"{key}={document_id}" for key, document_id in inputs.items())
    return f"{line} {_hash(line.encode())}"


def _parse_line(line: str) -> tuple[str, dict[str, str]]:
    """The batch of an index line and what it holds; nothing where the line is not what was written."""
    text, _, checksum = line.rpartition(" ")
    name, _, inputs = text.partition("\t")
    if checksum != _hash(text.encode("utf-8", "surrogatepass")):
        return name, {}
    return name, dict(pair.split("=", 1) for pair in inputs.split(" ") if "=" in pair)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
