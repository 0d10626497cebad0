"""The contracts agree with the records, make a described database, and migrate an older one."""

from __future__ import annotations

from dataclasses import fields

import duckdb
import pytest

from pipelines import records
from pipelines.errors import LayoutError
from tests.unit.warehouse_rows import given, select
from warehouse.layout import layout_differences
from warehouse.tables import LAYOUT_VERSION, TABLES, create_tables, layout_of, require_layout


def new_warehouse() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    assert create_tables(con) == ()
    return con


CONTRACTS = {table.qualified_name: table for table in TABLES}
RECORDS = {
    records.SourceFile: "raw.files",
    records.Document: "raw.documents",
    records.DocumentSource: "raw.document_sources",
    records.QuarantineRow: "raw.quarantine",
    records.IngestionRun: "raw.ingestion_runs",
    records.Sentence: "nlp.sentences",
    records.Mention: "nlp.entity_mentions",
    records.Entity: "nlp.entities",
    records.TimeExpression: "nlp.time_expressions",
    records.Place: "nlp.place_mentions",
    records.Quantity: "nlp.quantities",
    records.Party: "nlp.event_participants",
    records.DocumentDuplicate: "core.document_duplicates",
}
NESTED = {
    "speaker": records.Speaker, "place": records.Place, "theme": records.Theme,
    "actors": None, "recipients": None, "attributed_to": None,
}  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_has_the_columns_of_its_table_in_order(record):
    name = RECORDS[record]
    names = [field.name for field in fields(record)]
    assert [column for column in CONTRACTS[name].column_names if column in names] == names


@pytest.mark.parametrize(
    ("record", "name", "renamed"),
    [
        (records.Event, "nlp.event_mentions", {"event_id": "event_mention_id", "theme_text": "theme"}),
        (records.Quote, "nlp.quotations", {}),
    ],
    ids=["Event", "Quote"],
)
def test_a_nested_record_is_flattened_with_a_prefix(record, name, renamed):
    expected = []
    for field in fields(record):
        if field.name not in NESTED:
            expected.append(renamed.get(field.name, field.name))
        elif NESTED[field.name] is not None:
            inner = [f"{field.name}_{inner.name}" for inner in fields(NESTED[field.name])]
            expected += [renamed.get(name, name) for name in inner]
    columns = CONTRACTS[name].column_names
    assert set(expected) == set(columns) - {"document_id", "extractor_version"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified_name)
def test_a_contract_is_consistent(table):
    assert table.grain.startswith("one row")
    assert len(set(table.column_names)) == len(table.columns)
    assert set(table.primary_key) <= set(table.column_names)
    assert all(column.description.endswith(".") for column in table.columns)
    for reference in table.foreign_keys:
        assert set(reference.columns) <= set(table.column_names)
        assert reference.references == CONTRACTS[reference.table].primary_key
    for span in table.spans:
        assert {span.start, span.end, *([span.text] if span.text else [])} <= set(table.column_names)


def test_every_table_and_column_is_described_in_the_database():
    con = new_warehouse()
    described = select(con, "select schema_name || '.' || table_name, comment from duckdb_tables() order by 1")
    assert [name for name, _ in described] == sorted(CONTRACTS)
    assert all("Grain: one row" in comment for _, comment in described)
    assert (
        select(con, "select table_name, column_name from duckdb_columns() where comment is null and not internal") == []
    )


def test_creating_again_changes_nothing():
    con = new_warehouse()
    given(con, "raw.documents", [{"document_id": "d1"}])
    assert create_tables(con) == ()
    assert layout_differences(con, TABLES) == ()
    assert select(con, "select document_id from raw.documents") == [("d1",)]


@pytest.fixture
def older() -> duckdb.DuckDBPyConnection:
    """A warehouse with a document, its sentence and the record of a run."""
    con = new_warehouse()
    given(con, "raw.files", [{"file_id": "f1"}])
    given(con, "raw.documents", [{"document_id": "d1", "extractor_version": "v1"}])
    given(con, "nlp.sentences", [{"document_id": "d1"}])
    given(con, "raw.ingestion_runs", [{"run_id": "r1"}])
    return con


