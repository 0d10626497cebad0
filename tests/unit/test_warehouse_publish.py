"""A publication replaces the published file as a whole, and readers never notice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import DiskFullError, WarehouseCorruptError
from tests.unit.warehouse_rows import given, select
from warehouse import published_copy
from warehouse.connection import open_build
from warehouse.publish import publish
from warehouse.query import query

ROOT = Path(__file__).parents[2]


@pytest.fixture
def paths(tmp_path) -> tuple[Path, Path]:
    """A build database with one document, and where it is published."""
    build = tmp_path / "build.duckdb"
    add_document(build, "d1")
    return build, tmp_path / "communique.duckdb"


def add_document(build: Path, document_id: str) -> None:
    con = open_build(build)
    given(con, "raw.documents", [{"document_id": document_id}])
    con.close()


def published(path: Path, sql: str) -> list[tuple]:
    return list(query(path, sql).rows)


def test_the_published_file_is_the_build_with_its_version(paths):
    build, path = paths
    assert publish(build, path, run_id="run-1") == path.stat().st_size
    assert published(path, "select document_id from raw.documents") == [("d1",)]
    assert published(path, "select run_id, document_count, event_count from main.warehouse_version") == [
        ("run-1", 1, 0)
    ]
    add_document(build, "d2")
    assert published(path, "select document_id from raw.documents") == [("d1",)]
    publish(build, path, run_id="run-2")
    assert published(path, "select count(*) from raw.documents") == [(2,)]
    assert published(path, "select run_id from main.warehouse_version") == [("run-2",)]


def test_nothing_but_the_two_databases_is_left(paths):
    build, path = paths
    path.with_name("communique.duckdb.copy-1").write_bytes(b"left by a killed run")
    publish(build, path, run_id="run-1")
    assert sorted(file.name for file in path.parent.iterdir()) == ["build.duckdb", "communique.duckdb"]


def test_what_only_the_log_holds_is_published(paths):
    build, path = paths
    code = (
        "import os; from pathlib import Path; from warehouse.connection import open_build\n"
        f"con = open_build(Path({str(build)!r}))\n"
        "con.execute(\"update raw.documents set language = 'no'\"); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT)
    assert build.with_name("build.duckdb.wal").exists()
    publish(build, path, run_id="run-1")
    assert published(path, "select language from raw.documents") == [("no",)]


def no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def not_in_the_kernel(*_: object) -> None:
    raise OSError(38, "Function not implemented")


@pytest.mark.parametrize("step", ["os.copy_file_range", "shutil.copyfileobj", "os.fsync", "os.replace"])
def test_a_full_disk_leaves_the_old_version(paths, monkeypatch, step):
    build, path = paths
    publish(build, path, run_id="run-1")
    add_document(build, "d2")
    monkeypatch.setattr(published_copy.os, "copy_file_range", not_in_the_kernel, raising=False)
    module, name = step.split(".")
    monkeypatch.setattr(getattr(published_copy, module), name, no_space, raising=False)
    with pytest.raises(DiskFullError, match="publishing run run-2"):
        publish(build, path, run_id="run-2")
    monkeypatch.undo()
    assert published(path, "select run_id from main.warehouse_version") == [("run-1",)]
    assert not list(path.parent.glob("*.copy-*"))
    publish(build, path, run_id="run-3")
    assert published(path, "select count(*) from raw.documents") == [(2,)]


def test_a_damaged_copy_is_not_published(paths, monkeypatch):
    build, path = paths
    publish(build, path, run_id="run-1")
    monkeypatch.setattr(published_copy.os, "copy_file_range", not_in_the_kernel, raising=False)
    monkeypatch.setattr(published_copy.shutil, "copyfileobj", lambda _reader, writer, **_: writer.write(b"junk" * 5000))
    with pytest.raises(WarehouseCorruptError):
        publish(build, path, run_id="run-2")
    assert published(path, "select run_id from main.warehouse_version") == [("run-1",)]


READER = """
import sys, time
from pathlib import Path
from warehouse.query import query
path, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, count = set(), 0
print("reading", flush=True)
while not stop.exists():
    sql = "select run_id, document_count, (select count(*) from raw.documents) from main.warehouse_version"
    ((run_id, counted, there),) = query(path, sql).rows
    assert counted == there, f"mixed version: {run_id}, {counted}, {there}"
    seen.add(run_id)
    count += 1
print(count, len(seen))
"""


def test_a_reader_meets_no_error_and_no_mixed_version_while_versions_are_published(paths):
    build, path = paths
    stop = path.with_name("stop")
    publish(build, path, run_id="run-0")
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(path), str(stop)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert reader.stdout is not None and reader.stdout.readline() == "reading\n"
        for number in range(1, 11):
            add_document(build, f"e{number}")
            publish(build, path, run_id=f"run-{number}")
    finally:
        stop.touch()
        out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err
    queries, versions = map(int, out.split())
    assert queries >= versions >= 2


def test_a_reader_keeps_the_version_it_opened(paths):
    build, path = paths
    publish(build, path, run_id="run-1")
    before = path.stat().st_ino
    rows = query(path, "select run_id from main.warehouse_version, range(100000)").rows
    assert next(rows) == ("run-1",)
    add_document(build, "d2")
    publish(build, path, run_id="run-2")
    assert {row[0] for row in rows} == {"run-1"}
    assert path.stat().st_ino != before
    assert os.listdir(path.parent).count("communique.duckdb") == 1


def test_the_build_can_be_written_after_publication(paths):
    build, path = paths
    publish(build, path, run_id="run-1")
    con = open_build(build)
    assert select(con, "select run_id from main.warehouse_version") == [("run-1",)]
    con.close()
