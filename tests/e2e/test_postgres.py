"""Dagster's runs and events in a Postgres server, started here, as docs/operations.md sets it up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT
from tests.e2e.project import Project

pytestmark = pytest.mark.slow

OPERATIONS = PROJECT_ROOT / "docs" / "operations.md"
STEPS, TABLES = 9, 100
# Where Debian puts the programs of a server, the newest last.
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a Postgres server of our own, which listens on a socket only.

    Its folder is below the system's folder for temporary files and not pytest's, as a socket's path may have 107 characters and
    another user has to reach it: the server refuses to be run by root.
    """
    pytest.importorskip("dagster_postgres", reason="dagster-postgres is not installed; make extras installs it")
    if not PROGRAMS:
        pytest.skip("no Postgres server is installed (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="communique-pg-"))
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, "postgres", "postgres")

    def control(*arguments: str) -> None:
        command = [str(PROGRAMS[-1]), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120, **user)

    try:
        control("initdb", "-o", "--auth=trust --username=dagster --no-sync")
        control("start", "-w", "-l", str(folder / "log"), "-o", f"-c listen_addresses= -k {folder} -c fsync=off")
        try:
            yield f"postgresql+psycopg2://dagster@/postgres?host={folder}"
        finally:
            control("stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def test_a_run_is_recorded_in_postgres(server: str, tmp_path: Path) -> None:
    import psycopg2

    storage = re.search(r"```yaml\n(storage:\n  postgres:.*?)```", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    assert storage is not None
    project = Project(tmp_path, DAGSTER_PG_URL=server)
    with (project.home / "dagster.yaml").open("a", encoding="utf-8") as settings:
        settings.write(storage.group(1))
    (project.seeds / "visit.txt").write_text("The president of Chile visited Peru on 2 May 2024.\n", encoding="utf-8")
    done = project("run")
    assert done.returncode == 0, done.stderr

    with closing(psycopg2.connect(server.replace("+psycopg2", ""))) as con, con.cursor() as cursor:
        cursor.execute("select run_id, pipeline_name, status from runs")
        assert cursor.fetchall() == [(project.version()[0], "ingest_and_publish", "SUCCESS")]
        cursor.execute("select dagster_event_type, count(*), count(distinct asset_key) from event_logs group by 1")
        events = {kind: (count, assets) for kind, count, assets in cursor.fetchall()}
    assert events["PIPELINE_SUCCESS"] == (1, 0)
    assert events["STEP_SUCCESS"][0] == STEPS and "STEP_FAILURE" not in events
    assert events["ASSET_MATERIALIZATION"][0] == events["ASSET_MATERIALIZATION"][1] > TABLES
    assert list(project.home.rglob("*.db")) == []
