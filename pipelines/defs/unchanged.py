"""What Dagster is told of a run that had nothing to do: that the published warehouse is still what a run would publish.

What belongs here: the materializations of such a run, and its record where the command line ended it before Dagster was asked.
What does not: finding out (`warehouse/standing.py`, `pipelines/no_work.py`).

Only the assets of the publication are told, as they have a freshness policy, and the list of runs, which has a row more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing

import dagster as dg

from pipelines.defs.asset_specs import table_key
from pipelines.defs.dead_runs import close_dead_runs
from pipelines.defs.keys import PUBLISHED, READ_TAG, REBUILD_JOB, SEEDS_TAG, UI_TAGS, WHOLE_RUN
from pipelines.defs.launch import open_instance
from pipelines.defs.seed_watch import Listing
from pipelines.no_work import UnchangedRun, program_version
from pipelines.settings import Settings
from pipelines.summary import run_account
from warehouse.connection import open_build
from warehouse.contracts.publications import PUBLICATIONS
from warehouse.models import Model
from warehouse.standing import noted_standing


def is_whole_run(run: dg.DagsterRun) -> bool:
    """Whether a run goes from the seeds folder to the published file; one of some assets does again what it was asked for."""
    chosen = run.asset_selection  # empty or None: all that the job has
    return chosen >= WHOLE_RUN if chosen else run.job_name != REBUILD_JOB


def ends_unchanged(context: dg.AssetExecutionContext, settings: Settings, models: Sequence[Model]) -> bool:
    """Whether a run that has loaded is done, as what is published is what it would publish; then Dagster is told.

    Args:
        context: of the step that loads.
        settings: where the databases are; no connection to the build database is open.
        models: the SQL models.

    Returns:
        Whether it is; never of a run of some assets only, after a change of the program, or in a Dagster instance that has not
        seen the publication.
    """
    from pipelines.defs import steps

    note = noted_standing(settings.published_database)
    if not is_whole_run(context.run) or note is None or note.program != program_version(settings):
        return False  # other code may check more, and tell more, of the same tables
    if not context.instance.get_latest_materialization_event(PUBLISHED):
        return False
    published_by = steps.standing_run(settings, models)
    if published_by is None:
        return False
    account = _account(settings, context.run.run_id)
    context.log.info(
        "Nothing was added, changed or removed since run %s published; nothing is built anew.", published_by
    )
    for line in account:
        context.log.info(line)
    for told in _standing_materializations(settings, published_by, account):
        context.log_event(told)
    # It warns of every blocking check that such a run does not reach, in this process, which is the run's.
    logging.getLogger("dagster._core.execution.plan.active").setLevel(logging.ERROR)
    return True


def _standing_materializations(
    settings: Settings, published_by: str, account: Sequence[str]
) -> Iterator[dg.AssetMaterialization]:
    """The assets that are as fresh as the seeds folder, though nothing was written.

    Args:
        settings: where the published file is.
        published_by: the run that published it.
        account: what the run read, in lines.
    """
    size = settings.published_database.stat().st_size
    stands = {"unchanged_since_run": published_by}
    yield dg.AssetMaterialization(table_key("raw.ingestion_runs"), metadata={"account": "\n".join(account)})
    yield dg.AssetMaterialization(
        PUBLISHED,
        metadata={
            "path": dg.MetadataValue.path(settings.published_database),
            "bytes": size,
            "account": dg.MetadataValue.text("\n".join(account)),
            **stands,
        },
    )
    for table in PUBLICATIONS:
        yield dg.AssetMaterialization(table_key(table.qualified_name), metadata=stands)


def record_unchanged_run(job_name: str, run: UnchangedRun, settings: Settings, *, listing: Listing) -> None:
    """Put a run into the Dagster instance of DAGSTER_HOME as one that succeeded; the caller holds the warehouse.

    Args:
        job_name: the job that it stands for.
        run: the run.
        settings: its settings.
        listing: the seeds folder, before its files were read.

    Raises:
        DiskFullError: there is no space to record it.
    """
    tags = {**UI_TAGS, SEEDS_TAG: str(settings.seeds), READ_TAG: listing.digest}
    account = _account(settings, run.run_id)
    with open_instance() as instance:
        close_dead_runs(instance, str(settings.build_database))
        instance.add_run(dg.DagsterRun(job_name=job_name, run_id=run.run_id, tags=tags, run_config={}))
        started = dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, job_name, message="\n".join(account))
        instance.report_dagster_event(started, run.run_id, timestamp=run.started_at.timestamp())
        for told in _standing_materializations(settings, run.published_by, account):
            instance.report_dagster_event(_event(job_name, told), run.run_id)
        ended = dg.DagsterEvent(
            dg.DagsterEventType.RUN_SUCCESS.value,
            job_name,
            message=f"Nothing was added, changed or removed since run {run.published_by} published; nothing was built anew.",
        )
        instance.report_dagster_event(ended, run.run_id)


def _account(settings: Settings, run_id: str) -> list[str]:
    with closing(open_build(settings.build_database, read_only=True)) as con:
        return run_account(con, run_id)


def _event(job_name: str, told: dg.AssetMaterialization) -> dg.DagsterEvent:
    from dagster._core.events import StepMaterializationData

    return dg.DagsterEvent(
        dg.DagsterEventType.ASSET_MATERIALIZATION.value, job_name, event_specific_data=StepMaterializationData(told)
    )
