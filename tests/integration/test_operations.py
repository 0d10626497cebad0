"""Around the runs: messages to a webhook, clearing away old runs, schedules and their quiet times, retries."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from pipelines.defs.alerts import build_alerts
from pipelines.defs.keys import REPOSITORY, REPOSITORY_TAG
from pipelines.defs.resources import LoggedProgress, step_failures
from pipelines.defs.retention import forget_runs
from pipelines.defs.schedules import build_schedules
from pipelines.errors import DiskFullError, ModelError, PipelineError, SettingsError
from pipelines.quiet_times import parse_quiet_times
from pipelines.settings import Settings

TAGS = {REPOSITORY_TAG: REPOSITORY}


class Receiver:
    """A web server on this machine that keeps what is posted to it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, object]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.status == 200:
                    receiver.messages.append(json.loads(body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with files, as retention is about files."""
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        yield instance


class ProblemConfig(dg.Config):
    """What goes wrong."""

    problem: str = ""


@dg.asset
def table(config: ProblemConfig) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    if config.problem == "failure":
        with step_failures():
            raise ModelError("facts.sql: no such column")
    yield dg.MaterializeResult()


@dg.asset_check(asset=table)
def quarantine_rate(config: ProblemConfig) -> dg.AssetCheckResult:
    is_high = config.problem == "quarantine"
    return dg.AssetCheckResult(
        passed=not is_high, severity=dg.AssetCheckSeverity.WARN, description="quarantine_rate=0.4" if is_high else None
    )


def run(instance: dg.DagsterInstance, problem: str = "") -> str:
    """A run of the job `build`."""
    defs = dg.Definitions([table], asset_checks=[quarantine_rate], jobs=[dg.define_asset_job("build")])
    ops = {name: {"config": {"problem": problem}} for name in ("table", "table_quarantine_rate")}
    job = defs.resolve_job_def("build")
    result = job.execute_in_process(instance=instance, raise_on_error=False, tags=TAGS, run_config={"ops": ops})
    return result.run_id


class Alerts:
    """The sensor and its cursor."""

    def __init__(self, instance: dg.DagsterInstance, url: str) -> None:
        self.instance = instance
        self.sensor = build_alerts(Settings(webhook_url=url))
        self.cursor: str | None = None

    def tick(self) -> str:
        data = self.sensor.evaluate_tick(dg.build_sensor_context(instance=self.instance, cursor=self.cursor))
        self.cursor = data.cursor
        return data.skip_message


def test_the_webhook_is_told_of_failure_recovery_and_quarantine(
    instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    alerts = Alerts(instance, receiver.url)
    run(instance, "failure")  # before the sensor was switched on
    alerts.tick()
    failed = run(instance, "failure")
    alerts.tick()
    alerts.tick()
    recovered = run(instance)
    alerts.tick()
    run(instance)
    alerts.tick()
    refused = run(instance, "quarantine")
    alerts.tick()
    told = [(message["event"], message["run_id"]) for message in receiver.messages]
    assert told == [("failure", failed), ("recovery", recovered), ("quarantine_rate", refused)]
    texts = [message["text"] for message in receiver.messages]
    assert texts[0] == "Communiqué: build failed, nothing was published: table: facts.sql: no such column"
    assert texts[1] == f"Communiqué: build succeeded again, after run {failed} had failed"
    assert texts[2] == "Communiqué: build refused many records: quarantine_rate=0.4"


def test_a_message_that_was_not_taken_is_sent_again(instance: dg.DagsterInstance, receiver: Receiver) -> None:
    alerts = Alerts(instance, receiver.url)
    alerts.tick()
    failed = run(instance, "failure")
    receiver.status = 503
    with pytest.raises(OSError, match="503"):
        alerts.tick()
    receiver.status = 200
    assert alerts.tick() == "1 messages sent"
    assert [message["run_id"] for message in receiver.messages] == [failed]


def test_without_a_webhook_nothing_is_sent() -> None:
    sensor = build_alerts(Settings(webhook_url=None))
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
    with dg.DagsterInstance.ephemeral() as instance:
        assert "is not set" in sensor.evaluate_tick(dg.build_sensor_context(instance=instance)).skip_message


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_old_runs_are_cleared_away_with_their_files(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    runs = [run(instance) for _ in range(4)]
    before = size(tmp_path)
    assert forget_runs(instance, before=datetime.now(UTC) - timedelta(days=1)) == ()
    gone = forget_runs(instance, before=datetime.now(UTC) + timedelta(seconds=1))
    assert set(gone) == set(runs[:3])  # the last one holds what the catalogue shows
    assert [r.run_id for r in instance.get_runs()] == runs[3:]
    assert not [path for path in tmp_path.rglob("*") if any(run_id in path.name for run_id in gone)]
    assert size(tmp_path) < before
    assert instance.get_latest_materialization_event(table.key) is not None


def test_a_failed_run_after_the_last_success_may_go(instance: dg.DagsterInstance) -> None:
    good, bad = run(instance), run(instance, "failure")
    assert forget_runs(instance, before=datetime.now(UTC) + timedelta(seconds=1)) == (bad,)
    assert instance.get_run_by_id(good) is not None


HOURS = [("05T21", True), ("05T22", False), ("06T05", False), ("06T06", True)]


@pytest.mark.parametrize(("hour", "is_run"), HOURS)
def test_schedule_keeps_quiet_times(hour: str, is_run: bool) -> None:
    settings = Settings(cron="0 * * * *", time_zone="America/New_York", quiet_times="22:00-06:00")
    schedule = build_schedules(settings)[0]
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 * * * *", "America/New_York")
    time = datetime.fromisoformat(f"2026-01-{hour}:00").replace(tzinfo=settings.quiet.zone)
    data = schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=time))
    assert bool(data.run_requests) == is_run
    assert is_run or data.skip_message == "quiet until 2026-01-06 06:00 EST (COMMUNIQUE_QUIET_TIMES)"


def test_a_cron_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match="COMMUNIQUE_CRON is 'hourly'"):
        build_schedules(Settings(cron="hourly"))


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("22-6", "UTC", "'22-6' is no time"),
        ("25:00-26:00", "UTC", "no time"),
        ("", "Berlin", "'Berlin' is no time zone"),
    ],
)
def test_quiet_times_that_are_none_are_named(text: str, zone: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_quiet_times(text, zone)


@pytest.mark.parametrize(
    ("error", "attempts"),
    [(DiskFullError("no space is left"), 3), (ModelError("no such column"), 1), (ValueError("a mistake"), 1)],
)
def test_only_transient_errors_are_tried_again(
    error: PipelineError, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.defs.resources.RETRY_SECONDS", 0)
    tried = []

    @dg.asset
    def failing() -> None:
        with step_failures():
            tried.append(1)
            raise error

    assert not dg.materialize([failing], raise_on_error=False).success
    assert len(tried) == attempts


def test_progress_tells_how_much_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    clock = iter([100.0, 110.0, 115.0, 130.0, 200.0, 900.0])
    monkeypatch.setattr("pipelines.defs.resources.time.monotonic", lambda: next(clock))
    monkeypatch.setattr(
        "pipelines.defs.resources.dg.get_dagster_logger",
        lambda: SimpleNamespace(info=lambda text, *values: lines.append(text % values)),
    )
    progress = LoggedProgress(interval_seconds=10.0)
    for done, total, unit in [
        *((100, 400, "documents"), (150, 400, "documents"), (160, 400, "documents"), (200, 400, "documents")),
        *((0, 50, "files"), (1, 50, "files")),
    ]:
        progress(done, total, unit)
    assert lines == [
        "100 of 400 documents",
        "150 of 400 documents, about 50 s left",
        "200 of 400 documents, about 60 s left",  # the third came too soon
        "0 of 50 files",
        "1 of 50 files, about 9.5 h left",
    ]
