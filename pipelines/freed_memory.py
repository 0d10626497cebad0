"""Memory that is free in the process, given back to the system.

What belongs here: `give_back`. What does not: holding less (where it is held).
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
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than GNU's
            ctypes.CDLL("libc.so.6").malloc_trim(0)