def counts(con: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    return select(
        con,
        "select (select count(*) from raw.files), (select count(*) from raw.documents), (select count(*) from nlp.sentences), "
        "(select count(*) from raw.ingestion_runs), (select count(*) from raw.documents where extractor_version = 'v1')",
    )[0]


@pytest.mark.parametrize(
    ("change", "told", "kept"),
    [
        (
            "alter table raw.documents drop column author",
            "raw.documents: the column author is missing",
            (1, 1, 1, 1, 1),
        ),
        ("alter table raw.files add column colour varchar", "raw.files: the column colour is unknown", (1, 1, 1, 1, 1)),
        ("alter table nlp.quotations drop column cue", "nlp.quotations: the column cue is missing", (1, 1, 1, 1, 0)),
        (
            "alter table nlp.sentences drop column end_char",
            "nlp.sentences: the column end_char is missing",
            (1, 1, 0, 1, 0),
        ),
        ("drop table nlp.quantities", "nlp.quantities: the table is missing", (1, 1, 1, 1, 0)),
        (
            "alter table core.events alter intensity type float",
            "core.events: the column intensity is FLOAT",
            (1, 1, 1, 1, 1),
        ),
    ],
    ids=[
        "a nullable column comes: rows are kept",
        "a column goes: rows are kept",
        "nlp changes: rows are kept, and the documents wait for extraction",
        "nlp changes beyond repair: it is emptied, and the documents wait for extraction",
        "a table of nlp comes: the documents wait for extraction",
        "core changes: nothing else does",
    ],
)
def test_an_older_layout_is_migrated(older, change, told, kept):
    older.execute(change)
    (line,) = create_tables(older)
    assert line.startswith(told)
    assert layout_differences(older, TABLES) == ()
    assert counts(older) == kept


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("alter table raw.files drop column content_hash", "raw.files: the column content_hash is missing"),
        ("alter table raw.documents alter text type blob using encode(text)", "raw.documents: the column text"),
        ("drop table raw.document_sources", "raw.document_sources: the table is missing"),
    ],
)
def test_a_layout_whose_documents_cannot_be_taken_over_is_refused(older, change, told):
    older.execute(change)
    with pytest.raises(LayoutError, match=rf"{told}.*communique rebuild"):
        create_tables(older)
    older.execute("delete from raw.documents")  # nothing to lose
    create_tables(older)
    assert layout_differences(older, TABLES) == ()


def test_the_version_of_the_layout_is_in_the_database(older):
    assert layout_of(older) == (LAYOUT_VERSION, False)
    older.execute("drop view raw.layout")
    with pytest.raises(LayoutError, match="older layout 0.*`communique run`"):
        require_layout(older)
    create_tables(older)
    require_layout(older)
    create_tables(older, is_started_anew=True)
    create_tables(older)
    assert layout_of(older) == (LAYOUT_VERSION, True)


def test_the_layout_of_a_later_program_is_refused_as_it_is(older):
    older.execute(
        f"create or replace view raw.layout as select {LAYOUT_VERSION + 1} as layout_version, false as is_started_anew"
    )
    older.execute("alter table raw.files add column colour varchar")
    for refuse in (create_tables, require_layout):
        with pytest.raises(LayoutError, match="later version of this program"):
            refuse(older)
    assert layout_differences(older, TABLES) == ("raw.files: the column colour is unknown",)


def test_a_changed_description_reaches_the_database(older):
    older.execute("comment on column raw.files.path is 'something else'")
    assert create_tables(older) == ()
    ((comment,),) = select(
        older, "select comment from duckdb_columns() where table_name = 'files' and column_name = 'path'"
    )
    assert comment == "Path relative to the seeds folder, with /."
