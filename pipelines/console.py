"""What `communique run` shows while it works: a line for each step and a bar for the long one.

What belongs here: the view of a running job. What does not: what the run found (`summary.py`), running it (`defs/launch.py`).
"""

from __future__ import annotations

import logging
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pipelines.command_parts import say

# Steps of the job in the words of the command line; a step that is not listed shows under its own name.
STEP_LABELS = {
    "staged_documents": "Read the seeds folder",
    "staged_extractions": "Extract",
    "load": "Load",
    "check_loaded": "Check what was loaded",
    "resolve": "Resolve entities and events",
    "check_resolved": "Check what was resolved",
    "sql_models": "Build the SQL models",
    "check_models": "Check the models",
    "publish": "Publish",
}

_LOGGERS = ("pipelines", "warehouse")  # of the stages
MARKS = ("✓", "✗")
PLAIN_MARKS = ("+", "x")  # where the encoding of the output has no ticks


class _WarningLines(logging.Handler):
    """Says warnings of the stages on standard error, where Dagster keeps them for its own log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


class RunView:
    """Shows a run on a terminal; elsewhere prints one line a step. Use as a context manager."""

    def __init__(self, console: Console) -> None:
        """Make a view that writes to a console."""
        self._console = console
        self._bar = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("Start", total=None, unit="")
        self._started = 0.0
        self._warnings = _WarningLines()

    def __enter__(self) -> RunView:
        """Start to show."""
        for name in _LOGGERS:
            logging.getLogger(name).addHandler(self._warnings)
        self._bar.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the lines of the finished steps, remove the bar."""
        self._bar.stop()
        for name in _LOGGERS:
            logging.getLogger(name).removeHandler(self._warnings)

    def step_started(self, step: str) -> None:
        """Show a step as running."""
        self._started = time.perf_counter()
        self._bar.reset(self._task, description=STEP_LABELS.get(step, step), total=None, visible=True, unit="")

    def step_ended(self, step: str, *, is_success: bool) -> None:
        """Leave a line for a finished step."""
        seconds = time.perf_counter() - self._started
        good, bad = PLAIN_MARKS if self._console.options.ascii_only else MARKS
        mark = f"[green]{good}[/]" if is_success else f"[red]{bad}[/]"
        self._bar.update(self._task, visible=False)
        self._console.print(f"{mark} {STEP_LABELS.get(step, step):<30} {seconds:7.1f} s", highlight=False)

    def progressed(self, done: int, total: int, unit: str) -> None:
        """Show how far the running step is."""
        self._bar.update(self._task, completed=done, total=total, unit=unit)
