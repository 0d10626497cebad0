"""The sensors: when new files start a run, and what becomes of runs whose process was killed.

The cases of `new_seed_files` are real ticks on an instance of their own; the runs that it asks for are made with the key and the
tags that Dagster's daemon would give them. Their table in docs/operations.md is written by

    python -m tests.integration.test_automation
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData

from pipelines.defs import sensors
from pipelines.defs.dead_runs import HOLDER_TAG, RELEASED
from pipelines.defs.keys import READ_TAG, SEEDS_TAG
from pipelines.defs.seed_watch import list_seeds
from pipelines.defs.sensors import dead_runs, new_seed_files
from pipelines.settings import PROJECT_ROOT, Settings
from warehouse.connection import WriterLock

STATUS = dg.DagsterRunStatus
TICK = timedelta(seconds=sensors.SENSOR_SECONDS)
OPERATIONS = PROJECT_ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- sensor cases -->", "<!-- end of sensor cases -->"


@dg.job
def noop() -> None:
    """A job to have runs of."""


class Inbox:
    """A seeds folder, an instance, and the sensor's ticks on them; the time moves on by one tick at each."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance, **settings: object) -> None:
        for name in ("seeds", "warehouse"):
            (folder / name).mkdir()
        self.settings = Settings(seeds=folder / "seeds", warehouse=folder / "warehouse", **settings)
        self.instance = instance
        self.cursor: str | None = None
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.run_ids: list[str] = []
        self._file_count = 0

    def add(self, name: str = "", text: str = "Some text.") -> str:
        self._file_count += 1
        name = name or f"file_{self._file_count}.txt"
        (self.settings.seeds / name).write_text(text, encoding="utf-8")
        return name

    def remove(self, name: str) -> None:
        (self.settings.seeds / name).unlink()

    def tick(self, *, makes_run: bool = True, keeps_cursor: bool = True) -> SensorExecutionData:
        """One look; the run asked for is queued, as the daemon does, unless it fails to."""
        self.now += TICK
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, resources={"settings": self.settings}
        )
        sensors.current_time = lambda: self.now
        data = new_seed_files.evaluate_tick(context)
        if keeps_cursor:
            self.cursor = data.cursor
        for request in data.run_requests or ():
            exists = self.instance.get_runs(filters=dg.RunsFilter(tags={"dagster/run_key": request.run_key}))
            if makes_run and not exists:
                tags = {**request.tags, "dagster/run_key": request.run_key, "dagster/sensor_name": new_seed_files.name}
                run = self.instance.create_run_for_job(noop, tags=tags, status=STATUS.NOT_STARTED)
                self.run_ids.append(run.run_id)
        return data

    def ticks(self, count: int) -> int:
        """So many looks; how many runs came of them."""
        before = len(self.run_ids)
        for _ in range(count):
            self.tick()
        return len(self.run_ids) - before

    def end(self, status: dg.DagsterRunStatus) -> None:
        """The last run ends."""
        run = self.instance.get_run_by_id(self.run_ids[-1])
        events = {
            STATUS.SUCCESS: dg.DagsterEventType.RUN_SUCCESS,
            STATUS.FAILURE: dg.DagsterEventType.RUN_FAILURE,
            STATUS.CANCELED: dg.DagsterEventType.RUN_CANCELED,
            STATUS.STARTED: dg.DagsterEventType.RUN_START,
        }
        self.instance.report_dagster_event(
            dg.DagsterEvent(events[status].value, job_name=run.job_name, message=""), run_id=run.run_id
        )

    def publish(self) -> None:
        """Two looks, the run they lead to, and its success."""
        assert self.ticks(2) == 1
        self.end(STATUS.SUCCESS)


@dataclass(frozen=True)
class Case:
    """What is done to an inbox, and how many runs come of it."""

    situation: str
    expected: str
    run: Callable[[Inbox], str]


def left_alone(inbox: Inbox) -> str:
    inbox.add()
    return f"{[inbox.ticks(1) for _ in range(3)]}"


def returns_to_an_earlier_listing(inbox: Inbox) -> str:
    inbox.add("kept.txt")
    inbox.publish()
    inbox.add("brief.txt")
    inbox.publish()
    inbox.remove("brief.txt")
    return f"{inbox.ticks(3)} run"


def returns_while_the_run_is_going_on(inbox: Inbox) -> str:
    inbox.add("kept.txt")
    inbox.publish()
    inbox.add("brief.txt")
    inbox.ticks(2)
    inbox.remove("brief.txt")
    inbox.ticks(2)
    inbox.end(STATUS.SUCCESS)
    return f"{inbox.ticks(3)} run"


def a_file_every_tick(inbox: Inbox) -> str:
    begin = inbox.now
    while not inbox.run_ids:
        inbox.add()
        inbox.tick()
    return f"a run after {(inbox.now - begin - TICK).total_seconds():.0f} s"


