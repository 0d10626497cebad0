"""`communique quarantine list | retry`, `communique remove` and `communique rebuild`, as a user calls them."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.e2e.project import CORPUS, Project, differences

pytestmark = [pytest.mark.slow, pytest.mark.model]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    for name in ("2024-03-14_bridge_talks.txt", "2024-05-02_port_strike.txt", "2024-06-20_flood_relief.txt"):
        shutil.copy(CORPUS / name, project.seeds)
    return project


def quarantine(project: Project) -> dict[str, tuple[str, int]]:
    """Reason and attempts by path, as `communique quarantine list` gives them."""
    result = project("quarantine", "list", "--format", "csv")
    assert result.returncode == 0, result.stderr
    rows = csv.DictReader(io.StringIO(result.stdout))
    return {row["path"]: (row["reason_code"], int(row["attempts"])) for row in rows}


def test_quarantine_is_listed_and_tried_again(project: Project) -> None:
    (project.seeds / "broken.json").write_text('{"text": ', encoding="utf-8")
    project.environment["COMMUNIQUE_MAX_FILE_BYTES"] = "370"  # the talks are longer, the others are shorter
    assert project("run").returncode == 2
    refused = {"broken.json": ("malformed_json", 1), "2024-03-14_bridge_talks.txt": ("file_too_large", 1)}
    assert quarantine(project) == refused
    assert project("run").returncode == 0, "an old refusal is no news"
    assert quarantine(project) == refused

    assert project("quarantine", "retry").returncode == 2
    assert quarantine(project) == {path: (reason, 2) for path, (reason, _) in refused.items()}

    del project.environment["COMMUNIQUE_MAX_FILE_BYTES"]
    assert project("quarantine", "retry").returncode == 2
    assert quarantine(project) == {"broken.json": ("malformed_json", 3)}
    shown = project("quarantine", "list")
    assert "broken.json" in shown.stdout
    assert "malformed_json" in shown.stdout
    (project.seeds / "broken.json").unlink()
    project.require_whole_version()


def test_documents_that_failed_in_extraction_are_tried_again(project: Project) -> None:
    project.environment["COMMUNIQUE_DOCUMENT_SECONDS"] = "0.001"
    project.environment["COMMUNIQUE_BATCH_DOCUMENTS"] = "1"
    # A worker that has its pipeline can be done with a short text before the time is looked at, but not with this one.
    sentences = (f"The mayor of Lima met {number} teachers on Monday." for number in range(600))
    (project.seeds / "long.txt").write_text(" ".join(sentences), encoding="utf-8")
    assert project("run").returncode == 2
    failed = quarantine(project)
    assert "long.txt" in failed
    assert failed.items() <= {path.name: ("timed_out", 2) for path in project.seeds.iterdir()}.items()
    project.require_whole_version()

    del project.environment["COMMUNIQUE_DOCUMENT_SECONDS"]
    unchanged = project("run")
    assert unchanged.returncode == 0, unchanged.stdout + unchanged.stderr
    assert quarantine(project) == failed

    retried = project("quarantine", "retry")
    assert retried.returncode == 0, retried.stdout + retried.stderr
    count = len(failed)
    assert f"{count} document{'s' if count > 1 else ''} extracted" in retried.stdout
    assert quarantine(project) == {}
    project.require_whole_version()


def test_document_of_a_removed_file_goes_when_it_is_told_to(project: Project) -> None:
    flood, strike = "2024-06-20_flood_relief.txt", "2024-05-02_port_strike.txt"
    assert project("run").returncode == 0
    refused = project("remove", flood)
    assert refused.returncode == 1
    assert f"no document to remove at {flood}" in refused.stderr
    assert project("remove").returncode == 1, "neither files nor --all"

    (project.seeds / flood).unlink()
    (project.seeds / strike).unlink()
    assert project("run").returncode == 0
    marked = project("sql", "select count(*) as n from dim_documents where not is_current", "--format", "csv")
    assert marked.stdout.split() == ["n", "2"]
    removed = project("remove", flood)
    assert removed.returncode == 0, removed.stdout + removed.stderr
    assert "1 document removed for good" in removed.stdout
    held = project("sql", "select unnest(paths) as path from dim_documents order by path", "--format", "csv")
    assert held.stdout.split() == ["path", "2024-03-14_bridge_talks.txt", strike]
    project.require_whole_version()
    assert "1 document removed for good" in project("remove", "--all").stdout

    fresh = Project(project.seeds.parent / "fresh")
    shutil.copy(CORPUS / "2024-03-14_bridge_talks.txt", fresh.seeds)
    assert fresh("run").returncode == 0
    rows, expected = project.rows(), fresh.rows()
    gone = {row for row in rows["raw.files"] if "vanished" in row}
    assert len(gone) == 2, "the ledger remembers the files, not the texts"
    assert differences(rows, {**expected, "raw.files": rows["raw.files"]}) == {}
    held_by_batches = [
        id
        for path in project.settings.batches.rglob("*.parquet")
        for id in pq.read_table(path)["document_id"].to_pylist()
    ]
    assert len(held_by_batches) == 1


def test_damaged_build_database_is_rebuilt_without_extraction(project: Project) -> None:
    assert project("run").returncode == 0
    rows, build = project.rows(), project.settings.build_database
    (project.seeds / "2024-06-20_flood_relief.txt").unlink()
    assert project("run").returncode == 0
    rows_after_removal = project.rows()
    assert differences(rows, rows_after_removal)

    build.write_bytes(b"\x00" * 4096 + build.read_bytes()[4096:])
    failed = project("run")
    assert failed.returncode == 1
    assert "communique rebuild" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert differences(project.rows(), rows_after_removal) == {}

    rebuilt = project("rebuild")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    assert "0 documents extracted" in rebuilt.stdout
    assert "build.duckdb.damaged-1" in rebuilt.stdout.replace("\n", "")
    assert differences(project.rows(), rows_after_removal) == {}
    project.require_whole_version()


def test_rebuilding_from_seeds_needs_no_published_version(project: Project) -> None:
    assert project("run").returncode == 0
    rows = project.rows()
    for path in (project.settings.build_database, project.settings.published_database):
        path.write_bytes(b"no database " * 1000)
    rebuilt = project("rebuild")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    assert "0 documents extracted" in rebuilt.stdout
    assert differences(project.rows(), rows) == {}
    again = project("rebuild", "--from-seeds")
    assert again.returncode == 0, again.stdout + again.stderr
    assert differences(project.rows(), rows) == {}
