"""Tasks on a Ray cluster, or on a Ray of this machine: the same interface as the pool of processes (`worker_pool.py`).

What belongs here: `RayPool` and the connection to Ray. What does not: what the tasks do, whether a failed one is tried again.

A worker is an actor with one task at a time, so that a task's time begins when it runs, and one that takes too long can be
killed with its process. Ray itself is told to try nothing again: whether a batch is tried again, and document by document, is
decided where it is known what killed its worker (`extract.py`), for both pools in the same way.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import ray
from ray import exceptions

from pipelines.errors import SettingsError, WorkerDiedError
from pipelines.stages.tasks import Failure, Outcome, Task
from pipelines.stages.worker_pool import limit_memory

logger = logging.getLogger(__name__)

# Actors that die before they take a task are started again this often in a row; then something is wrong with the cluster.
_MAX_RESTARTS = 5
_CHECK_SECONDS = 5.0  # how often deadlines are looked at, at least
_WARN_SECONDS = 60.0  # a cluster that has no actor ready for so long is told of
_START_SECONDS = 1800.0  # so long may a cluster take to grow to its first actor
# Results are a path and a few ids; Ray's default would take a third of the machine's memory.
_OBJECT_STORE_BYTES = 200 * 1024**2


@dataclass(frozen=True, slots=True)
class _Running:
    actor: Any
    task: Task
    deadline: float  # monotonic time


class _Worker:
    """What an actor is: a process with the pipeline loaded."""

    def __init__(
        self, initializer: Callable[..., None] | None, arguments: tuple[Any, ...], max_bytes: int | None
    ) -> None:
        if max_bytes is not None:
            limit_memory(max_bytes)
        if initializer is not None:
            initializer(*arguments)

    def ready(self) -> None:
        """Answer once the process has started."""

    def run(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Run a task."""
        return function(*arguments)


class RayPool:
    """Runs one function on many tasks in Ray actors; use as a context manager.

    Args:
        function: an importable function; called with a task's arguments. The cluster's machines have this program installed.
        workers: number of actors, each of one CPU; those that the cluster has no room for yet are waited for while the
            others work.
        initializer: an importable function that each actor calls first; its time does not count for the tasks.
        arguments: arguments of the initializer.
        max_bytes: memory that an actor may take for data; see `WorkerPool`.
        address: of a cluster ("auto", "10.0.0.5:6379", "ray://head:10001"); `None`: a Ray of this machine, on the loopback
            interface, that ends with the pool.

    Raises:
        SettingsError: there is no cluster at the address.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        workers: int,
        initializer: Callable[..., None] | None = None,
        arguments: tuple[Any, ...] = (),
        max_bytes: int | None = None,
        address: str | None = None,
    ) -> None:
        self._function = function
        self._workers = workers
        self._arguments = (initializer, arguments, max_bytes)
        self._starting: dict[Any, Any] = {}  # actors by the reference to their first answer
        self._idle: list[Any] = []
        self._busy: dict[Any, _Running] = {}  # by the reference to the result
        self._waiting: deque[Task] = deque()
        self._restarts = 0
        self._session = RaySession(address, workers)
        for _ in range(workers):
            self._start_actor()
        self._answered = self._warned = time.monotonic()

    def __enter__(self) -> RayPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for actor in (*self._starting.values(), *self._idle, *(running.actor for running in self._busy.values())):
            _kill(actor)
        self._session.close()

    @property
    def has_room(self) -> bool:
        """Whether another task keeps the workers busy; more would only wait in memory."""
        return len(self._waiting) + len(self._busy) < 2 * self._workers

    def submit(self, task: Task) -> None:
        """Hand a task to the next free actor."""
        self._waiting.append(task)
        self._assign()

    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of every task submitted, as they end; tasks may be submitted meanwhile.

        Raises:
            WorkerDiedError: actors die again and again before they take a task, or the cluster starts none.
        """
        while self._waiting or self._busy:
            self._assign()
            done, _ = ray.wait([*self._busy, *self._starting], timeout=self._patience())
            for reference in done:
                if reference in self._starting:
                    self._welcome(reference)
                elif (running := self._busy.pop(reference, None)) is not None:
                    yield self._finish(reference, running)
            yield from self._stop_late()
            if not done:
                self._complain()

    def _start_actor(self) -> None:
        actor = ray.remote(_Worker).options(num_cpus=1, max_restarts=0, scheduling_strategy="SPREAD")
        handle: Any = actor.remote(*self._arguments)
        self._starting[handle.ready.remote()] = handle

    def _welcome(self, reference: Any) -> None:
        """Take an actor that has started, or start another."""
        actor = self._starting.pop(reference)
        try:
            ray.get(reference)
        except exceptions.RayError as error:
            _kill(actor)
            self._restarts += 1
            if self._restarts > _MAX_RESTARTS:
                raise WorkerDiedError(
                    f"Ray's actors ended {self._restarts} times before they took a task; look for a lack of memory, and for "
                    f"their messages in Ray's logs: {_last_line(error)}"
                ) from error
            logger.warning("an actor of Ray ended before it took a task; starting another")
            self._start_actor()
        else:
            self._answered = time.monotonic()
            self._idle.append(actor)

    def _assign(self) -> None:
        while self._waiting and self._idle:
            actor, task = self._idle.pop(), self._waiting.popleft()
            reference = actor.run.remote(self._function, task.arguments)
            self._busy[reference] = _Running(actor, task, time.monotonic() + task.seconds)

    def _finish(self, reference: Any, running: _Running) -> Outcome:
        """The outcome of a task that has ended; its actor is free again, or replaced if it has died."""
        task = running.task
        self._answered = time.monotonic()
        try:
            outcome = Outcome(task, result=ray.get(reference))
        except exceptions.RayTaskError as error:
            outcome = _raised(task, error.cause)
        except exceptions.OutOfMemoryError as error:
            self._replace(running.actor)
            return Outcome(task, failure=Failure.OUT_OF_MEMORY, message=_first_line(error))
        except exceptions.RayError as error:  # the actor's process, or its machine, is gone or cannot be reached
            self._replace(running.actor)
            return Outcome(task, failure=Failure.DIED, message=f"the worker process ended: {_first_line(error)}")
        self._restarts = 0
        self._idle.append(running.actor)
        return outcome

    def _stop_late(self) -> Iterator[Outcome]:
        """Kill the actors whose task has taken too long."""
        now = time.monotonic()
        for reference in [reference for reference, running in self._busy.items() if running.deadline <= now]:
            ready, _ = ray.wait([reference], timeout=0)
            running = self._busy.pop(reference)
            if ready:
                yield self._finish(reference, running)
                continue
            self._replace(running.actor)
            message = f"stopped after {running.task.seconds:.0f} seconds"
            yield Outcome(running.task, failure=Failure.TIMED_OUT, message=message)

    def _replace(self, actor: Any) -> None:
        _kill(actor)
        self._start_actor()

    def _patience(self) -> float:
        now = time.monotonic()
        return max(0.0, min([_CHECK_SECONDS, *(running.deadline - now for running in self._busy.values())]))

    def _complain(self) -> None:
        """Say that the cluster starts no actor, and give up after a while."""
        now = time.monotonic()
        if self._busy or self._idle:
            self._answered = now
        elif now - self._answered > _START_SECONDS:
            raise WorkerDiedError(
                f"Ray has started none of {self._workers} actors in {_START_SECONDS / 60:.0f} minutes"
            )
        elif now - max(self._answered, self._warned) > _WARN_SECONDS:
            self._warned = now
            logger.warning(
                "waiting for Ray to start one of %d actors; the cluster has %g CPUs",
                self._workers, ray.cluster_resources().get("CPU", 0),
            )  # fmt: skip


