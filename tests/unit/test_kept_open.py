"""A build database that stays open between the steps of a run is what is on the disk, whatever happens."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipelines.defs.resources import Warehouse
from warehouse import connection, kept_open
from warehouse.connection import open_build
from warehouse.transaction import transaction


@pytest.fixture
def path(tmp_path: Path) -> Path:
    open_build(tmp_path / "build.duckdb").close()
    return tmp_path / "build.duckdb"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each database that was opened was to be read only."""
    calls: list[bool] = []
    connect_really = connection._connect

    def connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        calls.append(read_only)
        return connect_really(path, read_only=read_only)

    monkeypatch.setattr(connection, "_connect", connect)
    return calls


def _write(path: Path, value: int) -> None:
    with closing(open_build(path)) as con, transaction(con, doing="testing"):
        con.execute("create or replace table main.told as select $1 as value", [value])


def _read(path: Path, *, read_only: bool = True) -> list[tuple[object, ...]]:
    with closing(open_build(path, read_only=read_only)) as con:
        return con.execute("select value, current_setting('TimeZone') from main.told").fetchall()


def test_it_is_opened_once(path: Path, opened: list[bool]) -> None:
    with kept_open.kept_open(path):
        _write(path, 1)
        assert _read(path) == [(1, "UTC")]
        _write(path, 2)
        assert _read(path, read_only=False) == [(2, "UTC")]
        assert opened == [False]
        kept_open.release(path)
        assert not path.with_name("build.duckdb.wal").exists()
        assert _read(path) == [(2, "UTC")]
        assert opened == [False, True]
    assert _read(path) == [(2, "UTC")]
    assert opened == [False, True, True]


def test_without_being_asked_nothing_stays_open(path: Path, opened: list[bool]) -> None:
    _write(path, 1)
    _read(path)
    assert opened == [False, True]


