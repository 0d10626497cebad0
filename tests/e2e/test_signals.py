"""A run ended by a signal while it reads, extracts or builds: it ends soon, and none of the processes it started is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.project import Project, kill
from tests.e2e.test_volume import texts
from warehouse.connection import WriterLock

pytestmark = [
    pytest.mark.slow,
    pytest.mark.model,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in /proc"),
]

ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL)
# Until the run has ended, and until its workers have seen that it did.
SECONDS = 20


def is_reading(project: Project, session: int) -> bool:
    return project.settings.staging.exists()


def has_extracted(project: Project, session: int) -> bool:
    return any(project.settings.batches.rglob("*.parquet"))


PHASES: dict[str, tuple[int, Callable[[Project, int], bool]]] = {
    "reading": (400, is_reading),
    "extraction": (400, has_extracted),  # the first batch of several
    "models": (2, has_extracted),  # the only one
}


def processes(session: int) -> dict[int, str]:
    """Command lines of the processes of a session by id; that of one that is dead but not waited for is empty."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[3]) == session:
                found[int(entry.name)] = (entry / "cmdline").read_text(encoding="utf-8").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    return found


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.name)
@pytest.mark.parametrize("phase", PHASES)
def test_no_process_is_left(tmp_path: Path, phase: str, end: signal.Signals) -> None:
    count, is_reached = PHASES[phase]
    project = Project(tmp_path)
    for number, text in enumerate(texts(count)):
        (project.seeds / f"{number}.txt").write_text(text, encoding="utf-8")
    process = project.start("run")
    try:
        wait_until(
            lambda: process.poll() is not None or is_reached(project, process.pid),
            f"the run never came to {phase}",
            seconds=120,
        )
        assert process.poll() is None, f"the run ended before {phase}: {process.communicate()}"
        process.send_signal(end)
        process.communicate(timeout=SECONDS)
        wait_until(lambda: not processes(process.pid), f"left: {processes(process.pid)}", seconds=SECONDS)
    except subprocess.TimeoutExpired:
        pytest.fail(f"still running {SECONDS} s after {end.name}: {processes(process.pid)}")
    finally:
        kill(process)
    assert process.returncode != 0
    with WriterLock(project.settings.build_database, "the test"):
        pass  # the lock is free
