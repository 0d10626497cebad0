"""Querying the published warehouse inside a sandbox: read-only, no files, no network, bounded time and memory.

What belongs here: `query`, which `communique sql` and anyone who does not trust a statement use, and the limit of time. What
does not: the process in which the query runs, and its limit of memory (`query_process.py`); formatting the rows; the build
database, which users never query.

Time and memory hold whatever the statement does, as its process is killed: DuckDB's own limits are not looked at inside one
function, so that `repeat('x', 1500000000)` took 3 GB and more than a minute against limits of 300 MB and 5 s.
"""

from __future__ import annotations

import pickle
import select
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import QueryError
from pipelines.sizes import parse_size

_ROOT = Path(__file__).resolve().parent.parent
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from warehouse.query_process import main; main()"
_HEADER_BYTES = 8
_READ_BYTES = 1024**2
# The interpreter and DuckDB take 0.2 s to start, on a busy machine seconds; that time is none of the query's.
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Column names and DuckDB types of a result, and its rows, fetched as they are read."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def query(published_path: Path, sql: str, *, seconds: float = 60.0, memory: str = "2GB") -> QueryResult:
    """Answer one reading statement from the published warehouse, in a process of its own.

    Args:
        published_path: the published database, such as `Settings.published_database`. A publication that happens meanwhile
            does not disturb: the query reads the version it opened.
        sql: one SELECT, FROM, DESCRIBE, SHOW, SUMMARIZE, PIVOT or EXPLAIN statement.
        seconds: time limit, seconds; only time spent in the database counts, not what the reader does between rows.
        memory: memory limit, as DuckDB writes it ("2GB"); the process is given a quarter more, and what it takes to start.

    Returns:
        Columns, types and an iterator of rows; reading the rows can raise the same error.

    Raises:
        QueryError: nothing is published, the statement does not only read, is wrong, or passes a limit; says what to do.
    """
    try:
        parse_size(memory)
    except ValueError as err:
        raise QueryError(f"the memory limit of {memory!r} cannot be used: {err}") from err
    process = _QueryProcess((str(published_path), sql, memory), seconds=seconds)
    try:
        _, columns, types = process.receive()
    except BaseException:
        process.close()
        raise
    return QueryResult(columns, types, _rows(process))


def _rows(process: _QueryProcess) -> Iterator[tuple[Any, ...]]:
    with closing(process):
        while True:
            process.send(b"")
            _, rows = process.receive()
            if not rows:
                return
            yield from rows


class _QueryProcess:
    """The process of one query, and what is left of its time; ended, whatever it is doing, with this object at the latest."""

    def __init__(self, request: tuple[str, str, str], *, seconds: float) -> None:
        self._seconds = seconds
        self._memory = request[2]
        self._left = seconds
        self._buffer = bytearray()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self.close = weakref.finalize(self, _end, self._process)
        try:
            self.send(pickle.dumps(request))
            self._wait(_START_SECONDS, f"the process of the query did not start in {_START_SECONDS:g} seconds")
        except BaseException:
            self.close()
            raise

    def send(self, content: bytes) -> None:
        """Send a message."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # why it has ended is told by what it sent, or by its exit status
            self._process.stdin.write(len(content).to_bytes(_HEADER_BYTES, "big") + content)

    def receive(self) -> tuple[Any, ...]:
        """Wait for a message in the time that is left.

        Raises:
            QueryError: the query was refused, ran out of time, or its process died.
        """
        started = time.monotonic()
        late = f"the query ran longer than {self._seconds:g} seconds; narrow it, or raise COMMUNIQUE_QUERY_SECONDS"
        try:
            return self._wait(self._left, late)
        finally:
            self._left -= time.monotonic() - started

    def _wait(self, seconds: float, late: str) -> tuple[Any, ...]:
        deadline = time.monotonic() + seconds
        self._read(_HEADER_BYTES, deadline, late)
        length = int.from_bytes(self._buffer[:_HEADER_BYTES], "big")
        self._read(_HEADER_BYTES + length, deadline, late)
        message: tuple[Any, ...] = pickle.loads(memoryview(self._buffer)[_HEADER_BYTES:])
        self._buffer = bytearray()
        if message[0] == "refused":
            raise QueryError(message[1])
        return message

    def _read(self, size: int, deadline: float, late: str) -> None:
        """Read until there are `size` bytes; the process sends nothing that was not asked for, so there are no more."""
        pipe = self._process.stdout
        assert pipe is not None
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        while len(self._buffer) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise QueryError(late)
            chunk = pipe.read(min(_READ_BYTES, size - len(self._buffer)))
            if not chunk:
                raise QueryError(self._death())
            self._buffer += chunk

    def _death(self) -> str:
        status = self._process.wait()
        if status < 0:  # aborted by an allocation that failed, or killed by the kernel for want of memory
            return (
                f"the process of the query was ended by signal {-status}; it needs more than {self._memory}, or breaks "
                "DuckDB; narrow it, or raise COMMUNIQUE_QUERY_MEMORY"
            )
        return f"the process of the query ended with exit status {status}"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
