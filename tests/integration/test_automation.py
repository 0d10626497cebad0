"""The sensors: when new files start a run, and what becomes of runs whose process was killed."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.defs.dead_runs import HOLDER_TAG, RELEASED
from pipelines.defs.jobs import dead_runs, new_seed_files
from pipelines.settings import Settings
from warehouse.connection import WriterLock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "warehouse").mkdir()
    return Settings(seeds=tmp_path / "seeds", warehouse=tmp_path / "warehouse")


def test_new_files_start_one_run_when_they_are_left_alone(settings: Settings) -> None:
    context = dg.build_sensor_context(resources={"settings": settings})
    (settings.seeds / "a.txt").write_text("one")
    ticks = [new_seed_files(context) for _ in range(3)]
    assert [type(tick) for tick in ticks] == [dg.SkipReason, dg.RunRequest, dg.SkipReason]
    (settings.seeds / "a.txt").write_text("one and more")
    assert isinstance(new_seed_files(context), dg.SkipReason)
    (settings.seeds / "a.txt").write_text("one and still more")
    assert isinstance(new_seed_files(context), dg.SkipReason)
    second = new_seed_files(context)
    assert isinstance(second, dg.RunRequest)
    assert second.run_key != ticks[1].run_key


def test_files_that_are_no_input_start_nothing(settings: Settings) -> None:
    context = dg.build_sensor_context(resources={"settings": settings})
    (settings.seeds / "a.txt").write_text("one")
    assert isinstance([new_seed_files(context) for _ in range(2)][1], dg.RunRequest)
    (settings.seeds / ".hidden").write_text("x")
    (settings.seeds / "download.part").write_text("x")
    assert isinstance(new_seed_files(context), dg.SkipReason)


def started_run(instance: dg.DagsterInstance, holds: str) -> str:
    run = instance.create_run_for_job(noop, tags={HOLDER_TAG: holds}, status=dg.DagsterRunStatus.STARTED)
    return run.run_id


@dg.job
def noop() -> None:
    """A job to have runs of."""


def test_run_of_a_killed_process_is_closed(settings: Settings) -> None:
    settings.build_database.touch()
    with dg.DagsterInstance.ephemeral() as instance:
        dead = started_run(instance, str(settings.build_database))
        others = [started_run(instance, RELEASED), started_run(instance, "/another/build.duckdb")]
        context = dg.build_sensor_context(instance=instance, resources={"settings": settings})
        assert dead in dead_runs(context).skip_message
        assert instance.get_run_by_id(dead).status == dg.DagsterRunStatus.FAILURE
        assert {instance.get_run_by_id(run).status for run in others} == {dg.DagsterRunStatus.STARTED}


def test_living_run_is_left_alone(settings: Settings) -> None:
    settings.build_database.touch()
    with dg.DagsterInstance.ephemeral() as instance, WriterLock(settings.build_database, "alive"):
        run = started_run(instance, str(settings.build_database))
        context = dg.build_sensor_context(instance=instance, resources={"settings": settings})
        assert "run alive holds the warehouse" in dead_runs(context).skip_message
        assert instance.get_run_by_id(run).status == dg.DagsterRunStatus.STARTED