@pytest.mark.parametrize("way", ["failure", "large", "replaced", "invalid"])
def test_it_is_opened_anew(way: str, path: Path, opened: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    with kept_open.kept_open(path):
        _write(path, 1)
        if way == "failure":
            with pytest.raises(ZeroDivisionError), closing(open_build(path)) as con, transaction(con, doing="testing"):
                con.execute("delete from main.told")
                raise ZeroDivisionError
        elif way == "large":
            monkeypatch.setattr(kept_open, "MOST_BYTES", 1)
            kept_open.release_large(path)
        elif way == "replaced":
            copy = path.with_name("copy")
            kept_open._kept[path].con.execute("checkpoint")  # type: ignore[union-attr]
            copy.write_bytes(path.read_bytes())
            copy.replace(path)
        else:
            kept_open._kept[path].con.close()  # type: ignore[union-attr]
        assert _read(path) == [(1, "UTC")]
        assert opened == [False, True]
        _write(path, 2)
    assert _read(path) == [(2, "UTC")]


def test_a_step_goes_on_in_a_database_that_has_become_large(
    path: Path, opened: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(path)
    with kept_open.kept_open(path):
        with warehouse.connect() as con:
            monkeypatch.setattr(kept_open, "MOST_BYTES", 1)
            _write(path, 1)
            with warehouse.connect(read_only=True) as other:
                assert other.execute("select value from main.told").fetchall() == [(1,)]
            assert con.execute("select value from main.told").fetchall() == [(1,)]
        assert opened == [False]
        assert _read(path) == [(1, "UTC")]
    assert opened == [False, True]


def test_a_query_without_memory_closes_nothing(path: Path, opened: list[bool]) -> None:
    with kept_open.kept_open(path), closing(open_build(path)) as con:
        con.execute("set threads = 1")
        con.execute("set memory_limit = '20MB'")
        with pytest.raises(duckdb.OutOfMemoryException), transaction(con, doing="testing"):
            con.execute("select len(list(i || ' and so on')) from range(500_000) as rows (i)")
        assert con.execute("select 1").fetchall() == [(1,)]
    assert opened == [False]


def test_the_memory_grows_with_a_database_that_stays_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kept_open.kept_open(path):
        open_build(path).close()
        monkeypatch.setattr(connection, "_LEAST_MEMORY_BYTES", 700 * 1024**2)
        with closing(open_build(path)) as con:
            ((limit,),) = con.execute("select current_setting('memory_limit')").fetchall()
    assert float(limit.removesuffix(" MiB")) >= 700


def test_what_was_committed_outlives_the_process(path: Path) -> None:
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom warehouse import kept_open\n"
        "from tests.unit.test_kept_open import _write\n"
        "path = Path(sys.argv[1])\nwith kept_open.kept_open(path):\n    _write(path, 1)\n    _write(path, 2)\n    os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 9
    assert path.with_name("build.duckdb.wal").exists()
    assert _read(path, read_only=False) == [(2, "UTC")]


def _write_much(path: Path) -> None:
    with closing(open_build(path)) as con:
        con.execute("set checkpoint_threshold = '1 GB'")
        with transaction(con, doing="testing"):
            con.execute(
                "create table main.much as select range as number, md5(range::varchar) as told from range(100000)"
            )


def _much(path: Path) -> list[tuple[object, ...]]:
    with closing(open_build(path, read_only=True)) as con:
        return con.execute("select count(*), max(number) from main.much").fetchall()


def test_a_long_log_is_folded_beside_what_reads_and_before_what_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_open, "LEAST_LOG_BYTES", 1_000_000)
    log = path.with_name("build.duckdb.wal")
    with kept_open.kept_open(path):
        _write_much(path)
        with closing(open_build(path, read_only=True)) as con:
            kept_open.fold_log(path)
            assert con.execute("select count(*) from main.much").fetchall() == [(100_000,)]
            (thread,) = kept_open._kept[path].folding  # type: ignore[union-attr]
            thread.join()  # a transaction that writes before it has begun keeps it from folding
            assert not log.exists()
            _write(path, 1)
            assert con.execute("select count(*) from main.much").fetchall() == [(100_000,)]
        assert _read(path) == [(1, "UTC")]
    assert not log.exists()
    assert _much(path) == [(100_000, 99_999)]
    assert _read(path) == [(1, "UTC")]


def test_a_short_log_is_left_to_the_publication_and_so_is_one_of_a_database_that_is_not_kept(path: Path) -> None:
    with kept_open.kept_open(path):
        _write(path, 1)
        kept_open.fold_log(path)
        assert not kept_open._kept[path].folding  # type: ignore[union-attr]
        kept_open.release(path)
        kept_open.fold_log(path)
    kept_open.fold_log(path)
    assert _read(path) == [(1, "UTC")]


def test_a_log_that_cannot_be_folded_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_open, "LEAST_LOG_BYTES", 1_000_000)
    with kept_open.kept_open(path):
        _write_much(path)
        with closing(open_build(path)) as con, transaction(con, doing="testing"):
            con.execute("insert into main.much values (100000, '')")
            kept_open.fold_log(path)  # another transaction writes
            kept_open._kept[path].folding[0].join()  # type: ignore[union-attr]
    assert _much(path) == [(100_001, 100_000)]


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.1])
def test_nothing_is_lost_where_a_run_is_killed_while_the_log_is_folded(path: Path, seconds: float) -> None:
    killed = (
        "import os, sys, time\nfrom pathlib import Path\nfrom warehouse import kept_open\n"
        "from tests.unit.test_kept_open import _write_much\n"
        "path = Path(sys.argv[1])\nkept_open.LEAST_LOG_BYTES = 1_000_000\nwith kept_open.kept_open(path):\n"
        "    _write_much(path)\n    kept_open.fold_log(path)\n    time.sleep(float(sys.argv[2]))\n    os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(path), str(seconds)], check=False)
    assert done.returncode == 9
    assert _much(path) == [(100_000, 99_999)]
