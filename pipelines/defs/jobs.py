"""When the assets run: jobs, the schedule and the sensors.

What belongs here: selections of assets and what starts them. Both the schedule and the sensor on new files are off until
someone switches them on in the UI (Automation). Read next: `assets.py` for what the jobs run.
"""

import json
from hashlib import blake2b
from pathlib import Path

import dagster as dg

from pipelines.defs.dead_runs import close_dead_runs
from pipelines.errors import WarehouseLockedError
from pipelines.settings import Settings
from pipelines.stages.ingest.inbox import list_inbox
from warehouse.connection import WriterLock

SENSOR_SECONDS = 30
DEAD_RUN_SECONDS = 60

ingest_and_publish = dg.define_asset_job(
    "ingest_and_publish",
    selection=dg.AssetSelection.all(),
    description="Everything: ingest new files, extract, load, resolve, model, check, publish. Work already done is reused.",
)

retry_quarantined = dg.define_asset_job(
    "retry_quarantined",
    selection=dg.AssetSelection.all(),
    config={
        "ops": {name: {"config": {"retry_quarantined": True}} for name in ("staged_documents", "staged_extractions")}
    },
    description="Everything, and what is in quarantine is tried again; after its cause was mended.",
)

remove_documents = dg.define_asset_job(
    "remove_documents",
    selection=dg.AssetSelection.all(),
    config={"ops": {"load": {"config": {"remove_documents": True, "paths": [], "all": False, "dry_run": False}}}},
    description="Everything, and documents that no file holds any more are removed for good. Launchpad: set paths or all: true; "
    "dry_run: true removes nothing and lists what would go.",
)

rebuild_marts = dg.define_asset_job(
    "rebuild_marts",
    selection=dg.AssetSelection.groups("marts", "publish"),
    description="Run the SQL models again on the tables as they are, check them and publish; after a change in sql/.",
)

hourly_ingestion = dg.ScheduleDefinition(
    name="hourly_ingestion",
    job=ingest_and_publish,
    cron_schedule="0 * * * *",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Ingests and publishes at the start of every hour; an hour without new files costs a few seconds.",
)


@dg.sensor(
    job=ingest_and_publish,
    minimum_interval_seconds=SENSOR_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Starts a run when files in the seeds folder were added or changed and have been left alone since the last look.",
)
def new_seed_files(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest | dg.SkipReason:
    """Request a run when the listing of the seeds folder is new and the same as at the last tick."""
    seen = json.loads(context.cursor) if context.cursor else {}
    listing = _listing(settings.seeds)
    if listing == seen.get("requested"):
        return dg.SkipReason("no file was added or changed")
    if listing != seen.get("listing"):
        context.update_cursor(json.dumps({**seen, "listing": listing}))
        return dg.SkipReason("files are being added or changed; waiting until they are left alone")
    context.update_cursor(json.dumps({"requested": listing, "listing": listing}))
    return dg.RunRequest(run_key=listing)


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


def _listing(seeds: Path) -> str:
    """Hash of the names, sizes and times of the files a run would read; the files themselves are not opened."""
    digest = blake2b(digest_size=16)
    for file in list_inbox(seeds):
        if file.skip is None:
            modified = file.location.lstat().st_mtime_ns if file.refusal is None else 0
            digest.update(f"{file.path}\0{file.size_bytes}\0{modified}\0".encode())
    return digest.hexdigest()
