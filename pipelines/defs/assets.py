"""The assets that Python builds, in the order a document passes them.

What belongs here: the step of each, and what its materialization tells. A step that fills several tables at once is one
multi-asset; any of its tables can be selected alone, and the step makes them all. What does not: the work (`steps.py`), what is
known of a table before (`asset_specs.py`), SQL models (`sql_assets.py`), checks (`checks.py`).

  staged_documents -> staged_extractions -> load (raw.*, nlp.*) -> resolve (core.*) -> SQL models -> publish

The stages are imported by the step that needs them: spaCy and the readers take longer to load than all of Dagster.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import dagster as dg
import duckdb
from pydantic import Field

from pipelines.defs.asset_metadata import chosen, counts_by_reason, metadata_table, seeds_observation, table_result
from pipelines.defs.asset_specs import ENGINEERS, RESEARCHERS, contract_spec, table_key
from pipelines.defs.keys import READ_TAG, SEEDS, SEEDS_TAG, STAGED_DOCUMENTS, STAGED_EXTRACTIONS
from pipelines.defs.removal import removal_of
from pipelines.defs.resources import Progress, Warehouse, duration, step_failures
from pipelines.defs.seed_watch import list_seeds
from pipelines.defs.unchanged import ends_unchanged
from pipelines.settings import Settings
from pipelines.stages.early_workers import EarlyWorkers
from pipelines.stages.loaded_ahead import loaded_ahead
from pipelines.stages.versions import extractor_version, ingest_version, resolver_code_version
from warehouse.contracts.builds import BUILDS
from warehouse.contracts.core import CORE
from warehouse.contracts.nlp import NLP
from warehouse.contracts.raw import RAW, REFERENCE
from warehouse.models import Model
from warehouse.removal import RemovableDocument, removable_documents
from warehouse.versions import loader_version, reference_lists_version

RESOLVED_FROM = (
    *("raw.files", "raw.documents", "raw.document_sources", "nlp.entities", "nlp.entity_mentions"),
    *("nlp.event_mentions", "nlp.event_participants"),
)


# Half a second of a core; the main process does little while a few documents are extracted.
_RESOLVING = ("pandas", "pipelines.stages.resolve.resolve", "warehouse.resolution")
_LISTED_DOCUMENTS = 200  # by a dry run
_TOLD_REFUSALS = 50


class RetryConfig(dg.Config):
    """Whether a run tries again what earlier ones refused."""

    retry_quarantined: bool = Field(False, description="Read quarantined files, or extract failed documents, again.")


class ExtractConfig(RetryConfig):
    """Which documents are extracted again, when the extractor has changed."""

    folder: str = Field(
        "", description="Of the documents that another extractor read, only those of this file or folder."
    )
    source: str = Field("", description="Of the documents that another extractor read, only those of this source.")
    preview: bool = Field(
        False, description="Only say what it would cost: documents, words, minutes. Nothing is changed."
    )


class IngestConfig(RetryConfig):
    """Whether a run goes on though many documents are gone."""

    allow_vanished: bool = Field(
        False,
        description="Go on although more documents are gone from the seeds folder than max_vanished_share allows, or all.",
    )


class RemovalConfig(dg.Config):
    """Whether a run removes documents whose files are gone, and which."""

    remove_documents: bool = Field(
        False, description="Remove documents for good that no file holds any more: of paths, or all."
    )
    paths: list[str] = Field([], description="What was in these files or folders, as in dim_documents.paths.")
    all: bool = Field(False, description="Whatever no file holds any more, instead of paths.")
    dry_run: bool = Field(False, description="Remove nothing; list what would go (log, and metadata of raw.documents).")


def staged_documents(
    context: dg.AssetExecutionContext,
    config: IngestConfig,
    settings: dg.ResourceParam[Settings],
    warehouse: dg.ResourceParam[Warehouse],
    progress: dg.ResourceParam[Progress],
    early_workers: dg.ResourceParam[EarlyWorkers],
) -> dg.MaterializeResult:
    """What is new or changed in the seeds folder: decoded, cleaned, dated, deduplicated; what cannot be used, quarantined."""
    from pipelines.defs import steps

    ops: Any = context.run.run_config.get("ops", {})
    with step_failures():
        removal_of(ops.get("load", {}).get("config", {}))  # a run that removes says what, before it does anything
        listing = list_seeds(settings.seeds)  # before the first file is read: what changes meanwhile is seen later
        with warehouse.connect() as con:
            run_id = context.run.run_id
            staged = steps.ingest(
                con,
                settings,
                run_id=run_id,
                progress=progress,
                retry_quarantined=config.retry_quarantined,
                allow_vanished=config.allow_vanished,
                early_workers=early_workers,
            )
    context.instance.add_run_tags(run_id, {SEEDS_TAG: str(settings.seeds), READ_TAG: listing.digest})
    context.log_event(seeds_observation(listing))
    _tell_refused(context, staged.quarantine)
    vanished = sum(file.status == "vanished" for file in staged.files)
    figures: dict[str, Any] = {"dagster/row_count": len(staged.documents), **staged.counts, "vanished_files": vanished}
    if staged.documents:
        shown = ("published_date", "title", "text")
        rows = [{name: getattr(document, name) for name in shown} for document in islice(staged.documents, 5)]
        figures["preview"] = metadata_table(rows, columns=shown)
    return dg.MaterializeResult(metadata=figures)


def staged_extractions(
    context: dg.AssetExecutionContext,
    config: ExtractConfig,
    settings: dg.ResourceParam[Settings],
    warehouse: dg.ResourceParam[Warehouse],
    progress: dg.ResourceParam[Progress],
    early_workers: dg.ResourceParam[EarlyWorkers],
) -> Iterator[dg.MaterializeResult | dg.AssetObservation]:
    """Mentions, times, places, quotations, quantities and events of each document, in Parquet batches."""
    from pipelines.defs import re_extraction, steps

    scope = re_extraction.Scope(folder=config.folder, source=config.source)
    with step_failures(), warehouse.connect(read_only=True) as con:
        if config.preview:
            cost = re_extraction.preview(con, settings, scope)
            context.log.info(
                "to extract again: %d documents, %d words, about %s; nothing was changed",
                cost.documents, cost.words, duration(cost.minutes * 60),
            )  # fmt: skip
            by_source = metadata_table(cost.by_source, columns=("source", "documents", "words"))
            figures = {"documents": cost.documents, "words": cost.words, "minutes": round(cost.minutes, 1)}
            context.log_event(
                dg.AssetObservation(STAGED_EXTRACTIONS, metadata={**figures, "rate": cost.basis, "sources": by_source})
            )
            return
        retry = config.retry_quarantined
        with loaded_ahead(*(_RESOLVING if early_workers.are_started else ())):
            done = steps.extract(
                con, settings, progress=progress, early_workers=early_workers, retry_quarantined=retry, scope=scope
            )
    _tell_refused(context, done.quarantine)
    yield dg.MaterializeResult(
        metadata={
            "extracted": done.extracted_count,
            "reused": done.reused_count,
            "quarantined": len(done.quarantine),
            "words": done.word_count,
            "seconds": round(done.seconds, 2),
            **({"words_per_second": round(done.word_count / done.seconds)} if done.word_count else {}),
            "extractor_version": done.extractor_version,
            "damaged_batches": metadata_table([{"path": path} for path in done.damaged_paths], columns=("path",)),
        }
    )


def build_load(models: Sequence[Model], specs: Sequence[dg.AssetSpec], *, pool: str) -> dg.AssetsDefinition:
    """The step that loads; where that changes nothing of what is published, the run ends with it.

    Args:
        models: the SQL models.
        specs: the tables that it fills.
        pool: the pool that it claims.
    """

    @dg.multi_asset(name="load", specs=specs, can_subset=True, pool=pool)
    def load(
        context: dg.AssetExecutionContext,
        config: RemovalConfig,
        settings: dg.ResourceParam[Settings],
        warehouse: dg.ResourceParam[Warehouse],
    ) -> Iterator[dg.MaterializeResult]:
        """Write what was staged into raw and nlp, in one transaction."""
        from pipelines.defs import steps

        with step_failures():
            remove = removal_of(config.model_dump())
            steps.load(settings, run_id=context.run.run_id, remove=None if config.dry_run else remove)
            if not config.dry_run and ends_unchanged(context, settings, models):
                return
            with warehouse.connect(read_only=True) as con:
                yield from chosen(context, _loaded(context, con, remove if config.dry_run else None))

    return load


def _loaded(
    context: dg.AssetExecutionContext, con: duckdb.DuckDBPyConnection, remove: Sequence[str] | None
) -> Iterator[dg.MaterializeResult]:
    """The tables that the load fills; with `remove`, and what would be removed."""
    going = removable_documents(con, remove) if remove is not None else None
    for document in (going or ())[:_LISTED_DOCUMENTS]:
        context.log.info("would be removed: %s (%s)", ", ".join(document.paths), document.document_id)
    reasons = con.execute("select reason_code from raw.quarantine").fetchall()
    figures: dict[str, dict[str, Any]] = {
        "raw.quarantine": {"by_reason": counts_by_reason(code for (code,) in reasons)} if reasons else {}
    }
    if going is not None:
        names = RemovableDocument.__slots__
        rows = [{name: getattr(document, name) for name in names} for document in going[:_LISTED_DOCUMENTS]]
        figures["raw.documents"] = {
            "would_be_removed": len(going),
            "documents_that_would_go": metadata_table(rows, columns=names),
        }
    for table in (*RAW, *NLP, *REFERENCE, *BUILDS):
        yield table_result(con, table.qualified_name, table.column_names, **figures.get(table.qualified_name, {}))


def resolve(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult]:
    """Find out across documents which mentions are one entity and which reports are one event."""
    from pipelines.defs import steps

    with step_failures(), warehouse.connect() as con:
        if not steps.resolve_core(con, settings, run_id=context.run.run_id):
            context.log.info("nothing was loaded or corrected since these tables were made; they stay as they are")
        yield from chosen(context, (table_result(con, table.qualified_name, table.column_names) for table in CORE))


def build_assets(models: Sequence[Model], settings: Settings, *, pool: str) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The assets that Python builds, but for the publication.

    Args:
        models: the SQL models.
        settings: the model and the address of the documentation.
        pool: the pool that each step claims.
    """
    staged, loader, lists = [STAGED_DOCUMENTS, STAGED_EXTRACTIONS], loader_version(), reference_lists_version()
    shared: dict[str, Any] = {"docs_url": settings.docs_url, "kinds": {"duckdb"}}
    loaded = [
        *(contract_spec(t, group="warehouse", deps=staged, code_version=loader, **shared) for t in RAW),
        *(contract_spec(t, group="warehouse", deps=staged[1:], code_version=loader, **shared) for t in NLP),
        *(contract_spec(t, group="warehouse", deps=[], code_version=lists, **shared) for t in REFERENCE),
        *(contract_spec(t, group="warehouse", deps=[], code_version=loader, **shared) for t in BUILDS),
    ]
    resolver, sources = resolver_code_version(), [table_key(name) for name in RESOLVED_FROM]
    core = [contract_spec(t, group="core", deps=sources, code_version=resolver, **shared) for t in CORE]
    ingest = dg.asset(
        key=STAGED_DOCUMENTS, deps=[SEEDS], group_name="ingest", owners=[ENGINEERS], tags={"layer": "staged"},
        kinds={"python"}, code_version=ingest_version(), pool=pool,
    )  # fmt: skip
    extract = dg.asset(
        key=STAGED_EXTRACTIONS, deps=[STAGED_DOCUMENTS], group_name="extract", owners=[RESEARCHERS],
        tags={"layer": "staged"}, kinds={"python", "spacy"}, code_version=extractor_version(settings.model), pool=pool,
        output_required=False,
    )  # fmt: skip
    observed = dg.AssetSpec(
        SEEDS, group_name="ingest", owners=[ENGINEERS], tags={"layer": "files"}, kinds={"file"},
        description="The folder of documents to ingest. Runs and the sensor observe it: files, bytes, newest file.",
    )  # fmt: skip
    built: list[dg.AssetsDefinition] = [
        ingest(staged_documents),
        extract(staged_extractions),
        build_load(models, loaded, pool=pool),
        dg.multi_asset(name="resolve", specs=core, can_subset=True, pool=pool)(resolve),
    ]
    return [observed, *built]


def _tell_refused(context: dg.AssetExecutionContext, rows: Sequence[Any]) -> None:
    """Warn of each record refused, but of no more than a person reads: each warning is an event that Dagster keeps."""
    for row in rows[:_TOLD_REFUSALS]:
        context.log.warning("refused %s: %s: %s", _place(row), row.reason_code, row.message)
    if more := len(rows[_TOLD_REFUSALS:]):
        context.log.warning("refused %d more records; all are in raw.quarantine", more)


def _place(row: Any) -> str:
    return row.path if row.record_number is None else f"{row.path}, record {row.record_number}"