class RaySession:
    """The connection to Ray; one that was there already stays.

    Args:
        address: of a cluster; `None`: start a Ray of this machine.
        workers: CPUs that a Ray of this machine has.

    Raises:
        SettingsError: there is no Ray to be had.
    """

    def __init__(self, address: str | None, workers: int) -> None:
        self._folder: str | None = None
        self._is_ours = not ray.is_initialized()
        if not self._is_ours:
            return
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        if address is None:
            self._folder = tempfile.mkdtemp(prefix="ray-")
            options |= {
                "address": "local",
                "num_cpus": workers,
                "include_dashboard": False,
                "object_store_memory": _OBJECT_STORE_BYTES,
                "_temp_dir": self._folder,
            }
        else:
            options["address"] = address
        try:
            with _own_environment(is_local=address is None):
                ray.init(**options)
        except (ConnectionError, TimeoutError, ValueError, RuntimeError) as error:
            self.close()
            where = "on this machine" if address is None else f"at {address} (COMMUNIQUE_RAY_ADDRESS)"
            raise SettingsError(f"Ray cannot be used {where}: {error}") from error

    def close(self) -> None:
        """End the connection, and the Ray that was started for it."""
        if self._is_ours:
            ray.shutdown()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def _own_environment(*, is_local: bool) -> Iterator[None]:
    """What Ray is started with, and what it must not change."""
    former_path = os.environ.get("PYTHONPATH")
    # Ray sets a handler of its own, which would end a run with another status and without its last words.
    is_main = threading.current_thread() is threading.main_thread()
    former = signal.getsignal(signal.SIGTERM) if is_main else None
    if is_local:
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # else it writes one below the home folder
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))  # a worker imports what this process can
    try:
        yield
    finally:
        if former is not None:
            signal.signal(signal.SIGTERM, former)
        if former_path is not None:
            os.environ["PYTHONPATH"] = former_path
        elif is_local:
            os.environ.pop("PYTHONPATH", None)


def _raised(task: Task, error: BaseException) -> Outcome:
    if isinstance(error, MemoryError):
        return Outcome(task, failure=Failure.OUT_OF_MEMORY, message="more memory was needed than a worker may take")
    return Outcome(task, failure=Failure.RAISED, message=f"{type(error).__name__}: {error}", error=error)


def _kill(actor: Any) -> None:
    with suppress(exceptions.RayError, ValueError):  # it is gone already
        ray.kill(actor, no_restart=True)


def _last_line(error: BaseException) -> str:
    """Of an error with a traceback, what it says."""
    return str(error).strip().rpartition("\n")[2]


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
