"""The sandbox answers reading statements, refuses everything else, and says why."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import QueryError
from pipelines.settings import PROJECT_ROOT
from tests.unit.warehouse_rows import given
from warehouse.connection import open_build
from warehouse.publish import publish
from warehouse.query import query


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("query")
    con = open_build(folder / "build.duckdb")
    given(
        con,
        "raw.documents",
        [{"document_id": f"d{n}", "language": "en", "published_date": date(2023, 5, n)} for n in (1, 2, 3)],
    )
    con.close()
    publish(folder / "build.duckdb", folder / "communique.duckdb", run_id="run-1")
    return folder / "communique.duckdb"


@pytest.mark.parametrize(
    ("sql", "columns", "rows"),
    [
        ("select document_id as id from raw.documents order by id limit 2;", ("id",), [("d1",), ("d2",)]),
        ("from raw.documents select max(published_date) as last_date", ("last_date",), [(date(2023, 5, 3),)]),
        ("with a as (select 1 as b) select b from a", ("b",), [(1,)]),
        ("pivot raw.documents on language using count(*) group by source_key", ("source_key", "en"), [("x", 3)]),
        ("values (1), (2)", ("col0",), [(1,), (2,)]),
        ("select document_id from raw.documents where false", ("document_id",), []),
    ],
    ids=["select", "from first", "with", "pivot", "values", "no rows"],
)
def test_reading_statements_are_answered(path, sql, columns, rows):
    result = query(path, sql)
    assert (result.columns, list(result.rows)) == (columns, rows)


@pytest.mark.parametrize(
    "sql",
    [
        "show all tables",
        "describe raw.documents",
        "summarize raw.documents",
        "explain select 1",
        "explain analyze select count(*) from raw.documents;",
        "explain (format json) select 1",
        "explain (analyze, format json) (select 1)",
        "explain (select 1)",
        "-- what it costs\nexplain /* really */ analyze with é as (select 1) from é",
        "explain analyze pivot raw.documents on language",
        "from (pivot raw.documents on language) -- all",
        "explain describe raw.documents",
    ],
)
def test_looking_around_is_reading(path, sql):
    assert list(query(path, sql).rows)


def test_types_are_told(path):
    assert query(path, "select 1 as a, 'x' as b, [1.5] as c").types == ("INTEGER", "VARCHAR", "DECIMAL(2,1)[]")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("drop table raw.documents", "DROP is not allowed"),
        ("delete from raw.documents", "DELETE is not allowed"),
        ("create table x as select 1", "CREATE is not allowed"),
        ("copy raw.documents to 'x.csv'", "COPY is not allowed"),
        ("attach 'x.duckdb'", "ATTACH is not allowed"),
        ("set memory_limit = '100GB'", "SET is not allowed"),
        ("load httpfs", "LOAD is not allowed"),
        ("install httpfs", "LOAD is not allowed"),
        ("pragma database_list", "PRAGMA is not allowed"),
        ("call pragma_version()", "CALL is not allowed"),
        ("select 1; select 2", "one statement, not 2"),
        ("-- nothing", "one statement, not 0"),
        ("selct 1", "cannot parse the query"),
        ("explain analyze delete from raw.documents", "only a query can be explained"),
        ("explain analyze create temp table z as select 1", "only a query can be explained"),
        ("explain (analyze, format json) create temp table z as select 1", "only a query can be explained"),
        ("/* a */ explain -- b\n analyze create temp table z as select 1", "only a query can be explained"),
        ("explain analyze create temp table z as pivot raw.documents on language", "only a query can be explained"),
        ("explain analyze copy raw.documents to 'x.csv'", "only a query can be explained"),
        ("explain analyze load json", "only a query can be explained"),
        ("explain analyze call pragma_version()", "only a query can be explained"),
        ("explain prepare p as select 1", "only a query can be explained"),
        ("create temp table z as pivot raw.documents on language", "CREATE is not allowed"),
        ("create temp table z as from (pivot raw.documents on language)", "CREATE is not allowed"),
        ("insert into raw.documents pivot raw.documents on language", "INSERT is not allowed"),
        ("update extensions", "can be read, not changed"),
        ("prepare p as select 1", "PREPARE is not allowed"),
        ("execute p", "EXECUTE is not allowed"),
        ("export database 'x'", "EXPORT is not allowed"),
        ("checkpoint", "CALL is not allowed"),
        ("use memory", "SET is not allowed"),
        ("with n as (insert into raw.documents default values returning 1) from n", "read-only"),
        ("with n as (copy raw.documents to 'x.csv') select 1", "no files and no network"),
        ("select * from query('create table q as select 1')", "SELECT"),
        ("from enable_logging(storage = 'file', storage_path = 'logs')", "locked"),
        ("select * from read_blob('/etc/hostname')", "no files and no network"),
        ("select * from read_json('/etc/hostname')", "no files and no network"),
        ("select * from sniff_csv('/etc/hostname')", "no files and no network"),
        ("select * from read_duckdb('/etc/hostname')", "no files and no network"),
        ("select * from 'https://example.org/a.parquet'", "no files and no network"),
        ("select * from read_text('/etc/hostname')", "no files and no network"),
        ("select * from read_csv('/etc/hostname')", "no files and no network"),
        ("select * from glob('/*')", "no files and no network"),
        ("select * from '/etc/hostname'", "does not exist"),
        ("select * from path", "does not exist"),
        ("select titel from raw.documents", '"title"'),
        ("select * from raw.document", "Did you mean raw.documents"),
        ("select * from qqqqqqqq", "SHOW ALL TABLES"),
        ("select cast('x' as integer)", "Could not convert"),
    ],
)
def test_everything_else_is_refused_with_the_reason(path, sql, message):
    with pytest.raises(QueryError) as caught:
        list(query(path, sql).rows)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(a.range * b.range) from range(10000000) as a, range(100000) as b",
        "select a.range from range(10000000) as a, range(100000) as b",
    ],
    ids=["before the first row", "while rows are read"],
)
def test_a_long_query_is_stopped(path, sql):
    started = time.monotonic()
    with pytest.raises(QueryError, match="longer than 0.3 seconds.*COMMUNIQUE_QUERY_SECONDS"):
        for _ in query(path, sql, seconds=0.3).rows:
            pass
    assert time.monotonic() - started < 10


def test_how_far_a_query_is_does_not_come_between_its_rows(path, monkeypatch):
    # DuckDB prints that where a query takes two seconds, here where it takes one millisecond.
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom warehouse import query_process as of\nconnect = of.duckdb.connect\n"
        "def at_once(*args, **options):\n    con = connect(*args, **options)\n    con.execute('set progress_bar_time = 1')\n"
        "    return con\nof.duckdb.connect = at_once\nof.main()"
    )
    monkeypatch.setattr("warehouse.query._PROGRAM", program)
    sql = "select count(*) from range(10000) a, range(10000) b where (a.range * b.range) % 7 = 3"
    assert list(query(path, sql, seconds=30).rows) == [(12_243_674,)]


def test_a_slow_reader_spends_no_query_time(path):
    rows = query(path, "select range from range(5000)", seconds=0.5).rows
    next(rows)
    time.sleep(0.8)
    assert sum(1 for _ in rows) == 4999


def test_a_large_query_is_stopped(path):
    sql = "select count(*) from (select distinct a.range * 1000000 + b.range from range(100000) as a, range(1000) as b)"
    with pytest.raises(QueryError, match="more than 60MB.*COMMUNIQUE_QUERY_MEMORY"):
        list(query(path, sql, memory="60MB").rows)
    assert sorted(file.name for file in path.parent.iterdir()) == ["build.duckdb", "communique.duckdb"]


@pytest.mark.parametrize(
    "sql",
    [
        "select length(repeat('x', 1500000000))",
        "select len(range(400000000))",
        "select len(list(range)) from range(90000000)",
    ],
    ids=["text", "list", "aggregate"],
)
def test_memory_holds_inside_one_function(path, sql):
    started = time.monotonic()
    with pytest.raises(QueryError, match="more than 200MB"):
        list(query(path, sql, seconds=60, memory="200MB").rows)
    assert time.monotonic() - started < 30


def test_time_holds_inside_one_function(path):
    sql = "select regexp_matches(repeat('a', 30000), '(a?){300}(a){300}b'), levenshtein(repeat('ab', 60000), repeat('ba', 60000))"
    started = time.monotonic()
    with pytest.raises(QueryError, match="longer than 0.5 seconds"):
        list(query(path, sql, seconds=0.5).rows)
    assert time.monotonic() - started < 20


def test_no_process_is_left_whatever_becomes_of_the_result(path):
    started = children()
    unread = query(path, "select range from range(100000)")
    begun = query(path, "select range from range(100000)").rows
    next(begun)
    assert len(children() - started) == 2
    del unread, begun
    gc.collect()
    with pytest.raises(QueryError):
        query(path, "selct 1")
    assert children() == started


def test_the_process_ends_when_its_parent_is_killed(path):
    program = (
        "import sys, time; from pathlib import Path; from warehouse.query import query\n"
        "rows = query(Path(sys.argv[1]), 'select range from range(100000)').rows; next(rows)\n"
        "print('ready', flush=True); next(query(Path(sys.argv[1]), sys.argv[2], seconds=600).rows)"
    )
    endless = "select sum(a.range * b.range) from range(10000000) as a, range(10000000) as b"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path), endless], stdout=subprocess.PIPE, cwd=PROJECT_ROOT
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        deadline = time.monotonic() + 30
        while len(found := children(parent.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        parent.kill()
    assert len(found) == 2
    while any(is_alive(process) for process in found) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [process for process in found if is_alive(process)]


def children(pid: int | None = None) -> set[int]:
    tasks = Path(f"/proc/{pid or os.getpid()}/task")
    return {int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_wrong_memory_limit_is_told(path):
    with pytest.raises(QueryError, match="memory limit of 'much'"):
        query(path, "select 1", memory="much")


def test_nothing_published_is_told(tmp_path):
    with pytest.raises(QueryError, match="nothing is published yet.*communique run"):
        query(tmp_path / "communique.duckdb", "select 1")


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "communique.duckdb").write_bytes(b"junk" * 5000)
    with pytest.raises(QueryError, match="cannot open"):
        query(tmp_path / "communique.duckdb", "select 1")
