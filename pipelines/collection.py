"""When the garbage collector rests: while much is made that stays, or little that has cycles.

What belongs here: `uncollected`, `keep_for_good`. What does not: spaCy's memory zones (`stages/coding.py`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the garbage collector, which would search all lexicons or definitions for cycles, again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def keep_for_good() -> None:
    """Have the garbage collector search no more what is there now, such as a pipeline with its lexicons that a process keeps.

    It is not searched first: that takes 0.15 s of each worker's start and finds a hundred objects among a quarter of a million.
    """
    gc.freeze()
