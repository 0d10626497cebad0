"""What the assets are given: the settings, the warehouse with its writer lock, and a place to report progress.

What belongs here: resources and the translation of our errors into Dagster's. What does not: any knowledge of a table.
Read next: `assets.py`, which uses them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

import dagster as dg
import duckdb

from pipelines.defs.dead_runs import HOLDER_TAG, RELEASED, close_dead_runs
from pipelines.errors import NotBuiltError, TerminalError, TransientError
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.stages.early_workers import EarlyWorkers
from warehouse import kept_open
from warehouse.connection import WriterLock, open_build
from warehouse.models import PRINTS_FOLDER
from warehouse.recovery import restore_if_lost
from warehouse.seal import is_sealed
from warehouse.transaction import translated_errors

logger = logging.getLogger(__name__)

# Called during a long step with what is done, what there is to do, and the unit.
Progress = Callable[[int, int, str], None]

MAX_RETRIES = 2
RETRY_SECONDS = 5
_SHARE_OF_TIME = 0.05  # of the time that a step has taken, until the next line


def warehouse_pool(settings: Settings) -> str:
    """The pool that the steps of a warehouse claim; dagster_home/dagster.yaml limits each pool to one step at a time.

    Each warehouse has one of its own, so that runs of two that share a DAGSTER_HOME do not wait for each other.
    """
    folder = settings.warehouse.resolve()
    if folder == PROJECT_ROOT / "warehouse":
        return "warehouse"
    return f"warehouse_{blake2b(bytes(folder), digest_size=4).hexdigest()}"


class Warehouse:
    """The build database, locked for the run that uses it."""

    def __init__(self, build_database: Path, *, is_sealed: bool = False) -> None:
        """Make it known where the build database is, and whether it is as it was left; the caller holds the lock."""
        self.build_database = build_database
        # Whether nobody has written to it between the last publication and this run.
        self.is_sealed = is_sealed
        # Whether what has changed since is kept up to the models, so that it can be sealed again.
        self.can_be_sealed = False
        self._users = 0

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the build database, or have a cursor where it is kept open (`warehouse/kept_open.py`), for the block.

        Raises:
            NotBuiltError: there is none yet, and it is to be read only.
        """
        if read_only and not self.build_database.exists():
            raise NotBuiltError(f"there is no {self.build_database} yet; run the job ingest_and_publish first")
        con = open_build(self.build_database, read_only=read_only)
        self._users += 1
        try:
            with kept_open.released_on_failure(), closing(con):
                yield con
        finally:
            self._users -= 1
            if not self._users:
                kept_open.release_large(self.build_database)


def warehouse_resource(settings: Settings) -> dg.ResourceDefinition:
    """The warehouse of the settings; a run cannot be pointed to another one, as the resource has no configuration.

    The lock is taken before the run's first step and held until the run ends, in whatever process the run was started:
    then the tables that a run publishes are those that its own steps built. The kernel releases it when the process dies.

    Args:
        settings: where it is, and how long to wait for the lock.
    """

    @contextmanager
    def locked(context: dg.InitResourceContext) -> Iterator[Warehouse]:
        run, instance, path = context.run, context.instance, settings.build_database
        if run is None or instance is None:
            raise dg.DagsterInvariantViolationError("the warehouse can only be written by a run")
        with WriterLock(path, run.run_id, wait_seconds=settings.lock_seconds):
            is_as_left = is_sealed(path, settings.warehouse / PRINTS_FOLDER)
            if (done := restore_if_lost(path, settings.published_database)) is not None:
                logger.warning(done)
            for run_id in close_dead_runs(instance, str(path), run_id=run.run_id):
                (context.log or dg.get_dagster_logger()).warning("Closed run %s, whose process had died.", run_id)
            instance.add_run_tags(run.run_id, {HOLDER_TAG: str(path)})
            try:
                with kept_open.kept_open(path):
                    yield Warehouse(path, is_sealed=is_as_left)
            finally:
                instance.add_run_tags(run.run_id, {HOLDER_TAG: RELEASED})

    return dg.ResourceDefinition(locked, config_schema={}, description="The build database, locked for one run.")


def early_workers_resource(settings: Settings) -> dg.ResourceDefinition:
    """The workers of extraction, started when the seeds folder has something to read; those that are not used end with the run.

    Where each step is a process of its own, extraction starts its own.

    Args:
        settings: model, engine and number of workers.
    """

    @contextmanager
    def unstarted(_context: dg.InitResourceContext) -> Iterator[EarlyWorkers]:
        with EarlyWorkers(settings) as workers:
            yield workers

    return dg.ResourceDefinition(
        unstarted, config_schema={}, description="The workers of extraction, loading meanwhile."
    )


def fixed(value: object) -> dg.ResourceDefinition:
    """A resource that is this value and has no configuration."""
    return dg.ResourceDefinition(lambda _: value, config_schema={})


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
    """Reports progress to the run's log, at most every `interval_seconds`, with the time that is left.

    The longer a step takes, the rarer the lines, so that a day's run has some hundred: Dagster keeps each as an event.
    """

    def __init__(self, *, interval_seconds: float = 10.0) -> None:
        """Make a reporter."""
        self._interval_seconds = interval_seconds
        self._next = 0.0
        self._begin = (0.0, 0, -1)  # of the step at hand: time, done, total
        self._last = 0

    def __call__(self, done: int, total: int, unit: str) -> None:
        """Log how far a step is; the end of it always."""
        now = time.monotonic()
        if total != self._begin[2] or done < self._last:  # another step
            self._begin = (now, done, total)
        self._last = done
        if now >= self._next or done == total:
            self._next = now + max(self._interval_seconds, (now - self._begin[0]) * _SHARE_OF_TIME)
            dg.get_dagster_logger().info("%d of %d %s%s", done, total, unit, self._left(now, done, total))

    def _left(self, now: float, done: int, total: int) -> str:
        begin, first, _ = self._begin
        if done in (total, first) or now == begin:
            return ""
        return f", about {duration((now - begin) / (done - first) * (total - done))} left"


def duration(seconds: float) -> str:
    """A time span for a person: seconds below two minutes, minutes below two hours, else hours."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
