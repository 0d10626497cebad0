"""Calls in a process beside this one, for what does nothing but compute while the caller has other work.

What belongs here: `beside`. What does not: what is called, many calls at once (`worker_pool.py`).

Threads of one Python process compute in turn, so that of two cores one would be idle.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from pipelines.stages.tasks import Outcome, Task
from pipelines.stages.worker_pool import WorkerPool

logger = logging.getLogger(__name__)
_T = TypeVar("_T")

_SECONDS = 3600.0  # then the process is taken for hung


class Beside:
    """A process beside this one, which does what it is told one call after the other."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self._calls = 0
        self._ended: dict[int, Outcome] = {}
        self._outcomes: Iterator[Outcome] = iter(())  # one, as it knows of calls that ended together

    def call(self, function: Callable[..., _T], *arguments: object) -> Callable[[], _T]:
        """Begin a call, as soon as those before it have ended.

        Args:
            function: an importable function that changes nothing but what it returns.
            arguments: its arguments, which are copied, as the result is.

        Returns:
            Waits for the result and gives it. Where the process dies or fails, the call is made here, and raises what it raises.
        """
        number = self._calls
        self._calls += 1
        self._pool.submit(Task(number, (function, *arguments), _SECONDS))

        @cache
        def result() -> _T:
            while number not in self._ended:
                outcome = next(self._outcomes, None)
                if outcome is None:
                    self._outcomes = self._pool.outcomes()
                    continue
                self._ended[outcome.task.key] = outcome
            outcome = self._ended.pop(number)
            if outcome.failure is not None:
                logger.warning("%s is called again, here: %s", function.__name__, outcome.message)
                return function(*arguments)
            found: _T = outcome.result
            return found

        return result


@contextmanager
def beside(*modules: str) -> Iterator[Beside]:
    """A process of its own, which ends with the block.

    Args:
        modules: those of the functions that will be called.
    """
    with WorkerPool(_called, workers=1, preload=modules) as pool:
        yield Beside(pool)


def _called(function: Callable[..., Any], *arguments: object) -> Any:
    return function(*arguments)
