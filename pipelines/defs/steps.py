"""The steps of a run between the stages and the warehouse: read what is needed, call the stage, write the result.

What belongs here: one function a step, without a word of Dagster, so that each can be called and tested by itself. What does
not: what a stage does (`pipelines/stages`), how rows are written (`warehouse`), what Dagster shows (`assets.py`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb

from pipelines.defs.re_extraction import Scope
from pipelines.defs.reference_lists import reference_lists
from pipelines.defs.resources import Progress
from pipelines.freed_memory import give_back
from pipelines.records import IngestionRun, QuarantineRow
from pipelines.settings import Settings
from pipelines.stages.batch_files import batch_path, local_batches, require_sound
from pipelines.stages.batches import remove_extractions
from pipelines.stages.early_workers import EarlyWorkers
from pipelines.stages.ingest.ingest import ingest_files
from pipelines.stages.ingest.isolation import ChangedFile, read_in_children
from pipelines.stages.ingest.read_records import ReadRecord
from pipelines.stages.loaded_ahead import loaded_ahead
from pipelines.stages.resolve.corrections import CorrectionFile, read_corrections
from pipelines.stages.versions import extractor_version, resolver_code_version
from warehouse import builds
from warehouse.batch_table import batch_table
from warehouse.connection import open_build
from warehouse.documents import DocumentStream, StoredDocuments, read_document_sources, read_documents
from warehouse.ledger import read_ledger
from warehouse.load import load_reference, load_run, replace_core, run_is_loaded
from warehouse.models import PRINTS_FOLDER, Model
from warehouse.search_words import update_word_stems
from warehouse.staging import (
    StagedDocuments,
    StagedExtractions,
    read_staged_documents,
    read_staged_extractions,
    read_staged_ids,
    write_staged_documents,
    write_staged_extractions,
)
from warehouse.standing import standing_publication
from warehouse.touched import CoreTouched, documents_touched, note_touched
from warehouse.transaction import translated_errors
from warehouse.versions import reference_version

logger = logging.getLogger(__name__)

# What Arrow imports to write and read what is staged: 0.4 s of CPU, in which the readers load or read.
_STAGING = ("pandas", "pyarrow.dataset")
# Every record seen is one of the others: the account that must balance.
ACCOUNT = ("seen", "loaded", "duplicate", "unchanged", "quarantined", "skipped")


def ingest(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    run_id: str,
    progress: Progress,
    retry_quarantined: bool = False,
    allow_vanished: bool = False,
    early_workers: EarlyWorkers | None = None,
) -> StagedDocuments:
    """Read what is new or changed in the seeds folder, and stage it.

    Args:
        con: a connection to the build database.
        settings: the seeds folder and the bounds.
        run_id: the run.
        progress: is told of files read.
        retry_quarantined: read files again, too, of which something is in quarantine.
        allow_vanished: go on however many documents are gone from the folder.
        early_workers: of the extraction; they are started when there is a file to read.

    Raises:
        InboxVanishedError: more documents are gone than the settings allow; nothing was changed.
        CorrectionsError: the file of corrections cannot be used; the run stops before it has done anything.
    """
    _corrections(settings)
    now = datetime.now(UTC)
    ledger = read_ledger(con)
    refused = {row.path for row in ledger.quarantine.values() if row.stage == "ingest"}

    result = ingest_files(
        settings.seeds,
        ledger=ledger,
        settings=settings,
        run_id=run_id,
        now=now,
        find_documents=partial(read_documents, con),
        reread=refused if retry_quarantined else (),
        allow_vanished=allow_vanished,
        progress=lambda done, total: progress(done, total, "files"),
        read_files=partial(_read_files, early_workers=early_workers),
    )
    staged = StagedDocuments(
        run_id=run_id,
        started_at=now,
        counts={"file": result.counts.files} | {name: getattr(result.counts, name) for name in ACCOUNT},
        documents=result.documents,
        document_sources=result.document_sources,
        files=result.files,
        quarantine=result.quarantine,
    )
    write_staged_documents(settings.staging, staged)
    return staged


def _read_files(
    changed: Sequence[ChangedFile], settings: Settings, *, early_workers: EarlyWorkers | None
) -> Iterator[tuple[ChangedFile, Iterable[ReadRecord]]]:
    """Read files in child processes, while the workers load that will extract what is in them."""
    if not changed:
        return
    if early_workers is not None:
        early_workers.start(sum(item.file.size_bytes for item in changed), batch_table)
    with loaded_ahead(*_STAGING):
        yield from read_in_children(changed, settings)


def extract(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    progress: Progress,
    early_workers: EarlyWorkers | None = None,
    retry_quarantined: bool = False,
    scope: Scope = Scope(),  # noqa: B008 - frozen
) -> StagedExtractions:
    """Extract the staged documents, and those loaded earlier whose rows another version of the extractor made.

    A document that failed for good in an earlier run is neither tried nor put into quarantine again, unless asked for.

    Args:
        con: a connection to the build database; may be read-only.
        settings: model, workers and bounds.
        progress: is told of documents extracted.
        early_workers: workers that were started before, perhaps.
        retry_quarantined: try documents again, too, that failed in an earlier run.
        scope: of the documents that another version extracted, only those in it.
    """
    staged = read_staged_documents(settings.staging)
    ledger = read_ledger(con)
    new_ids = read_staged_ids(settings.staging)
    stale_ids = scope.within(con, ledger.stale_documents(extractor_version(settings.model))) - set(new_ids)
    documents = DocumentStream(staged.documents, StoredDocuments(con, stale_ids))
    if not documents:
        extractions = _nothing_extracted(staged, settings, reused_count=len(ledger.document_ids))
        write_staged_extractions(settings.staging, extractions)
        return extractions
    from pipelines.stages.extract import extract_documents, quarantine_rows

    started = time.perf_counter()
    result = extract_documents(
        documents,
        batches=settings.batches_location,
        settings=settings,
        build_table=batch_table,
        retry_failed=retry_quarantined,
        early_workers=early_workers,
        progress=lambda done, total, words: progress(done, total, _words_read(words, time.perf_counter() - started)),
    )
    failed = {failure.document_id for failure in result.failures}  # nothing of them is there to be loaded
    sources = [source for source in staged.document_sources if source.document_id in failed]
    sources += read_document_sources(con, failed & stale_ids)
    refused = quarantine_rows(result.failures, sources, run_id=staged.run_id, now=staged.started_at)
    extractions = StagedExtractions(
        run_id=staged.run_id,
        extractor_version=result.extractor_version,
        batch_paths=tuple(map(str, result.batch_paths)),
        damaged_paths=tuple(map(str, result.damaged_paths)),
        document_ids=tuple(id_ for id_ in (*new_ids, *sorted(stale_ids)) if id_ not in failed),
        quarantine=_news(refused, ledger.quarantine, is_retry=retry_quarantined),
        extracted_count=result.extracted_count,
        reused_count=_count(ledger.document_ids, new_ids) - result.extracted_count - len(result.failures),
        word_count=result.word_count,
        seconds=result.seconds,
    )
    write_staged_extractions(settings.staging, extractions)
    return extractions


def _count(known: Collection[str], new_ids: Iterable[str]) -> int:
    """How many documents there are with the new ones, of which some may be known."""
    return len(known) + sum(document_id not in known for document_id in set(new_ids))


def _news(
    refused: Sequence[QuarantineRow], earlier: Mapping[str, QuarantineRow], *, is_retry: bool
) -> tuple[QuarantineRow, ...]:
    """The rows that are not in quarantine already; of a retry all of them, with the attempts counted on."""
    if not is_retry:
        return tuple(row for row in refused if row.quarantine_id not in earlier)
    return tuple(
        replace(row, attempts=row.attempts + earlier[row.quarantine_id].attempts)
        if row.quarantine_id in earlier
        else row
        for row in refused
    )


def _nothing_extracted(staged: StagedDocuments, settings: Settings, *, reused_count: int) -> StagedExtractions:
    return StagedExtractions(
        run_id=staged.run_id,
        extractor_version=extractor_version(settings.model),
        batch_paths=(),
        damaged_paths=(),
        document_ids=(),
        quarantine=(),
        extracted_count=0,
        reused_count=reused_count,
        word_count=0,
        seconds=0.0,
    )


def _words_read(words: int, seconds: float) -> str:
    rate = f", {words / seconds:,.0f} words/s" if words else ""
    return f"documents, {words:,} words{rate}"


def load(settings: Settings, *, run_id: str, remove: Sequence[str] | None = None) -> IngestionRun:
    """Write the staged documents and their extractions, in one transaction.

    Where there is nothing to write but the row of the run, the build of raw and nlp stays the one it was, so that nothing
    has to be resolved again.

    Args:
        settings: where they are staged, and the build database; no connection to it is open.
        run_id: the run that loads; the rows carry the one that read them, which is another when a failed run is resumed.
        remove: remove the documents for good that no file holds any more: those of these paths, or all if there is none.
            `None`: they stay.

    Returns:
        The row of the run that read them.
    """
    staged = read_staged_documents(settings.staging)
    extractions = read_staged_extractions(settings.staging)
    require_sound(path for path in map(batch_path, extractions.batch_paths) if isinstance(path, Path))
    run = _ingestion_run(staged, extractions)
    is_new = remove is not None or _has_rows(staged, extractions)
    former, touched = None, None
    try:
        with closing(open_build(settings.build_database)) as con:
            loaded = _load_part(settings)
            is_other_lists = not builds.is_up_to_date(con, loaded)
            is_new = is_new or is_other_lists
            if is_new and not is_other_lists and remove is None:
                former, touched = builds.read_builds(con).get(builds.LOAD), documents_touched(con, staged, extractions)
            builds.begin(con, [builds.LOAD, builds.RUNS] if is_new else [builds.RUNS], run_id=run_id)
            if is_other_lists:
                load_reference(con, reference_lists(settings.asserted_confidence))
            load_run(
                con,
                documents=staged.documents,
                document_sources=staged.document_sources,
                files=staged.files,
                quarantine=(*staged.quarantine, *extractions.quarantine),
                run=run,
                batches=local_batches(extractions.batch_paths, folder=settings.staging),
                extractor_version=extractions.extractor_version,
                document_ids=extractions.document_ids,
                remove=remove,
            )
    except duckdb.Error:
        # DuckDB can report an error after a durable commit; only the database itself knows.
        if not run_is_loaded(settings.build_database, run.run_id):
            raise
        logger.warning("DuckDB reported an error, but run %s is loaded", run.run_id, exc_info=True)
    with closing(open_build(settings.build_database)) as con:
        runs = builds.Part(builds.RUNS)
        builds.stamp(con, [loaded, runs] if is_new else [runs], run_id=run_id)
        if is_new:
            note_touched(con, settings.warehouse / PRINTS_FOLDER, builds.LOAD, former, touched)
        if remove is not None:
            remove_extractions(settings.batches_location, known=read_ledger(con).document_ids)
    return run


def _has_rows(staged: StagedDocuments, extractions: StagedExtractions) -> bool:
    read = (staged.documents, staged.document_sources, staged.files, staged.quarantine)
    return any((*read, extractions.document_ids, extractions.quarantine))


def standing_run(settings: Settings, models: Sequence[Model]) -> str | None:
    """The run whose publication is what a run would publish that has loaded nothing new.

    Args:
        settings: where the databases are; no connection to the build database is open.
        models: the SQL models.

    Returns:
        The run, `None` if there is something to resolve, to build, to check or to publish.
    """
    parts = [_load_part(settings), _core_part(_corrections(settings))]
    with closing(open_build(settings.build_database, read_only=True)) as con:
        return standing_publication(con, settings.published_database, parts=parts, models=models)


def _load_part(settings: Settings) -> builds.Part:
    return builds.Part(builds.LOAD, code_version=reference_version(asserted_confidence=settings.asserted_confidence))


def _core_part(corrections: CorrectionFile) -> builds.Part:
    return builds.Part(builds.CORE, (builds.LOAD,), resolver_code_version(corrections.version))


def resolve_core(con: duckdb.DuckDBPyConnection, settings: Settings, *, run_id: str) -> bool:
    """Resolve entities and events over all documents and replace core, unless it was so made from what is loaded now.

    Of events and entities only those are written that are not what they were, where the resolution that core holds is kept.

    Args:
        con: a connection to the build database.
        settings: where the corrections by people are, and what is kept of resolutions.
        run_id: the run.

    Returns:
        Whether there was something to do.

    Raises:
        CorrectionsError: the file of corrections cannot be used; core stays as it was.
    """
    corrections = _corrections(settings)
    core = _core_part(corrections)
    builds.require_built(con, [core], doing="resolving entities and events")
    if builds.is_up_to_date(con, core):
        return False
    from pipelines.stages.resolve.events import Memory
    from pipelines.stages.resolve.kept_events import forget_all_but
    from pipelines.stages.resolve.resolve import ResolveInput, events_version, resolve
    from warehouse.resolution import core_tables, read_resolve_input

    former = builds.run_of(con, builds.CORE)
    written = CoreTouched(con, settings.warehouse / PRINTS_FOLDER)
    builds.begin(con, [builds.CORE], run_id=run_id)
    memory = Memory(settings.resolution, events_version(), former, name=run_id)
    with translated_errors(doing="keeping the resolution"):
        resolved = resolve(ResolveInput(**read_resolve_input(con)), corrections, memory)
    tables, added = core_tables(resolved.tables), resolved.added_documents
    replaced, entities = resolved.replaced_mentions, resolved.replaced_entities
    written.find(tables, replaced, entities)
    del resolved  # so that each table goes once it is written
    replace_core(con, tables, run_id=run_id, replaced=replaced, entities=entities)
    del replaced, entities
    give_back()
    words = update_word_stems(con, added)
    if added is not None:
        written.add_words(words)
    builds.stamp(con, [core], run_id=run_id)
    written.note()
    forget_all_but(settings.resolution, run_id)
    return True


def _corrections(settings: Settings) -> CorrectionFile:
    """The file of corrections; one that someone named must be there."""
    return read_corrections(settings.corrections, is_required="corrections" in settings.model_fields_set)


def _ingestion_run(staged: StagedDocuments, extractions: StagedExtractions) -> IngestionRun:
    return IngestionRun(
        run_id=staged.run_id,
        started_at=staged.started_at,
        finished_at=datetime.now(UTC),
        **{f"{name}_count": count for name, count in staged.counts.items()},
        extracted_count=extractions.extracted_count,
        reused_count=extractions.reused_count,
        word_count=extractions.word_count,
        extract_seconds=round(extractions.seconds, 3),
        extractor_version=extractions.extractor_version,
    )
