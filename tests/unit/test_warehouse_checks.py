"""A check passes on whole data and names the rows of broken data."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ModelError
from tests.unit.warehouse_rows import (
    SQL_DIR,
    a_document,
    a_file,
    a_run,
    a_source,
    empty_warehouse,
    fill,
    given,
    models,
    run_up_to,
    select,
    write_batch,
)
from warehouse.checks import Check, model_checks, run_check, run_checks, run_side_by_side, sql_checks, table_checks
from warehouse.derived_checks import derived_checks, fill_checks
from warehouse.load import load_reference, load_run
from warehouse.reference import reference_tables
from warehouse.value_checks import value_checks

DOCUMENT = a_document()


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A database file with one loaded and resolved document and every model."""
    folder = tmp_path_factory.mktemp("checks")
    con = empty_warehouse()
    file = a_file(DOCUMENT, "a.txt")
    load_reference(con, reference_tables())
    load_run(
        con, documents=[DOCUMENT], document_sources=[a_source(DOCUMENT, file)], files=[file], quarantine=[], run=a_run(),
        batches=[[write_batch(folder / "batch.parquet", [DOCUMENT])]], extractor_version="v1",
    )  # fmt: skip
    resolve_one_to_one(con)
    fill(con, models())
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
        "insert into core.event_links by name select event_mention_id, replace(event_mention_id, 'evm', 'evt') as event_id, "
        "'only_report' as method, 1.0 as score from nlp.event_mentions"
    )
    con.execute(
        "insert into core.event_parties select event_mention_id, role, ordinal, coalesce(entity_id, lower(text)) "
        "from nlp.event_participants"
    )


@pytest.fixture
def con(template, tmp_path) -> duckdb.DuckDBPyConnection:
    path = tmp_path / "copy.duckdb"
    path.write_bytes(template.read_bytes())
    return duckdb.connect(str(path))


@cache
def all_checks() -> tuple[Check, ...]:
    return (
        *table_checks(), *model_checks(models()), *sql_checks(SQL_DIR), *value_checks(),
        *derived_checks(models()), *fill_checks(models()),
    )  # fmt: skip


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


BROKEN_MARTS = (
    ("update main.fct_events set fatalities = 9", "main.fct_events", "fatalities: null, not 9|fatalities: 9, not null"),
    ("update main.fct_events set place_precision = 'country'", "main.fct_events", "place_precision: country, not town"),
    (
        "update main.agg_dyad_months set net_intensity = net_intensity + 1, cooperation_intensity = cooperation_intensity + 1",
        "main.agg_dyad_months",
        "country_a=EST, country_b=NOR, event_month=2023-05-01.*net_intensity: 5.0, not 4.0",
    ),
    ("update main.agg_entity_pairs set event_count = 3", "main.agg_entity_pairs", "event_count: 3, not 1"),
    (
        "update main.agg_dyad_months set a_to_b_event_count = b_to_a_event_count, b_to_a_event_count = a_to_b_event_count, "
        "mutual_event_count = 0, event_count = 1",
        "main.agg_dyad_months",
        "mutual_event_count: 0.0, not 1.0|a_to_b",
    ),
    ("delete from main.polecat_events", "main.polecat_events", "difference=missing"),
    (
        "create or replace view staging.stg_countries as select * from (select country, alpha2, fips, cameo_code, cow_code, "
        "name as country_name, "
        "continent, capital, latitude, longitude, population from raw.countries) where country <> 'EST'",
        "staging.stg_countries",
        "country=EST, difference=missing",
    ),
    (
        "insert into main.agg_event_type_days select 'AID', date '2023-05-01', 2, 1.0, 1, 0.0, 1.0, 1.0, 7.0, null, null",
        "main.agg_event_type_days",
        "event_type=AID.*difference=added",
    ),
    ("update main.fct_quotations set speaker_name = 'Nobody'", "main.fct_quotations", "speaker_name: Nobody, not"),
    ("update main.dim_documents set word_count = 1", "main.dim_documents", "word_count: 1, not"),
)


