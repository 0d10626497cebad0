"""Readers and writers at the same time: a reader never meets an error or half a version, and two runs never mix."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT
from tests.e2e.project import CORPUS, Project, differences
from warehouse import builds
from warehouse.connection import WriterLock, open_build
from warehouse.models import discover_models
from warehouse.publish import publish

pytestmark = [pytest.mark.slow, pytest.mark.model]

PUBLICATIONS = 17
REAL_RUNS = 3

# Queries until its standard input ends; counts answers, errors, and answers in which two runs or two counts disagree.
READER = """
import json, sys, threading
from pathlib import Path
from pipelines.errors import QueryError
from warehouse.query import query

STATEMENT = '''
select run_id,
    (select count(*) from raw.builds where not starts_with(build_id, run_id || '/')) as of_other_runs,
    document_count = (select count(*) from raw.documents) and document_count = (select count(*) from dim_documents)
    and event_count = (select count(*) from core.events) as agrees
from main.warehouse_version
'''
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
answers, errors, mixed, versions = 0, [], [], []
while not over.is_set():
    try:
        rows = list(query(Path(sys.argv[1]), STATEMENT).rows)
    except QueryError as error:
        errors.append(str(error))
        continue
    answers += 1
    if len(rows) != 1 or rows[0][1:] != (0, True):
        mixed.append(rows)
    elif rows[0][0] not in versions[-1:]:
        versions.append(rows[0][0])
        print(rows[0][0], flush=True)
print(json.dumps({"answers": answers, "errors": errors, "mixed": mixed, "versions": versions}), flush=True)
"""


class Reader:
    """A process that queries the published warehouse in a loop."""

    def __init__(self, database: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", READER, str(database)],
            cwd=PROJECT_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def wait_for(self, run_id: str) -> None:
        """Wait until it has seen a version."""
        assert self._process.stdout
        for line in self._process.stdout:
            if line.strip() == run_id:
                return
        raise AssertionError(f"the reader ended before it saw {run_id}")

    def report(self) -> dict[str, list[str]]:
        """End it, and what it saw."""
        out, _ = self._process.communicate()
        return json.loads(out.splitlines()[-1])

    def kill(self) -> None:
        """End it, however it goes."""
        self._process.kill()
        self._process.wait()


@contextmanager
def reader_of(project: Project) -> Iterator[Reader]:
    reader = Reader(project.settings.published_database)
    try:
        yield reader
    finally:
        reader.kill()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("readers"))
    for name in ("2024-03-14_bridge_talks.txt", "concert_review.txt"):
        shutil.copy(CORPUS / name, project.seeds)
    result = project("run")
    assert result.returncode == 0, result.stdout + result.stderr
    return project


def republish(project: Project, run_id: str) -> None:
    """Publish another version in which every part bears the name of the run."""
    settings = project.settings
    parts = builds.model_parts(discover_models(settings.sql))
    with WriterLock(settings.build_database, run_id, wait_seconds=10):
        with closing(open_build(settings.build_database)) as con:
            con.execute("update raw.ingestion_runs set run_id = ?", [run_id])
            loaded = [builds.Part(builds.LOAD), builds.Part(builds.RUNS)]
            builds.stamp(con, [*loaded, builds.Part(builds.CORE, (builds.LOAD,)), *parts], run_id=run_id)
        publish(settings.build_database, settings.published_database, run_id=run_id)


def test_reader_sees_whole_versions_only(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with reader_of(project) as reader:
        expected = [project.version()[0]]
        reader.wait_for(expected[0])
        for number in range(PUBLICATIONS):
            expected.append(f"publication-{number}")
            republish(project, expected[-1])
            reader.wait_for(expected[-1])
        for name in ("2024-05-02_port_strike.txt", "2024-06-20_flood_relief.txt", "2024-09-11_border_clash.txt"):
            shutil.copy(CORPUS / name, project.seeds)
            result = project("run")
            assert result.returncode == 0, result.stdout + result.stderr
            expected.append(project.version()[0])
            reader.wait_for(expected[-1])
        report = reader.report()
    assert len(expected) == 1 + PUBLICATIONS + REAL_RUNS
    with capsys.disabled():
        counts = f"{len(report['errors'])} errors, {len(report['mixed'])} mixed"
        print(f"\n{report['answers']} answers during {len(expected) - 1} publications: {counts}")  # noqa: T201
    assert report["errors"] == []
    assert report["mixed"] == []
    assert report["versions"] == expected


@pytest.mark.parametrize("wait_seconds", ["0", "300"])
def test_of_two_runs_one_stops_or_waits(project: Project, tmp_path: Path, wait_seconds: str) -> None:
    other = Project(tmp_path, COMMUNIQUE_LOCK_SECONDS=wait_seconds)
    shutil.copytree(CORPUS, other.seeds, dirs_exist_ok=True)
    processes = [other.start("run") for _ in range(2)]
    results = [(*process.communicate(timeout=600), process.returncode) for process in processes]
    codes = sorted(code for *_, code in results)
    if wait_seconds == "0":
        assert codes == [0, 1], results
        (refused,) = [err for _, err, code in results if code == 1]
        assert " holds the warehouse" in refused
        assert other.version()[0] in refused
        assert "Traceback" not in refused
    else:
        assert codes == [0, 0], results
    other.require_whole_version()
    alone = Project(tmp_path / "alone")
    shutil.copytree(CORPUS, alone.seeds, dirs_exist_ok=True)
    shutil.copytree(other.settings.batches, alone.settings.batches)
    assert alone("run").returncode == 0
    assert differences(other.rows(), alone.rows()) == {}


def test_readers_need_no_lock(project: Project) -> None:
    started = time.monotonic()
    with WriterLock(project.settings.build_database, "a run"):
        result = project("sql", "select count(*) as documents from dim_documents", "--format", "csv")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[1:] == [str(project.version()[1])]
    assert time.monotonic() - started < 30
