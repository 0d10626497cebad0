"""Runs whose process is gone: recognised by the writer lock, closed in the Dagster instance.

What belongs here: the tag by which a run says that it holds a warehouse, and how the run of a killed process becomes a
failed one. The kernel frees the file lock of a killed process, but Dagster goes on listing its run as started and keeps its
pool claimed, so every later run would queue behind it for ever. Read next: `resources.py`, which sets the tag.
"""

from __future__ import annotations

import dagster as dg

# The prefix hides the tag in the UI, where it would tell nothing.
HOLDER_TAG = ".dagster/communique_holds"
RELEASED = "released"

_UNFINISHED = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_MESSAGE = (
    "The process of this run ended without a word (killed?). Nothing half-done was published; the next run resumes."
)


def close_dead_runs(instance: dg.DagsterInstance, build_database: str, *, run_id: str | None = None) -> tuple[str, ...]:
    """Mark runs as failed that held a warehouse when their process died, and free the pools they had claimed.

    Call it only while holding the warehouse's writer lock: then every other unfinished run that claims the warehouse is
    dead, because a living one gives up its tag before the lock.

    Args:
        instance: the Dagster instance that recorded the runs.
        build_database: path of the build database, as the runs recorded it.
        run_id: the run that holds the lock now, if it is a run.

    Returns:
        The ids of the runs that were closed.
    """
    holders = instance.get_runs(filters=dg.RunsFilter(statuses=_UNFINISHED, tags={HOLDER_TAG: build_database}))
    dead = [run for run in holders if run.run_id != run_id]
    for run in dead:
        instance.report_run_failed(run, _MESSAGE)
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return tuple(run.run_id for run in dead)
