"""The assets that Python builds, in the order a document passes them.

What belongs here: what Dagster knows of each step: keys, dependencies, descriptions, metadata. A step that fills several tables
at once is one multi-asset. What does not: the work (`steps.py`), SQL models (`sql_assets.py`), checks (`checks.py`).

  staged_documents -> staged_extractions -> load (raw.*, nlp.*) -> resolve (core.*) -> SQL models -> publish
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from pydantic import Field

from pipelines.defs import steps
from pipelines.defs.asset_metadata import contract_spec, counts_by_reason, metadata_table, table_key, table_result
from pipelines.defs.resources import WarehouseResource, step_failures
from pipelines.settings import Settings
from warehouse.builds import require_whole_build
from warehouse.contracts.builds import BUILDS
from warehouse.contracts.core import CORE
from warehouse.contracts.nlp import NLP
from warehouse.contracts.publications import PUBLICATIONS
from warehouse.contracts.raw import RAW, REFERENCE
from warehouse.models import Model
from warehouse.publish import publish

SEEDS, STAGED_DOCUMENTS, STAGED_EXTRACTIONS, PUBLISHED = map(
    dg.AssetKey, ("seeds", "staged_documents", "staged_extractions", "published_warehouse")
)
RESOLVED_FROM = (
    *("raw.files", "raw.documents", "raw.document_sources", "nlp.entities", "nlp.entity_mentions"),
    *("nlp.event_mentions", "nlp.event_participants"),
)


class RetryConfig(dg.Config):
    """Whether a run tries again what earlier ones refused."""

    retry_quarantined: bool = Field(False, description="Read quarantined files, or extract failed documents, again.")


class RemovalConfig(dg.Config):
    """Whether a run removes documents whose files are gone."""

    remove_documents: bool = Field(False, description="Remove documents for good that no file holds any more.")
    paths: list[str] = Field([], description="Only what was in these files or folders; none: everything.")


def staged_documents(
    context: dg.AssetExecutionContext,
    config: RetryConfig,
    settings: dg.ResourceParam[Settings],
    warehouse: WarehouseResource,
    progress: dg.ResourceParam[steps.Progress],
) -> dg.MaterializeResult:
    """What is new or changed in the seeds folder: decoded, cleaned, dated, deduplicated; what cannot be used, quarantined."""
    with step_failures(), warehouse.connect() as con:
        staged = steps.ingest(
            con,
            settings,
            run_id=context.run.run_id,
            progress=progress,
            retry_quarantined=config.retry_quarantined,
        )
    titles = [
        {"document_id": document.document_id, "published_date": document.published_date, "title": document.title}
        | {"text": document.text}
        for document in staged.documents[:5]
    ]
    return dg.MaterializeResult(
        metadata={
            "accounting": metadata_table([staged.counts], columns=staged.counts),
            "preview": metadata_table(titles, columns=("document_id", "published_date", "title", "text")),
            "dagster/row_count": len(staged.documents),
            "quarantined": len(staged.quarantine),
            "quarantined_by_reason": counts_by_reason(row.reason_code for row in staged.quarantine),
        }
    )


def staged_extractions(
    config: RetryConfig,
    settings: dg.ResourceParam[Settings],
    warehouse: WarehouseResource,
    progress: dg.ResourceParam[steps.Progress],
) -> dg.MaterializeResult:
    """Mentions, times, places, quotations, quantities and events of each document, in Parquet batches."""
    with step_failures(), warehouse.connect(read_only=True) as con:
        done = steps.extract(con, settings, progress=progress, retry_quarantined=config.retry_quarantined)
    return dg.MaterializeResult(
        metadata={
            "extracted": done.extracted_count,
            "reused": done.reused_count,
            "quarantined": len(done.quarantine),
            "quarantined_by_reason": counts_by_reason(row.reason_code for row in done.quarantine),
            "words": done.word_count,
            "seconds": round(done.seconds, 2),
            "words_per_second": round(done.word_count / done.seconds) if done.seconds else 0,
            "extractor_version": done.extractor_version,
        }
    )


def load(
    context: dg.AssetExecutionContext,
    config: RemovalConfig,
    settings: dg.ResourceParam[Settings],
    warehouse: WarehouseResource,
) -> Iterator[dg.MaterializeResult]:
    """Write what was staged into raw and nlp, in one transaction."""
    with step_failures():
        run = steps.load(settings, run_id=context.run.run_id, remove=config.paths if config.remove_documents else None)
        with warehouse.connect(read_only=True) as con:
            reasons = con.execute("select reason_code from raw.quarantine").fetchall()
            figures: dict[str, dict[str, Any]] = {
                "raw.quarantine": {"quarantined_by_reason": counts_by_reason(code for (code,) in reasons)}
            }
            for table in (*RAW, *NLP, *REFERENCE, *BUILDS):
                name = table.qualified_name
                yield table_result(con, name, ingestion_run=run.run_id, **figures.get(name, {}))


def resolve(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult]:
    """Find out across documents which mentions are one entity and which reports are one event."""
    with step_failures(), warehouse.connect() as con:
        if not steps.resolve_core(con, settings, run_id=context.run.run_id):
            context.log.info("nothing was loaded or corrected since these tables were made; they stay as they are")
        for table in CORE:
            yield table_result(con, table.qualified_name)


def build_publication(models: Sequence[Model], *, pool: str) -> dg.AssetsDefinition:
    """The step that publishes, after everything that nothing else is made from.

    Args:
        models: the SQL models.
        pool: the pool that its step claims.
    """
    read = {name for model in models for name in model.depends_on} | set(RESOLVED_FROM)
    tables = [table.qualified_name for table in (*RAW, *REFERENCE, *BUILDS, *NLP, *CORE)]
    leaves = sorted({*tables, *(model.qualified_name for model in models)} - read)
    published = dg.AssetSpec(
        PUBLISHED,
        description="The database that users query, replaced as a whole when every blocking check has passed.",
        group_name="publish",
        deps=map(table_key, leaves),
        kinds={"duckdb"},
    )
    version_specs = [
        contract_spec(t, group="publish", deps=map(table_key, leaves), kinds={"duckdb"}) for t in PUBLICATIONS
    ]

    @dg.multi_asset(name="publish", specs=[published, *version_specs], pool=pool)
    def publish_warehouse(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], warehouse: WarehouseResource
    ) -> Iterator[dg.MaterializeResult]:
        with step_failures():
            with warehouse.connect(read_only=True) as con:
                require_whole_build(con, [model.qualified_name for model in models])
            size = publish(settings.build_database, settings.published_database, run_id=context.run.run_id)
            path = dg.MetadataValue.path(settings.published_database)
            yield dg.MaterializeResult(asset_key=PUBLISHED, metadata={"path": path, "bytes": size})
            with warehouse.connect(read_only=True) as con:
                for table in PUBLICATIONS:
                    yield table_result(con, table.qualified_name)

    return publish_warehouse


def build_assets(models: Sequence[Model], *, pool: str) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """All assets that Python builds.

    Args:
        models: the SQL models, which the publication waits for.
        pool: the pool that each step claims.
    """
    duckdb = {"duckdb"}
    staged = [STAGED_DOCUMENTS, STAGED_EXTRACTIONS]
    loaded = [
        *(contract_spec(table, group="warehouse", deps=staged, kinds=duckdb) for table in RAW),
        *(contract_spec(table, group="warehouse", deps=[STAGED_EXTRACTIONS], kinds=duckdb) for table in NLP),
        *(contract_spec(table, group="warehouse", deps=[], kinds=duckdb) for table in (*REFERENCE, *BUILDS)),
    ]
    resolved_from = [table_key(name) for name in RESOLVED_FROM]
    core = [contract_spec(table, group="core", deps=resolved_from, kinds={"python", "duckdb"}) for table in CORE]
    ingest = dg.asset(key=STAGED_DOCUMENTS, deps=[SEEDS], group_name="ingest", kinds={"python"}, pool=pool)
    extract = dg.asset(
        key=STAGED_EXTRACTIONS, deps=[STAGED_DOCUMENTS], group_name="extract", kinds={"python", "spacy"}, pool=pool
    )
    return [
        dg.AssetSpec(SEEDS, group_name="ingest", kinds={"file"}, description="The folder of documents to ingest."),
        ingest(staged_documents),
        extract(staged_extractions),
        dg.multi_asset(name="load", specs=loaded, pool=pool)(load),
        dg.multi_asset(name="resolve", specs=core, pool=pool)(resolve),
        build_publication(models, pool=pool),
    ]
