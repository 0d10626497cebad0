"""The whole pipeline on a sample corpus: what is published, what a second run costs, and what stops a publication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.definitions import build_defs
from pipelines.defs.keys import PUBLISHED, READ_TAG
from pipelines.defs.launch import RunOutcome, launch
from pipelines.defs.seed_watch import list_seeds
from pipelines.defs.unchanged import record_unchanged_run
from pipelines.no_work import unchanged_run
from pipelines.settings import PROJECT_ROOT, Settings
from tests.integration.conftest import Silent
from warehouse import builds
from warehouse.checks import model_checks, run_checks, sql_checks, table_checks
from warehouse.connection import WriterLock, open_build
from warehouse.models import discover_models
from warehouse.standing import note_standing
from warehouse.tables import TABLES

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("dagster_home")]

DOCUMENTS = 7
ALL_STEPS = "staged_documents staged_extractions load check_loaded resolve check_resolved sql_models check_models publish".split()


def run(settings: Settings, job: str = "ingest_and_publish", watcher: Silent | None = None) -> RunOutcome:
    return launch(job, build_defs, watcher=watcher or Silent(), settings=settings)


@contextmanager
def published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(duckdb.connect(str(settings.published_database), read_only=True)) as con:
        yield con


def scalar(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> object:
    return con.execute(sql, list(values)).fetchall()[0][0]


def version(settings: Settings) -> object:
    with published(settings) as con:
        return scalar(con, "select run_id from main.warehouse_version")


@pytest.fixture(scope="module")
def first_run(sample_settings: Settings, dagster_home: Path) -> RunOutcome:
    watcher = Silent()
    outcome = run(sample_settings, watcher=watcher)
    assert outcome.failures == ()
    assert watcher.steps == ALL_STEPS
    return outcome


def test_accounts_balance(first_run: RunOutcome, sample_settings: Settings) -> None:
    with published(sample_settings) as con:
        row = con.execute("select * from main.agg_ingestion_runs where run_id = ?", [first_run.run_id]).df().iloc[0]
    assert (row.seen_count, row.loaded_count, row.unaccounted_count) == (DOCUMENTS, DOCUMENTS, 0)
    assert (row.extracted_count, row.reused_count) == (DOCUMENTS, 0)
    assert row.word_count > 300


def test_every_table_is_published_and_described(first_run: RunOutcome, sample_settings: Settings) -> None:
    expected = {table.qualified_name for table in TABLES}
    expected |= {model.qualified_name for model in discover_models(sample_settings.sql)}
    with published(sample_settings) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables() where not internal union all "
            "select schema_name || '.' || view_name, comment from duckdb_views() where not internal"
        ).fetchall()
        undescribed = con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal and comment is null"
        ).fetchall()
    assert {name for name, _ in tables} - {"raw.layout"} == expected
    assert [name for name, comment in tables if not comment] == []
    assert undescribed == []


def test_the_run_can_be_read(first_run: RunOutcome, sample_settings: Settings) -> None:
    with dg.DagsterInstance.get() as instance:
        entries = instance.all_logs(first_run.run_id)
        tags = instance.get_run_by_id(first_run.run_id).tags
    made = {}
    for entry in entries:
        if entry.is_dagster_event and entry.get_dagster_event().is_step_materialization:
            found = entry.get_dagster_event().step_materialization_data.materialization
            assert found.asset_key not in made, "a table is told of twice"
            made[found.asset_key] = found.metadata
    account = made[dg.AssetKey("published_warehouse")]["account"].value
    assert account.startswith(f"{DOCUMENTS} records seen = {DOCUMENTS} loaded + 0 duplicate")
    assert f"The warehouse holds {DOCUMENTS} documents" in account
    events = made[dg.AssetKey(["main", "fct_events"])]
    lineage = events["dagster/column_lineage"].value.deps_by_column
    assert dg.TableColumnDep(dg.AssetKey(["intermediate", "int_event_parties"]), "name") in lineage["actor_names"]
    assert len(events["preview"].schema.columns) == 8
    cells = [
        str(value)
        for metadata in made.values()
        if "preview" in metadata
        for record in metadata["preview"].records
        for value in record.data.values()
    ]
    assert not [cell for cell in cells if cell.startswith(("['", "{'"))]
    messages = [entry.user_message for entry in entries]
    assert any("words/s" in message for message in messages)
    assert any(message.startswith("loaded run") for message in messages), "the stages' loggers are not managed"
    assert tags["communique/seeds"] == str(sample_settings.seeds)


def test_every_check_holds(first_run: RunOutcome, sample_settings: Settings) -> None:
    models = discover_models(sample_settings.sql)
    checks = (*table_checks(), *model_checks(models), *sql_checks(sample_settings.sql))
    with published(sample_settings) as con:
        failed = [
            result.message for result in run_checks(con, checks) if not result.passed and result.check.is_blocking
        ]
    assert failed == []


@pytest.mark.parametrize(
    ("path", "event_type"),
    [
        ("000_2c340302055222c7.txt", "CONSULT"),
        ("2024-05-02_port_strike.txt", "PROTEST"),
        ("2024-06-20_flood_relief.txt", "AID"),
        ("2024-09-11_border_clash.txt", "ASSAULT"),
        ("2024-09-11_border_clash.txt", "ACCUSE"),
    ],
)
def test_plain_events_are_found(first_run: RunOutcome, sample_settings: Settings, path: str, event_type: str) -> None:
    with published(sample_settings) as con:
        found = con.execute(
            "select event_type from main.fct_event_mentions join main.dim_documents using (document_id) "
            "where list_contains(paths, ?)",
            [path],
        ).fetchall()
    assert (event_type,) in found


def test_text_without_politics_gives_no_event(first_run: RunOutcome, sample_settings: Settings) -> None:
    with published(sample_settings) as con:
        count = scalar(
            con, "select event_mention_count from main.dim_documents where list_contains(paths, 'concert_review.txt')"
        )
    assert count == 0


def test_syndicated_article_is_linked_and_not_counted(first_run: RunOutcome, sample_settings: Settings) -> None:
    with published(sample_settings) as con:
        rows = con.execute(
            "select copy.paths, original.paths, copy.is_counted from main.dim_documents copy "
            "join main.dim_documents original on copy.duplicate_of = original.document_id"
        ).fetchall()
    assert rows == [(["2024-09-12_border_clash_wire.txt"], ["2024-09-11_border_clash.txt"], False)]


def test_queries_of_the_documents_run(first_run: RunOutcome, sample_settings: Settings) -> None:
    guide = (PROJECT_ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sql\n(.*?)```", guide, re.DOTALL) + re.findall(
        r'communique sql "(.*?)"', readme, re.DOTALL
    )
    assert len(queries) > 5
    with published(sample_settings) as con:
        for query in queries:
            con.execute(query).fetchall()
        tables = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    assert set(re.findall(r"`((?:agg|fct|dim|bridge)_\w+)`", guide + readme)) <= tables


def runs_of_build(settings: Settings) -> dict[str, int]:
    """Unchanged records by run, as the build database has them."""
    with closing(open_build(settings.build_database, read_only=True)) as con:
        return dict(con.execute("select run_id, unchanged_count from raw.ingestion_runs").fetchall())


def test_a_run_with_nothing_to_do_ends_with_its_account(first_run: RunOutcome, sample_settings: Settings) -> None:
    file = sample_settings.published_database.stat()
    watcher = Silent()
    outcome = run(sample_settings, watcher=watcher)
    assert outcome.failures == ()
    assert watcher.steps == ALL_STEPS[:3]
    assert runs_of_build(sample_settings)[outcome.run_id] == DOCUMENTS
    assert (sample_settings.published_database.stat().st_ino, version(sample_settings)) == (
        file.st_ino,
        first_run.run_id,
    )
    with dg.DagsterInstance.get() as instance:
        latest = instance.get_latest_materialization_event(PUBLISHED)  # so the asset stays fresh
        assert latest is not None and latest.run_id == outcome.run_id
        facts = instance.get_latest_materialization_event(dg.AssetKey(["main", "fct_events"]))
        assert facts is not None and facts.run_id == first_run.run_id


def test_the_command_line_knows_it_before_dagster_does(first_run: RunOutcome, sample_settings: Settings) -> None:
    listing = list_seeds(sample_settings.seeds)
    with unchanged_run(sample_settings) as found:
        assert found is not None and found.published_by == first_run.run_id
        record_unchanged_run("ingest_and_publish", found, sample_settings, listing=listing)
    assert runs_of_build(sample_settings)[found.run_id] == DOCUMENTS
    with dg.DagsterInstance.get() as instance:
        record = instance.get_run_record_by_id(found.run_id)
        assert record is not None and record.dagster_run.is_success
        assert record.end_time is not None and record.dagster_run.tags[READ_TAG] == listing.digest
    # The row comes with the next publication, and a whole build is what that asks for.
    assert version(sample_settings) == first_run.run_id


CHANGES = {
    "a new file": lambda s: (s.seeds / "more.txt").write_text("Ministers of Peru met in Lima.", encoding="utf-8"),
    "corrections": lambda s: s.corrections.write_text("kind\n", encoding="utf-8"),
    "a setting": lambda s: s.model_copy(update={"asserted_confidence": 0.7}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_to_be_done_is_left_to_the_whole_run(
    first_run: RunOutcome, sample_settings: Settings, change: str
) -> None:
    before = runs_of_build(sample_settings)
    changed = CHANGES[change](sample_settings)
    settings = changed if isinstance(changed, Settings) else sample_settings
    expected: list[int] = []
    try:
        with unchanged_run(settings, expect=expected.append) as found:
            assert found is None
        assert expected == ([len("Ministers of Peru met in Lima.")] if change == "a new file" else [])
        with WriterLock(settings.build_database, "free"):  # it is not held
            assert runs_of_build(sample_settings) == before
    finally:
        (sample_settings.seeds / "more.txt").unlink(missing_ok=True)
        sample_settings.corrections.write_text("", encoding="utf-8")


def test_second_run_reuses_and_swaps(first_run: RunOutcome, sample_settings: Settings) -> None:
    (sample_settings.seeds / "empty.txt").write_bytes(b"")
    with published(sample_settings) as reader:
        outcome = run(sample_settings)
        assert outcome.failures == ()
        # A reader keeps the version that it opened; the next one sees the new version.
        assert scalar(reader, "select run_id from main.warehouse_version") == first_run.run_id
        old = reader.execute("select * from main.fct_events order by event_id").fetchall()
    assert version(sample_settings) == outcome.run_id
    with published(sample_settings) as con:
        run_row = con.execute("select * from raw.ingestion_runs where run_id = ?", [outcome.run_id]).df().iloc[0]
        refused = con.execute("select path, reason_code from raw.quarantine").fetchall()
        assert con.execute("select * from main.fct_events order by event_id").fetchall() == old
    assert (run_row.extracted_count, run_row.reused_count) == (0, DOCUMENTS)
    assert (run_row.unchanged_count, run_row.quarantined_count) == (DOCUMENTS, 1)
    assert refused == [("empty.txt", "empty")]


@pytest.mark.slow
def test_broken_table_is_not_published(first_run: RunOutcome, sample_settings: Settings) -> None:
    before = version(sample_settings)
    with closing(open_build(sample_settings.build_database)) as con:
        (event_id,) = con.execute("select min(event_id) from core.events").fetchall()[0]
        con.execute("insert into core.events select * from core.events where event_id = ?", [event_id])
    try:
        outcome = run(sample_settings, "rebuild_marts")
        assert not outcome.is_success
        assert any(event_id in failure for failure in outcome.failures), outcome.failures
        assert version(sample_settings) == before
    finally:
        mended = run(sample_settings)
    assert version(sample_settings) == mended.run_id
    with published(sample_settings) as con:
        # What an earlier run refused is no news.
        assert scalar(con, "select count(*) from raw.quarantine where run_id = ?", mended.run_id) == 0


def test_parts_of_two_builds_are_not_published(first_run: RunOutcome, sample_settings: Settings) -> None:
    before = version(sample_settings)
    with closing(open_build(sample_settings.build_database)) as con:
        builds.stamp(con, [builds.Part(builds.LOAD)], run_id="a run that was stopped after its load")
    outcome = run(sample_settings, "rebuild_marts")
    assert not outcome.is_success
    assert "core was not resolved from what is loaded now" in outcome.failures[0]
    assert version(sample_settings) == before


@pytest.mark.slow
def test_core_is_resolved_again_only_when_something_was_loaded(
    first_run: RunOutcome, sample_settings: Settings
) -> None:
    def build_of(part: str) -> str:
        with published(sample_settings) as con:
            return str(scalar(con, "select build_id from raw.builds where part = ?", part))

    def core_build() -> str:
        return build_of("core")

    assert run(sample_settings).is_success
    build, model = core_build(), build_of("main.fct_events")
    # As after a change of the program that touches neither the resolver nor this model.
    note_standing(sample_settings.published_database, str(version(sample_settings)), "another program")
    again = run(sample_settings)
    assert version(sample_settings) == again.run_id
    assert (core_build(), build_of("main.fct_events")) == (build, model)
    assert build_of("main.agg_ingestion_runs").startswith(again.run_id)
    (sample_settings.seeds / "one_more.txt").write_text(
        "Officials of Kenya met in Nairobi on Monday.", encoding="utf-8"
    )
    added = run(sample_settings)
    assert core_build().startswith(added.run_id)
    (sample_settings.seeds / "one_more.txt").unlink()
    removed = run(sample_settings)
    assert core_build().startswith(removed.run_id)


def test_second_writer_is_told_who_holds_the_warehouse(first_run: RunOutcome, sample_settings: Settings) -> None:
    with WriterLock(sample_settings.build_database, "the-first-run"):
        outcome = run(sample_settings)
    assert not outcome.is_success
    assert "run the-first-run holds the warehouse" in outcome.failures[0]
