"""The checks that warn of documents lost, of many refusals, and of drift: given counts, whether they warn and of what."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pytest

from pipelines.settings import Settings
from warehouse.checks import run_check, sql_checks

CHECKS = {check.name: check for check in sql_checks(Settings().sql)}


def found(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, object]]:
    """What a check finds; that it only warns is part of every case."""
    assert not CHECKS[name].is_blocking
    return [dict(row) for row in run_check(con, CHECKS[name]).sample]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema raw")
    con.execute(
        "create table raw.ingestion_runs (run_id text, started_at timestamp, seen_count int, unchanged_count int, "
        "quarantined_count int, current_document_count bigint)"
    )
    con.execute(
        "create table dim_documents (document_id int, source_name text, published_date date, is_counted boolean, "
        "event_mention_count int)"
    )
    con.execute("create table fct_event_mentions (document_id int, event_type text)")
    return con


def add_runs(con: duckdb.DuckDBPyConnection, *rows: tuple[int, int, int, int | None]) -> None:
    for number, (seen, unchanged, quarantined, documents) in enumerate(rows, 1):
        started = datetime(2026, 1, 1) + timedelta(hours=number)
        con.execute(
            "insert into raw.ingestion_runs values (?, ?, ?, ?, ?, ?)",
            [f"run-{number}", started, seen, unchanged, quarantined, documents],
        )


@pytest.mark.parametrize(
    ("runs", "rates"),
    [
        ([(100, 0, 5, 0)], []),
        ([(100, 0, 6, 0)], [0.06]),
        ([(1000, 950, 6, 0)], [0.12]),  # of the 50 that were read
        ([(19, 0, 10, 0)], []),
        ([(100, 0, 60, 0), (100, 0, 0, 0)], []),  # the last run counts
        ([], []),
    ],
)
def test_quarantine_rate(con: duckdb.DuckDBPyConnection, runs: list[tuple[int, ...]], rates: list[float]) -> None:
    add_runs(con, *runs)
    assert [row["quarantine_rate"] for row in found(con, "quarantine_rate")] == rates


@pytest.mark.parametrize(
    ("documents", "lost"),
    [
        ([100, 95], []),
        ([100, 94], [6]),
        ([100, 50, 50], []),  # said once
        ([None, 50], []),
        ([100, 0], [100]),
        ([50, 200], []),
        ([100], []),
    ],
)
def test_documents_lost(con: duckdb.DuckDBPyConnection, documents: list[int | None], lost: list[int]) -> None:
    add_runs(con, *((0, 0, 0, count) for count in documents))
    assert [row["lost_count"] for row in found(con, "documents_lost")] == lost


def add_documents(
    con: duckdb.DuckDBPyConnection,
    source: str,
    month: str,
    count: int,
    *,
    with_events: int = 0,
    event_type: str = "AID",
) -> None:
    first = con.execute("select count(*) from dim_documents").fetchall()[0][0]
    con.execute(
        "insert into dim_documents select $first + n, $source, $day::date, true, if(n < $with_events, 1, 0) "
        "from range($count) as numbers(n)",
        {"first": first, "source": source, "day": f"{month}-15", "with_events": with_events, "count": count},
    )
    con.execute(
        "insert into fct_event_mentions select $first + n, $event_type from range($with_events) as numbers(n)",
        {"first": first, "event_type": event_type, "with_events": with_events},
    )


@pytest.mark.parametrize(
    ("latest", "drifted"),
    [
        ({"AID": 150, "ASSAULT": 150}, []),
        ({"AID": 230, "ASSAULT": 70}, ["AID", "ASSAULT"]),
        ({"AID": 100, "ASSAULT": 20}, []),  # too few to tell
    ],
)
def test_drift_of_event_types(con: duckdb.DuckDBPyConnection, latest: dict[str, int], drifted: list[str]) -> None:
    for month, counts in (("2025-06", {"AID": 200, "ASSAULT": 200}), ("2025-09", latest)):
        for event_type, count in counts.items():
            add_documents(con, "Herald", month, count, with_events=count, event_type=event_type)
    assert [row["event_type"] for row in found(con, "drift_of_event_types")] == drifted


@pytest.mark.parametrize(
    ("before", "latest", "drifted"),
    [
        ((100, 50), (30, 14), []),
        ((100, 50), (30, 2), ["Herald"]),
        ((100, 50), (10, 0), []),  # too few to tell
        ((300, 150), (0, 0), ["Herald"]),
        ((100, 50), (0, 0), []),  # it was never a source of every month
        ((100, 50), (20, 3), []),  # one of many sources differs so by chance
        ((400, 200), (20, 0), ["Herald"]),
    ],
)
def test_drift_of_sources(
    con: duckdb.DuckDBPyConnection, before: tuple[int, int], latest: tuple[int, int], drifted: list[str]
) -> None:
    add_documents(con, "Post", "2025-06", 100, with_events=50)
    add_documents(con, "Post", "2025-09", 100, with_events=50)
    add_documents(con, "Herald", "2025-06", before[0], with_events=before[1])
    add_documents(con, "Herald", "2025-09", latest[0], with_events=latest[1])
    assert [row["source_name"] for row in found(con, "drift_of_sources")] == drifted


@pytest.mark.parametrize(("silent_from", "drifted"), [("2025-08-30", []), ("2025-07-20", ["Herald"])])
def test_a_month_that_has_begun_is_no_silence(
    con: duckdb.DuckDBPyConnection, silent_from: str, drifted: list[str]
) -> None:
    con.execute(
        "insert into dim_documents select row_number() over (), source, day::date, true, 1 "
        "from (values ('Post', date '2025-09-01'), ('Herald', $silent_from::date)) as sources(source, silent_from), "
        "generate_series(timestamp '2024-11-01', timestamp '2025-09-01', interval 1 day) as days(day) "
        "where day <= sources.silent_from",
        {"silent_from": silent_from},
    )
    assert [row["source_name"] for row in found(con, "drift_of_sources")] == drifted
