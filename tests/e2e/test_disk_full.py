"""A full disk at each step that writes: the run names it, the old version answers, and the next run completes the work.

The warehouse lies on a small tmpfs, which a ballast file fills when the step begins. Mounting one needs privileges; without
them the tests are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.definitions import build_defs
from pipelines.defs import resources
from pipelines.defs.launch import RunOutcome, launch
from tests.e2e.project import CORPUS, Project, differences

pytestmark = [pytest.mark.slow, pytest.mark.model]

DISK_BYTES = 192 * 1024**2
FIRST = ("2024-03-14_bridge_talks.txt", "concert_review.txt")
LATER = ("2024-05-02_port_strike.txt", "2024-06-20_flood_relief.txt")


class FillDisk:
    """A watcher of runs that leaves no more than some bytes free from the start of a step on."""

    def __init__(self, folder: Path, step: str, *, leave_bytes: int) -> None:
        self._ballast = folder / "ballast"
        self._step = step
        self._leave_bytes = leave_bytes

    def step_started(self, step: str) -> None:
        if step == self._step and not self._ballast.exists():
            with self._ballast.open("wb") as file:
                left = max(0, shutil.disk_usage(self._ballast.parent).free - self._leave_bytes)
                while left:
                    left -= file.write(bytes(min(left, 1024**2)))

    def step_ended(self, step: str, *, is_success: bool) -> None:
        pass

    def free(self) -> None:
        """Give the space back."""
        self._ballast.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no mount command to make a small disk with")
    if mounted.returncode:
        pytest.skip(f"a small tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, disk: Path) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("disk_full"), warehouse=disk / "warehouse")
    for name in FIRST:
        shutil.copy(CORPUS / name, project.seeds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(project.home))
        patch.setattr(resources, "RETRY_SECONDS", 0)
        assert run(project, FillDisk(disk, "never", leave_bytes=0)).is_success
        yield project


def run(project: Project, watcher: FillDisk) -> RunOutcome:
    return launch("ingest_and_publish", build_defs, watcher=watcher, settings=project.settings)


@contextmanager
def later_files(project: Project) -> Iterator[None]:
    """Some more files in the seeds folder, and the old state of the warehouse after the block."""
    saved = project.home.with_name("saved")
    shutil.copytree(project.settings.warehouse, saved)
    for name in LATER:
        shutil.copy(CORPUS / name, project.seeds)
    try:
        yield
    finally:
        for name in LATER:
            (project.seeds / name).unlink()
        shutil.rmtree(project.settings.warehouse)
        shutil.move(saved, project.settings.warehouse)


# What is left is enough for a checkpoint in the last case, but not for a copy of the database (some 10 MB).
@pytest.mark.parametrize(
    ("step", "leave_bytes"),
    [
        ("staged_documents", 0),
        ("staged_extractions", 0),
        ("load", 0),
        ("resolve", 0),
        ("sql_models", 0),
        ("publish", 0),
        ("publish", 4 * 1024**2),
    ],
)
def test_full_disk_is_named_and_costs_nothing(project: Project, disk: Path, step: str, leave_bytes: int) -> None:
    old = project.version()
    with later_files(project):
        watcher = FillDisk(disk, step, leave_bytes=leave_bytes)
        outcome = run(project, watcher)
        try:
            assert not outcome.is_success
            assert any("no space is left" in failure for failure in outcome.failures), outcome.failures
            assert project.version() == old
            project.require_whole_version()
        finally:
            watcher.free()
        assert run(project, watcher := FillDisk(disk, "never", leave_bytes=0)).is_success
        project.require_whole_version()
        assert project.version()[1] == len(FIRST) + len(LATER)


def test_disk_that_also_holds_the_records_of_runs(disk: Path) -> None:
    everything = Project(disk / "everything")
    shutil.copy(CORPUS / FIRST[0], everything.seeds)
    assert everything("run").returncode == 0
    old, watcher = everything.version(), FillDisk(disk, "start", leave_bytes=0)
    watcher.step_started("start")
    try:
        result = everything("run")
        assert result.returncode == 1
        assert "no space is left" in result.stderr
        assert "Traceback" not in result.stderr
        assert everything.version() == old
        everything.require_whole_version()
    finally:
        watcher.free()
    assert everything("run").returncode == 0
    shutil.rmtree(everything.seeds.parent)


def test_command_says_that_the_disk_is_full(project: Project, disk: Path) -> None:
    old, rows = project.version(), project.rows()
    with later_files(project):
        watcher = FillDisk(disk, "load", leave_bytes=0)
        watcher.step_started("load")
        try:
            result = project("run")
            assert result.returncode == 1, result.stdout
            assert "no space is left" in result.stderr
            assert "Traceback" not in result.stderr
            assert project.version() == old
            assert differences(project.rows(), rows) == {}
        finally:
            watcher.free()
        assert project("run").returncode == 0
        project.require_whole_version()
