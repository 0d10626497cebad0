"""Memory that is free in the process, given back to the system.

What belongs here: `give_back`, `keep_apart`. What does not: holding less (where it is held).
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

import pyarrow as pa


def give_back() -> None:
    """Give back what Arrow's and C's allocators keep for later: what one part of a resolution has freed is of little use to the
    next one, whose pieces are of other sizes.
    """
    pa.default_memory_pool().release_unused()
    _call("malloc_trim", 0)


def keep_apart() -> None:
    """From now on have each large piece of memory by itself, and one heap for all threads.

    Such a piece goes back to the system as soon as it is freed. By itself GNU's C library takes larger and larger pieces from its
    heaps, where the small ones that stay between them keep what is freed.
    """
    _call("mallopt", _M_MMAP_THRESHOLD, _LARGE)
    _call("mallopt", _M_ARENA_MAX, 1)


_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of malloc.h
_LARGE = 1024**2  # bytes


def _call(name: str, *values: int) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than GNU's
            getattr(ctypes.CDLL("libc.so.6"), name)(*values)
