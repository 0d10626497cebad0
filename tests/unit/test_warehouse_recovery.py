"""A damaged build database makes room for the published version, or for a new one."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import DiskFullError, WarehouseCorruptError
from tests.unit.warehouse_rows import given, select
from warehouse import recovery
from warehouse.connection import open_build
from warehouse.publish import publish
from warehouse.recovery import restore_if_lost, start_over


@pytest.fixture
def paths(tmp_path) -> tuple[Path, Path]:
    """A build database with two documents, the first of which is published."""
    build, published = tmp_path / "build.duckdb", tmp_path / "communique.duckdb"
    add_document(build, "d1")
    publish(build, published, run_id="run-1")
    add_document(build, "d2")
    return build, published


def add_document(build: Path, document_id: str) -> None:
    con = open_build(build)
    given(con, "raw.documents", [{"document_id": document_id}])
    con.close()


def documents(path: Path) -> list[tuple[str]]:
    con = open_build(path)
    try:
        return select(con, "select document_id from raw.documents order by all")
    finally:
        con.close()


def damage(path: Path) -> None:
    path.write_bytes(b"\x00" * 4096 + path.read_bytes()[4096:])


def test_the_published_version_takes_the_place_of_a_damaged_one(paths):
    build, published = paths
    damage(build)
    with pytest.raises(WarehouseCorruptError, match="communique rebuild"):
        open_build(build)
    done = start_over(build, published)
    assert done.is_restored
    assert done.set_aside == build.with_name("build.duckdb.damaged-1")
    assert done.set_aside.exists()
    assert documents(build) == [("d1",)]


def test_what_is_set_aside_is_never_overwritten(paths):
    build, published = paths
    assert start_over(build, published).set_aside.name == "build.duckdb.damaged-1"
    assert start_over(build, published).set_aside.name == "build.duckdb.damaged-2"
    assert documents(build.with_name("build.duckdb.damaged-1")) == [("d1",), ("d2",)]


@pytest.mark.parametrize("state", ["missing", "damaged", "not wanted"])
def test_without_a_published_version_there_is_none_afterwards(paths, state):
    build, published = paths
    if state == "missing":
        published.unlink()
    elif state == "damaged":
        damage(published)
    done = start_over(build, published, from_seeds=state == "not wanted")
    assert not done.is_restored
    assert documents(build) == []
    assert restore_if_lost(build, published) is None, "it was meant to be empty"
    publish(build, published, run_id="run-2")
    assert restore_if_lost(build, published) is None


def test_a_published_version_with_a_damaged_block_is_not_taken(paths):
    build, published = paths
    con = open_build(build)
    con.execute(
        "create table main.noise as select md5(range::varchar) || md5((range * 7)::varchar) as text from range(60000)"
    )
    con.close()
    publish(build, published, run_id="run-2")
    data = bytearray(published.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(byte ^ 255 for byte in data[middle : middle + 2000])
    published.write_bytes(data)
    assert not start_over(build, published).is_restored


def test_there_may_be_no_build_database(paths):
    build, published = paths
    build.unlink()
    done = start_over(build, published)
    assert (done.set_aside, done.is_restored) == (None, True)
    assert documents(build) == [("d1",)]


def lose(build: Path, how: str) -> None:
    """What happens to build databases."""
    if how == "missing":
        build.unlink()
    elif how == "of 0 bytes":
        build.write_bytes(b"")
    elif how == "cut in its headers":
        build.write_bytes(build.read_bytes()[:5000])
    elif how == "made anew by another command":
        build.unlink()
        open_build(build).close()
    else:
        con = duckdb.connect(str(build))
        con.execute(f"drop table {how}")
        con.close()


@pytest.mark.parametrize(
    "how",
    [
        *("missing", "of 0 bytes", "cut in its headers", "made anew by another command"),
        *("raw.files", "raw.documents", "raw.document_sources"),
    ],
)
def test_a_lost_build_database_is_restored_before_a_run(paths, how):
    build, published = paths
    assert restore_if_lost(build, published) is None, "nothing was lost yet"
    lose(build, how)
    done = restore_if_lost(build, published)
    assert done is not None and "restored from the published version" in done
    assert documents(build) == [("d1",)]
    assert restore_if_lost(build, published) is None


def test_a_lost_build_database_is_not_replaced_by_nothing(paths):
    build, published = paths
    build.unlink()
    damage(published)
    with pytest.raises(WarehouseCorruptError, match="communique rebuild --from-seeds"):
        restore_if_lost(build, published)
    assert not build.exists()


def test_a_build_database_older_than_what_is_published_is_refused(paths):
    build, published = paths
    older = build.read_bytes()
    publish(build, published, run_id="run-2")
    build.write_bytes(older)  # a backup of the wrong file
    with pytest.raises(WarehouseCorruptError, match=r"older than the published version.*communique rebuild"):
        restore_if_lost(build, published)
    start_over(build, published)
    assert documents(build) == [("d1",), ("d2",)]


def test_a_build_database_that_was_never_published_beside_a_published_one_is_refused(paths, tmp_path):
    _, published = paths
    foreign = tmp_path / "foreign.duckdb"
    con = open_build(foreign)
    given(con, "raw.files", [{"file_id": "f1"}])
    con.close()
    with pytest.raises(WarehouseCorruptError, match="communique rebuild"):
        restore_if_lost(foreign, published)


def test_a_damaged_published_version_does_not_stop_a_sound_build_database(paths):
    build, published = paths
    damage(published)
    assert restore_if_lost(build, published) is None
    assert restore_if_lost(build, published.with_name("none.duckdb")) is None


def test_a_full_disk_leaves_no_half_copy(paths, monkeypatch):
    build, published = paths

    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(recovery.shutil, "copyfile", full)
    with pytest.raises(DiskFullError):
        start_over(build, published)
    assert not build.exists()
    assert [path.name for path in build.parent.glob("*restored*")] == []
