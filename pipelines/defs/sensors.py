"""The sensors: what starts a run when files arrive, and what closes runs whose process was killed.

What belongs here: the ticks. What does not: what a tick decides (`seed_watch.py`), what a run does (`jobs.py`), messages to
people outside (`alerts.py`).
"""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import dagster as dg
from pydantic import ValidationError

from pipelines.defs.asset_metadata import seeds_observation
from pipelines.defs.dead_runs import close_dead_runs
from pipelines.defs.jobs import ingest_and_publish
from pipelines.defs.keys import READ_TAG, SEEDS_TAG, WHOLE_RUN
from pipelines.defs.seed_watch import Listing, Memory, Request, RunState, SeenRun, decide, list_seeds
from pipelines.errors import WarehouseLockedError
from pipelines.settings import Settings
from warehouse.connection import WriterLock

SENSOR_SECONDS = 30
DEAD_RUN_SECONDS = 60

_RUN_KEY_TAG = "dagster/run_key"

_LATEST_RUNS = 20  # looked through for the last publication

_STATES = {
    dg.DagsterRunStatus.SUCCESS: RunState.SUCCEEDED,
    dg.DagsterRunStatus.FAILURE: RunState.FAILED,
    dg.DagsterRunStatus.CANCELED: RunState.FAILED,
}


@dg.sensor(
    job=ingest_and_publish,
    minimum_interval_seconds=SENSOR_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Starts a run when files in the seeds folder were added, changed or removed and have been left alone since the "
    "last look, or have not come to rest for COMMUNIQUE_LONGEST_WAIT_SECONDS. One run at a time; a failed one is tried again.",
)
def new_seed_files(context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]) -> dg.SensorResult:
    """Look at the seeds folder and at the run asked for last, and decide."""
    now = current_time()
    memory = _memory(context, settings)
    if (until := settings.quiet.end_after(now)) is not None:
        return dg.SensorResult(skip_reason=f"quiet until {until:%Y-%m-%d %H:%M %Z} (COMMUNIQUE_QUIET_TIMES)")
    listing = list_seeds(settings.seeds)
    decision = decide(
        memory,
        listing,
        _runs(context.instance, _run_key(settings, memory.last_number)),
        now=now,
        longest_wait=timedelta(seconds=settings.longest_wait_seconds),
        published=_last_published(context.instance, settings),
    )
    cursor = decision.memory.model_dump_json(indent=1, exclude_none=True)
    if decision.request is None:
        change = decision.memory.waiting
        events = [seeds_observation(listing)] if change is not None and change.since == now else []
        return dg.SensorResult(skip_reason=decision.reason, cursor=cursor, asset_events=events)
    context.log.info(decision.reason)
    number = decision.request.number
    tags = {SEEDS_TAG: str(settings.seeds)}
    return dg.SensorResult([dg.RunRequest(run_key=_run_key(settings, number), tags=tags)], cursor=cursor)


@dg.sensor(
    minimum_interval_seconds=DEAD_RUN_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Closes runs whose process was killed, which would otherwise hold back every later run.",
)
def dead_runs(context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]) -> dg.SkipReason:
    """Mark runs as failed that still claim the warehouse although nobody holds its lock."""
    if not settings.build_database.exists():
        return dg.SkipReason("nothing has run yet")
    try:
        with WriterLock(settings.build_database, "dead_runs"):
            closed = close_dead_runs(context.instance, str(settings.build_database))
    except WarehouseLockedError as error:
        return dg.SkipReason(str(error))
    return dg.SkipReason(f"closed {', '.join(closed)}" if closed else "no dead run")


def current_time() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def _run_key(settings: Settings, number: int) -> str:
    """The key of a request: a number, and which folder and warehouse it is for, as several may share a DAGSTER_HOME."""
    place = f"{settings.seeds.absolute()}\0{settings.warehouse.absolute()}"
    return f"seeds-{blake2b(place.encode(errors='surrogateescape'), digest_size=4).hexdigest()}-{number}"


def _memory(context: dg.SensorEvaluationContext, settings: Settings) -> Memory:
    """What the cursor says; where it was reset or cannot be read, the request that was made last is taken up."""
    try:
        if context.cursor:
            return Memory.model_validate_json(context.cursor)
    except ValidationError as error:
        context.log.warning("the cursor cannot be read and is made anew: %s", error)
    key = _run_key(settings, 0).removesuffix("0")
    asked = context.instance.get_runs(filters=dg.RunsFilter(tags={SEEDS_TAG: str(settings.seeds)}))
    numbers = [run.tags[_RUN_KEY_TAG].removeprefix(key) for run in asked if _RUN_KEY_TAG in run.tags]
    number = max((int(number) for number in numbers if number.isdecimal()), default=0)
    if number == 0:
        return Memory()
    unknown = Listing(digest="", files=0, bytes=0, newest=None)
    return Memory(last_number=number, asked=Request(number=number, listing=unknown, at=current_time()))


def _runs(instance: dg.DagsterInstance, run_key: str) -> list[SeenRun]:
    """The runs of a request, the newest first: more than one if someone started it again by hand."""
    return [_seen(record) for record in instance.get_run_records(filters=dg.RunsFilter(tags={_RUN_KEY_TAG: run_key}))]


def _last_published(instance: dg.DagsterInstance, settings: Settings) -> SeenRun | None:
    """The last run that read the seeds folder and published what it read, whoever started it."""
    done = instance.get_run_records(
        filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS], tags={SEEDS_TAG: str(settings.seeds)}),
        limit=_LATEST_RUNS,
    )
    whole = [_seen(record) for record in done if _is_whole(record.dagster_run)]
    return max(whole, key=lambda run: run.ended_at or datetime.min.replace(tzinfo=UTC), default=None)


def _is_whole(run: dg.DagsterRun) -> bool:
    """Whether a run reads, loads and publishes: a whole job, or a choice of assets with all of these."""
    return READ_TAG in run.tags and (not run.asset_selection or run.asset_selection >= WHOLE_RUN)


def _seen(record: dg.RunRecord) -> SeenRun:
    run = record.dagster_run
    ended = datetime.fromtimestamp(record.end_time, UTC) if record.end_time else None
    return SeenRun(run.run_id, _STATES.get(run.status, RunState.UNFINISHED), run.tags.get(READ_TAG), ended)
