"""The process that answers one query of the published warehouse, and that its parent can kill.

What belongs here: the sandbox, what a reading statement is, and what a failure means for the person who wrote the query.
What does not: the parent's side, with the limit of time (`query.py`). It is started anew for each query, as
`python -c "...; main()"`, and imports little, as the command line waits for it.

Messages go both ways as a length of eight bytes and a pickle. From the parent: the fields of a `Request`, then an empty
message for each batch of rows that it wants. To the parent: `("ready",)`, then `("columns", names, types)`, then
`("rows", rows)`, of which an empty one is the last; instead of any of them `("refused", message)`.
"""

from __future__ import annotations

import os
import pickle
import queue
import resource
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from pipelines.errors import QueryError
from pipelines.sizes import parse_size
from warehouse.reading_statements import first_line, require_one_reading_statement, suggestion

ROWS_AT_ONCE = 2048
HEADER_BYTES = 8
# Beside what DuckDB counts itself: results as Python objects, and what its functions take without asking for it.
_UNCOUNTED_SHARE = 4
_OPEN_ATTEMPTS = 5
_OPEN_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """A query of a database file; `memory` as DuckDB writes it."""

    path: str
    sql: str
    memory: str


def main() -> None:
    """Answer the query that the parent sends; ends when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends this process
    reading, writing = sys.stdin.buffer, _own_stdout()
    request = Request(*pickle.loads(read_message(reading)))
    wanted: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(reading, wanted), daemon=True).start()
    try:
        _answer(request, writing, wanted)
    except QueryError as error:
        _send(writing, ("refused", str(error)))
    # Threads of DuckDB may still work on what is not wanted any more.
    os._exit(0)


def _own_stdout() -> BinaryIO:
    """The pipe to the parent, which nobody else writes to any more.

    Of a query of more than two seconds DuckDB prints how far it is, where it takes the program for a person's prompt: one
    that was not read from a file, as this one.
    """
    messages = os.dup(sys.stdout.fileno())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return os.fdopen(messages, "wb")


def read_message(stream: BinaryIO) -> bytes:
    """Read a message of known length.

    Raises:
        EOFError: the other side is gone.
    """
    header = stream.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        raise EOFError
    return stream.read(int.from_bytes(header, "big"))


def pack_message(content: bytes) -> bytes:
    """A message as it is sent."""
    return len(content).to_bytes(HEADER_BYTES, "big") + content


def _listen(reading: BinaryIO, wanted: queue.SimpleQueue[bytes]) -> None:
    """Pass on what the parent asks for; end the process, whatever it is doing, when the parent is gone."""
    try:
        while True:
            wanted.put(read_message(reading))
    except (EOFError, OSError):
        os._exit(1)


def _send(writing: BinaryIO, message: tuple[Any, ...]) -> None:
    try:
        writing.write(pack_message(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)))
        writing.flush()
    except BrokenPipeError:
        os._exit(1)


def _answer(request: Request, writing: BinaryIO, wanted: queue.SimpleQueue[bytes]) -> None:
    con = open_published(Path(request.path), request.memory)
    _limit(parse_size(request.memory))
    _send(writing, ("ready",))
    try:
        require_one_reading_statement(request.sql)
        cursor = con.execute(request.sql)
        description = cursor.description or []
        _send(writing, ("columns", tuple(str(c[0]) for c in description), tuple(str(c[1]) for c in description)))
        while True:
            wanted.get()
            rows = con.fetchmany(ROWS_AT_ONCE)
            _send(writing, ("rows", rows))
            if not rows:
                return
    except (duckdb.OutOfMemoryException, MemoryError) as err:
        raise QueryError(beyond_memory(request.memory)) from err
    except duckdb.PermissionException as err:
        raise QueryError(
            f"a query reads the published tables alone, no files and no network: {first_line(err)}"
        ) from err
    except duckdb.CatalogException as err:
        raise QueryError(f"{first_line(err)}{suggestion(con, str(err))}") from err
    except (duckdb.Error, RuntimeError, ValueError, OverflowError) as err:  # a date beyond year 9999 is no Python date
        if "bad_alloc" in str(err):
            raise QueryError(beyond_memory(request.memory)) from err
        raise QueryError(first_line(err)) from err


def beyond_memory(memory: str) -> str:
    """What is said of a query that passes its limit of memory."""
    return f"the query needs more than {memory}; narrow it, or raise COMMUNIQUE_QUERY_MEMORY"


def open_published(path: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """Open the published database in the sandbox, for statements of our own: read-only, no files, no network, settings locked.

    Args:
        path: the published database.
        memory: memory limit, as DuckDB writes it ("2GB").

    Returns:
        A connection; the caller closes it.

    Raises:
        QueryError: nothing is published, or the file cannot be opened.
    """
    for attempt in range(_OPEN_ATTEMPTS):
        if not path.exists():
            raise QueryError(f"nothing is published yet as {path}; `communique run` publishes it")
        try:
            con = duckdb.connect(str(path), read_only=True, config=_sandbox(memory))
            con.execute("set timezone = 'UTC'")
            con.execute("set lock_configuration = true")
            return con
        except duckdb.IOException as err:
            if attempt + 1 == _OPEN_ATTEMPTS:
                raise QueryError(f"cannot open {path}: {first_line(err)}") from err
            time.sleep(_OPEN_PAUSE_SECONDS)
        except duckdb.Error as err:
            raise QueryError(f"cannot open {path} with a memory limit of {memory!r}: {first_line(err)}") from err
    raise AssertionError("the loop returns or raises")


def _sandbox(memory: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
        "temp_directory": "",  # a query that does not fit into memory fails; it leaves nothing beside the published file
        "memory_limit": f"{parse_size(memory)}B",
    }


def _limit(memory_bytes: int) -> None:
    """Let the kernel refuse what DuckDB does not count: memory inside one function; and files, of which none is written."""
    # Data and not address space: DuckDB reserves gigabytes of addresses that it never uses. Linux only.
    for kind, limit in (
        (resource.RLIMIT_DATA, _data_bytes() + memory_bytes + memory_bytes // _UNCOUNTED_SHARE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (most, hard))


def _data_bytes() -> int:
    """What this process has taken already: the interpreter, DuckDB and its threads."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:")), 0)
