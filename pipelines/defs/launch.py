"""Run a job of this project in the calling process, as the command line does.

What belongs here: `launch`. The run is recorded in the Dagster instance of DAGSTER_HOME like one started in the UI, takes
the same lock and runs the same steps. What does not: what a person sees of it (`pipelines/console.py`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from filelock import FileLock

from pipelines import errors
from pipelines.defs.failures import run_failures
from pipelines.defs.keys import UI_TAGS
from pipelines.lean_imports import import_dagster_storage
from pipelines.no_work import OPENING_LOCK
from pipelines.process import made_for_good
from pipelines.settings import PROJECT_ROOT
from warehouse.transaction import translated_errors

# SQLite's errors do not tell a full disk from a broken one; with less than this left it is taken for full.
_FULL_DISK_BYTES = 1024**2
_CONFIGURATION, _OWN_HOME = "dagster.yaml", PROJECT_ROOT / "dagster_home"
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Watcher(Protocol):
    """Is told when steps begin and end."""

    def step_started(self, step: str) -> None:
        """A step began."""

    def step_ended(self, step: str, *, is_success: bool) -> None:
        """A step ended."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended: one message per failed step, none after success."""

    run_id: str
    is_success: bool
    failures: tuple[str, ...]


def launch(
    job_name: str,
    build_defs: Callable[..., dg.Definitions],
    *,
    watcher: Watcher,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    **overrides: object,
) -> RunOutcome:
    """Run a job here and now.

    Args:
        job_name: a job of `jobs.py`.
        build_defs: makes the definitions; gets `overrides`.
        watcher: is told of each step.
        config: values of steps, by step; instead of those that the job has.
        overrides: settings and resources to use instead of the defaults.

    Returns:
        How the run ended; errors of steps are in it and are not raised.

    Raises:
        DiskFullError: there is no space to record the run in DAGSTER_HOME.
        SettingsError: Dagster cannot open the storage that its dagster.yaml names.
    """
    run_id = str(uuid4())
    with made_for_good():
        import_dagster_storage()
        job = build_defs(**overrides).resolve_job_def(job_name)
    run_config = {**(job.run_config or {}), **_QUIET}
    if config is not None:
        run_config["ops"] = {step: {"config": dict(values)} for step, values in config.items()}
    # What is planned at the start of a run is written at once.
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    with open_instance() as instance:
        instance.add_event_listener(run_id, lambda entry: _tell(watcher, entry))
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            tags=UI_TAGS,
            run_config=run_config,
            raise_on_error=False,
        )
    return RunOutcome(run_id, result.success, run_failures(result.all_events))


@contextmanager
def open_instance() -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME; one process at a time, as two that open a new one both create its tables, and one fails.

    Raises:
        DiskFullError: there is no space to record a run in it.
        SettingsError: the storage that its dagster.yaml names cannot be opened.
    """
    home = Path(os.environ["DAGSTER_HOME"])
    with _full_disk_reported():
        with translated_errors(doing=f"recording the run in {home}"), FileLock(home / OPENING_LOCK):
            instance = _storage_opened(home)
        with instance:
            yield instance


def _storage_opened(home: Path) -> dg.DagsterInstance:
    import_dagster_storage()
    try:
        if (home / _CONFIGURATION).exists():
            return dg.DagsterInstance.get()
        # A home that says nothing is one like this clone's: Dagster's own would take 4 s more to plan a run, and tell its makers.
        return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), config_dir=str(_OWN_HOME)))
    except Exception as error:
        if isinstance(error, OSError) or _is_of_sqlite(error):
            raise
        cause: BaseException = error
        while cause.__cause__ is not None:  # libraries wrap what a server answered
            cause = cause.__cause__
        place = f"see `storage` in {home / 'dagster.yaml'}"
        raise errors.SettingsError(
            f"Dagster cannot open its storage; {place}: {' '.join(str(cause).split())}"
        ) from error


@contextmanager
def _full_disk_reported() -> Iterator[None]:
    """SQLite says "disk I/O error" or "disk is full" when Dagster cannot record a run; say what that means."""
    try:
        yield
    except Exception as error:
        home = os.environ.get("DAGSTER_HOME", ".")
        if not _is_of_sqlite(error) or shutil.disk_usage(home).free > _FULL_DISK_BYTES:
            raise
        raise errors.DiskFullError(
            f"recording the run in {home}: no space is left on the disk; free some and run again"
        ) from error


def _is_of_sqlite(error: Exception) -> bool:
    from sqlalchemy.exc import OperationalError  # there by now; who only loads the definitions needs no SQLAlchemy

    return isinstance(error, OperationalError)


def _tell(watcher: Watcher, entry: dg.EventLogEntry) -> None:
    event = entry.dagster_event
    if event is None or event.step_key is None:
        return
    if event.event_type == dg.DagsterEventType.STEP_START:
        watcher.step_started(event.step_key)
    elif event.event_type in (dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE):
        watcher.step_ended(event.step_key, is_success=event.event_type == dg.DagsterEventType.STEP_SUCCESS)
