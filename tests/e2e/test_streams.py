"""Output that is closed, full or read no further ends a command in one line, or in silence; never in a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipelines.settings import PROJECT_ROOT

HELP = f"{sys.executable} -m pipelines.cli --help"


@pytest.mark.parametrize(
    ("redirection", "status", "error"),
    [
        (">&-", 1, "standard output cannot be written: Bad file descriptor\n"),
        (">/dev/full", 1, "standard output cannot be written: No space left on device\n"),
        ("2>&- >/dev/full", 1, ""),
        ("2>/dev/full >/dev/full", 1, ""),
        ("| true; exit ${PIPESTATUS[0]}", 141, ""),
        ("<&- >/dev/null", 0, ""),
    ],
)
def test_output_that_cannot_be_written(redirection: str, status: int, error: str) -> None:
    command = ["bash", "-c", f"{HELP} {redirection}"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (status, error)
