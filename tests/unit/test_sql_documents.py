"""Which documents count: current, and one of each group of near-duplicates."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from tests.unit.warehouse_rows import empty_warehouse, given, run_up_to, select
from warehouse.resolution import read_resolve_input

SEEN_AT = datetime(2023, 5, 20, 23, 0)


def documents(*specs: str) -> duckdb.DuckDBPyConnection:
    """A warehouse with documents, each "<id> <file status or 'old'>[,...] [duplicate of <id>] [on <day>]"."""
    con = empty_warehouse()
    for spec in specs:
        words = spec.split()
        document_id, statuses = words[0], words[1].split(",")
        day = date(2023, 5, int(words[words.index("on") + 1])) if "on" in words else None
        given(con, "raw.documents", [{"document_id": document_id, "published_date": day, "source_key": "wire"}])
        for number, status in enumerate(statuses):
            file_id = f"{document_id}-{number}"
            current, status = status not in ("old", "vanished", "kept"), "loaded" if status == "old" else status
            file = {"file_id": file_id, "status": status, "is_current": current, "path": file_id, "seen_at": SEEN_AT}
            given(con, "raw.files", [file])
            given(con, "raw.document_sources", [{"document_id": document_id, "file_id": file_id, "path": file_id}])
        if "of" in words:
            original = words[words.index("of") + 1]
            given(con, "core.document_duplicates", [{"document_id": document_id, "duplicate_of": original}])
    return con


@pytest.mark.parametrize(
    ("specs", "counted"),
    [
        (["a loaded"], "a"),
        (["a old"], ""),
        (["a vanished"], ""),
        (["a kept"], "a"),
        (["a old,loaded"], "a"),
        (["a vanished,duplicate"], "a"),
        (["a loaded", "b loaded duplicate of a"], "a"),
        (["a vanished", "b loaded duplicate of a"], "b"),
        (["a old", "b loaded duplicate of a on 9", "c loaded duplicate of a on 8"], "c"),
        (["a old", "b loaded duplicate of a", "c loaded duplicate of a on 8"], "c"),
        (["a loaded", "b old duplicate of a", "c loaded duplicate of a", "d loaded"], "ad"),
    ],
    ids=[
        "a document", "superseded", "its file is gone", "kept by its feed", "one of two files is current",
        "one of two files is there",
        "a near-duplicate", "its original is gone", "the earliest that is left", "an undated one comes last", "two groups",
    ],
)  # fmt: skip
def test_documents_that_count(specs, counted):
    con = documents(*specs)
    run_up_to(con, "main.dim_documents")
    assert (
        "".join(row[0] for row in select(con, "from dim_documents select document_id where is_counted order by 1"))
        == counted
    )
    assert select(con, "select count(*) from dim_documents") == [(len(specs),)]


def test_a_document_without_a_file_is_not_current():
    con = empty_warehouse()
    given(con, "raw.documents", [{"document_id": "a"}])
    run_up_to(con, "main.dim_documents")
    assert select(con, "select is_current, is_counted, paths from dim_documents") == [(False, False, [])]


def test_the_size_of_a_document():
    con = documents("a loaded")
    con.execute("update raw.documents set text = 'Two  wörds\nand a 🤝.'")
    given(con, "nlp.sentences", [{"document_id": "a", "sentence_number": n} for n in (1, 2)])
    given(con, "nlp.entity_mentions", [{"mention_id": "m", "document_id": "a"}])
    run_up_to(con, "main.dim_documents")
    sizes = "character_count, word_count, sentence_count, entity_mention_count, event_mention_count"
    assert select(con, f"select {sizes} from dim_documents") == [(19, 5, 2, 1, 0)]


def test_sources_sum_up_their_documents():
    con = documents("a loaded on 3", "b loaded duplicate of a on 4", "c vanished", "d loaded on 9")
    con.execute("update raw.documents set text = 'three words here', language = if(document_id = 'd', 'no', 'en')")
    run_up_to(con, "main.dim_sources")
    assert select(con, "select * exclude (source_name) from dim_sources") == [
        ("wire", 4, 2, 1, 1, 6, ["en", "no"], date(2023, 5, 3), date(2023, 5, 9))
    ]


def test_a_date_in_the_future_is_flagged_and_is_no_latest_one():
    con = documents("a loaded on 3", "b loaded on 21", "c loaded on 22", "d loaded")
    run_up_to(con, "main.dim_sources")
    run_up_to(con, "main.dim_documents")
    assert select(con, "select document_id from dim_documents where is_dated_in_future") == [("c",)]
    assert select(con, "select last_published_date from dim_sources") == [(date(2023, 5, 21),)]
    resolved = read_resolve_input(con)["documents"].set_index("document_id")["published_date"]
    assert list(resolved.isna()) == [False, False, True, True]


def test_a_document_without_date_has_a_print_like_any_other():
    prints = read_resolve_input(documents("a loaded on 3", "b loaded"))["documents"]["print"]
    assert [type(told) for told in prints] == [str, str]


def test_coverage_by_month_keeps_undated_documents():
    con = documents("a loaded on 3", "b loaded duplicate of a on 4", "c loaded")
    given(con, "nlp.event_mentions", [
        {"event_mention_id": "x", "document_id": "a"}, {"event_mention_id": "y", "document_id": "a"},
        {"event_mention_id": "z", "document_id": "b"},
    ])  # fmt: skip
    given(con, "core.event_links", [{"event_mention_id": m, "event_id": "e"} for m in "xyz"])
    run_up_to(con, "main.agg_source_coverage")
    columns = "published_month, document_count, counted_document_count, duplicate_count, unextracted_count, "
    columns += "event_mention_count, mean_events_per_document"
    assert select(con, f"select {columns} from agg_source_coverage order by 1 nulls last") == [
        (date(2023, 5, 1), 2, 1, 1, 2, 2, 1.0),
        (None, 1, 1, 0, 1, 0, 0.0),
    ]


def test_dates_cover_the_time_of_publication_and_the_days_of_facts():
    con = documents("a loaded on 3", "b loaded on 5")
    given(
        con,
        "core.events",
        [{"event_id": "e", "event_date_start": date(1998, 2, 28), "event_date_end": date(1998, 3, 1)}],
    )
    run_up_to(con, "main.dim_dates")
    assert select(con, "select date_day::varchar, weekday_name, is_weekend, iso_week from dim_dates order by 1") == [
        ("1998-02-28", "Saturday", True, 9), ("1998-03-01", "Sunday", True, 9), ("2023-05-03", "Wednesday", False, 18),
        ("2023-05-04", "Thursday", False, 18), ("2023-05-05", "Friday", False, 18),
    ]  # fmt: skip


def test_runs_account_for_what_they_saw():
    con = empty_warehouse()
    counts = {"loaded_count": 3, "duplicate_count": 2, "unchanged_count": 1, "quarantined_count": 1, "skipped_count": 0}
    given(con, "raw.ingestion_runs", [
        {"run_id": "good", "seen_count": 7, **counts, "word_count": 900, "extract_seconds": 3.0},
        {"run_id": "odd", "seen_count": 8, **counts, "word_count": 0, "extract_seconds": 0.0},
    ])  # fmt: skip
    run_up_to(con, "main.agg_ingestion_runs")
    assert select(con, "select run_id, unaccounted_count, words_per_second from agg_ingestion_runs order by 1") == [
        ("good", 0, 300.0), ("odd", 1, None),
    ]  # fmt: skip
