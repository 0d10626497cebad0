"""The extract stage: documents to extraction records, in worker processes, as immutable Parquet batches.

What belongs here: `extract_documents`. What does not: the extractor's version (`versions.py`), what a worker does
(`extraction_worker.py`), where workers run (`engines.py`), the files (`batches.py`), `communique extract` (`stream.py`).

A document that is in a batch of this extractor version is not extracted again, so a crash, a second run or a re-ingestion
costs only what is missing. A batch whose worker hangs, dies or fails is tried again document by document; the document that
does it again is reported as a failure, and the rest goes on. Documents are read when their batch is due: in memory are the
ids of all and the texts of some thousands.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.errors import BatchStoreError, DiskFullError, PipelineError, WorkerDiedError, is_full_disk
from pipelines.ids import quarantine_id
from pipelines.records import Document, DocumentSource, QuarantineRow
from pipelines.settings import Settings
from pipelines.stages.batch_files import BatchPath, batch_path
from pipelines.stages.batches import BatchStore, ExtractionFailure, StoredDocument, input_hash
from pipelines.stages.early_workers import EarlyWorkers
from pipelines.stages.engines import open_pool
from pipelines.stages.extraction_worker import (
    BatchReport,
    TableBuilder,
    WorkerFunctions,
    WorkerSettings,
    load_pipeline,
)
from pipelines.stages.ingest.reasons import Reason
from pipelines.stages.planning import plan_batches
from pipelines.stages.tasks import Failure, Outcome, Task, TaskPool
from pipelines.stages.versions import extractor_version

if TYPE_CHECKING:
    from spacy.language import Language

logger = logging.getLogger(__name__)

# A batch may take the time of one document and this for its words: a tenth of the usual speed, for a machine under load.
_WORDS_PER_SECOND = 500
# A document whose worker was killed, or ran out of time or memory, may be innocent (the machine was at fault), so it is not
# given up before it was tried as often as this.
_ATTEMPTS = {Failure.DIED: 3, Failure.TIMED_OUT: 2, Failure.OUT_OF_MEMORY: 2, Failure.RAISED: 1}
# Workers killed this often with no success between them: the machine is at fault, not the documents.
_MAX_DEATHS = 30
# Failed batches that are each told of; the log of a run must not grow with its documents.
_TOLD_FAILURES = 20

_REASONS = {
    Failure.TIMED_OUT: Reason.TIMED_OUT,
    Failure.OUT_OF_MEMORY: Reason.OUT_OF_MEMORY,
    Failure.DIED: Reason.WORKER_DIED,
    Failure.RAISED: Reason.EXTRACTION_FAILED,
}


@dataclass(frozen=True, slots=True)
class ExtractResult:
    """What an extraction found and did.

    `batch_paths` are the files that hold the documents asked for (and perhaps others), without those in `failures`.
    `damaged_paths` are files that were not what had been written and are set aside; their documents were extracted again.
    """

    extractor_version: str
    batch_paths: tuple[BatchPath, ...]
    failures: tuple[ExtractionFailure, ...]
    damaged_paths: tuple[BatchPath, ...]
    extracted_count: int
    reused_count: int
    word_count: int  # of the extracted documents
    seconds: float


@dataclass(slots=True)
class _Run:
    """The state of an extraction."""

    store: BatchStore
    total: int
    progress: Callable[[int, int, int], None] | None
    paths: set[BatchPath] = field(default_factory=set)
    failures: list[ExtractionFailure] = field(default_factory=list)
    damaged: list[BatchPath] = field(default_factory=list)
    plan: Iterator[Task] = iter(())
    queue: deque[Task] = field(default_factory=deque)  # goes before the plan
    failed_batches: int = 0
    done: int = 0
    extracted: int = 0
    words: int = 0
    deaths: int = 0

    def advance(self, documents: int, words: int = 0) -> None:
        self.done += documents
        self.words += words
        if self.progress is not None:
            self.progress(self.done, self.total, self.words)


def extract_documents(
    documents: Collection[Document],
    *,
    batches: str | BatchPath,
    settings: Settings,
    build_table: TableBuilder,
    retry_failed: bool = False,
    load_nlp: Callable[[str], Language] = load_pipeline,
    early_workers: EarlyWorkers | None = None,
    progress: Callable[[int, int, int], None] | None = None,
) -> ExtractResult:
    """Extract documents that have no extraction of this version yet.

    Args:
        documents: documents with different ids; gone through twice, so that they need not be in memory.
        batches: folder or fsspec URL of the batches of all versions.
        settings: model, engine, workers, batch size and limits.
        build_table: makes the Arrow table of a batch (`warehouse.batch_table.batch_table`).
        retry_failed: try documents again that failed in an earlier run.
        load_nlp: an importable function that loads the pipeline in a worker, given the model's name.
        early_workers: workers that were started before, perhaps.
        progress: called with documents done, documents in all, words extracted.

    Returns:
        Where the rows are, what failed, and the counts.

    Raises:
        ModelMissingError: the model is not installed.
        DiskFullError: no space is left for a batch.
        BatchStoreError: batches cannot be written or read for another reason.
        WorkerDiedError: workers die whatever they do.
    """
    started = time.perf_counter()
    version = extractor_version(settings.model)
    store = BatchStore(batch_path(batches) / version)
    run = _Run(store, len(documents), progress)
    with _kept_whole(store):
        if retry_failed:
            store.forget_failures()
        missing = _take_known(documents, run) if documents else set()
        reused = run.total - len(missing) - len(run.failures)
        if missing:
            wanted = (document for document in documents if input_hash(document) in missing)
            _run_workers(run, wanted, settings, WorkerFunctions(load_nlp, build_table), early_workers)
    seconds = time.perf_counter() - started
    logger.info(
        "extracted %d documents (%d words) in %.1f s, reused %d, failed %d",
        run.extracted, run.words, seconds, reused, len(run.failures),
    )  # fmt: skip
    return ExtractResult(
        extractor_version=version,
        batch_paths=tuple(sorted(run.paths, key=str)),
        failures=tuple(sorted(run.failures, key=lambda failure: failure.document_id)),
        damaged_paths=tuple(run.damaged),
        extracted_count=run.extracted,
        reused_count=reused,
        word_count=run.words,
        seconds=seconds,
    )


def quarantine_rows(
    failures: Sequence[ExtractionFailure], sources: Iterable[DocumentSource], *, run_id: str, now: datetime
) -> list[QuarantineRow]:
    """The quarantine rows of failures, one each, at the first file that holds the document.

    Args:
        failures: what `extract_documents` reported.
        sources: files of the documents, at least those of the failed ones; one without any is named by its id.
        run_id: the run.
        now: its time, UTC.
    """
    places: dict[str, tuple[str, int | None]] = {}
    for source in sorted(sources, key=lambda source: (source.path, source.record_number)):
        places.setdefault(source.document_id, (source.path, source.record_number))
    rows = []
    for failure in failures:
        path, number = places.get(failure.document_id, (failure.document_id, None))
        rows.append(
            QuarantineRow(
                quarantine_id=quarantine_id(path, number, failure.content_hash, failure.reason_code),
                path=path,
                record_number=number,
                content_hash=failure.content_hash,
                stage="extract",
                reason_code=failure.reason_code,
                message=failure.message,
                attempts=failure.attempts,
                run_id=run_id,
                rejected_at=now,
            )
        )
    return rows


@contextmanager
def _kept_whole(store: BatchStore) -> Iterator[None]:
    """Use a store: what a killed run left is removed before, what waits to be written is written, a full disk is told."""
    try:
        store.remove_stale_files()
        try:
            yield
        finally:
            store.flush()
    except OSError as error:
        if is_full_disk(error):
            raise DiskFullError(
                f"no space is left for extraction batches in {store.folder}; free some and run again"
            ) from error
        raise


def _take_known(documents: Iterable[Document], run: _Run) -> set[str]:
    """Account for the documents whose extraction, or failure, is there already; returns the input hashes of the others."""
    keys = {input_hash(document): document.document_id for document in documents}
    index = _sound_index(frozenset(keys.values()), run)
    failures = run.store.read_failures()
    missing: dict[str, str] = {}
    for key, document_id in keys.items():
        if (stored := index.get(key)) is not None:
            run.paths.add(stored.path)
        elif (failure := failures.get(key)) is not None:
            run.failures.append(failure)
        else:
            missing[key] = document_id
    _drop_outdated(frozenset(missing.values()), index, run)
    run.advance(len(keys) - len(missing))
    return set(missing)


def _sound_index(document_ids: Collection[str], run: _Run) -> dict[str, StoredDocument]:
    """Where the store has the documents, in batches that are what was written."""
    index = run.store.read_index(document_ids)
    needed = sorted({stored.path for stored in index.values()}, key=str)
    damaged = [path for path in needed if not run.store.is_sound(path)]
    run.damaged.extend(damaged)
    return {key: stored for key, stored in index.items() if stored.path not in damaged}


def _drop_outdated(missing: Collection[str], index: Mapping[str, StoredDocument], run: _Run) -> None:
    """Take rows out of the store that are to be replaced, because what is known of their document has changed."""
    outdated: dict[BatchPath, set[str]] = {}
    for stored in index.values():
        if stored.document_id in missing:
            outdated.setdefault(stored.path, set()).add(stored.document_id)
    for path, document_ids in sorted(outdated.items(), key=lambda item: str(item[0])):
        replacement = run.store.drop_rows(path, document_ids)
        if path in run.paths:
            run.paths.discard(path)
            if replacement is not None:
                run.paths.add(replacement)


def _run_workers(
    run: _Run,
    documents: Iterable[Document],
    settings: Settings,
    functions: WorkerFunctions,
    early_workers: EarlyWorkers | None,
) -> None:
    arguments = (WorkerSettings.of(settings, run.store.folder), functions)
    planned = plan_batches(documents, batch_documents=settings.batch_documents, workers=settings.workers)
    run.plan = (_task(batch, settings) for batch in planned)
    run.queue.extend(islice(run.plan, settings.workers))
    workers = len(run.queue)
    pool = None if early_workers is None else early_workers.take(workers, arguments)
    with pool or open_pool(settings, workers=workers, arguments=arguments) as pool:
        _submit(run, pool)
        for outcome in pool.outcomes():
            if outcome.failure is None:
                _add_batch(outcome.task, outcome.result, run)
            elif (report := _written_batch(outcome, run)) is not None:
                _add_batch(outcome.task, report, run)
            else:
                _retry_or_fail(outcome, run, settings)
            _submit(run, pool)


def _submit(run: _Run, pool: TaskPool) -> None:
    while pool.has_room:
        task = run.queue.popleft() if run.queue else next(run.plan, None)
        if task is None:
            return
        pool.submit(task)


def _written_batch(outcome: Outcome, run: _Run) -> BatchReport | None:
    """The batch that a worker has written before it was killed, so that its documents are not in the store twice."""
    if outcome.failure not in (Failure.DIED, Failure.TIMED_OUT):
        return None
    documents, _ = outcome.task.key
    inputs = {input_hash(document): document.document_id for document in documents}
    path = run.store.find(inputs)
    return None if path is None else BatchReport(path, inputs, {})


def _task(documents: list[Document], settings: Settings, *, attempt: int = 1) -> Task:
    """A batch, or one document that is tried again, with its time limit."""
    seconds = settings.document_seconds
    if len(documents) > 1:
        seconds += sum(map(_words, documents)) / _WORDS_PER_SECOND
    return Task((documents, attempt), (documents,), seconds)


def _add_batch(task: Task, report: BatchReport, run: _Run) -> None:
    documents, attempt = task.key
    run.deaths = 0
    if report.path is not None:
        if not run.extracted and not report.path.exists():
            raise BatchStoreError(
                f"a worker has written {report.path}, and there is no such file here: workers on other machines need a "
                "place that all of them share; set COMMUNIQUE_BATCHES_URL to a shared folder or a URL such as s3://bucket/batches"
            )
        run.store.add_to_index(report.path, report.inputs)
        run.paths.add(report.path)
    extracted = set(report.inputs.values())
    run.extracted += len(extracted)
    for document in documents:
        if (message := report.errors.get(document.document_id)) is not None:
            _fail(document, Reason.EXTRACTION_FAILED, message, attempt, run)
    run.advance(len(documents), sum(_words(document) for document in documents if document.document_id in extracted))


def _retry_or_fail(outcome: Outcome, run: _Run, settings: Settings) -> None:
    """A batch is tried again document by document; a single document is given up after `_ATTEMPTS`."""
    if isinstance(outcome.error, PipelineError):
        raise outcome.error
    if outcome.error is not None and is_full_disk(outcome.error):
        raise outcome.error
    documents, attempt = outcome.task.key
    if outcome.failure is Failure.DIED:
        run.deaths += 1
        if run.deaths > _MAX_DEATHS:
            raise WorkerDiedError(
                f"{run.deaths} extraction workers were killed one after the other; look for a lack of memory, or set "
                f"COMMUNIQUE_WORKERS lower than {settings.workers}"
            )
    if len(documents) > 1:
        run.failed_batches += 1
        level = logging.WARNING if run.failed_batches <= _TOLD_FAILURES else logging.DEBUG
        logger.log(level, "a batch of %d documents failed (%s); trying each by itself", len(documents), outcome.message)
        run.queue.extendleft(_task([document], settings, attempt=attempt + 1) for document in documents)
        return
    assert outcome.failure is not None
    if attempt < _ATTEMPTS[outcome.failure]:
        run.queue.append(_task(documents, settings, attempt=attempt + 1))
    else:
        _fail(documents[0], _REASONS[outcome.failure], outcome.message, attempt, run)
        run.advance(1)


def _fail(document: Document, reason: Reason, message: str, attempts: int, run: _Run) -> None:
    failure = ExtractionFailure(document.document_id, document.content_hash, reason, message, attempts)
    run.failures.append(failure)
    run.store.add_failure(input_hash(document), failure)


def _words(document: Document) -> int:
    return len(document.text.split())
