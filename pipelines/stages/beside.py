"""One call in a process beside this one, for what does nothing but compute while the caller has other work.

What belongs here: `beside`. What does not: what is called, many calls (`worker_pool.py`).

Threads of one Python process compute in turn, so that of two cores one would be idle.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from pipelines.stages.tasks import Task
from pipelines.stages.worker_pool import WorkerPool

logger = logging.getLogger(__name__)
_T = TypeVar("_T")

_SECONDS = 3600.0  # then the process is taken for hung


@contextmanager
def beside(function: Callable[..., _T], *arguments: object) -> Iterator[Callable[[], _T]]:
    """Begin a call in a process of its own, which ends with the block.

    Args:
        function: an importable function that changes nothing but what it returns.
        arguments: its arguments, which are copied, as the result is.

    Yields:
        Waits for the result and gives it. Where the process dies or fails, the call is made here, and raises what it raises.
    """
    with WorkerPool(function, workers=1, preload=(function.__module__,)) as pool:
        pool.submit(Task(function.__name__, arguments, _SECONDS))

        @cache
        def result() -> _T:
            outcome = next(pool.outcomes())
            if outcome.failure is not None:
                logger.warning("%s is called again, here: %s", function.__name__, outcome.message)
                return function(*arguments)
            found: _T = outcome.result
            return found

        yield result
