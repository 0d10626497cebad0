"""The SQL models as assets: one asset a file, of the same name, with the dependencies found in its SQL.

What belongs here: the multi-asset that runs `sql/`. All models run in one step, in dependency order and on one connection;
one step a model costs more time in Dagster than in DuckDB (see `docs/decisions/`). What does not: finding and running models
(`warehouse/models.py`), checking them (`checks.py`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from pipelines.defs.asset_metadata import model_spec, table_key, table_result
from pipelines.defs.resources import WarehouseResource, step_failures
from warehouse import builds
from warehouse.macros import create_macros
from warehouse.models import Model, drop_removed_models, run_model

MARTS_GROUP = "marts"


def build_sql_assets(models: Sequence[Model], sql_dir: Path, *, pool: str) -> dg.AssetsDefinition:
    """The step that runs models.

    Args:
        models: all models, in an order in which they can run.
        sql_dir: the folder whose `macros/` holds the macros of the published file.
        pool: the pool that the step claims.
    """

    @dg.multi_asset(
        name="sql_models",
        specs=[model_spec(model, group=MARTS_GROUP) for model in models],
        can_subset=True,
        pool=pool,
    )
    def sql_models(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
        selected = [model for model in models if table_key(model.qualified_name) in context.selected_asset_keys]
        names = [model.qualified_name for model in selected]
        with step_failures(), warehouse.connect() as con:
            builds.unstamp(con, names)
            for name in drop_removed_models(con, models):
                context.log.info("dropped %s, whose model was removed", name)
            for model in selected:
                run = run_model(con, model)
                yield table_result(con, model.qualified_name, row_count=run.row_count, seconds=round(run.seconds, 3))
            create_macros(con, sql_dir)
            builds.stamp(con, names, run_id=context.run.run_id, source=builds.CORE)

    return sql_models
