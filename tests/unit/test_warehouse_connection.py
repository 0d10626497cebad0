"""One writer at a time, and a build database that opens after whatever happened to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import DiskFullError, SettingsError, WarehouseCorruptError, WarehouseLockedError
from tests.unit.warehouse_rows import given, select
from warehouse import connection
from warehouse.connection import STORAGE_VERSION, WriterLock, open_build, set_aside
from warehouse.transaction import transaction, translated_errors

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "warehouse" / "build.duckdb"


def holding_process(path: Path) -> subprocess.Popen[str]:
    """A process that holds the lock until it is killed."""
    code = (
        "import sys, time; from pathlib import Path; from warehouse.connection import WriterLock\n"
        "with WriterLock(Path(sys.argv[1]), 'run-other'):\n    print('held', flush=True)\n    time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_second_run_is_told_who_holds_the_warehouse(path):
    with (
        WriterLock(path, "run-1"),
        pytest.raises(WarehouseLockedError, match="run run-1 holds the warehouse"),
        WriterLock(path, "run-2"),
    ):
        pass
    with WriterLock(path, "run-2"):
        pass


def test_a_killed_holder_frees_the_lock(path):
    process = holding_process(path)
    try:
        with pytest.raises(WarehouseLockedError, match="run-other"), WriterLock(path, "run-1"):
            pass
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with WriterLock(path, "run-1"):
        pass


def test_a_run_waits_for_the_lock(path):
    first = WriterLock(path, "run-1")
    first.__enter__()
    is_ending = threading.Event()

    def end() -> None:
        is_ending.set()
        first.__exit__(None, None, None)

    timer = threading.Timer(0.3, end)
    timer.start()
    with WriterLock(path, "run-2", wait_seconds=60):
        assert is_ending.is_set()
    timer.join()


def test_the_lock_is_free_after_a_failure(path):
    with pytest.raises(RuntimeError), WriterLock(path, "run-1"):
        raise RuntimeError
    with WriterLock(path, "run-2"):
        pass


def test_a_new_database_has_the_old_storage_version_and_keeps_it(path):
    for _ in range(2):
        con = open_build(path)
        ((tags,),) = select(con, "select tags from duckdb_databases() where database_name = current_database()")
        assert tags["storage_version"].startswith(STORAGE_VERSION)
        con.close()


def test_reading_changes_nothing(path):
    open_build(path).close()
    con = open_build(path, read_only=True)
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        con.execute("create table main.x as select 1")
    con.close()


def test_another_process_with_the_database_open_is_a_lock(path):
    con = open_build(path)
    code = f"from pathlib import Path; from warehouse.connection import open_build; open_build(Path({str(path)!r}))"
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    con.close()
    assert "WarehouseLockedError" in process.stderr


def filled(path: Path) -> bytes:
    con = open_build(path)
    given(con, "raw.documents", [{"document_id": f"d{n}", "text": "word " * 200} for n in range(200)])
    con.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"hello world" * 5000,
        lambda data: b"\x00" * 4096 + data[4096:],
        lambda data: data[: len(data) // 2],
        lambda data: data[:4096] + b"\xff" * 8192 + data[12288:],
    ],
    ids=["not a database", "no header", "half a database", "no block list"],
)
def test_a_damaged_database_is_recognised_and_set_aside(path, damage):
    path.write_bytes(damage(filled(path)))
    with pytest.raises(WarehouseCorruptError, match=r"build\.duckdb"):
        open_build(path)
    aside = set_aside(path)
    assert aside.name == "build.duckdb.damaged-1" and not path.exists()
    con = open_build(path)
    assert select(con, "select count(*) from raw.documents") == [(0,)]
    con.close()


def test_a_damaged_block_is_recognised_when_it_is_read(path):
    con = open_build(path)
    noise = "select range::varchar, 'x', md5(range::varchar) || md5((range * 7)::varchar) from range(60000)"
    con.execute("create table main.noise (id varchar, name varchar, text varchar)")
    con.execute(f"insert into main.noise {noise}")
    con.close()
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(byte ^ 255 for byte in data[middle : middle + 2000])
    path.write_bytes(data)
    con = open_build(path)
    with pytest.raises(WarehouseCorruptError, match="reading"), translated_errors(doing="reading"):
        con.execute("select count(distinct id), count(distinct text) from main.noise").fetchall()
    con.close()


@pytest.mark.parametrize("left", [b"", b"DUCK" * 100], ids=["an empty file", "half a header"])
def test_a_database_that_was_being_created_is_created_anew(path, left):
    path.parent.mkdir()
    path.write_bytes(left)
    with closing(open_build(path)) as con:
        assert select(con, "select count(*) from raw.documents") == [(0,)]


def test_the_log_of_a_lost_database_is_not_replayed(path):
    filled(path)
    code = (
        "import os; from pathlib import Path; from warehouse.connection import open_build\n"
        f"con = open_build(Path({str(path)!r}))\n"
        "con.execute('update raw.documents set language = $l', {'l': 'no'}); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT)
    log = path.with_name("build.duckdb.wal")
    assert log.exists()
    path.unlink()
    con = open_build(path)
    assert select(con, "select count(*) from raw.documents") == [(0,)]
    con.close()


def test_the_log_of_another_database_is_put_aside(path):
    data = filled(path)
    path.unlink()
    code = (
        "import os; from pathlib import Path; from warehouse.connection import open_build\n"
        f"con = open_build(Path({str(path)!r})); con.execute('force checkpoint')\n"
        "con.execute('create table main.x as select 1'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT)
    path.write_bytes(data)  # a backup put back under the log of its successor
    con = open_build(path)
    assert select(con, "select count(*) from raw.documents") == [(200,)]
    con.close()
    assert path.with_name("build.duckdb.wal.stale").exists()


def test_what_a_killed_process_committed_is_there(path):
    code = (
        "import os; from pathlib import Path; from warehouse.connection import open_build\n"
        f"con = open_build(Path({str(path)!r}))\n"
        "con.execute(\"insert into raw.builds values ('core', 'b1', null, null, true, now()::timestamp)\"); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT)
    con = open_build(path)
    assert select(con, "select part from raw.builds") == [("core",)]
    con.close()


def test_spill_files_of_a_killed_process_are_removed(path):
    open_build(path).close()
    folder = path.with_name("build.duckdb.tmp")
    folder.mkdir()
    (folder / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"x")
    open_build(path).close()
    assert not folder.exists() or os.listdir(folder) == []


def test_a_folder_that_cannot_be_used_is_a_setting_to_change(tmp_path):
    (tmp_path / "build.duckdb").mkdir()
    with pytest.raises(SettingsError, match="cannot open the database"):
        open_build(tmp_path / "build.duckdb")


@pytest.mark.parametrize(
    "failure",
    [
        duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
        duckdb.TransactionException("Failed to commit: Could not write file: No space left on device"),
        OSError(28, "No space left on device"),
    ],
    ids=["writing", "commit", "the operating system"],
)
def test_a_full_disk_is_told_as_such(failure):
    with pytest.raises(DiskFullError, match="doing this: no space"), translated_errors(doing="doing this"):
        raise failure


def test_a_transaction_is_undone_by_any_interruption():
    con = duckdb.connect()
    con.execute("create table x (a integer)")
    with pytest.raises(KeyboardInterrupt), transaction(con, doing="writing"):
        con.execute("insert into x values (1)")
        raise KeyboardInterrupt
    with transaction(con, doing="writing"):
        con.execute("insert into x values (2)")
    assert select(con, "select a from x") == [(2,)]


def test_a_signal_during_a_query_is_an_interruption_and_no_failure():
    """DuckDB puts an error of its own in the place of what the signal's handler raised."""

    def end(*_: object) -> None:
        raise SystemExit

    con = duckdb.connect(config={"threads": 1})  # with more the one that looks for signals may wait for the others
    before = signal.signal(signal.SIGUSR1, end)
    timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGUSR1])
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt), transaction(con, doing="counting"):
            con.execute("select count(*) from range(1_000_000_000_000) as numbers (n) where hash(n) % 7 = 3").fetchall()
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, before)
    assert select(con, "select 1") == [(1,)]


def test_the_memory_of_a_connection_grows_with_its_database_alone(path, monkeypatch):
    monkeypatch.setattr(connection, "_LEAST_MEMORY_BYTES", 100 * 1024**2)
    monkeypatch.setattr(connection, "_MEMORY_SHARE", 2.0)
    with closing(open_build(path)) as con:
        ((empty,),) = con.execute("select current_setting('memory_limit')").fetchall()
    with closing(open_build(path, read_only=True)) as con:
        ((limit,),) = con.execute("select current_setting('memory_limit')").fetchall()
    assert empty == "100.0 MiB"
    assert float(limit.removesuffix(" MiB")) == pytest.approx(100 + 2 * path.stat().st_size / 1024**2, abs=0.1)
