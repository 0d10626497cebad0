"""Each publication says what it changes against the one before, and why; any two can be compared."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from tests.unit.event_rows import Given, add_event, warehouse
from tests.unit.warehouse_rows import SQL_DIR, given, run_up_to, select
from warehouse import publications
from warehouse.publications import record_publication

TEXT = "The minister left. They met in Caracas on Tuesday."
NOR = ("NOR", "GOV")


def document(con: duckdb.DuckDBPyConnection, document_id: str, *, path: str, is_current: bool = True) -> None:
    """A document in a file of its own."""
    given(con, "raw.files", [{"file_id": f"f-{document_id}", "path": path, "is_current": is_current}])
    given(con, "raw.documents", [
        {"document_id": document_id, "title": document_id, "text": TEXT, "published_date": date(2023, 5, 11),
         "source_key": "wire", "extractor_version": "v1"}
    ])  # fmt: skip
    given(
        con,
        "raw.document_sources",
        [{"document_id": document_id, "file_id": f"f-{document_id}", "path": path}],
    )


def published(con: duckdb.DuckDBPyConnection, run_id: str) -> int:
    for name in ("main.fct_events", "main.dim_entities", "main.dim_documents", "main.fct_entity_mentions",
                 "main.fct_event_counts"):  # fmt: skip
        run_up_to(con, name)
    return record_publication(con, run_id=run_id, published_at=datetime(2023, 5, 12))


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """A first publication: event e1 in a document a, e2 and e3 in documents of their own."""
    con = warehouse([Given("e1", actors={"Dahl": NOR})])
    for number in (2, 3):
        document(con, f"d{number}", path=f"{number}.txt")
        add_event(con, Given(f"e{number}", actors={"Dahl": NOR}, document_id=f"d{number}"))
    assert published(con, "run-1") == 0
    return con


def a_new_text(con: duckdb.DuckDBPyConnection) -> None:
    document(con, "d4", path="4.txt")
    add_event(con, Given("e4", document_id="d4"))


def a_new_version(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update raw.files set is_current = false where file_id = 'f-d2'")
    document(con, "d4", path="2.txt")
    add_event(con, Given("e4", document_id="d4"))


def a_lost_text(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update raw.files set is_current = false where file_id = 'f-d2'")


def another_extractor(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update raw.documents set extractor_version = 'v2' where document_id = 'd2'")
    con.execute("update core.events set event_mode = 'visit' where event_id = 'e2'")


def a_merge(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update core.event_links set event_id = 'e1' where event_id = 'e2'")
    con.execute("delete from core.events where event_id = 'e2'")


def a_split(con: duckdb.DuckDBPyConnection) -> None:
    given(con, "core.events", [{"event_id": "e9", "event_type": "CONSULT", "modality": "actual"}])
    con.execute("update core.event_links set event_id = 'e9' where event_mention_id = 'm-e2'")
    con.execute("insert into core.event_links by name select * replace ('e2' as event_id) from core.event_links "
                "where event_mention_id = 'm-e3'")  # fmt: skip
    con.execute("delete from core.event_links where event_mention_id = 'm-e3' and event_id = 'e3'")
    con.execute("delete from core.events where event_id = 'e3'")


def a_correction(con: duckdb.DuckDBPyConnection) -> None:
    given(con, "core.event_corrections", [
        {"line_number": 2, "kind": "code", "event_mention_id": "m-e2", "event_type": "PROTEST", "is_applied": True}
    ])  # fmt: skip
    con.execute("update core.events set event_type = 'PROTEST' where event_id = 'e2'")


def a_judgement(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update core.events set event_date_start = '2023-05-08' where event_id = 'e2'")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda con: None, []),
        (a_new_text, ["e4 new new_text"]),
        (a_new_version, ["e2 changed new_version", "e4 new new_version"]),
        (a_lost_text, ["e2 changed text_gone"]),
        (another_extractor, ["e2 changed new_code"]),
        (a_merge, ["e1 changed merged of e2", "e2 gone merged of e1"]),
        (a_split, ["e2 changed merged,split of e3,e9", "e3 gone merged of e2", "e9 new split of e2"]),
        (a_correction, ["e2 changed correction"]),
        (a_judgement, ["e2 changed resolved"]),
    ],
    ids=[
        "nothing", "a new text", "a new version", "a file gone", "another extractor", "a merge", "a split and a merge",
        "a correction", "judged anew",
    ],
)  # fmt: skip
def test_events_change_for_a_reason(con, change, told):
    change(con)
    count = published(con, "run-2")
    rows = select(
        con, "select key, change, causes, related_keys from main.agg_changes where kind = 'event' order by key"
    )
    assert [
        f"{key} {what} {','.join(causes)}" + (f" of {','.join(related)}" if related else "")
        for key, what, causes, related in rows
    ] == told
    assert select(con, "select publication_number, run_id, change_count from main.publications order by 1") == [
        (1, "run-1", 0),
        (2, "run-2", count),
    ]


def test_documents_entities_and_counts_change_too(con):
    a_new_text(con)
    add_event(con, Given("e5", actors={"Dahl": NOR}, document_id="d4"))
    con.execute("update core.entities set mention_count = 9 where entity_id = 'e-Dahl'")
    published(con, "run-2")
    rows = select(
        con,
        "select kind, key, change, causes, changed_columns from main.agg_changes where kind <> 'event' order by all",
    )
    assert ("document", "d4", "new", ["new_text"], []) in rows
    assert ("entity", "e-Dahl", "changed", ["new_text"], ["mention_count"]) in rows
    assert ("count", "events", "changed", [], ["total"]) in rows


def test_any_two_publications_are_compared(con):
    a_new_text(con)
    a_judgement(con)
    published(con, "run-2")
    con.execute("update core.events set event_date_start = '2023-05-09' where event_id = 'e2'")
    con.execute("update core.events set event_mode = 'visit' where event_id = 'e4'")
    published(con, "run-3")
    create_macros_of_changes(con)
    between = "select key, change, causes, changed_columns from main.changes_between({}, {}) where kind = 'event' order by key"
    assert select(con, between.format(1, 3)) == [("e4", "new", ["new_text", "resolved"], [])]
    assert select(con, between.format(2, 3)) == [
        ("e2", "changed", ["resolved"], ["event_date_start"]),
        ("e4", "changed", ["resolved"], ["event_mode"]),
    ]
    assert select(con, between.format(3, 3)) == []


def create_macros_of_changes(con: duckdb.DuckDBPyConnection) -> None:
    for statement in duckdb.extract_statements((SQL_DIR / "macros" / "changes.sql").read_text(encoding="utf-8")):
        con.execute(statement)


def test_the_history_is_bounded(con, monkeypatch):
    monkeypatch.setattr(publications, "KEPT_PUBLICATIONS", 3)
    monkeypatch.setattr(publications, "KEPT_CHANGES", 4)
    for number in range(2, 7):
        con.execute("update core.events set event_mode = ? where event_id in ('e1', 'e2')", [f"mode {number}"])
        assert published(con, f"run-{number}") == 2
    assert select(con, "select publication_number from main.publications order by all") == [(4,), (5,), (6,)]
    assert select(con, "select distinct publication_number from main.agg_changes order by all") == [(5,), (6,)]


def test_a_build_without_models_has_no_history():
    con = duckdb.connect()
    assert record_publication(con, run_id="run-1", published_at=datetime(2023, 5, 12)) == 0
