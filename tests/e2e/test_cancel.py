"""A run cancelled in the UI: no process is left, the lock is free, nothing is half done, and the next run finishes the work.

The test does what the UI's buttons do: it asks the webserver, over GraphQL, to launch and to terminate a run.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.project import Project, differences
from tests.e2e.test_volume import texts
from warehouse.connection import WriterLock

pytestmark = [pytest.mark.slow, pytest.mark.model]

DOCUMENTS = 400

LAUNCH = """
mutation {
  launchRun(executionParams: {
    selector: {repositoryLocationName: "communique", repositoryName: "__repository__", jobName: "ingest_and_publish"}
    runConfigData: {}
  }) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
}
"""
STATE = """
query($run: ID!) {
  runOrError(runId: $run) { ... on Run { status stepStats { stepKey status } } }
}
"""
TERMINATE = """
mutation($run: String!) { terminateRun(runId: $run) { __typename } }
"""


class Ui:
    """`communique ui` of a project."""

    def __init__(self, project: Project) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        # Into a file: a run that writes to a pipe which nobody reads waits forever when that is full.
        self._log = project.seeds.with_name("ui.log")
        with self._log.open("w", encoding="utf-8") as output:
            self._process = project.start("ui", "--port", str(self._port), output=output)

    def __enter__(self) -> Ui:
        wait_for(self._answers, seconds=120)
        return self

    def __exit__(self, *error: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)

    def ask(self, query: str, **variables: str) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            answer: dict[str, Any] = json.load(response)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def launch(self) -> str:
        launched = self.ask(LAUNCH)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def status(self, run_id: str) -> str:
        return str(self.ask(STATE, run=run_id)["runOrError"]["status"])

    def wait_until_cancelled(self, run_id: str, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (status := self.status(run_id)) != "CANCELED":
            assert time.monotonic() < deadline, f"{status}; the log ends with {self._log.read_text()[-3000:]}"
            time.sleep(0.05)

    def has_started(self, run_id: str, step: str) -> bool:
        state = self.ask(STATE, run=run_id)["runOrError"]
        assert state["status"] not in ("FAILURE", "SUCCESS"), state
        return any(stats["stepKey"] == step for stats in state["stepStats"] if stats["status"])

    def _answers(self) -> bool:
        try:
            return bool(self.ask("{ version }"))
        except OSError:
            return False


def wait_for(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_for_end_of_processes(project: Project, *, seconds: float) -> None:
    """Processes of a cancelled run end by themselves; a busy machine takes them a while to leave the interpreter."""
    deadline = time.monotonic() + seconds
    while left := processes_of(project):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.2)


def processes_of(project: Project) -> list[str]:
    """Command lines of the runs on a warehouse and of their workers, by the environment that they inherit."""
    mark = f"COMMUNIQUE_WAREHOUSE={project.settings.warehouse}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(line)
        except OSError:
            continue
    return [line for line in found if any(part in line for part in ("execute_run", "spawn_main", "forkserver"))]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("cancel"), COMMUNIQUE_WORKERS="2")
    (project.seeds / "first.txt").write_text(next(texts(1)), encoding="utf-8")
    assert project("run").returncode == 0
    return project


@pytest.fixture(scope="module")
def ui(project: Project) -> Iterator[Ui]:
    with Ui(project) as ui:
        yield ui


def test_run_cancelled_in_the_ui_leaves_nothing_behind(project: Project, ui: Ui, tmp_path: Path) -> None:
    old, old_rows = project.version(), project.rows()
    for number, text in enumerate(texts(DOCUMENTS)):
        (project.seeds / f"{number:04}.txt").write_text(text, encoding="utf-8")
    for step in ("staged_extractions", "load"):
        run_id = ui.launch()
        wait_for(lambda step=step, run_id=run_id: ui.has_started(run_id, step), seconds=180)
        if step == "staged_extractions":
            wait_for(lambda: any("forkserver" in line for line in processes_of(project)), seconds=60)
            time.sleep(2)
        assert ui.ask(TERMINATE, run=run_id)["terminateRun"]["__typename"] == "TerminateRunSuccess"
        ui.wait_until_cancelled(run_id, seconds=90)
        wait_for_end_of_processes(project, seconds=120)
        with WriterLock(project.settings.build_database, "the test"):
            pass
        assert project.version() == old
        assert differences(project.rows(), old_rows) == {}
        project.require_whole_version()

    result = project("run")
    assert result.returncode == 0, result.stdout + result.stderr
    project.require_whole_version()
    undisturbed = Project(tmp_path, COMMUNIQUE_WORKERS="2")
    for path in project.seeds.iterdir():
        (undisturbed.seeds / path.name).write_bytes(path.read_bytes())
    assert undisturbed("run").returncode == 0
    assert differences(project.rows(), undisturbed.rows()) == {}
