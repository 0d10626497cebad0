"""The code location: everything that Dagster knows of this project, in one function.

What belongs here: `build_defs`, which joins assets, checks, jobs and resources, and `defs`, by which Dagster finds it. What
does not: any of these themselves (`pipelines/defs`). Loaded by `workspace.yaml` and by `[tool.dg]` in pyproject.toml.
"""

from __future__ import annotations

import dagster as dg

from pipelines.defs import jobs
from pipelines.defs.assets import build_assets
from pipelines.defs.checks import build_checks
from pipelines.defs.resources import LoggedProgress, WarehouseResource, warehouse_pool
from pipelines.defs.sql_assets import build_sql_assets
from pipelines.settings import Settings
from pipelines.settings_check import read_settings
from warehouse.models import discover_models


def build_defs(**overrides: object) -> dg.Definitions:
    """Join the parts.

    Args:
        overrides: resources to use instead of the defaults, by name: `settings` (`Settings`), from which the others are
            made, `warehouse` (`WarehouseResource`), `progress` (called as `progress(done, total, unit)`).

    Returns:
        The definitions; steps run one after the other in the process of their run.
    """
    settings = overrides.get("settings") or read_settings(needed=("sql",))
    assert isinstance(settings, Settings)
    models = discover_models(settings.sql)
    pool = warehouse_pool(settings)
    resources = {
        "settings": settings,
        "warehouse": WarehouseResource(
            build_database=str(settings.build_database),
            lock_seconds=settings.lock_seconds,
        ),
        "progress": LoggedProgress(),
    }
    return dg.Definitions(
        assets=[*build_assets(models, pool=pool), build_sql_assets(models, pool=pool)],
        asset_checks=build_checks(models, settings.sql, pool=pool),
        jobs=[jobs.ingest_and_publish, jobs.retry_quarantined, jobs.remove_documents, jobs.rebuild_marts],
        schedules=[jobs.hourly_ingestion],
        sensors=[jobs.new_seed_files, jobs.dead_runs],
        resources=resources | overrides,
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The code location, with the settings of the environment."""
    return build_defs()
