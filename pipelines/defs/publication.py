"""The last step: the warehouse that users query, replaced as a whole, with the closing account of the run.

What belongs here: the assets of the publication. What does not: how it is done (`warehouse/publish.py`), what is refused
(`warehouse/builds.py`).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import dagster as dg

from pipelines.defs.asset_metadata import chosen, table_result
from pipelines.defs.asset_specs import ENGINEERS, contract_spec, layer_tags, table_key
from pipelines.defs.assets import RESOLVED_FROM
from pipelines.defs.keys import PUBLISHED
from pipelines.defs.resources import Warehouse, step_failures
from pipelines.defs.sql_assets import changed_rows
from pipelines.settings import Settings
from warehouse.contracts.builds import BUILDS
from warehouse.contracts.core import CORE
from warehouse.contracts.nlp import NLP
from warehouse.contracts.publications import PUBLICATIONS
from warehouse.contracts.raw import RAW, REFERENCE
from warehouse.models import PRINTS_FOLDER, Model
from warehouse.versions import publisher_version


def build_publication(models: Sequence[Model], settings: Settings, *, pool: str) -> dg.AssetsDefinition:
    """The step that publishes, after everything that nothing else is made from.

    Args:
        models: the SQL models.
        settings: how old the published file may be, and where the documentation is.
        pool: the pool that its step claims.
    """
    read = {name for model in models for name in model.depends_on} | set(RESOLVED_FROM)
    tables = [table.qualified_name for table in (*RAW, *REFERENCE, *BUILDS, *NLP, *CORE)]
    leaves = list(map(table_key, sorted({*tables, *(model.qualified_name for model in models)} - read)))
    late = timedelta(hours=settings.fresh_hours)
    fresh = dg.FreshnessPolicy.time_window(fail_window=2 * late, warn_window=late)
    version = publisher_version()
    published = dg.AssetSpec(
        PUBLISHED,
        description="The database that users query, replaced as a whole when every blocking check has passed.",
        group_name="publish",
        owners=[ENGINEERS],
        tags=layer_tags("published", is_public=True),
        deps=leaves,
        kinds={"duckdb"},
        code_version=version,
        freshness_policy=fresh,
    )
    versions = [
        contract_spec(
            table, group="publish", deps=leaves, kinds={"duckdb"}, code_version=version, docs_url=settings.docs_url,
            freshness_policy=fresh,
        )
        for table in PUBLICATIONS
    ]  # fmt: skip

    @dg.multi_asset(name="publish", specs=[published, *versions], can_subset=True, pool=pool)
    def publish_warehouse(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult]:
        with step_failures():
            yield from chosen(context, _publish(context, settings, warehouse, models))

    return publish_warehouse


def _publish(
    context: dg.AssetExecutionContext, settings: Settings, warehouse: Warehouse, models: Sequence[Model]
) -> Iterator[dg.MaterializeResult]:
    from pipelines.no_work import program_version
    from pipelines.summary import run_account, warehouse_totals
    from warehouse.builds import require_whole_build
    from warehouse.publish import publish
    from warehouse.seal import break_seal, seal
    from warehouse.standing import note_standing

    with warehouse.connect(read_only=True) as con:
        require_whole_build(con, models)
        changed = changed_rows(con, settings)
    size = publish(settings.build_database, settings.published_database, run_id=context.run.run_id, changed=changed)
    if warehouse.can_be_sealed:  # the models were computed by this run from the rows that are published
        seal(settings.build_database, settings.warehouse / PRINTS_FOLDER)
    else:
        break_seal(settings.warehouse / PRINTS_FOLDER)
    note_standing(settings.published_database, context.run.run_id, program_version(settings))
    with warehouse.connect(read_only=True) as con:
        account = [*run_account(con, context.run.run_id), warehouse_totals(con)]
        for line in account:
            context.log.info(line)
        yield dg.MaterializeResult(
            asset_key=PUBLISHED,
            metadata={
                "path": dg.MetadataValue.path(settings.published_database),
                "bytes": size,
                "account": ". ".join(line.removesuffix(".") for line in account) + ".",  # the UI folds lines
            },
        )
        for table in PUBLICATIONS:
            yield table_result(con, table.qualified_name, table.column_names)
