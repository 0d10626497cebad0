"""What went wrong in a run, in words for a person: from the run's events.

What belongs here: `run_failures` and `check_message`, which the command line and the alerts share. What does not: raising
anything (`resources.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster._utils.error import SerializableErrorInfo

from pipelines import errors

OFFENDING_ROWS = "offending_rows"


def run_failures(events: Iterable[dg.DagsterEvent]) -> tuple[str, ...]:
    """One message for each thing that went wrong.

    Args:
        events: of a run, in order.
    """
    return tuple(dict.fromkeys(_failures(events)))


def check_message(description: str | None, metadata: Mapping[str, Any]) -> str:
    """What a failed check found, in its own words, and for example which rows.

    The UI shows a description as Markdown, so that texts of documents in it could vanish, or have images fetched; the rows are
    in a table of the metadata, which is shown as it is.
    """
    table = metadata.get(OFFENDING_ROWS)
    if not isinstance(table, dg.TableMetadataValue):
        return description or ""
    rows = "; ".join(", ".join(f"{name}={value}" for name, value in row.data.items()) for row in table.records)
    return f"{description}: {rows}"


def _failures(events: Iterable[dg.DagsterEvent]) -> Iterator[str]:
    """What went wrong, in the words of the error that was raised first and of the checks that failed."""
    for event in events:
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if not check.passed and check.blocking:
                message = check_message(check.description, check.metadata)
                yield f"check {check.check_name} of {'.'.join(check.asset_key.path)}: {message}"
        elif event.event_type == dg.DagsterEventType.STEP_FAILURE:
            error = event.step_failure_data.error
            if error and error.cls_name != "DagsterAssetCheckFailedError":  # said by its checks
                yield f"{event.step_key}: {_root_message(error)}"
        elif event.event_type == dg.DagsterEventType.RESOURCE_INIT_FAILURE:
            error = event.engine_event_data.error
            yield _root_message(error) if error else "a resource could not be prepared"


def _root_message(error: SerializableErrorInfo) -> str:
    """The message of the first of our own errors in a chain of causes; of the innermost error if there is none."""
    while True:
        if error.cls_name == dg.DagsterExecutionInterruptedError.__name__:
            return "interrupted"
        if error.cls_name and hasattr(errors, error.cls_name):
            return error.message.strip().removeprefix(f"{errors.__name__}.{error.cls_name}: ")
        if error.cause is None:
            return error.message.strip()
        error = error.cause
