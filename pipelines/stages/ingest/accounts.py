"""The accounts of an ingestion: every record seen is loaded, duplicate, unchanged, quarantined or skipped.

What belongs here: `IngestResult` and the ledger rows it is made of. What does not: reading (`reading.py`), the order of
work (`ingest.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from pipelines.ids import bytes_hash, file_id, quarantine_id
from pipelines.records import Document, DocumentSource, QuarantineRow, SourceFile
from pipelines.stages.ingest.document_spool import DocumentSpool
from pipelines.stages.ingest.inbox import InboxFile
from pipelines.stages.ingest.preference import preferred
from pipelines.stages.ingest.read_records import ReadRecord
from pipelines.stages.ingest.readers.raw_record import BadRecord, SkippedRecord
from pipelines.stages.ingest.reasons import Reason, Refused, SkipReason
from pipelines.stages.ingest.sources import Kind

_STAGE = "ingest"
_MAX_MESSAGE_CHARACTERS = 500
# Documents of the warehouse that are looked at together.
_FOUND_AT_ONCE = 1024

FindDocuments = Callable[[Sequence[str]], Iterable[Document]]


class KnownLedger(Protocol):
    """What ingest needs to know of earlier runs (`warehouse/ledger.py` has it)."""

    @property
    def files(self) -> Mapping[str, SourceFile]:
        """The current version of each file, by path."""

    @property
    def document_ids(self) -> Set[str]:
        """Ids of the documents loaded."""

    @property
    def quarantine(self) -> Mapping[str, QuarantineRow]:
        """Rejected records, by id."""


@dataclass(frozen=True, slots=True)
class IngestCounts:
    """Records by what became of them, and the number of files."""

    files: int = 0
    loaded: int = 0
    duplicate: int = 0
    unchanged: int = 0
    quarantined: int = 0
    skipped: int = 0

    @property
    def seen(self) -> int:
        """All records: loaded + duplicate + unchanged + quarantined + skipped."""
        return self.loaded + self.duplicate + self.unchanged + self.quarantined + self.skipped


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was passed over, and why."""

    path: str
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What a run read: rows for the tables of schema raw, and the counts.

    `documents` are new ones, and known ones whose metadata another copy of the text has bettered (those have their id in
    the ledger already). `files` are file versions new to the ledger, and the versions they replace or that have vanished,
    with `is_current` false; those whose documents stay current have the status `kept` (`sources.Kind`).
    """

    documents: Sequence[Document]
    document_sources: tuple[DocumentSource, ...]
    files: tuple[SourceFile, ...]
    quarantine: tuple[QuarantineRow, ...]
    skipped: tuple[SkippedFile, ...]
    counts: IngestCounts


@dataclass(slots=True)
class Accounts:
    """Collects the rows of a run while files are read."""

    ledger: KnownLedger
    run_id: str
    now: datetime
    kind_of: Callable[[str], Kind] = lambda _path: Kind.SNAPSHOT
    documents: DocumentSpool = field(default_factory=DocumentSpool)
    sources: list[DocumentSource] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    quarantine: dict[str, QuarantineRow] = field(default_factory=dict)
    skipped: list[SkippedFile] = field(default_factory=list)
    seen_paths: set[str] = field(default_factory=set)
    counts: IngestCounts = field(default_factory=IngestCounts)

    def skip(self, file: InboxFile, reason: SkipReason) -> None:
        """Account for a file that is passed over."""
        self.skipped.append(SkippedFile(file.path, reason))
        self.seen_paths.add(file.path)
        self._count(skipped=1)
        # A file that is being written is left to the next run; the others are put down once.
        if reason is not SkipReason.CHANGING and not is_unchanged(self.ledger, file, ""):
            self._add_version(
                file, content_hash="", media_type=None, status="skipped", record_count=1, document_count=0
            )

    def keep_unchanged(self, file: InboxFile) -> None:
        """Account for a file that is the same as in the ledger."""
        self.seen_paths.add(file.path)
        self._count(unchanged=max(1, self.ledger.files[file.path].record_count))

    def refuse(self, file: InboxFile, refusal: Refused, *, is_forced: bool = False) -> None:
        """Account for a file whose content was not read; refused for the same reason again, it is unchanged.

        Args:
            file: the file.
            refusal: why it was not read.
            is_forced: it was to be read again, so the same reason counts as another attempt.
        """
        content_hash = refusal_hash(refusal)
        if is_unchanged(self.ledger, file, content_hash) and not is_forced:
            self.keep_unchanged(file)
            return
        self._quarantine(file.path, None, None, refusal.reason, refusal.message)
        self._add_version(file, content_hash, media_type=None, status="quarantined", record_count=1, document_count=0)
        self._count(quarantined=1)

    def add(self, file: InboxFile, content_hash: str, media_type: str, records: Iterable[ReadRecord]) -> None:
        """Account for the records of a file that was read."""
        version = file_id(file.path, content_hash)
        loaded = duplicate = quarantined = skipped = 0
        held: set[str] = set()
        for record in records:
            if isinstance(record, BadRecord):
                self._quarantine(file.path, record.number, content_hash, record.reason, record.message)
                quarantined += record.records
                continue
            if isinstance(record, SkippedRecord):
                self.skipped.append(SkippedFile(f"{file.path}/{record.name}", record.reason))
                skipped += 1
                continue
            document = record.document
            known = self.documents.get(document.document_id)
            if known is None and document.document_id not in self.ledger.document_ids:
                loaded += 1
            else:
                duplicate += 1
            if known is None or preferred(known, document) is document:
                self.documents.put(document)
            self.sources.append(DocumentSource(document.document_id, version, file.path, record.number))
            held.add(document.document_id)
        outcomes = {"loaded": loaded, "duplicate": duplicate, "quarantined": quarantined, "skipped": skipped}
        status = next(name for name, count in outcomes.items() if count)
        self._add_version(file, content_hash, media_type, status, sum(outcomes.values()), len(held))
        self._count(**outcomes)

    def result(self, find_documents: FindDocuments | None = None) -> IngestResult:
        """Close the accounts.

        Args:
            find_documents: looks documents up that the warehouse has already.
        """
        vanished = [
            self._left(version, "vanished", is_kept=self.kind_of(path) is Kind.ARCHIVE)
            for path, version in sorted(self.ledger.files.items())
            if path not in self.seen_paths
        ]
        known = self.ledger.document_ids
        new = [document_id for document_id in self.documents if document_id not in known]
        again = sorted(document_id for document_id in self.documents if document_id in known)
        bettered = self._bettered(again, find_documents) if find_documents else ()
        return IngestResult(
            documents=self.documents.in_order(sorted([*new, *bettered])),
            document_sources=tuple(sorted(self.sources, key=lambda row: (row.path, row.record_number))),
            files=tuple(self.files + vanished),
            quarantine=tuple(self.quarantine.values()),
            skipped=tuple(self.skipped),
            counts=self.counts,
        )

    def _bettered(self, document_ids: Sequence[str], find_documents: FindDocuments) -> Iterator[str]:
        """The ids of those that the warehouse has, but not as they should be."""
        for begin in range(0, len(document_ids), _FOUND_AT_ONCE):
            for known in find_documents(document_ids[begin : begin + _FOUND_AT_ONCE]):
                document = self.documents.get(known.document_id)
                if document is not None and preferred(known, document) != known:
                    yield known.document_id

    def _add_version(
        self,
        file: InboxFile,
        content_hash: str,
        media_type: str | None,
        status: str,
        record_count: int,
        document_count: int,
    ) -> None:
        self.seen_paths.add(file.path)
        previous = self.ledger.files.get(file.path)
        if previous is not None and previous.content_hash != content_hash:
            is_kept = self.kind_of(file.path) is not Kind.SNAPSHOT
            self.files.append(self._left(previous, previous.status, is_kept=is_kept))
        first_seen = previous if previous is not None and previous.content_hash == content_hash else None
        self.files.append(
            SourceFile(
                file_id=file_id(file.path, content_hash),
                path=file.path,
                content_hash=content_hash,
                size_bytes=file.size_bytes,
                media_type=media_type,
                status=status,
                is_current=True,
                record_count=record_count,
                document_count=document_count,
                run_id=first_seen.run_id if first_seen else self.run_id,
                seen_at=first_seen.seen_at if first_seen else self.now,
            )
        )

    @staticmethod
    def _left(version: SourceFile, status: str, *, is_kept: bool) -> SourceFile:
        """A version that is not in the folder any more."""
        return replace(version, status="kept" if is_kept and version.document_count else status, is_current=False)

    def _quarantine(
        self, path: str, record_number: int | None, content_hash: str | None, reason: Reason, message: str
    ) -> None:
        identifier = quarantine_id(path, record_number, content_hash, reason)
        earlier = self.ledger.quarantine.get(identifier)
        self.quarantine[identifier] = QuarantineRow(
            quarantine_id=identifier,
            path=path,
            record_number=record_number,
            content_hash=content_hash,
            stage=_STAGE,
            reason_code=reason,
            message=_one_line(message),
            attempts=earlier.attempts + 1 if earlier else 1,
            run_id=self.run_id,
            rejected_at=self.now,
        )

    def _count(self, **added: int) -> None:
        self.counts = replace(
            self.counts, **{name: getattr(self.counts, name) + value for name, value in added.items()}
        )


def _one_line(message: str) -> str:
    """A reason as one line that can be stored: it may quote what a file holds, of any length and kind."""
    line = " ".join(message.encode("utf-8", "backslashreplace").decode().replace("\0", " ").split())
    return line if len(line) <= _MAX_MESSAGE_CHARACTERS else line[: _MAX_MESSAGE_CHARACTERS - 1] + "…"


def refusal_hash(refusal: Refused) -> str:
    """What stands for the content hash of a file that could not be read: a hash of why."""
    return bytes_hash(f"{refusal.reason}: {refusal.message}".encode())


def is_unchanged(ledger: KnownLedger, file: InboxFile, content_hash: str) -> bool:
    """Whether the ledger has this file with this content."""
    version = ledger.files.get(file.path)
    return version is not None and version.content_hash == content_hash
