"""Real losses: a build database gone, rot in batches, an emptied inbox, files that break their reader.

One warehouse is published, with a document whose file was deleted since, and each test breaks a copy of it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.definitions import build_defs
from pipelines.defs.launch import launch
from tests.e2e.project import CORPUS, Project, differences
from tests.integration.conftest import Silent

pytestmark = [pytest.mark.slow, pytest.mark.model]

FLOOD, STRIKE = "2024-06-20_flood_relief.txt", "2024-05-02_port_strike.txt"
HELD = ("2024-03-14_bridge_talks.txt", "2024-09-11_border_clash.txt", STRIKE)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    project = Project(folder, COMMUNIQUE_BATCH_DOCUMENTS="1")
    for name in (*HELD, FLOOD):
        shutil.copy(CORPUS / name, project.seeds)
    assert project("run").returncode == 0
    (project.seeds / FLOOD).unlink()
    assert project("run").returncode == 0
    return folder


@pytest.fixture
def project(published: Path, tmp_path: Path) -> Project:
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path, COMMUNIQUE_BATCH_DOCUMENTS="1")


def lose_a_table(build: Path) -> None:
    con = duckdb.connect(str(build))
    con.execute("drop table raw.files")
    con.close()


LOSSES = {
    "missing": Path.unlink,
    "of 0 bytes": lambda build: build.write_bytes(b""),
    "without its ledger": lose_a_table,
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_lost_build_database_costs_no_retained_document(project: Project, lose) -> None:
    rows = project.rows()
    lose(project.settings.build_database)
    result = project("run")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "restored from the published version" in result.stdout + result.stderr
    assert differences(project.rows(), rows) == {}
    project.require_whole_version()


def test_a_lost_build_database_and_a_damaged_published_one_stop_the_run(project: Project) -> None:
    project.settings.build_database.unlink()
    data = project.settings.published_database.read_bytes()
    project.settings.published_database.write_bytes(b"\x00" * 4096 + data[4096:])
    result = project("run")
    assert result.returncode == 1
    assert "communique rebuild --from-seeds" in result.stderr
    assert "Traceback" not in result.stderr
    assert not project.settings.build_database.exists()


def test_rotten_batches_are_named_and_extracted_again(project: Project) -> None:
    with closing(duckdb.connect(str(project.settings.published_database), read_only=True)) as con:
        current = {id for (id,) in con.execute("select document_id from dim_documents where is_current").fetchall()}
    for database in (project.settings.build_database, project.settings.published_database):
        database.unlink()
    batches = sorted(project.settings.batches.rglob("*.parquet"))
    rotten, emptied, missing = (
        path for path in batches if current & set(pq.read_table(path)["document_id"].to_pylist())
    )
    data = bytearray(rotten.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 24] = os.urandom(24)
    rotten.write_bytes(data)
    emptied.write_bytes(b"")
    missing.unlink()
    result = project("run")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 documents extracted" in result.stdout
    assert all(path.name in result.stderr for path in (rotten, emptied))
    assert {path.stem for path in rotten.parent.glob("*.damaged")} == {rotten.stem, emptied.stem}
    project.require_whole_version()


def test_an_emptied_inbox_stops_the_run_until_it_is_allowed(project: Project) -> None:
    rows = project.rows()
    for path in project.seeds.iterdir():
        path.unlink()
    for arguments in (["run"], ["remove", "--all"]):
        result = project(*arguments)
        assert result.returncode == 1
        assert "3 of 3 documents are gone" in result.stderr
        assert "communique run --allow-vanished" in result.stderr
        assert differences(project.rows(), rows) == {}
    assert project("run", "--allow-vanished").returncode == 0
    marked = project("sql", "select count(*) as n from dim_documents where not is_current", "--format", "csv")
    assert marked.stdout.split() == ["n", "4"]


def test_removal_wants_to_be_told_what_and_can_be_tried(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = project.rows()
    (project.seeds / STRIKE).unlink()  # no run has seen that yet
    for arguments, listed in ((["--all"], {FLOOD, STRIKE}), ([FLOOD], {FLOOD})):
        tried = project("remove", "--dry-run", *arguments)
        assert tried.returncode == 0, tried.stderr
        assert {name for name in (*HELD, FLOOD) if name in tried.stdout} == listed
        assert f"{len(listed)} document{'s' * (len(listed) > 1)} would be removed" in tried.stdout
    assert project("remove", "--dry-run").returncode == 1
    assert differences(project.rows(), rows) == {}

    monkeypatch.setenv("DAGSTER_HOME", str(project.home))
    outcome = launch("remove_documents", build_defs, watcher=Silent(), settings=project.settings)
    assert not outcome.is_success
    assert "say what is to be removed" in outcome.failures[0]
    config = {"load": {"remove_documents": True, "all": True, "dry_run": True}}
    assert launch("remove_documents", build_defs, watcher=Silent(), settings=project.settings, config=config).is_success
    held = project("sql", "select count(*) as n from dim_documents", "--format", "csv")
    assert held.stdout.split() == ["n", "4"]


def test_names_that_look_alike_and_a_record_without_bottom_cost_nothing_else(project: Project) -> None:
    folder = os.fsencode(project.seeds)
    for number, name in enumerate(
        (b"esc\\xff.txt", b"esc\xff.txt", "cafe\u0301.txt".encode(), "caf\u00e9.txt".encode())
    ):
        with open(folder + b"/" + name, "wb") as file:
            file.write(f"Norway hosted talks number {number} in Oslo.".encode())
    deep = '{"text": "Chad met Mali in Bamako.", "authors": ' + "[" * 900 + "]" * 900 + "}"
    good = '{"text": "Peru met Chile in Lima."}'
    (project.seeds / "deep.jsonl").write_text(f"{deep}\n{good}\n")
    result = project("run")
    assert result.returncode in (0, 2), result.stdout + result.stderr
    texts = project("sql", "select text from raw.documents", "--format", "json").stdout
    assert "Peru met Chile" in texts
    assert all(f"talks number {number}" in texts for number in range(4))
    project.require_whole_version()
