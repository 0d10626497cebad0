"""Extraction batches: immutable Parquet files, and which documents they hold.

What belongs here: `BatchStore` and `remove_extractions`. What does not: where and how a file is written (`batch_files.py`), which
documents go into a batch (`planning.py`), making the rows (`coding.py`, `record.py`), their Arrow schema
(`warehouse/extraction_schema.py`).

A store is the folder of one extractor version. A document is known by its input hash, over everything that extraction reads
of it, so one whose published date has changed is extracted anew. A batch appears under its name only when it is whole and on
disk, and its name ends in the checksum of its bytes: before rows are taken from it they are compared, and a batch that is not
what was written is set aside (`.damaged`), so that its documents are extracted again.

What a batch holds stands in its Parquet footer; the index repeats it so that ten thousand batches need not be opened. The index
is a cache: a line that is cut short or altered, or a file missing from it, costs time only. On this machine it is one file that
grows by a line a batch; an object store has no such files, so there it is one for every few hundred batches.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pipelines.records import Document
from pipelines.stages.batch_files import (
    BatchPath,
    batch_path,
    checksum,
    flaw_of,
    rename,
    unreachable_reported,
    write_whole,
)

if TYPE_CHECKING:
    import pyarrow as pa  # loaded with the first batch that is read or written; who starts workers has no time for it

logger = logging.getLogger(__name__)

_INDEX = "index.tsv"
_FAILURES = "failures.jsonl"
_INPUTS_KEY = b"communique.inputs"
DAMAGED_SUFFIX = ".damaged"
_STALE_SECONDS = 3600.0  # a temporary file this old belongs to no running process
# Lines that wait to be written to an object store; those of a run that is killed are made again from the batches.
_PENDING_LINES = 256


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Where the extraction of a document is."""

    document_id: str
    path: BatchPath


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


def remove_extractions(batches: str | BatchPath, *, known: Collection[str]) -> None:
    """Remove the rows of documents that the warehouse does not have, from the batches of every extractor version.

    Args:
        batches: folder or URL of the batches of all versions.
        known: ids of the documents that it has.
    """
    root = batch_path(batches)
    folders = {path.parent.name for path in root.glob("*/*.parquet")}
    for name in sorted(folders):
        store = BatchStore(root / name)
        unknown: dict[BatchPath, set[str]] = {}
        for stored in store.read_index().values():
            if stored.document_id not in known:
                unknown.setdefault(stored.path, set()).add(stored.document_id)
        for path, document_ids in sorted(unknown.items(), key=lambda item: str(item[0])):
            store.drop_rows(path, document_ids)
        store.flush()


