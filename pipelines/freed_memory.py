"""Memory that is free in the process, given back to the system.

What belongs here: `give_back`, `keep_apart`. What does not: holding less (where it is held).
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Give back what Arrow's and C's allocators keep for later: what one part of a resolution has freed is of little use to the
    next one, whose pieces are of other sizes.
    """
    if (pa := sys.modules.get("pyarrow")) is not None:  # what never loaded it holds nothing of its
        pa.default_memory_pool().release_unused()
    _call("malloc_trim", 0)


def keep_apart() -> None:
    """From now on have each large piece of memory by itself, and one heap for all threads that come.

    It is the first thing that a command does, before libraries start threads: a heap that a thread has had stays, for other
    threads, and holds what is free at its end, which nobody can give back. After the load step there were so many of them that
    the judging of pairs left 200 MB there.

    Such a piece goes back to the system as soon as it is freed. By itself GNU's C library takes larger and larger pieces from its
    heaps, where the small ones that stay between them keep what is freed. What is free at the end of the heap stays for the next
    pieces: to give it back each time, as the library does where the size of pieces is set, takes more time than the work.
    """
    _call("mallopt", _M_MMAP_THRESHOLD, _LARGE)
    _call("mallopt", _M_TRIM_THRESHOLD, _MOST_FREE)
    _call("mallopt", _M_ARENA_MAX, 1)


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h
_LARGE = 1024**2  # bytes
_MOST_FREE = 32 * 1024**2  # likewise, at the end of the heap


def _call(name: str, *values: int) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than GNU's
            getattr(ctypes.CDLL("libc.so.6"), name)(*values)