def an_hour_behind_a_queued_run(inbox: Inbox) -> str:
    inbox.add()
    inbox.ticks(2)
    added = 0
    for _ in range(120):
        inbox.add()
        added += inbox.ticks(1)
    inbox.end(STATUS.SUCCESS)
    return f"{added} runs, then {inbox.ticks(3)}"


def a_failed_run(inbox: Inbox) -> str:
    inbox.add()
    inbox.ticks(2)
    waits = []
    for _ in range(4):
        inbox.end(STATUS.FAILURE)
        inbox.tick()
        begin = inbox.now
        while inbox.ticks(1) == 0:
            pass
        waits.append(f"{(inbox.now - begin).total_seconds() / 60:.0f}")
    inbox.end(STATUS.SUCCESS)
    return f"again after {', '.join(waits)} min; after success {inbox.ticks(5)} runs"


def a_failed_run_whose_file_is_taken_away(inbox: Inbox) -> str:
    inbox.add("kept.txt")
    inbox.publish()
    inbox.add("bad.txt")
    inbox.ticks(2)
    inbox.end(STATUS.FAILURE)
    inbox.remove("bad.txt")
    return f"{inbox.ticks(8)} run"


def a_failed_run_mended_by_hand(inbox: Inbox) -> str:
    inbox.add()
    inbox.ticks(2)
    inbox.end(STATUS.FAILURE)
    inbox.tick()
    tags = {SEEDS_TAG: str(inbox.settings.seeds), READ_TAG: list_seeds(inbox.settings.seeds).digest}
    run = inbox.instance.create_run_for_job(noop, tags=tags, status=STATUS.STARTED)
    inbox.run_ids.append(run.run_id)
    inbox.end(STATUS.SUCCESS)
    return f"{inbox.ticks(10)} runs"


def a_run_that_was_never_made(inbox: Inbox) -> str:
    inbox.add()
    inbox.tick()
    first = inbox.tick(makes_run=False).run_requests[0].run_key
    second = inbox.tick(keeps_cursor=False).run_requests[0].run_key
    return f"asked again, {'same' if first == second else 'other'} key; then {inbox.ticks(3)} more"


def a_crash_between_run_and_cursor(inbox: Inbox) -> str:
    inbox.add()
    inbox.tick()
    inbox.tick(keeps_cursor=False)
    return f"{len(inbox.run_ids)} run, then {inbox.ticks(3)} more"


def stopped_for_hours(inbox: Inbox) -> str:
    inbox.add()
    inbox.publish()
    inbox.tick()
    for _ in range(30):
        inbox.add()
    inbox.now += timedelta(hours=7)
    started = inbox.ticks(3)
    inbox.end(STATUS.SUCCESS)
    return f"{started} run, then {inbox.ticks(5)}"


def a_reset_cursor(inbox: Inbox) -> str:
    name = inbox.add()
    inbox.publish()
    inbox.tick()
    inbox.add()
    inbox.ticks(2)
    inbox.cursor = None
    queued = inbox.ticks(3)
    inbox.end(STATUS.SUCCESS)
    inbox.remove(name)
    return f"{queued} runs behind the queued one, then {inbox.ticks(3)}"


def files_that_are_no_input(inbox: Inbox) -> str:
    inbox.add()
    inbox.publish()
    inbox.add(".hidden")
    inbox.add("download.part")
    return f"{inbox.ticks(4)} runs"


CASES = [
    Case("one new file, left alone", "[0, 1, 0]", left_alone),
    Case(
        "a file is added, read, and removed again: the listing is that of before",
        "1 run",
        returns_to_an_earlier_listing,
    ),
    Case("the same while the run that reads it is going on", "1 run", returns_while_the_run_is_going_on),
    Case("one new file every 30 s, for ever; longest wait 300 s", "a run after 300 s", a_file_every_tick),
    Case("a run stays queued for an hour, with a new file every 30 s", "0 runs, then 1", an_hour_behind_a_queued_run),
    Case("four runs fail, the fifth succeeds", "again after 1, 2, 4, 8 min; after success 0 runs", a_failed_run),
    Case("a run fails, and the file it was for is taken away", "1 run", a_failed_run_whose_file_is_taken_away),
    Case("a run fails, and someone runs the job by hand", "0 runs", a_failed_run_mended_by_hand),
    Case("the run asked for is never made", "asked again, same key; then 0 more", a_run_that_was_never_made),
    Case("the daemon dies after making the run", "1 run, then 0 more", a_crash_between_run_and_cursor),
    Case("stopped for seven hours, in which 30 files came", "1 run, then 0", stopped_for_hours),
    Case("the cursor is reset behind a queued run", "0 runs behind the queued one, then 1", a_reset_cursor),
    Case("files that are no input (hidden, half downloaded)", "0 runs", files_that_are_no_input),
]


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setattr(sensors, "current_time", sensors.current_time)
    with dg.DagsterInstance.ephemeral() as instance:
        yield Inbox(tmp_path, instance)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.run.__name__)
