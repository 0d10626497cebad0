"""Standard input, output and error as this program uses them: never missing, and a failure to write is told once.

What belongs here: making the three streams usable whatever the program was started with. What does not: what is written
(`output.py`, `console.py`), exit statuses (`process.py`).

A closed stream is dangerous: the next file that is opened takes its number, so that what is printed would be written into a
database. A closed number is therefore opened on a file that refuses.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TextIO


class OutputError(Exception):
    """Standard output cannot be written: closed, full, or nobody reads it any more."""

    def __init__(self, cause: OSError) -> None:
        """Make one of the error that the system reported."""
        super().__init__(f"standard output cannot be written: {cause.strerror}")
        self.is_reader_gone = cause.errno == errno.EPIPE


class StandardOutput(io.FileIO):
    """Standard output; its first failure is raised, what comes after is dropped, as the program's end would write it again."""

    failure: OutputError | None = None
    is_patient = False  # the failure is only remembered: a run goes on without being seen

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Write, or raise the first failure as an `OutputError`."""
        if self.failure is None:
            try:
                return super().write(data) or 0
            except OSError as error:
                self.failure = OutputError(error)
                if not self.is_patient:
                    raise self.failure from error
        return memoryview(data).nbytes


class _StandardError(io.FileIO):
    """Standard error; what cannot be written to it is lost, as there is nobody left to tell."""

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        with suppress(OSError):
            return super().write(data) or 0
        return memoryview(data).nbytes


def guard_streams() -> StandardOutput:
    """Put streams that always work in place of the program's own; characters that their encoding lacks get a backslash.

    Returns:
        The raw standard output, which knows whether writing failed.
    """
    for number, mode in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        _open_closed(number, mode)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb", closefd=False)), encoding="utf-8")
    output, error = StandardOutput(1, "wb", closefd=False), _StandardError(2, "wb", closefd=False)
    sys.stdout = _text(output, sys.stdout, is_by_line=output.isatty())
    sys.stderr = _text(error, sys.stderr, is_by_line=True)
    return output


def show_on_without_output() -> None:
    """From now on a failure to write standard output stops nothing; it is told at the end."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, StandardOutput):
        raw.is_patient = True


def _text(raw: io.FileIO, old: TextIO | None, *, is_by_line: bool) -> io.TextIOWrapper:
    encoding = getattr(old, "encoding", None) or "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", line_buffering=is_by_line
    )


def _open_closed(number: int, mode: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        opened = os.open(os.devnull, mode)
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)
