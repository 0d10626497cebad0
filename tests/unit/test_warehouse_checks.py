"""A check passes on whole data and names the rows of broken data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import pytest
from warehouse_rows import (
    SQL_DIR,
    a_document,
    a_file,
    a_run,
    a_source,
    empty_warehouse,
    given,
    models,
    run_up_to,
    select,
    write_batch,
)

from pipelines.errors import ModelError
from warehouse.checks import Check, model_checks, run_check, run_checks, sql_checks, table_checks
from warehouse.load import load_reference, load_run
from warehouse.models import run_model

DOCUMENT = a_document()


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A database file with one loaded and resolved document and every model."""
    folder = tmp_path_factory.mktemp("checks")
    con = empty_warehouse()
    file = a_file(DOCUMENT, "a.txt")
    load_reference(con)
    load_run(
        con, documents=[DOCUMENT], document_sources=[a_source(DOCUMENT, file)], files=[file], quarantine=[], run=a_run(),
        batch_paths=[write_batch(folder / "batch.parquet", [DOCUMENT])], extractor_version="v1",
    )  # fmt: skip
    resolve_one_to_one(con)
    for model in models():
        run_model(con, model)
    path = folder / "template.duckdb"
    con.execute(f"attach '{path}' as copy")
    con.execute("copy from database memory to copy")
    con.close()
    return path


def resolve_one_to_one(con: duckdb.DuckDBPyConnection) -> None:
    """Each entity of a document is an entity, each event mention an event."""
    con.execute(
        "insert into core.entities by name select entity_id, name, label, true as is_named, country, sector, "
        "[] as aliases, titles, "
        "1 as mention_count, 1 as document_count, date '2023-05-09' as first_seen_date, "
        "date '2023-05-09' as last_seen_date from nlp.entities"
    )
    con.execute(
        "insert into core.entity_links select mention_id, entity_id, 'name', 1.0, null from nlp.entity_mentions"
    )
    columns = ", ".join(
        column
        for (column,) in select(con, "select column_name from duckdb_columns() where table_name = 'events'")
        if column not in ("event_id", "mention_count", "document_count", "first_published_date")
    )
    con.execute(
        f"insert into core.events by name select replace(event_mention_id, 'evm', 'evt') as event_id, {columns}, "
        "1 as mention_count, 1 as document_count, date '2023-05-09' as first_published_date from nlp.event_mentions"
    )
    con.execute(
        "insert into core.event_links select event_mention_id, replace(event_mention_id, 'evm', 'evt'), 'single', 1.0 "
        "from nlp.event_mentions"
    )


@pytest.fixture
def con(template, tmp_path) -> duckdb.DuckDBPyConnection:
    path = tmp_path / "copy.duckdb"
    path.write_bytes(template.read_bytes())
    return duckdb.connect(str(path))


@cache
def all_checks() -> tuple[Check, ...]:
    return (*table_checks(), *model_checks(models()), *sql_checks(SQL_DIR))