def test_sensor(inbox: Inbox, case: Case) -> None:
    assert case.run(inbox) == case.expected


def test_a_person_can_read_cursor_and_reasons(inbox: Inbox) -> None:
    inbox.add()
    waiting = inbox.tick().skip_message
    assert waiting == (
        "files are being added or changed; waiting until they are left alone, at the latest until 2026-03-02 09:05:30 UTC"
    )
    inbox.tick()
    assert inbox.tick().skip_message == (
        f"run {inbox.run_ids[0]}, asked for at 2026-03-02 09:01:00 UTC, has not ended; none is added meanwhile"
    )
    cursor = json.loads(inbox.cursor)
    assert cursor["asked"]["number"] == cursor["last_number"] == 1
    assert (cursor["asked"]["listing"]["files"], cursor["asked"]["at"]) == (1, "2026-03-02T09:01:00Z")
    inbox.end(STATUS.FAILURE)
    assert inbox.tick().skip_message == (
        f"run {inbox.run_ids[0]} failed (1 in a row); what it was for is tried again at 2026-03-02 09:03:00 UTC"
    )
    assert json.loads(inbox.cursor)["failed_run"] == inbox.run_ids[0]
    inbox.ticks(2)
    inbox.end(STATUS.SUCCESS)
    assert inbox.tick().skip_message == (
        f"no file was added, changed or removed since run {inbox.run_ids[1]} published 1 file"
    )
    assert json.loads(inbox.cursor)["taken_by"] == inbox.run_ids[1]


def test_requests_have_keys_that_count(inbox: Inbox) -> None:
    keys = []
    for _ in range(3):
        inbox.add()
        inbox.publish()
        keys.append(inbox.instance.get_run_by_id(inbox.run_ids[-1]).tags["dagster/run_key"])
    assert [key.rpartition("-")[2] for key in keys] == ["1", "2", "3"]


def test_cursor_of_an_older_version_is_made_anew(inbox: Inbox) -> None:
    inbox.cursor = '{"requested": 5, "waiting": "x"}'
    inbox.add()
    assert inbox.ticks(2) == 1


def test_a_missing_folder_is_an_error(inbox: Inbox) -> None:
    inbox.settings.seeds.rmdir()
    with pytest.raises(Exception, match="does not exist; create it or set COMMUNIQUE_SEEDS"):
        inbox.tick()


def test_quiet_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensors, "current_time", sensors.current_time)
    with dg.DagsterInstance.ephemeral() as instance:
        inbox = Inbox(tmp_path, instance, quiet_times="22:00-10:30", time_zone="Europe/Berlin")
        inbox.add()
        assert inbox.tick().skip_message == "quiet until 2026-03-02 10:30 CET (COMMUNIQUE_QUIET_TIMES)"
        inbox.now += timedelta(minutes=30)
        assert inbox.ticks(2) == 1


def started_run(instance: dg.DagsterInstance, holds: str) -> str:
    run = instance.create_run_for_job(noop, tags={HOLDER_TAG: holds}, status=STATUS.STARTED)
    return run.run_id


def test_run_of_a_killed_process_is_closed(inbox: Inbox) -> None:
    settings, instance = inbox.settings, inbox.instance
    settings.build_database.touch()
    dead = started_run(instance, str(settings.build_database))
    others = [started_run(instance, RELEASED), started_run(instance, "/another/build.duckdb")]
    context = dg.build_sensor_context(instance=instance, resources={"settings": settings})
    assert dead in dead_runs(context).skip_message
    assert instance.get_run_by_id(dead).status == STATUS.FAILURE
    assert {instance.get_run_by_id(run).status for run in others} == {STATUS.STARTED}


def test_living_run_is_left_alone(inbox: Inbox) -> None:
    settings, instance = inbox.settings, inbox.instance
    settings.build_database.touch()
    with WriterLock(settings.build_database, "alive"):
        run = started_run(instance, str(settings.build_database))
        context = dg.build_sensor_context(instance=instance, resources={"settings": settings})
        assert "run alive holds the warehouse" in dead_runs(context).skip_message
        assert instance.get_run_by_id(run).status == STATUS.STARTED


def case_table() -> str:
    """The cases as a table, each expected and seen."""
    lines = ["| the seeds folder and the runs | expected | seen |", "|---|---|---|"]
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder, dg.DagsterInstance.ephemeral() as instance:
            seen = case.run(Inbox(Path(folder), instance))
        lines.append(f"| {case.situation} | {case.expected} | {seen} |")
    return "\n".join(lines)


def test_the_table_of_cases_is_in_the_documents() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    table = text.partition(BEGIN)[2].partition(END)[0].strip()
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines()[2:]]
    assert rows == [(case.situation, case.expected, case.expected) for case in CASES]


if __name__ == "__main__":
    before, _, rest = OPERATIONS.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    OPERATIONS.write_text(f"{before}{BEGIN}\n\n{case_table()}\n\n{END}{after}", encoding="utf-8")
