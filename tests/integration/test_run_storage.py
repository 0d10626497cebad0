"""Dagster's records over kept connections are the records that Dagster itself keeps, reads and goes on with."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage

from pipelines.defs.run_storage import KeptEventLog, KeptRuns
from pipelines.settings import PROJECT_ROOT

KEY = dg.AssetKey("table")


@dg.asset(key=KEY, check_specs=[dg.AssetCheckSpec("rule", asset=KEY)])
def table() -> dg.MaterializeResult:
    passed = dg.AssetCheckResult(passed=True, check_name="rule")
    return dg.MaterializeResult(metadata={"rows": 3}, check_results=[passed])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    shutil.copy(PROJECT_ROOT / "dagster_home" / "dagster.yaml", tmp_path)
    return tmp_path


def run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([table], instance=instance).run_id


def told(instance: dg.DagsterInstance, run_id: str) -> tuple[list[str | None], int, bool]:
    """Events of a run, rows by its materialization, whether the run succeeded."""
    events = [record.event_log_entry for record in instance.get_records_for_run(run_id).records]
    kinds = [event.dagster_event_type.value for event in events if event.dagster_event_type]
    latest = instance.get_latest_materialization_event(KEY)
    assert latest is not None and latest.asset_materialization is not None
    rows = latest.asset_materialization.metadata["rows"].value
    return kinds, rows, instance.get_run_by_id(run_id).is_success  # type: ignore[union-attr,return-value]


def test_the_project_keeps_connections_and_dagster_reads_the_same(home: Path) -> None:
    with dg.DagsterInstance.get() as kept:
        assert isinstance(kept.event_log_storage, KeptEventLog)
        assert isinstance(kept.run_storage, KeptRuns)
        first = run(kept)
        seen = told(kept, first)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    with dg.DagsterInstance.get() as plain:
        assert not isinstance(plain.event_log_storage, KeptEventLog)
        assert told(plain, first) == seen
        second = run(plain)
    shutil.copy(PROJECT_ROOT / "dagster_home" / "dagster.yaml", home)
    with dg.DagsterInstance.get() as kept:
        assert told(kept, second)[0] == seen[0]
        assert {record.run_id for record in kept.get_runs()} == {first, second}
    assert "ASSET_CHECK_EVALUATION" in seen[0]
    assert seen[1:] == (3, True)


def test_a_run_opens_few_connections(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    connect = sqlite3.connect
    with dg.DagsterInstance.get() as instance:
        run(instance)
        monkeypatch.setattr(
            sqlite3.dbapi2, "connect", lambda *args, **more: opened.append(args) or connect(*args, **more)
        )
        run(instance)
    assert 1 <= len(opened) <= 6  # the file of the new run; dozens without


def test_events_of_a_batch_are_written_together_or_not_at_all(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.get() as instance:
        first = run(instance)
        log = instance.event_log_storage
        events = [record.event_log_entry for record in instance.get_records_for_run(first).records]
        monkeypatch.setattr(
            log, "_store_asset_event_tags", lambda *_args: (_ for _ in ()).throw(OSError("the disk is full"))
        )
        with pytest.raises(OSError, match="full"):
            log.store_event_batch(events)
        assert len(instance.get_records_for_run(first).records) == len(events)


@dg.multi_asset(specs=[dg.AssetSpec("one"), dg.AssetSpec("two", deps=["one"], code_version="3")])
def several(context) -> Iterator[dg.MaterializeResult]:  # type: ignore[no-untyped-def] # as text Dagster refuses it
    context.log_event(dg.AssetObservation("two", metadata={"seen": 1}))
    yield dg.MaterializeResult(asset_key="one", metadata={"name": 'with "quotes" and {braces}'})
    yield dg.MaterializeResult(asset_key="two")


@dg.asset_check(asset="two")
def failing() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, metadata={"rows": 2})


def rows_of(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every SQLite file of a log, but for when it was written."""
    found = {}
    for path in sorted(folder.glob("*.db")):
        with closing(sqlite3.connect(path)) as con:
            tables = "select name from sqlite_master where type = 'table' and name <> 'secondary_indexes' order by 1"
            for (name,) in con.execute(tables).fetchall():
                columns = [column for _, column, *_ in con.execute(f"pragma table_info({name})")]
                kept = ", ".join(f'"{column}"' for column in columns if not column.endswith("create_timestamp"))
                found[f"{path.name} {name}"] = con.execute(f"select {kept} from {name} order by 1").fetchall()
    return found


