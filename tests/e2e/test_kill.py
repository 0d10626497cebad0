"""SIGKILL at any moment: the published file stays one whole version, and one more run finishes the work.

A run on a changed folder is started again and again and killed with everything it started, at moments drawn from the time
that an undisturbed run takes. In the first round each begins with documents that nobody has extracted, so that extraction is
hit; in the second the batches are there, and each run begins with what the killed ones before it left, until one has published.
"""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.project import CORPUS, Project, Rows, differences, kill

pytestmark = [pytest.mark.slow, pytest.mark.model]

SEED = 20_240_911
FIRST = ("2024-03-14_bridge_talks.txt", "2024-09-12_border_clash_wire.txt", "concert_review.txt")
LATER = ("2024-05-02_port_strike.txt", "2024-06-20_flood_relief.txt", "2024-09-11_border_clash.txt")


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What two runs that nobody disturbed left."""

    before: Path  # the warehouse after the first run
    after: Path  # after the second
    rows_before: Rows
    rows_after: Rows
    seconds: float  # of the second run, from the moment that it holds the warehouse
    cold_seconds: float  # the same when its documents have to be extracted


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("kill"))
    for name in FIRST:
        shutil.copy(CORPUS / name, project.seeds)
    return project


@pytest.fixture(scope="module")
def undisturbed(project: Project) -> Undisturbed:
    def timed_run() -> float:
        process = project.start("run")
        project.wait_for_lock(process)
        started = time.monotonic()
        out, err = process.communicate()
        assert process.returncode in (0, 2), out + err
        return time.monotonic() - started

    warehouse = project.settings.warehouse
    before, after = (warehouse.with_name(name) for name in ("before", "after"))
    timed_run()
    rows_before = project.rows()
    shutil.copytree(warehouse, before)
    for name in LATER:
        shutil.copy(CORPUS / name, project.seeds)
    (project.seeds / "broken.json").write_text('{"text": ', encoding="utf-8")
    cold_seconds = timed_run()
    rows_after = project.rows()
    assert differences(rows_before, rows_after)
    shutil.copytree(warehouse, after)
    restore(project, before, batches=after)
    seconds = timed_run()
    assert differences(project.rows(), rows_after) == {}
    return Undisturbed(before, after, rows_before, rows_after, seconds, cold_seconds)


def restore(project: Project, state: Path, *, batches: Path) -> None:
    """Put a warehouse in the place of the project's, with the extraction batches of another."""
    shutil.rmtree(project.settings.warehouse)
    shutil.copytree(state, project.settings.warehouse)
    shutil.rmtree(project.settings.batches)
    shutil.copytree(batches / "batches", project.settings.batches)


@pytest.mark.parametrize(("kills", "is_cold"), [(12, True), (28, False)], ids=["extraction", "all_other_steps"])
def test_killed_runs_leave_a_whole_version(
    project: Project, undisturbed: Undisturbed, kills: int, is_cold: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = random.Random(SEED + kills)
    restore(project, undisturbed.before, batches=undisturbed.before if is_cold else undisturbed.after)
    (first_run, *_), published, checked, is_new = project.version(), 0, None, False
    for number in range(kills):
        if is_cold or is_new:
            restore(project, undisturbed.before, batches=undisturbed.before if is_cold else undisturbed.after)
        seconds = moments.uniform(0, undisturbed.cold_seconds if is_cold else undisturbed.seconds)
        process = project.start("run")
        project.wait_for_lock(process)
        time.sleep(seconds)
        kill(process)
        is_new = project.version()[0] != first_run
        published += is_new
        file = project.settings.published_database.stat()
        if (file.st_ino, file.st_mtime_ns, file.st_size) == checked:
            continue  # the very file of the kill before
        project.require_whole_version()
        expected = undisturbed.rows_after if is_new else undisturbed.rows_before
        assert differences(project.rows(), expected) == {}, f"kill {number + 1} after {seconds:.2f} s"
        checked = (file.st_ino, file.st_mtime_ns, file.st_size)
    result = project("run")
    assert result.returncode in (0, 2), result.stdout + result.stderr
    project.require_whole_version()
    assert differences(project.rows(), undisturbed.rows_after) == {}
    leftovers = [path.name for path in project.settings.warehouse.iterdir() if ".copy-" in path.name]
    assert leftovers == []
    with capsys.disabled():
        print(f"\n{kills} kills, {published} after the publication; a whole run {undisturbed.seconds:.1f} s")  # noqa: T201
