"""The process of a command from its start to its end: streams, signals, exit status.

What belongs here: `ends_well`, within which every command runs, `bound_memory` and `made_for_good`. What does not: what a command
does (`cli.py`).

Exit status: that of the command; 1 where its output could not be written; 128 and the number of the signal that ended it, 141
(that of a closed pipe) where nobody read on.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType

from pipelines.collection import keep_for_good, uncollected
from pipelines.freed_memory import keep_apart
from pipelines.streams import OutputError, StandardOutput, guard_streams

_FAILED = 1
_BY_SIGNAL = 128
# New objects between two searches for circles. With Python's 700 the libraries and definitions of a run, which all stay, are
# searched again and again while they are made: 8 % of the CPU time of a run of a document.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
# A child process imports the main module of its parent. Those of a command are given functions of other modules, and need none of
# its options and tables: 0.2 s each.
_NOTHING = ModuleType("__main__")
_commands: list[bool] = []  # an entry in a process that is there for one command


@contextmanager
def ends_well(*, is_alone: bool = False) -> Iterator[None]:
    """Run a command to an end without traceback and without child processes, whatever happens to its streams or to itself.

    SIGTERM and SIGHUP become exceptions, as Ctrl-C is one, so that whoever started child processes ends them.

    Args:
        is_alone: this process is there for the command alone, and ends with it.

    Raises:
        SystemExit: always, with the exit status.
    """
    bound_memory()
    _commands[:] = [True] * is_alone
    sys.modules["__main__"] = _NOTHING
    output = guard_streams()
    _raise_on(signal.SIGTERM, signal.SIGHUP)
    status: int | str | None = 0
    try:
        yield
        _flush(output)
    except SystemExit as end:
        status = end.code
        _flush(output)
    except KeyboardInterrupt:
        status = _BY_SIGNAL + signal.SIGINT
    except OutputError:
        pass  # told below, as one that was only remembered
    if output.failure is not None:
        status = _told(output, output.failure, status)
    if is_alone:
        _leave(status)
    raise SystemExit(status)


def bound_memory() -> None:
    """Set for this process how memory is looked after: how often circles are searched for, and how it goes back."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    keep_apart()


@contextmanager
def made_for_good() -> Iterator[None]:
    """For the block, in which libraries and definitions are made that all stay, do not search for circles, and later not in them.

    Only where the process is there for one command: another one would never be rid of what it made in such a block.
    """
    if not _commands:
        yield
        return
    with uncollected():
        yield
        keep_for_good()


def _flush(output: StandardOutput) -> None:
    try:
        sys.stdout.flush()
    except OutputError as error:
        output.failure = error


def _told(output: StandardOutput, failure: OutputError, status: int | str | None) -> int | str | None:
    if failure.is_reader_gone:  # who reads no further does not want to be told
        return status if output.is_patient or status else _BY_SIGNAL + signal.SIGPIPE
    rest = "; the run went on without it" if output.is_patient else ""
    sys.stderr.write(f"{failure}{rest}\n")
    return _FAILED


def _raise_on(*signals: signal.Signals) -> None:
    def end(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP and signal.getsignal(signal.SIGTERM) is not end:
            signal.raise_signal(signal.SIGTERM)  # Dagster, while it runs a job, ends that in order, but knows no SIGHUP
            return
        raise SystemExit(_BY_SIGNAL + number)

    for number in signals:
        if signal.getsignal(number) is signal.SIG_DFL:  # one that was ignored from the start (nohup) stays so
            signal.signal(number, end)


def _leave(status: int | str | None) -> None:
    """End the process without taking apart all that it has imported and made, which is half a second after a run.

    What Python does before that is done: registered functions run, such as those that end child processes and close
    logs, and streams are written. It is left to Python where a thread is at work that it would wait for, where somebody traces
    or profiles this process, and where the status is a text, which it shows.
    """
    is_watched = sys.gettrace() is not None or sys.getprofile() is not None or sys.flags.inspect
    at_work = [
        thread for thread in threading.enumerate() if not thread.daemon and thread is not threading.main_thread()
    ]
    if is_watched or at_work or isinstance(status, str):
        return
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OutputError:
        return
    os._exit((status or 0) & 0xFF)
