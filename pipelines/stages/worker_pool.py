"""Tasks in child processes that can be killed: one that hangs, crashes or is killed costs itself only.

What belongs here: `WorkerPool`, which runs tasks with a time limit each in processes with a memory limit, and reports every
outcome, whatever happened to the worker. What does not: what the tasks do (`extract.py`, `ingest/reading.py`), whether a
failed one is tried again, other machines (`ray_pool.py`).

The processes are pebble's, started by spawn, or forked from a server that has imported their code and has no threads: a child
forked from this process would inherit its threads' locks and its connection to the database. There is one server, for all pools,
with what the first of them asked for. A worker whose parent has died ends itself.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import forkserver
from types import TracebackType
from typing import Any

from pebble import ProcessExpired, ProcessPool

from pipelines.errors import WorkerDiedError
from pipelines.stages.tasks import Failure, Outcome, Task

logger = logging.getLogger(__name__)

# A pool whose workers die before they take a task is started again this often; then something is wrong with the machine.
_MAX_RESTARTS = 5
_CHECK_SECONDS = 5.0  # how often a silent pool is asked whether it still lives


class WorkerPool:
    """Runs one function on many tasks in killable processes; use as a context manager.

    Args:
        function: an importable function; called with a task's arguments.
        workers: number of processes.
        initializer: an importable function that each process calls first; its time does not count for the tasks.
        arguments: arguments of the initializer.
        max_bytes: memory that a process may take for data; one that asks for more fails in the task that it works on.
            Linux enforces it, macOS does not.
        tasks_per_process: tasks after which a process is replaced by a fresh one; `None`: it stays.
        preload: modules that cost time to import; the processes are forked from the server, which imports them first. Without any
            they are started by spawn.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        workers: int,
        initializer: Callable[..., None] | None = None,
        arguments: tuple[Any, ...] = (),
        max_bytes: int | None = None,
        tasks_per_process: int | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        self._function = function
        self._workers = workers
        self._initializer = initializer
        self._arguments = arguments
        self._max_bytes = max_bytes
        self._tasks_per_process = tasks_per_process
        self._context = multiprocessing.get_context("forkserver" if preload else "spawn")
        if preload:
            start_server(preload)
        self._running: dict[Future[Any], Task] = {}
        self._restarts = 0
        self._pool = self._start()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the processes now, and not with the first task; they load while the caller does something else."""
        with suppress(RuntimeError):  # the first task tries again, and tells
            _ = self._pool.active

    def close(self) -> None:
        """End the processes."""
        self._pool.stop()  # kills the workers; nothing is running unless the caller was interrupted
        self._pool.join()

    @property
    def has_room(self) -> bool:
        """Whether another task keeps the workers busy; more would only wait in memory."""
        return len(self._running) < 2 * self._workers

    def submit(self, task: Task) -> None:
        """Hand a task to the next free worker."""
        try:
            future = self._pool.schedule(self._function, args=task.arguments, timeout=task.seconds)
        except RuntimeError:  # the pool has broken since; it takes no tasks
            self._restart([task])
        else:
            self._running[future] = task

    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of every task submitted, as they end; tasks may be submitted meanwhile.

        Raises:
            WorkerDiedError: the workers die again and again before they take a task.
        """
        while self._running:
            done, _ = wait(self._running, timeout=_CHECK_SECONDS, return_when=FIRST_COMPLETED)
            is_broken = not done and not self._pool.active
            lost: list[Task] = []
            for future in done:
                task = self._running.pop(future, None)
                if task is None:  # run again after a restart while the caller held an earlier outcome
                    continue
                outcome = _outcome(future, task)
                if outcome is None:
                    lost.append(task)
                else:
                    self._restarts = 0
                    yield outcome
            if lost or is_broken:
                self._restart(lost)

    def _start(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=self._tasks_per_process or 0,
            initializer=_initialize,
            # What the server forks has the environment of when the server was started.
            initargs=(self._initializer, self._arguments, self._max_bytes, dict(os.environ)),
            context=self._context,
        )

    def _restart(self, lost: list[Task]) -> None:
        """Start new workers, and all tasks that have no outcome yet again on them."""
        self._restarts += 1
        if self._restarts > _MAX_RESTARTS:
            raise WorkerDiedError(
                f"the worker processes ended {self._restarts} times before they took a task; see their messages above, "
                "and look for a lack of memory"
            )
        logger.warning("the worker processes ended unexpectedly; starting new ones")
        self._pool.stop()
        self._pool.join()
        self._pool = self._start()
        tasks = [*lost, *self._running.values()]
        self._running.clear()
        for task in tasks:
            self.submit(task)


def start_server(preload: Sequence[str]) -> None:
    """Start the server from which processes are forked, if there is none yet; it loads while the caller does something else.

    Args:
        preload: modules that it imports before it forks the first process.
    """
    multiprocessing.set_forkserver_preload(list(preload))
    forkserver.ensure_running()


def _outcome(future: Future[Any], task: Task) -> Outcome | None:
    """The outcome of a future that is done; None when the pool broke and the task is to be run again."""
    error = future.exception()
    if error is None:
        return Outcome(task, result=future.result())
    if isinstance(error, BrokenProcessPool | CancelledError):
        return None
    if isinstance(error, TimeoutError):
        return Outcome(task, failure=Failure.TIMED_OUT, message=f"stopped after {task.seconds:.0f} seconds")
    if isinstance(error, MemoryError):
        return Outcome(task, failure=Failure.OUT_OF_MEMORY, message="more memory was needed than a worker may take")
    if isinstance(error, ProcessExpired):
        return Outcome(task, failure=Failure.DIED, message=f"the worker process ended with exit code {error.exitcode}")
    return Outcome(task, failure=Failure.RAISED, message=f"{type(error).__name__}: {error}", error=error)


def _initialize(
    initializer: Callable[..., None] | None,
    arguments: tuple[Any, ...],
    max_bytes: int | None,
    environment: Mapping[str, str],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if max_bytes is not None:
        limit_memory(max_bytes)
    if initializer is not None:
        initializer(*arguments)


def limit_memory(max_bytes: int) -> None:
    """Limit the memory that this process may take for data; Linux enforces it.

    Args:
        max_bytes: the limit.
    """
    # Data and not address space: libraries reserve gigabytes of addresses that they never use.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = max_bytes if hard == resource.RLIM_INFINITY else min(max_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
