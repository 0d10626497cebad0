"""What starts by the clock: ingestion, and clearing away old runs.

What belongs here: schedules, with cron, time zone and quiet times from the settings. All are off until someone switches them on
in the UI (Automation). What does not: the jobs (`jobs.py`, `retention.py`), what starts when files arrive (`sensors.py`).
"""

import dagster as dg

from pipelines.defs.jobs import ingest_and_publish
from pipelines.defs.retention import forget_old_runs
from pipelines.errors import SettingsError
from pipelines.settings import Settings

RETENTION_CRON = "30 3 * * *"


def build_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """The schedules.

    Args:
        settings: `cron`, `time_zone` and `quiet_times`.

    Raises:
        SettingsError: COMMUNIQUE_CRON is no cron expression.
    """

    def hourly_ingestion(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        until = settings.quiet.end_after(context.scheduled_execution_time)
        if until is not None:
            return dg.SkipReason(f"quiet until {until:%Y-%m-%d %H:%M %Z} (COMMUNIQUE_QUIET_TIMES)")
        return dg.RunRequest()

    try:
        ingestion = dg.schedule(
            cron_schedule=settings.cron,
            execution_timezone=settings.time_zone,
            job=ingest_and_publish,
            default_status=dg.DefaultScheduleStatus.STOPPED,
            description="Ingests and publishes by the clock (COMMUNIQUE_CRON: by default every hour), but not in quiet times; "
            "a run without new files costs a few seconds.",
        )(hourly_ingestion)
    except dg.DagsterInvalidDefinitionError as error:
        raise SettingsError(
            f"COMMUNIQUE_CRON is {settings.cron!r}, which is no cron expression; write five fields such as '0 * * * *'"
        ) from error
    retention = dg.ScheduleDefinition(
        name="nightly_retention",
        job=forget_old_runs,
        cron_schedule=RETENTION_CRON,
        execution_timezone=settings.time_zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Clears away Dagster's records of runs older than COMMUNIQUE_KEEP_RUN_DAYS, every night.",
    )
    return [ingestion, retention]
