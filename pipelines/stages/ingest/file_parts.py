"""Parts of a file that several processes read: which of its records each makes documents of, and all of them in order again.

What belongs here: `Part`, `parts_worth` and `in_order`. What does not: the processes (`isolation.py`), reading (`reading.py`).

Every process goes through the whole file, as only its records tell where the next one begins, which number it has and in which
order days and months stand; but it makes documents only of those of its part, which is most of the work. A file that cannot be
read to its end, or that is not what it was when it was cut, is read once more as a whole: its parts need not be of one mind.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")

_RECORDS_AT_ONCE = 64  # that are of one part, before those of the next


class PartError(Exception):
    """A part of a file tells nothing of the whole: the file could not be read to its end, or changed."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of what a file gives, in turns with the other parts.

    Attributes:
        number: of the part, from 0.
        count: of parts.
        stamp: size and time of the last change of the file when it was cut, bytes and nanoseconds; None if nobody looked.
    """

    number: int = 0
    count: int = 1
    stamp: tuple[int, int] | None = None

    def holds(self, place: int) -> bool:
        """Whether what the file gives at a place, from 0, is of this part."""
        return place // _RECORDS_AT_ONCE % self.count == self.number


WHOLE = Part()


def stamp_of(status: os.stat_result) -> tuple[int, int]:
    """What tells that a file is still what it was.

    Args:
        status: of the file.
    """
    return status.st_size, status.st_mtime_ns


def parts_worth(size: int, total: int, workers: int) -> int:
    """In how many parts to read a file, so that no process waits for another that reads it.

    Args:
        size: of the file, bytes.
        total: of all files that are to be read.
        workers: processes that read.
    """
    return max(1, min(workers, -(-size * workers // max(total, 1))))


def in_order(parts: Sequence[Iterable[_T]]) -> Iterator[_T]:
    """What all parts of a file give, in the order of the file.

    Args:
        parts: all of them, by their numbers.
    """
    turns = [iter(part) for part in parts]
    is_more = True
    while is_more:
        for turn in turns:
            some = 0
            for some, record in enumerate(islice(turn, _RECORDS_AT_ONCE), 1):  # noqa: B007
                yield record
            if some < _RECORDS_AT_ONCE:  # the file ends here
                is_more = False
                break
