"""The interface between a stage and whatever runs its tasks: submit tasks, receive an outcome for each.

What belongs here: `Task`, `Outcome`, and `TaskPool`, which the pool of this machine (`worker_pool.py`) and Ray (`ray_pool.py`)
implement. What does not: what a task does, whether a failed one is tried again (`extract.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol, Self


class Failure(StrEnum):
    """What became of a task that gave no result."""

    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    DIED = "died"
    RAISED = "raised"


@dataclass(frozen=True, slots=True)
class Task:
    """One call in a worker: its arguments, its time limit in seconds and whatever the caller wants to know it by."""

    key: Any
    arguments: tuple[Any, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task's end: its result, or why there is none."""

    task: Task
    result: Any = None
    failure: Failure | None = None
    message: str = ""
    error: BaseException | None = None


class TaskPool(Protocol):
    """Workers that run one function on many tasks; used as a context manager, at whose end no worker is left.

    Each task submitted has one outcome, whatever happens to its worker. A worker that dies, or is killed because a task took
    too long, is replaced; its task is not run again by the pool, as it may be what killed it.
    """

    @property
    def has_room(self) -> bool:
        """Whether another task keeps the workers busy; more would only wait in memory."""

    def submit(self, task: Task) -> None:
        """Hand a task to the next free worker."""

    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of every task submitted, as they end; tasks may be submitted meanwhile.

        Raises:
            WorkerDiedError: the workers die again and again before they take a task.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
