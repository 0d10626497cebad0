"""The sandbox answers reading statements, refuses everything else, and says why."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from warehouse_rows import given

from pipelines.errors import QueryError
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
    "sql", ["show all tables", "describe raw.documents", "summarize raw.documents", "explain select 1"]
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
        ("explain analyze delete from raw.documents", "read-only"),
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
