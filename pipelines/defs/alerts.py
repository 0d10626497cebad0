"""Messages to people outside: a webhook is told of failed runs, of the first success after one, and of many refused records.

What belongs here: the sensor `run_alerts`, its memory and its messages. What does not: what is a failure (`failures.py`), when
too many records are refused (`sql/checks/quarantine_rate.sql`).

A message that could not be delivered is sent again at the next tick: the cursor moves only past runs that were told of. Runs of
the command line are told of like any other, by the daemon that shares their DAGSTER_HOME.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import dagster as dg
from pydantic import BaseModel, ConfigDict

from pipelines.defs.failures import check_message, run_failures
from pipelines.defs.keys import REPOSITORY, REPOSITORY_TAG
from pipelines.settings import Settings

ALERT_SECONDS = 30
QUARANTINE_CHECK = "quarantine_rate"
_POST_SECONDS = 10.0
# A run may be recorded as ended a moment after a later one; those told of are remembered by id.
_OVERLAP = timedelta(minutes=5)
_REMEMBERED = 200
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]

Message = Mapping[str, object]


class Told(BaseModel):
    """The sensor's memory, written for a person to read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    until: datetime  # runs that ended before were told of, or ended before the sensor was switched on
    since: datetime  # when it was switched on
    runs: tuple[str, ...] = ()  # told of lately
    failing: dict[str, str] = {}  # jobs that failed last: the run


def build_alerts(settings: Settings) -> dg.SensorDefinition:
    """The sensor, on if there is a webhook.

    Args:
        settings: `webhook_url`.
    """
    url = settings.webhook_url
    status = dg.DefaultSensorStatus.STOPPED if url is None else dg.DefaultSensorStatus.RUNNING

    @dg.sensor(
        minimum_interval_seconds=ALERT_SECONDS,
        default_status=status,
        description="Posts to COMMUNIQUE_WEBHOOK_URL when a run failed, when the first one after that succeeded, and when a run "
        "refused many of its records.",
    )
    def run_alerts(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if url is None:
            return dg.SensorResult(skip_reason="COMMUNIQUE_WEBHOOK_URL is not set")
        now = datetime.now(UTC)
        told = Told.model_validate_json(context.cursor) if context.cursor else Told(until=now, since=now)
        sent, problem = 0, None
        for record in _ended_since(context.instance, told):
            try:
                for message in messages(context.instance, record.dagster_run, told.failing):
                    post(url.get_secret_value(), message)
                    sent += 1
            except OSError as error:
                if sent == 0:
                    raise
                problem = f"; the next could not be delivered ({error}) and is sent again"
                break
            told = _after(told, record)
        reason = f"{sent} messages sent{problem or ''}" if sent else "no run failed or recovered since the last look"
        return dg.SensorResult(skip_reason=reason, cursor=told.model_dump_json(indent=1))

    return run_alerts


def messages(instance: dg.DagsterInstance, run: dg.DagsterRun, failing: Mapping[str, str]) -> list[Message]:
    """What there is to tell of a run that has ended.

    Args:
        instance: where its events are.
        run: the run.
        failing: jobs whose last run failed, with that run.
    """
    events = [e.dagster_event for e in instance.all_logs(run.run_id) if e.dagster_event is not None]
    base = {"job": run.job_name, "run_id": run.run_id}
    if run.status is dg.DagsterRunStatus.FAILURE:
        reasons = run_failures(events) or ("it ended without a word",)
        text = f"Communiqué: {run.job_name} failed, nothing was published: {'; '.join(reasons)}"
        return [{"event": "failure", "text": text, "reasons": list(reasons), **base}]
    found: list[Message] = []
    if run.job_name in failing:
        text = f"Communiqué: {run.job_name} succeeded again, after run {failing[run.job_name]} had failed"
        found.append({"event": "recovery", "text": text, "failed_run_id": failing[run.job_name], **base})
    for event in events:
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if check.check_name == QUARANTINE_CHECK and not check.passed:
                message = check_message(check.description, check.metadata)
                text = f"Communiqué: {run.job_name} refused many records: {message}"
                found.append({"event": "quarantine_rate", "text": text, **base})
    return found


def post(url: str, message: Message) -> None:
    """Send a message as JSON; `text` is what chat services show.

    Raises:
        OSError: it was not taken.
    """
    if not url.startswith(("http://", "https://")):
        raise OSError("COMMUNIQUE_WEBHOOK_URL must begin with http:// or https://")
    body = json.dumps(message, ensure_ascii=False).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json; charset=utf-8"})
    with urllib.request.urlopen(request, timeout=_POST_SECONDS):
        pass


def _ended_since(instance: dg.DagsterInstance, told: Told) -> list[dg.RunRecord]:
    """Runs of this project that ended and were not told of, in the order of their ends."""
    records = instance.get_run_records(
        filters=dg.RunsFilter(
            statuses=_ENDED, tags={REPOSITORY_TAG: REPOSITORY}, updated_after=max(told.until - _OVERLAP, told.since)
        )
    )
    begin = told.since.timestamp()
    fresh = [r for r in records if (r.end_time or 0.0) >= begin and r.dagster_run.run_id not in told.runs]
    return sorted(fresh, key=lambda record: record.end_time or 0.0)


def _after(told: Told, record: dg.RunRecord) -> Told:
    run = record.dagster_run
    failing = {job: failed for job, failed in told.failing.items() if job != run.job_name}
    if run.status is dg.DagsterRunStatus.FAILURE:
        failing[run.job_name] = run.run_id
    until = max(told.until, datetime.fromtimestamp(record.end_time or 0.0, UTC))
    return Told(until=until, since=told.since, runs=(*told.runs, run.run_id)[-_REMEMBERED:], failing=failing)