@pytest.mark.parametrize(("change", "table", "named"), BROKEN_MARTS)
def test_a_row_that_its_query_does_not_give_is_named(con, change, table, named):
    con.execute(change)
    (found,) = (check for check in derived_checks(models()) if check.table == table)
    message = run_check(con, found).message
    assert re.search(named, message), message


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("update main.agg_dyad_months set net_intensity = 9", "dyad_months_reconcile"),
        ("delete from main.agg_dyad_months", "dyad_months_reconcile"),
        ("update main.agg_dyad_type_months set event_type = 'AID', event_count = 2", "dyad_types_add_up"),
        ("update main.agg_country_months set event_count = 2, actor_event_count = 2, verbal_cooperation_count = 2, "
         "recipient_event_count = 0, internal_event_count = 0", "country_months_reconcile"),
        ("update main.agg_event_type_days set event_count = 2", "event_type_days_reconcile"),
        ("delete from main.agg_event_type_days", "event_type_days_reconcile"),
        ("update main.fct_events set fatalities_min = 3, fatalities = 3, fatalities_max = 3", "fatality_months_reconcile"),
        ("update main.fct_events set event_type = 'PROTEST'", "protest_weeks_reconcile"),
        ("delete from main.agg_place_months", "place_months_reconcile"),
        ("update main.agg_entity_days set mention_count = 9", "entity_days_reconcile"),
        ("update main.agg_entity_pairs set event_count = 2", "entity_pairs_reconcile"),
        ("delete from main.agg_entity_pairs", "entity_pairs_reconcile"),
        ("update main.agg_entity_pair_months set event_count = 2", "entity_pair_months_reconcile"),
        ("delete from main.agg_source_coverage", "source_coverage_reconcile"),
        ("update main.fct_events set event_date_end = date '2001-01-01'", "events_dates_ordered"),
        ("update main.fct_events set injuries_min = 3, injuries = 2, injuries_max = 5", "event_counts_ordered"),
        ("update main.fct_events set arrests_min = 3, arrests = 3, arrests_max = 5", "event_counts_reported"),
    ],
)  # fmt: skip
def test_an_aggregate_that_its_facts_do_not_give_is_noticed(con, change, name):
    (found,) = (check for check in sql_checks(SQL_DIR) if check.name == name)
    assert run_check(con, found).passed
    con.execute(change)
    assert not run_check(con, found).passed


def test_a_column_that_loses_its_values_is_noticed(con):
    (check,) = (
        check
        for check in fill_checks(models())
        if (check.table, check.name) == ("main.dim_documents", "filled_published_date")
    )
    con.execute("create or replace table main.dim_documents as select d.* from main.dim_documents as d, range(60)")
    assert run_check(con, check).passed
    con.execute("update main.dim_documents set published_date = null")
    result = run_check(con, check)
    assert not result.passed and not check.is_blocking and "filled_count=0" in result.message


def test_every_mart_says_what_it_does_not_tell():
    assert [model.name for model in models() if model.schema == "main" and not model.limitation] == []


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


def test_checks_of_a_table_run_together_find_what_each_finds_alone():
    rules = [
        Check("small", "main.numbers", "n is small", "select n from numbers where n > 7"),
        Check("positive", "main.numbers", "n is positive", "select n from numbers where n < 0 -- none"),
        Check("even", "main.others", "m is even", "select m from others where m % 2 = 1"),
    ]
    with duckdb.connect() as con:
        con.execute("create table numbers as select range as n from range(10); create table others as select 4 as m")
        results = run_checks(con, rules)
        assert [(r.check.name, r.failure_count, [*r.sample]) for r in results] == [
            ("small", 2, [{"n": 8}, {"n": 9}]),
            ("positive", 0, []),
            ("even", 0, []),
        ]
        absent = Check("absent", "main.numbers", "k is there", "select k from numbers")
        with pytest.raises(ModelError, match=r"absent of main\.numbers cannot run"):
            run_checks(con, [rules[1], absent])


def test_groups_side_by_side_find_what_each_finds_alone(con):
    con.execute("update nlp.event_mentions set end_char = -1")
    groups = [all_checks()[start : start + 7] for start in range(0, len(all_checks()), 7)]
    beside = [[(r.check.name, r.failure_count, r.sample) for r in group] for group in run_side_by_side(con, groups)]
    assert beside == [[(r.check.name, r.failure_count, r.sample) for r in run_checks(con, group)] for group in groups]
    assert any(count for group in beside for _, count, _ in group)
    absent = Check("absent", "nlp.event_mentions", "k is there", "select k from nlp.event_mentions")
    with pytest.raises(ModelError, match="absent of"):
        list(run_side_by_side(con, [groups[0], [absent]]))