def test_a_batch_leaves_the_rows_that_dagster_writes_one_by_one(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        runs = [dg.materialize([table, several, failing], instance=instance).run_id for _ in range(2)]
        events = [[r.event_log_entry for r in instance.get_records_for_run(run_id).records] for run_id in runs]
        plain, kept = SqliteEventLogStorage(str(home / "plain")), KeptEventLog(str(home / "kept"))
        for own in events:
            for event in own:
                plain.store_event(event)
            kept.store_event_batch(own)
        kept.dispose()
    written, told = rows_of(home / "plain"), rows_of(home / "kept")
    assert {name: len(rows) for name, rows in told.items()} == {name: len(rows) for name, rows in written.items()}
    assert told == written
    assert len(told["index.db asset_check_executions"]) == 4
    assert len(told["index.db asset_keys"]) == 3


def test_what_a_step_gives_is_written_when_it_is_read_or_the_step_ends(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        log = instance.event_log_storage
        run_id = run(instance)
        assert not log._waiting
        events = [record.event_log_entry for record in instance.get_records_for_run(run_id).records]
        (given,) = [event for event in events if event.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION]
        log.store_event(given)
        assert log._waiting == [given]
        assert log.get_asset_records([dg.AssetKey("another")]) == []
        assert log._waiting == [given]
        assert len(instance.get_records_for_run(run_id).records) == len(events) + 1
        log.store_event(given)
        log.store_event(given._replace(timestamp=given.timestamp + 1))
        assert not log._waiting
    with dg.DagsterInstance.get() as another:
        assert len(another.get_records_for_run(run_id).records) == len(events) + 3


def test_a_deleted_run_leaves_no_file_open(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        first, second = run(instance), run(instance)
        instance.delete_run(first)
        assert not instance.get_records_for_run(first).records
        assert told(instance, second)[2]


def test_what_is_known_of_an_asset_is_the_same_in_the_process_that_wrote_it(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        run(instance)
        run(instance)
        (written,) = instance.get_asset_records([KEY])
        assert instance.event_log_storage._written  # nothing was parsed
    with dg.DagsterInstance.get() as another:
        (read,) = another.get_asset_records([KEY])
        assert read == written
        third = run(another)
        assert another.get_asset_records([KEY])[0].asset_entry.last_run_id == third
        another.wipe_assets([KEY])
        assert another.get_latest_materialization_event(KEY) is None
        assert run(another) == another.get_asset_records([KEY])[0].asset_entry.last_run_id


def test_what_others_write_of_an_asset_is_seen(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def last(instance: dg.DagsterInstance) -> list[str | None]:
        records = instance.get_asset_records([KEY])
        return [record.asset_entry.last_run_id for record in records]

    selects: list[str] = []
    with dg.DagsterInstance.get() as one, dg.DagsterInstance.get() as other:
        first = run(one)
        assert last(one) == last(other) == [first]
        second = run(other)
        assert last(one) == last(other) == [second]
        third = run(one)
        assert last(one) == last(other) == [third]
        raw = KeptEventLog.__mro__[2]._fetch_raw_asset_rows  # type: ignore[attr-defined]
        monkeypatch.setattr(
            KeptEventLog.__mro__[2], "_fetch_raw_asset_rows", lambda *args, **more: selects.append("") or raw(*args, **more)
        )  # fmt: skip
        assert last(one) == last(one) == [third]
        assert not selects
        log, events = one.event_log_storage, [r.event_log_entry for r in one.get_records_for_run(second).records]
        write = log._write_checks
        monkeypatch.setattr(log, "_write_checks", lambda *_args: (_ for _ in ()).throw(OSError("the disk is full")))
        with pytest.raises(OSError, match="full"):
            log.store_event_batch(events)
        monkeypatch.setattr(log, "_write_checks", write)
        assert last(one) == [third]
        assert selects
        other.wipe_assets([KEY])
        assert last(one) == last(other) == []


def layouts(home: Path) -> dict[str, object]:
    """Of each of Dagster's files: its tables and indexes, the revision it notes, the migrations that it counts as done."""
    found: dict[str, object] = {}
    for path in home.glob("**/*.db"):
        name = "a run" if path.name.count("-") == 4 else path.name
        with closing(sqlite3.connect(path)) as con:
            tables = con.execute("select name, sql from sqlite_master order by name, sql").fetchall()
            done = con.execute("select name from secondary_indexes where migration_completed is not null").fetchall()
            mode = con.execute("pragma journal_mode").fetchall()
            found[name] = (tables, con.execute("select * from alembic_version").fetchall(), sorted(done), mode)
    return found


def test_new_files_are_laid_out_as_dagster_does(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic.script import ScriptDirectory

    looked: list[object] = []
    from_config = ScriptDirectory.from_config
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda config: looked.append(config) or from_config(config))
    with dg.DagsterInstance.get() as kept:
        run(kept)
    assert not looked
    ours = layouts(home)
    shutil.rmtree(home / "history")
    shutil.rmtree(home / "schedules")
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    with dg.DagsterInstance.get() as plain:
        run(plain)
    assert looked
    assert ours == layouts(home)
    assert ours.keys() == {"runs.db", "index.db", "schedules.db", "a run"}


def test_files_of_an_unknown_state_are_left_to_dagster(home: Path) -> None:
    with dg.DagsterInstance.get() as kept:
        run(kept)
    whole = layouts(home)
    for path in home.glob("**/*.db"):
        with closing(sqlite3.connect(path)) as con, con:
            con.execute("delete from alembic_version")
    with dg.DagsterInstance.get() as kept:
        run(kept)
    assert {name: (tables, mode) for name, (tables, _, _, mode) in layouts(home).items()} == {
        name: (tables, mode) for name, (tables, _, _, mode) in whole.items()
    }
    with closing(sqlite3.connect(home / "history" / "runs.db")) as con:
        assert con.execute("select count(*) from alembic_version").fetchall() == [(1,)]
