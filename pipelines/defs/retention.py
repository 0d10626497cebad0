"""How long Dagster's records of runs are kept: the job that clears away old ones.

What belongs here: which runs go, and everything on disk that goes with one. What does not: ticks of schedules and sensors, which
Dagster forgets by itself (dagster_home/dagster.yaml); the warehouse, which keeps its own account of every run for good.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from pipelines.settings import Settings

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


@dg.op(description="Clear away the records of runs older than COMMUNIQUE_KEEP_RUN_DAYS that nothing shown rests on.")
def delete_old_runs(context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings]) -> None:
    """Delete old runs; those that the catalogue shows as an asset's last one stay."""
    before = datetime.now(UTC) - timedelta(days=settings.keep_run_days)
    deleted = forget_runs(context.instance, before=before)
    context.log.info("%d runs created before %s were cleared away", len(deleted), before.date())


@dg.job(
    description="Clears away Dagster's records of old runs: events, logs, files. The warehouse is not touched.",
    executor_def=dg.in_process_executor,
)
def forget_old_runs() -> None:
    """Clear away old runs."""
    delete_old_runs()


def forget_runs(instance: dg.DagsterInstance, *, before: datetime) -> tuple[str, ...]:
    """Delete the records of runs that have ended.

    Kept are the last run of each job that succeeded, and each run that holds the last materialization or observation of an asset:
    the catalogue would otherwise take the asset for one that was never made.

    Args:
        instance: the Dagster instance.
        before: only runs created before this time.

    Returns:
        The ids of the deleted runs.
    """
    old = instance.get_run_records(filters=dg.RunsFilter(statuses=_ENDED, created_before=before))
    needed = _shown_runs(instance) if old else set()
    gone = [record.dagster_run.run_id for record in old if record.dagster_run.run_id not in needed]
    for run_id in gone:
        instance.delete_run(run_id)
        _delete_files(instance, run_id)
    return tuple(gone)


def _shown_runs(instance: dg.DagsterInstance) -> set[str]:
    succeeded = instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))
    last_of_job = {run.job_name: run.run_id for run in reversed(succeeded)}
    needed = set(last_of_job.values())
    for record in instance.get_asset_records():
        entry = record.asset_entry
        needed |= {
            event.run_id for event in (entry.last_materialization_record, entry.last_observation_record) if event
        }
    return needed


def _delete_files(instance: dg.DagsterInstance, run_id: str) -> None:
    """Delete what Dagster leaves on disk when a run is deleted: its file of events, emptied but not shrunk, and its logs."""
    from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage  # takes half a second to import

    storage = instance.event_log_storage
    if isinstance(storage, SqliteEventLogStorage):
        for ending in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(storage.path_for_shard(run_id) + ending).unlink()
    with suppress(NotImplementedError):
        instance.compute_log_manager.delete_logs(prefix=[run_id])
