"""A former publication becomes the next copy where nobody reads it, and else everything is copied: the file is the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.unit.warehouse_rows import given
from warehouse import published_copy
from warehouse.connection import open_build
from warehouse.publish import publish
from warehouse.published_copy import copy_durably, former_of, keep_former
from warehouse.query import query

_BLOCK = 1 << 18

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="leases are of Linux")


@pytest.fixture
def paths(tmp_path) -> tuple[Path, Path]:
    """A build database with one document, and where it is published."""
    build = tmp_path / "build.duckdb"
    add_document(build, "d1")
    return build, tmp_path / "communique.duckdb"


@pytest.fixture
def whole_copies(monkeypatch) -> list[int]:
    """How many copies were made as a whole, by one entry each; no file system shares blocks."""
    made: list[int] = []
    copied = published_copy._copy

    def counting(*files) -> None:
        made.append(1)
        copied(*files)

    monkeypatch.setattr(published_copy, "_copy", counting)
    monkeypatch.setattr(published_copy, "_shares_blocks", lambda *_: False)
    monkeypatch.setattr(published_copy, "_is_local", lambda _: True)
    return made


def add_document(build: Path, document_id: str) -> None:
    con = open_build(build)
    given(con, "raw.documents", [{"document_id": document_id}])
    con.close()


def documents(path: Path) -> list[tuple]:
    return list(query(path, "select count(*) from raw.documents").rows)


def test_any_former_file_becomes_the_copy_of_any_source(tmp_path, whole_copies):
    chance = random.Random(3)
    source, copy, published = (tmp_path / name for name in ("source", "copy", "published"))
    for size in (1, _BLOCK - 1, _BLOCK, 3 * _BLOCK + 17):
        for former_size in (1, _BLOCK, size, size + _BLOCK + 1):
            whole = chance.randbytes(size)
            former = bytearray(whole[:former_size].ljust(former_size, b"x"))
            former[chance.randrange(former_size)] ^= 1
            source.write_bytes(whole)
            former_of(published).write_bytes(former)
            copy_durably(source, copy, published=published)
            assert copy.read_bytes() == whole
            assert not former_of(published).exists()
    assert not whole_copies


def test_only_what_differs_is_written(tmp_path, whole_copies, monkeypatch):
    source, copy, published = (tmp_path / name for name in ("source", "copy", "published"))
    whole = bytearray(random.Random(4).randbytes(8 * _BLOCK))
    former_of(published).write_bytes(whole)
    whole[5 * _BLOCK + 9] ^= 1
    source.write_bytes(whole)
    written: list[int] = []
    pwrite = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: written.append(at) or pwrite(file, data, at))
    copy_durably(source, copy, published=published)
    assert copy.read_bytes() == whole
    assert written == [5 * _BLOCK]


def test_a_copy_has_the_mode_of_a_new_file(tmp_path, whole_copies):
    source, copy, published = (tmp_path / name for name in ("source", "copy", "published"))
    for path in (source, former_of(published)):
        path.write_bytes(b"1")
    former_of(published).chmod(0o600)
    copy_durably(source, copy, published=published)
    assert not whole_copies
    assert copy.stat().st_mode == source.stat().st_mode


def test_a_file_that_cannot_be_opened_for_writing_is_left(tmp_path, whole_copies, monkeypatch):
    source, copy, published = (tmp_path / name for name in ("source", "copy", "published"))
    source.write_bytes(b"1")
    former_of(published).write_bytes(b"2")
    opened = Path.open

    def refuse(path, mode="r", **options):
        if mode == "r+b":
            raise PermissionError(13, "Permission denied")
        return opened(path, mode, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert copy_durably(source, copy, published=published)
    assert copy.read_bytes() == b"1"
    assert whole_copies == [1]


def test_publications_become_the_next_but_one(paths, whole_copies):
    build, path = paths
    for number in range(6):
        publish(build, path, run_id=f"run-{number}")
        assert path.read_bytes() == build.read_bytes()
        assert documents(path) == [(number + 1,)]
        add_document(build, f"e{number}")
    assert len(whole_copies) == 2
    assert documents(former_of(path)) == [(5,)]


@pytest.mark.parametrize("is_mapped", [False, True])
def test_a_former_publication_that_is_read_stays_as_it_was(paths, whole_copies, is_mapped):
    build, path = paths
    publish(build, path, run_id="run-0")
    was = path.read_bytes()
    code = (
        "import mmap, sys; file = open(sys.argv[1], 'rb'); data = file\n"
        "if sys.argv[2] == 'True': data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ); file.close()\n"
        "print('open', flush=True); sys.stdin.readline(); data.seek(0); sys.stdout.buffer.write(data.read())"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(path), str(is_mapped)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert reader.stdout is not None and reader.stdout.readline() == b"open\n"
    for number in range(1, 4):
        add_document(build, f"e{number}")
        publish(build, path, run_id=f"run-{number}")
        assert path.read_bytes() == build.read_bytes()
    assert reader.communicate(b"\n")[0] == was


def test_rows_that_this_process_still_reads_stay_as_they_were(paths, whole_copies):
    build, path = paths
    publish(build, path, run_id="run-0")
    rows = query(path, "select run_id from main.warehouse_version, range(100000)").rows
    assert next(rows) == ("run-0",)
    for number in range(1, 4):
        add_document(build, f"e{number}")
        publish(build, path, run_id=f"run-{number}")
    assert {row[0] for row in rows} == {"run-0"}


def test_a_file_with_another_name_is_not_written(paths, whole_copies):
    build, path = paths
    publish(build, path, run_id="run-0")
    was = path.read_bytes()
    keep_former(path)  # and then the run was killed
    add_document(build, "d2")
    backup = path.with_name("backup")
    os.link(path, backup)
    publish(build, path, run_id="run-1")
    assert path.read_bytes() == build.read_bytes()
    assert backup.read_bytes() == was


def test_what_was_removed_for_good_does_not_stay(paths, whole_copies):
    build, path = paths
    publish(build, path, run_id="run-0")
    publish(build, path, run_id="run-1")
    assert former_of(path).exists()
    con = open_build(build)
    given(con, "raw.ingestion_runs", [{"run_id": "r", "removed_count": 1}])
    con.close()
    publish(build, path, run_id="run-2")
    assert not former_of(path).exists()
    publish(build, path, run_id="run-3")
    assert former_of(path).exists()


def test_no_former_publication_stays_on_a_disk_with_little_room(paths, whole_copies, monkeypatch):
    build, path = paths
    publish(build, path, run_id="run-0")
    monkeypatch.setattr(published_copy.shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    publish(build, path, run_id="run-1")
    assert not former_of(path).exists()


def test_where_blocks_are_shared_nothing_else_is_kept_for_the_copy(tmp_path, monkeypatch):
    source, copy, published = (tmp_path / name for name in ("source", "copy", "published"))
    source.write_bytes(b"all")
    former_of(published).write_bytes(b"old")

    def shared(reader, writer) -> bool:
        writer.write(reader.read())
        writer.flush()
        return True

    monkeypatch.setattr(published_copy, "_shares_blocks", shared)
    assert not copy_durably(source, copy, published=published)
    assert copy.read_bytes() == b"all"
    assert not former_of(published).exists()


def test_a_share_is_copied_as_a_whole(paths, whole_copies, monkeypatch):
    monkeypatch.undo()
    assert not published_copy._is_local(os.stat("/proc").st_dev)
    build, path = paths
    monkeypatch.setattr(published_copy, "_is_local", lambda _: False)
    for number in range(3):
        former = path.stat().st_ino if path.exists() else None
        publish(build, path, run_id=f"run-{number}")
        assert path.stat().st_ino != former
        assert path.read_bytes() == build.read_bytes()
