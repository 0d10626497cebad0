"""Extraction workers that load while the run has other things to do: Dagster's plan, the reading of files.

What belongs here: `EarlyWorkers`, which starts them before it is known what they will be given, and hands them over. What does
not: who knows that there will be something (`pipelines/no_work.py`, `pipelines/defs/steps.py`), what a worker loads
(`extraction_worker.py`), the pools (`engines.py`).

A worker needs two seconds of a core before its first document. It is only a process that waits: a run that has nothing to extract
after all ends it, and extraction that needs other workers than were started, or more of them, starts its own. What starts workers
is imported with the first, as the definitions, which many only look at, name this class.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING

from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.stages.extraction_worker import TableBuilder, WorkerFunctions, WorkerSettings
    from pipelines.stages.tasks import TaskPool
    from pipelines.stages.worker_pool import WorkerPool

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Started:
    arguments: tuple[WorkerSettings, WorkerFunctions]
    workers: int
    pool: WorkerPool
    starting: Thread


class EarlyWorkers:
    """The workers of one run; use as a context manager, at whose end none is left that nobody has taken.

    Args:
        settings: model, engine, number of workers and bounds.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._started: _Started | None = None

    def __enter__(self) -> EarlyWorkers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    @property
    def are_started(self) -> bool:
        """Whether there are some that nobody has taken."""
        return self._started is not None

    def start(self, size: int, build_table: TableBuilder) -> None:
        """Let begin to load what will read files and what will extract documents, if it has not begun.

        Args:
            size: bytes of the files that are to be read, as a guess of how many workers they are worth.
            build_table: makes the Arrow table of a batch (`warehouse.batch_table.batch_table`).
        """
        if self._started is not None or self._settings.extraction_engine != "local":
            return
        from pipelines.stages.batch_files import batch_path
        from pipelines.stages.engines import open_local_pool
        from pipelines.stages.extraction_worker import WorkerFunctions, WorkerSettings, load_pipeline
        from pipelines.stages.ingest.isolation import WARM_READER
        from pipelines.stages.planning import worth_of_workers
        from pipelines.stages.versions import extractor_version
        from pipelines.stages.worker_pool import start_server

        settings = self._settings
        folder = batch_path(settings.batches_location) / extractor_version(settings.model)
        arguments = (WorkerSettings.of(settings, folder), WorkerFunctions(load_pipeline, build_table))
        workers = worth_of_workers(size, settings.workers)
        pool = open_local_pool(settings, workers=workers, arguments=arguments)
        # By a thread, as a worker is there when the server has loaded what it is forked with.
        starting = Thread(target=pool.start, name="early workers", daemon=True)
        self._started = _Started(arguments, workers, pool, starting)
        starting.start()
        start_server((WARM_READER,))  # unless there is one for the workers

    def take(self, workers: int, arguments: tuple[WorkerSettings, WorkerFunctions]) -> TaskPool | None:
        """The workers that were started; the caller ends them.

        Args:
            workers: as many as are needed.
            arguments: what a worker is started with.

        Returns:
            `None` if there are none, too few, or others; then none is left.
        """
        started = self._started
        if started is None or started.arguments != arguments or started.workers < workers:
            self._end()
            return None
        self._started = None
        started.starting.join()
        return started.pool

    def _end(self) -> None:
        started, self._started = self._started, None
        if started is not None:
            logger.debug("%d workers that were started early are not used", started.workers)
            started.starting.join()
            started.pool.close()