class BatchStore:
    """The batches of one extractor version.

    Args:
        folder: created when the first batch is written.
    """

    def __init__(self, folder: BatchPath) -> None:
        self.folder = folder
        self._pending: dict[str, list[str]] = {}

    def read_index(self, document_ids: Collection[str] | None = None) -> dict[str, StoredDocument]:
        """The documents that are there already, by input hash.

        Args:
            document_ids: those asked for; `None`: all.
        """
        paths = {path.name: path for path in self._matching("*.parquet")}
        index: dict[str, StoredDocument] = {}
        indexed: set[str] = set()

        def add(name: str, known: Mapping[str, str]) -> None:
            for key, document_id in known.items():
                if document_ids is None or document_id in document_ids:
                    index[key] = StoredDocument(document_id, paths[name])

        for line in self._lines(_INDEX):
            name, known = _parse_line(line)
            if known and name in paths and name not in indexed:
                indexed.add(name)
                add(name, known)
        if missing := sorted(paths.keys() - indexed):
            for path, known in self._index_anew([paths[name] for name in missing], indexed):
                paths[path.name] = path
                add(path.name, known)
        return index

    def _index_anew(
        self, missing: Iterable[BatchPath], indexed: Collection[str]
    ) -> Iterator[tuple[BatchPath, dict[str, str]]]:
        """Note batches of which the index says nothing, without what others hold as well.

        Such a one is of a worker that was given up and wrote it all the same, after its documents had been given to others.
        """
        held: set[str] = set()
        for name, known in map(_parse_line, self._lines(_INDEX)):
            if name in indexed:
                held |= known.keys()
        for path in missing:
            known = self._read_inputs(path)
            if twice := {document_id for key, document_id in known.items() if key in held}:
                known = {key: document_id for key, document_id in known.items() if key not in held}
                if (rest := self.drop_rows(path, twice)) is None:
                    continue
                path = rest
            elif known:
                self._append(_INDEX, _index_line(path.name, known))
            held |= known.keys()
            yield path, known

    def write(self, table: pa.Table, inputs: Mapping[str, str]) -> BatchPath:
        """Write a batch so that it is there as a whole or not at all.

        Args:
            table: its rows.
            inputs: document ids by input hash, one for each row.

        Returns:
            Its path; the name is a hash of the inputs and the checksum of the file.

        Raises:
            OSError: no space is left.
            BatchStoreError: it cannot be written for another reason.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        metadata = {**(table.schema.metadata or {}), _INPUTS_KEY: json.dumps(dict(sorted(inputs.items()))).encode()}
        sink = pa.BufferOutputStream()  # no more than a batch's characters have led to
        pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
        data = sink.getvalue().to_pybytes()
        path = self.folder / f"{_inputs_hash(inputs)}-{checksum(data)}.parquet"
        write_whole(path, data)
        return path

    def find(self, inputs: Collection[str]) -> BatchPath | None:
        """The batch of exactly these inputs, if a worker has written it; its report may have been lost with the worker."""
        found = self._matching(f"{_inputs_hash(inputs)}-*.parquet")
        return next((path for path in found if self.is_sound(path)), None)

    def add_to_index(self, path: BatchPath, inputs: Mapping[str, str]) -> None:
        """Note what a batch holds."""
        self._append(_INDEX, _index_line(path.name, inputs))

    def drop_rows(self, path: BatchPath, document_ids: Collection[str]) -> BatchPath | None:
        """Replace a batch by one without some documents, whose extraction is out of date.

        A store holds each document once, so a reader of all its batches need not choose.

        Returns:
            The batch that is left; None if there is none, or if it was damaged and is set aside.
        """
        if not self.is_sound(path):
            return None
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pq.read_table(pa.BufferReader(path.read_bytes()))
        keep = [document_id not in document_ids for document_id in table.column("document_id").to_pylist()]
        inputs = {key: id for key, id in self._read_inputs(path).items() if id not in document_ids}
        remaining = self.write(table.filter(pa.array(keep)), inputs) if inputs else None
        if remaining is not None:
            self.add_to_index(remaining, inputs)
        path.unlink(missing_ok=True)
        return remaining

    def is_sound(self, path: BatchPath) -> bool:
        """Whether a batch is what was written; one that is not is set aside, under a name that is no batch's."""
        flaw = flaw_of(path)
        if flaw is not None and path.exists():
            logger.warning(
                "the extraction batch %s %s; it is set aside and its documents are extracted again", path, flaw
            )
            rename(path, path.with_suffix(DAMAGED_SUFFIX))
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
        for path in self._files(_FAILURES):
            path.unlink(missing_ok=True)

    def remove_stale_files(self) -> None:
        """Remove the temporary files that a killed process has left."""
        if isinstance(self.folder, Path):
            for path in self.folder.glob("*.tmp"):
                if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                    path.unlink(missing_ok=True)

    def flush(self) -> None:
        """Write what waits to be written of index and failures."""
        for name in list(self._pending):
            self._write_pending(name)

    def _read_inputs(self, path: BatchPath) -> dict[str, str]:
        """What a batch holds by its footer; nothing if it is damaged and set aside."""
        if not self.is_sound(path):
            return {}
        import pyarrow as pa
        import pyarrow.parquet as pq

        metadata = pq.read_schema(pa.BufferReader(path.read_bytes())).metadata
        return dict(json.loads(metadata[_INPUTS_KEY]))

    def _files(self, name: str) -> list[BatchPath]:
        parts = PurePosixPath(name)
        return [*self._matching(name), *self._matching(f"{parts.stem}-*{parts.suffix}")]

    def _matching(self, pattern: str) -> list[BatchPath]:
        """The files of the store whose name matches, sorted."""
        with unreachable_reported(self.folder):
            found: list[BatchPath] = [*self.folder.glob(pattern)]
        return sorted(found, key=str)

    def _lines(self, name: str) -> Iterator[str]:
        for path in self._files(name):
            yield from path.read_text(encoding="utf-8", errors="replace").splitlines()

    def _append(self, name: str, line: str) -> None:
        if not isinstance(self.folder, Path):
            self._pending.setdefault(name, []).append(line)
            if len(self._pending[name]) >= _PENDING_LINES:
                self._write_pending(name)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        # The line feed goes first: a line that a crash cut short must not spoil this one.
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}")

    def _write_pending(self, name: str) -> None:
        data = "\n".join(self._pending.pop(name)).encode()
        parts = PurePosixPath(name)
        write_whole(self.folder / f"{parts.stem}-{checksum(data)}{parts.suffix}", data)


def _inputs_hash(inputs: Collection[str]) -> str:
    return checksum("".join(sorted(inputs)).encode())


def _index_line(name: str, inputs: Mapping[str, str]) -> str:
    """A line of the index: the batch, what it holds, and a checksum of both."""
    line = name + "\t" + " ".join(f"{key}={document_id}" for key, document_id in inputs.items())
    return f"{line} {checksum(line.encode())}"


def _parse_line(line: str) -> tuple[str, dict[str, str]]:
    """The batch of an index line and what it holds; nothing where the line is not what was written."""
    text, _, written = line.rpartition(" ")
    name, _, inputs = text.partition("\t")
    if written != checksum(text.encode("utf-8", "surrogatepass")):
        return name, {}
    return name, dict(pair.split("=", 1) for pair in inputs.split(" ") if "=" in pair)