def broken(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The messages of the checks that fail, by table and name."""
    return {
        f"{result.check.table}.{result.check.name}": result.message
        for result in run_checks(con, all_checks())
        if not result.passed
    }


def test_whole_data_passes(con):
    assert broken(con) == {}


def test_names_of_checks_are_unique():
    names = [(check.table, check.name) for check in all_checks()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("change", "check", "named"),
    [
        ("insert into raw.documents select * from raw.documents", "raw.documents.unique_key", "row_count=2"),
        ("delete from raw.files", "raw.document_sources.reference_file_id", "file_id=fil_"),
        ("update nlp.entity_mentions set entity_id = 'nobody' where text = 'Kari Dahl'",
         "nlp.entity_mentions.reference_document_id_entity_id", "entity_id=nobody"),
        ("update nlp.entity_mentions set sector = 'KING' where text = 'Kari Dahl'",
         "nlp.entity_mentions.accepted_sector", "value=KING"),
        ("update nlp.entity_mentions set start_char = start_char + 1, end_char = end_char + 1 where text = 'Kari Dahl'",
         "nlp.entity_mentions.span_start", "text_there=ari Dahl "),
        ("update nlp.entity_mentions set text = 'Dahl Kari' where text = 'Kari Dahl'",
         "nlp.entity_mentions.span_start", "text_there=Kari Dahl"),
        ("update nlp.quotations set speaker_text = 'he'", "nlp.quotations.span_speaker_start", "text_there=she"),
        ("update nlp.sentences set end_char = 100000 where sentence_number = 2", "nlp.sentences.span_start", "end_char=100000"),
        ("update nlp.sentences set start_char = -1 where sentence_number = 1", "nlp.sentences.span_start", "start_char=-1"),
        ("update nlp.event_mentions set event_type = 'CHAT'", "nlp.event_mentions.accepted_event_type", "value=CHAT"),
        ("update nlp.event_mentions set place_start_char = 0, place_end_char = 7",
         "nlp.event_mentions.span_place_start", "text_there=Norway’"),
        ("delete from core.events", "core.event_links.reference_event_id", "event_id=evt_"),
        ("update raw.ingestion_runs set seen_count = 5", "raw.ingestion_runs.ingestion_runs_balance", "accounted_count=1"),
        ("update main.dim_documents set title = null, source_key = null", "main.dim_documents.not_null", "missing=source_key"),
        ("update main.fct_event_mentions set event_id = 'lost'",
         "main.fct_event_mentions.relationships_event_id", "event_id=lost"),
        ("update main.bridge_event_participants set role = 'witness'",
         "main.bridge_event_participants.accepted_values_role", "role=witness"),
        ("insert into main.fct_events select * from main.fct_events", "main.fct_events.unique_event_id", "row_count=2"),
        ("delete from main.fct_events", "main.fct_events.events_conserved", "is_in_core=True, is_in_fct_events=False"),
        ("update main.agg_dyad_months set mutual_event_count = 9", "main.agg_dyad_months.dyad_months_add_up", "country_a=EST"),
        ("update main.fct_events set mention_count = 2", "main.fct_events.events_counted_once", "counted_mention_count=1"),
        ("delete from main.gdelt_events", "main.gdelt_events.gdelt_events_complete", "row_count=0"),
        ("update nlp.event_mentions set event_date_end = date '2001-01-01'",
         "nlp.event_mentions.event_mentions_dates_ordered", "event_date_end=2001-01-01"),
    ],
)  # fmt: skip
def test_broken_data_is_named(con, change, check, named):
    con.execute(change)
    (found,) = (found for found in all_checks() if f"{found.table}.{found.name}" == check)
    result = run_check(con, found)
    assert not result.passed
    assert named in result.message


def test_a_sample_names_five_rows_and_counts_all(con):
    given(con, "raw.files", [{"file_id": f"f{n}", "status": "odd", "path": f"{n}.txt"} for n in range(7)])
    (check,) = (check for check in table_checks() if (check.table, check.name) == ("raw.files", "accepted_status"))
    result = run_check(con, check)
    assert (result.failure_count, len(result.sample), result.passed) == (7, 5, False)
    assert "7 rows break it: file_id=f0, value=odd;" in result.message and result.message.endswith("and 2 more")


def test_a_check_that_cannot_run_is_an_error(con):
    with pytest.raises(ModelError, match="odd of raw.files cannot run"):
        run_check(con, Check("odd", "raw.files", "nothing", "select colour from raw.files"))


def test_quality_checks_report_and_integrity_checks_block():
    blocking = {check.name: check.is_blocking for check in sql_checks(SQL_DIR)}
    assert blocking["ingestion_runs_balance"] and not blocking["documents_extracted"]
    assert all(check.is_blocking for check in table_checks())


def test_a_check_without_a_header_is_named(tmp_path):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "odd.sql").write_text("-- table: raw.files\nselect 1")
    with pytest.raises(ModelError, match=r"odd\.sql"):
        sql_checks(tmp_path)


def test_an_unknown_test_is_named(con):
    run_up_to(con, "main.dim_countries")
    (model,) = (model for model in models() if model.name == "dim_countries")
    odd = model.__class__(
        **{name: getattr(model, name) for name in model.__slots__}
        | {"tests": (model.tests[0].__class__("shiny", ("name",)),)}
    )
    with pytest.raises(ModelError, match=r"dim_countries\.yml: the test 'shiny' of name"):
        model_checks([odd])
