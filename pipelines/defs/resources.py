"""What the assets are given: the settings, the warehouse with its writer lock, and a place to report progress.

What belongs here: resources and the translation of our errors into Dagster's. What does not: any knowledge of a table.
Read next: `assets.py`, which uses them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import dagster as dg
import duckdb

from pipelines.defs.dead_runs import HOLDER_TAG, RELEASED, close_dead_runs
from pipelines.errors import TerminalError, TransientError
from pipelines.settings import PROJECT_ROOT, PUBLISHED_NAME, Settings
from warehouse.connection import WriterLock, open_build
from warehouse.recovery import restore_if_lost
from warehouse.transaction import translated_errors

MAX_RETRIES = 2
RETRY_SECONDS = 5


def warehouse_pool(settings: Settings) -> str:
    """The pool that the steps of a warehouse claim; dagster_home/dagster.yaml limits each pool to one step at a time.

    Each warehouse has one of its own, so that runs of two that share a DAGSTER_HOME do not wait for each other.
    """
    folder = settings.warehouse.resolve()
    if folder == PROJECT_ROOT / "warehouse":
        return "warehouse"
    return f"warehouse_{blake2b(bytes(folder), digest_size=4).hexdigest()}"


class WarehouseResource(dg.ConfigurableResource):
    """The build database, locked for the run that uses it.

    The lock is taken before the run's first step and held until the run ends, in whatever process the run was started:
    then the tables that a run publishes are those that its own steps built. The kernel releases it when the process dies.
    """

    build_database: str
    lock_seconds: float

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[WarehouseResource]:
        """Hold the writer lock while a run lasts.

        Raises:
            WarehouseLockedError: another run holds it for longer than `lock_seconds`.
        """
        run, instance = context.run, context.instance
        if run is None or instance is None:
            raise dg.DagsterInvariantViolationError("the warehouse can only be written by a run")
        with WriterLock(Path(self.build_database), run.run_id, wait_seconds=self.lock_seconds):
            build = Path(self.build_database)
            if (done := restore_if_lost(build, build.with_name(PUBLISHED_NAME))) is not None:
                (context.log or dg.get_dagster_logger()).warning(done)
            for run_id in close_dead_runs(instance, self.build_database, run_id=run.run_id):
                (context.log or dg.get_dagster_logger()).warning("Closed run %s, whose process had died.", run_id)
            instance.add_run_tags(run.run_id, {HOLDER_TAG: self.build_database})
            try:
                yield self
            finally:
                instance.add_run_tags(run.run_id, {HOLDER_TAG: RELEASED})

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the build database; closed, and so checkpointed, at the end of the block."""
        con = open_build(Path(self.build_database), read_only=read_only)
        try:
            yield con
        finally:
            con.close()


@contextmanager
def step_failures() -> Iterator[None]:
    """Say our errors in Dagster's terms: a `TransientError` is tried again with a limit, a `TerminalError` never."""
    try:
        with translated_errors(doing="writing the warehouse"):
            yield
    except TransientError as error:
        raise dg.RetryRequested(max_retries=MAX_RETRIES, seconds_to_wait=RETRY_SECONDS) from error
    except TerminalError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error


class LoggedProgress:
    """Reports progress to the run's log, at most every `interval_seconds`."""

    def __init__(self, *, interval_seconds: float = 10.0) -> None:
        """Make a reporter."""
        self._interval_seconds = interval_seconds
        self._next = 0.0

    def __call__(self, done: int, total: int, unit: str) -> None:
        """Log how far a step is; the end of it always."""
        now = time.monotonic()
        if now >= self._next or done == total:
            self._next = now + self._interval_seconds
            dg.get_dagster_logger().info("%d of %d %s", done, total, unit)
