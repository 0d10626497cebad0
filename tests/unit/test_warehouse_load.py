"""A run is loaded once, whole, and in any order gives the same tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import TerminalError
from pipelines.records import QuarantineRow
from tests.unit.warehouse_rows import (
    NOW,
    TEXT,
    a_document,
    a_file,
    a_run,
    a_source,
    an_extraction,
    empty_warehouse,
    given,
    select,
    write_batch,
)
from warehouse.checks import run_checks, table_checks
from warehouse.connection import open_build
from warehouse.contracts.nlp import NLP
from warehouse.extraction_schema import extraction_table
from warehouse.ledger import read_ledger
from warehouse.load import load_reference, load_run, replace_core, run_is_loaded
from warehouse.reference import reference_tables

ONE = a_document()
TWO = a_document(source="second")


def load(con: duckdb.DuckDBPyConnection, *documents, batches=(), paths=None, run=None, version="v1", **more):
    """Load documents, each from a file named after its source."""
    paths = paths or [f"{document.source_key}.txt" for document in documents]
    files = [a_file(document, path) for document, path in zip(documents, paths, strict=True)]
    arguments = {
        "documents": documents,
        "document_sources": [a_source(document, file) for document, file in zip(documents, files, strict=True)],
        "files": files,
        "quarantine": [],
        "run": run or a_run(),
        "batches": [batches] if batches else [],
        "extractor_version": version,
    }
    return load_run(con, **arguments | more)


def content(con: duckdb.DuckDBPyConnection) -> dict[str, list]:
    """Every row of nlp and of the documents."""
    return {
        name: select(con, f"select * from {name} order by all")
        for name in [table.qualified_name for table in NLP] + ["raw.documents", "raw.document_sources"]
    }


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return empty_warehouse()


@pytest.fixture
def batch(tmp_path) -> Path:
    return write_batch(tmp_path / "batch.parquet", [ONE, TWO])


def test_a_document_and_its_extraction_become_rows(con, batch):
    counts = load(con, ONE, batches=[batch])
    assert counts == {
        "raw.files": 1, "raw.documents": 1, "raw.document_sources": 1, "nlp.sentences": 2, "nlp.entities": 3,
        "nlp.entity_mentions": 3, "nlp.time_expressions": 1, "nlp.place_mentions": 1, "nlp.quotations": 1,
        "nlp.quantities": 1, "nlp.event_mentions": 1, "nlp.event_participants": 3, "raw.quarantine": 0,
        "raw.ingestion_runs": 1, "removed": 0,
    }  # fmt: skip
    assert select(con, "select sentence_number, start_char from nlp.sentences order by 1") == [
        (1, 0),
        (2, TEXT.index("🤝") + 3),
    ]
    assert select(con, "select text, speaker_text, speaker_entity_id is not null from nlp.quotations") == [
        ("“We agree,”", "she", True)
    ]
    assert select(con, "select trigger, place_name, place_geonames_id, contexts from nlp.event_mentions") == [
        ("met", "Tallinn", 588409, ["diplomatic"])
    ]
    assert select(con, "select role, ordinal, text, country from nlp.event_participants order by role") == [
        ("actor", 1, "Kari Dahl", "NOR"), ("attribution", 1, "Tallinn", "EST"), ("recipient", 1, "Ilmar Tamm", "EST"),
    ]  # fmt: skip
    assert select(con, "select distinct extractor_version from nlp.entity_mentions") == [("v1",)]


def test_what_is_loaded_passes_every_check(con, batch):
    load(con, ONE, TWO, batches=[batch])
    assert [result.message for result in run_checks(con, table_checks()) if not result.passed] == []


def test_loading_again_changes_nothing(con, batch):
    load(con, ONE, TWO, batches=[batch])
    before = content(con)
    load(con, ONE, TWO, batches=[batch])
    assert content(con) == before


def test_the_number_and_order_of_runs_do_not_matter(con, batch, tmp_path):
    load(con, ONE, TWO, batches=[batch])
    other = empty_warehouse()
    load(other, TWO, batches=[write_batch(tmp_path / "b2.parquet", [TWO])], run=a_run("r1"))
    load(other, ONE, batches=[write_batch(tmp_path / "b1.parquet", [ONE])], run=a_run("r2"))
    assert content(other) == content(con)


def test_only_the_asked_documents_are_taken_from_a_batch(con, batch):
    load(con, ONE, batches=[batch])
    assert select(con, "select distinct document_id from nlp.sentences") == [(ONE.document_id,)]


def test_a_document_in_two_batches_is_loaded_once(con, batch, tmp_path):
    load(con, ONE, batches=[batch, write_batch(tmp_path / "again.parquet", [ONE])])
    assert select(con, "select count(*) from nlp.event_mentions") == [(1,)]


def test_rows_of_another_extractor_are_passed_over(con, tmp_path):
    load(con, ONE, batches=[write_batch(tmp_path / "old.parquet", [ONE], version="v0")])
    assert select(con, "select count(*) from nlp.sentences") == [(0,)]
    assert read_ledger(con).stale_documents("v1") == (ONE.document_id,)


def test_a_new_extractor_replaces_the_rows_of_stale_documents(con, batch, tmp_path):
    load(con, ONE, TWO, batches=[batch])
    newer = write_batch(tmp_path / "new.parquet", [ONE], version="v2")
    load(con, batches=[newer], version="v2", document_ids=[ONE.document_id], run=a_run("run-2", version="v2"))
    assert select(con, "select extractor_version, count(*) from nlp.sentences group by all order by all") == [
        ("v1", 2),
        ("v2", 2),
    ]
    assert read_ledger(con).stale_documents("v2") == (TWO.document_id,)


def test_a_document_seen_again_keeps_its_extraction(con, batch):
    load(con, ONE, batches=[batch])
    load(con, ONE, paths=["copy.txt"], run=a_run("run-2"))
    assert select(con, "select extractor_version from raw.documents") == [("v1",)]
    assert select(con, "select count(*) from nlp.sentences") == [(2,)]
    assert select(con, "select path from raw.document_sources order by path") == [("copy.txt",), ("example.txt",)]


def test_an_undated_document_takes_the_date_that_extraction_inferred(con, tmp_path):
    undated = a_document(source="undated", published=None)
    dated = a_document(source="dated", published=date(2023, 6, 1))
    load(con, undated, dated, batches=[write_batch(tmp_path / "b.parquet", [undated, dated])])
    dates = "published_date, published_date_source, published_date_evidence"
    assert select(con, f"select {dates} from raw.documents order by source_key") == [
        (date(2023, 6, 1), "metadata", None),
        (date(2023, 5, 9), "inferred", "on Monday"),
    ]


def test_a_date_that_extraction_inferred_stays_when_the_document_is_seen_again(con, tmp_path):
    undated = a_document(published=None)
    load(con, undated, batches=[write_batch(tmp_path / "b.parquet", [undated])])
    load(con, undated, paths=["copy.txt"], run=a_run("run-2"))
    assert select(con, "select published_date, published_date_source from raw.documents") == [
        (date(2023, 5, 9), "inferred")
    ]


def test_a_newer_version_of_a_file_supersedes_the_older(con):
    changed = a_document(TEXT + " Updated.")
    load(con, ONE, paths=["a.txt"])
    load(con, changed, paths=["a.txt"], run=a_run("run-2"))
    assert select(con, "select content_hash, is_current from raw.files order by is_current") == [
        (ONE.content_hash, False), (changed.content_hash, True),
    ]  # fmt: skip
    assert read_ledger(con).files["a.txt"].content_hash == changed.content_hash


def test_a_vanished_file_leaves_the_ledger_and_can_come_back(con):
    load(con, ONE, TWO)
    gone = replace(read_ledger(con).files["second.txt"], status="vanished")
    load(con, files=[gone], run=a_run("run-2"))
    assert set(read_ledger(con).files) == {"example.txt"}
    assert select(con, "select count(*) from raw.document_sources") == [(2,)]
    load(con, TWO, run=a_run("run-3"))
    assert set(read_ledger(con).files) == {"example.txt", "second.txt"}


def test_the_first_file_by_path_is_the_loaded_one_in_whatever_order_they_came(con):
    statuses = "select path, status from raw.files where is_current order by path"
    load(con, ONE, paths=["b.txt"])
    load(con, files=[a_file(ONE, "c.txt", status="duplicate")], document_sources=[a_source(ONE, a_file(ONE, "c.txt"))])
    assert select(con, statuses) == [("b.txt", "loaded"), ("c.txt", "duplicate")]
    load(con, files=[a_file(ONE, "a.txt", status="duplicate")], document_sources=[a_source(ONE, a_file(ONE, "a.txt"))])
    assert select(con, statuses) == [("a.txt", "loaded"), ("b.txt", "duplicate"), ("c.txt", "duplicate")]
    load(con, files=[replace(a_file(ONE, "a.txt"), status="vanished", is_current=False)])
    assert select(con, statuses) == [("b.txt", "loaded"), ("c.txt", "duplicate")]


def test_what_a_feed_keeps_stays_until_its_file_is_gone_or_it_is_named(con):
    old = a_file(ONE, "feed.rss")
    load(con, ONE, paths=["feed.rss"])
    later = a_document(TEXT + " Updated.")
    files = [replace(old, status="kept", is_current=False), a_file(later, "feed.rss")]
    load(con, later, paths=["feed.rss"], files=files)
    assert select(con, "select count(distinct document_id) from raw.document_sources") == [(2,)]
    assert load(con, run=a_run("run-3"), remove=[])["removed"] == 0
    vanish(con, "feed.rss")
    assert select(con, "select distinct status from raw.files") == [("vanished",)]


def test_what_a_feed_keeps_is_removed_where_it_is_named(con):
    load(con, ONE, paths=["feed.rss"])
    load(con, files=[replace(a_file(ONE, "feed.rss"), status="kept", is_current=False)], run=a_run("run-2"))
    assert load(con, run=a_run("run-3"), remove=["feed.rss"])["removed"] == 1


def vanish(con, *paths: str, **more) -> Mapping[str, int]:
    files = read_ledger(con).files
    gone = [replace(files[path], status="vanished", is_current=False) for path in paths]
    return load(con, files=gone, run=a_run("run-gone"), **more)


@pytest.mark.parametrize("remove", [[], ["in/second.txt"], ["in/second.txt", "in/"]])
def test_a_document_that_no_file_holds_is_removed_with_all_of_its_rows(con, batch, remove):
    load(con, ONE, TWO, paths=["in/first.txt", "in/second.txt"], batches=[batch])
    whole = content(con)
    vanish(con, "in/second.txt")
    assert content(con) == whole, "a run alone keeps it"
    assert load(con, run=a_run("run-3"), remove=remove)["removed"] == 1
    for name, rows in content(con).items():
        of_one = f"select * from {name} where document_id = '{ONE.document_id}' order by all"
        assert rows == select(con, of_one)
        assert 0 < len(rows) < len(whole[name])
    assert select(con, "select run_id, removed_count from raw.ingestion_runs where removed_count > 0") == [("run-3", 1)]
    assert select(con, "select path, status from raw.files order by path") == [
        ("in/first.txt", "loaded"), ("in/second.txt", "vanished"),
    ]  # fmt: skip
    assert [result.message for result in run_checks(con, table_checks()) if not result.passed] == []


def test_only_what_was_at_the_paths_is_removed(con):
    load(con, ONE, TWO, paths=["in/first.txt", "in.txt"], quarantine=[refusal("q", "extract", "in/first.txt")])
    con.execute("update raw.quarantine set content_hash = ?", [ONE.content_hash])
    assert vanish(con, "in/first.txt", "in.txt", remove=["in"])["removed"] == 1
    assert select(con, "select document_id from raw.documents") == [(TWO.document_id,)]
    assert read_ledger(con).quarantine == {}


def test_a_document_that_another_file_holds_is_not_removed(con):
    load(con, ONE, paths=["a.txt"])
    load(con, files=[a_file(ONE, "b.txt")], document_sources=[a_source(ONE, a_file(ONE, "b.txt"))])
    with pytest.raises(TerminalError, match=r"at a\.txt, never\.txt: .* still holds the text"):
        vanish(con, "a.txt", remove=["a.txt", "never.txt"])
    assert set(read_ledger(con).files) == {"a.txt", "b.txt"}, "nothing of the run was written"
    assert vanish(con, "a.txt", remove=[])["removed"] == 0
    assert select(con, "select document_id from raw.documents") == [(ONE.document_id,)]


def refusal(quarantine_id: str, stage: str, path: str = "a.txt", record_number: int | None = 1) -> QuarantineRow:
    return QuarantineRow(quarantine_id, path, record_number, None, stage, "too_long", "too long: 9", 1, "run-1", NOW)


def test_quarantine_rows_of_a_file_read_again_are_replaced(con):
    load(con, ONE, paths=["a.txt"], quarantine=[refusal("q1", "ingest"), refusal("q2", "ingest", "b.txt")])
    load(con, ONE, paths=["a.txt"], quarantine=[refusal("q3", "ingest")], run=a_run("run-2"))
    assert sorted(read_ledger(con).quarantine) == ["q2", "q3"]


def test_a_document_extracted_at_last_leaves_quarantine(con, batch):
    load(con, ONE, paths=["a.txt"], quarantine=[refusal("q1", "extract")])
    assert list(read_ledger(con).quarantine) == ["q1"]
    load(con, batches=[batch], document_ids=[ONE.document_id], run=a_run("run-2"))
    assert list(read_ledger(con).quarantine) == []


def test_a_document_that_fails_in_another_way_is_in_quarantine_once(con):
    load(con, ONE, paths=["a.txt"], quarantine=[refusal("q1", "extract"), refusal("q2", "extract", "b.txt")])
    load(con, quarantine=[refusal("q3", "extract")], run=a_run("run-2"))
    assert sorted(read_ledger(con).quarantine) == ["q2", "q3"]


def test_the_ledger_gives_back_the_records(con):
    refused = refusal("q1", "ingest")
    load(con, ONE, quarantine=[refused])
    ledger = read_ledger(con)
    assert ledger.files == {"example.txt": a_file(ONE, "example.txt")}
    assert ledger.quarantine == {"q1": refused}
    assert ledger.document_ids == {ONE.document_id}
    assert ledger.stale_documents("v1") == (ONE.document_id,)


@pytest.mark.parametrize("looked_up", [0, 2, 9], ids=["all-read", "some-looked-up", "all-looked-up"])
def test_documents_of_the_ledger_are_found_however_many_are_asked_for(con, monkeypatch, looked_up):
    monkeypatch.setattr("warehouse.ledger._LOOKED_UP", looked_up)
    load(con, ONE, TWO)
    known = read_ledger(con).document_ids
    asked = [ONE.document_id, "doc_unknown", TWO.document_id, "", "doc_other"]
    assert [document_id in known for document_id in asked] == [True, False, True, False, False]
    assert len(known) == 2
    assert set(known) == {ONE.document_id, TWO.document_id}


def test_a_run_without_anything_new_is_still_recorded(con):
    load(con, run=a_run("run-7", seen=0, loaded=0))
    assert select(con, "select run_id, started_at from raw.ingestion_runs") == [("run-7", NOW.replace(tzinfo=None))]


def test_a_load_that_fails_writes_nothing(con, tmp_path):
    record = an_extraction(TWO)
    table = extraction_table([record], extractor_version="v1").drop_columns(["quantities"])
    path = tmp_path / "broken.parquet"
    pq.write_table(table, path)
    with pytest.raises(duckdb.Error, match="quantities"):
        load(con, TWO, batches=[path])
    assert all(rows == [] for rows in content(con).values())
    assert select(con, "select count(*) from raw.ingestion_runs") == [(0,)]


def test_the_ledger_answers_after_an_error_at_commit(tmp_path):
    path = tmp_path / "build.duckdb"
    con = open_build(path)
    load(con, ONE)
    con.close()
    assert run_is_loaded(path, "run-1")
    assert not run_is_loaded(path, "run-2")


def test_core_is_replaced_as_a_whole(con):
    given(con, "core.events", [{"event_id": "old"}])
    rows = pa.table({"mention_id": ["m1"], "entity_id": ["e1"], "method": ["name"], "score": [1.0]})
    assert replace_core(con, {"entity_links": rows}, run_id="run") == {"core.entity_links": 1}
    assert replace_core(con, {"core.entity_links": rows.slice(0, 0)}, run_id="run") == {"core.entity_links": 0}
    assert select(con, "select event_id from core.events") == [("old",)]


def test_events_of_some_mentions_are_replaced_alone(con):
    given(con, "core.events", [{"event_id": "grown"}, {"event_id": "gone"}, {"event_id": "kept"}])
    links = [("m1", "grown"), ("m2", "gone"), ("m3", "kept")]
    given(con, "core.event_links", [{"event_mention_id": m, "event_id": e} for m, e in links])
    given(con, "core.event_parties", [{"event_mention_id": m, "party_id": e} for m, e in links])
    rows = pa.table({"event_mention_id": ["m1", "m2"], "event_id": ["grown"] * 2, "method": ["fits_event"] * 2,
                     "score": [1.0] * 2})  # fmt: skip
    tables = {"event_links": rows, "event_parties": rows.slice(0, 0).select(["event_mention_id"])}
    replace_core(con, tables, run_id="run", replaced=["m1", "m2"])
    told = select(con, "select event_mention_id, event_id from core.event_links order by all")
    assert told == [("m1", "grown"), ("m2", "grown"), ("m3", "kept")]
    assert select(con, "select event_id from core.events") == [("kept",)]
    assert select(con, "select party_id from core.event_parties") == [("kept",)]
    changes = select(con, "select old_event_id, new_event_id, change from core.event_changes")
    assert changes == [("gone", "grown", "merged")]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"entity_ties": pa.table({"mention_id": ["m"]})}, "no table 'entity_ties' in core"),
        ({"raw.files": pa.table({"file_id": ["f"]})}, "no table 'raw.files' in core"),
        ({"entity_links": pa.table({"mention": ["m"]})}, "core.entity_links has no column mention"),
    ],
    ids=["unknown table", "table of another schema", "unknown column"],
)
def test_core_takes_its_own_tables_alone(con, tables, message):
    with pytest.raises(TerminalError, match=message):
        replace_core(con, tables, run_id="run")


def test_core_is_written_whole_or_not_at_all(con):
    given(con, "core.entity_links", [{"mention_id": "old"}])
    good = pa.table({"mention_id": ["m1"], "entity_id": ["e1"], "method": ["name"], "score": [1.0]})
    with pytest.raises(duckdb.ConstraintException):
        replace_core(con, {"entity_links": good, "event_links": pa.table({"event_mention_id": ["x"]})}, run_id="run")
    assert select(con, "select mention_id from core.entity_links") == [("old",)]


def test_reference_lists_are_loaded(con):
    load_reference(con, reference_tables())
    load_reference(con, reference_tables())
    assert [result.message for result in run_checks(con, table_checks()) if not result.passed] == []
    assert select(con, "select name, alpha2, fips, capital, continent from raw.countries where country = 'SRB'") == [
        ("Serbia", "RS", "RI", "Belgrade", "EU")
    ]
    assert select(con, "select count(distinct event_type) from raw.event_types") == [(16,)]
    assert select(
        con, "select types.event_type, types.event_mode from raw.event_types as types anti join raw.event_codes as codes "
        "on types.event_type = codes.event_type and types.event_mode is not distinct from codes.event_mode "
        "and codes.context is null and types.cameo_code = codes.cameo_code and types.goldstein = codes.goldstein"
    ) == []  # fmt: skip
