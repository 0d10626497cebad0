"""The code location: everything that Dagster knows of this project, in one function.

What belongs here: `build_defs`, which joins assets, checks, jobs and resources, and `defs`, by which Dagster finds it. What
does not: any of these themselves (`pipelines/defs`). Loaded by `workspace.yaml` and by `[tool.dg]` in pyproject.toml.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import dagster as dg

from pipelines.collection import uncollected
from pipelines.defs import jobs
from pipelines.defs.alerts import build_alerts
from pipelines.defs.assets import build_assets
from pipelines.defs.checks import build_checks
from pipelines.defs.publication import build_publication
from pipelines.defs.resources import LoggedProgress, early_workers_resource, fixed, warehouse_pool, warehouse_resource
from pipelines.defs.retention import forget_old_runs
from pipelines.defs.schedules import build_schedules
from pipelines.defs.sensors import dead_runs, new_seed_files
from pipelines.defs.sql_assets import build_sql_assets
from pipelines.settings import Settings
from pipelines.settings_check import read_settings
from warehouse.kept_answers import MODELS_FILE
from warehouse.models import discover_models


def build_defs(**overrides: object) -> dg.Definitions:
    """Join the parts.

    Args:
        overrides: resources to use instead of the defaults, by name: `settings` (`Settings`), from which the others are
            made, `progress` (called as `progress(done, total, unit)`), `early_workers` (which the caller has started, and ends).

    Returns:
        The definitions; steps run one after the other in the process of their run.
    """
    settings = overrides.get("settings") or read_settings(needed=("sql",))
    assert isinstance(settings, Settings)
    with uncollected(), warnings.catch_warnings():  # code references are "beta", at every load, for each asset
        warnings.simplefilter("ignore", dg.BetaWarning)
        return _join(settings, overrides)


def _join(settings: Settings, overrides: Mapping[str, object]) -> dg.Definitions:
    models = discover_models(settings.sql, cache=settings.warehouse / MODELS_FILE)
    pool = warehouse_pool(settings)
    values = {"settings": settings, "progress": LoggedProgress(), **overrides}
    own = {"warehouse": warehouse_resource(settings), "early_workers": early_workers_resource(settings)}
    return dg.Definitions(
        assets=[
            *build_assets(models, settings, pool=pool),
            build_sql_assets(models, settings, pool=pool),
            build_publication(models, settings, pool=pool),
        ],
        asset_checks=build_checks(models, settings.sql, pool=pool),
        jobs=[
            *(jobs.ingest_and_publish, jobs.retry_quarantined, jobs.remove_documents, jobs.re_extract),
            *(jobs.rebuild_marts, forget_old_runs),
        ],
        schedules=build_schedules(settings),
        sensors=[new_seed_files, dead_runs, build_alerts(settings)],
        resources=own | {name: fixed(value) for name, value in values.items()},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The code location, with the settings of the environment."""
    return build_defs()
