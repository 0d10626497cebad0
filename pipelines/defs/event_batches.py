"""Events of Dagster's written many at a time: the rows that its own storage writes, by one statement a table.

What belongs here: which rows the events of a batch are, in which table of which file. What does not: when a batch is written, and
over which connection (`run_storage.py`).

Dagster writes each event by itself: a row in the file of the run, the same row in the index, the row of the asset tried as new
and then changed, and each statement built, compiled and its event turned into JSON up to three times. That was 4 of the 8 seconds
that the models and checks of a run took. What a batch leaves in the files is the same, row by row; a test compares it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from dagster import DagsterEventType, EventLogEntry, EventLogRecord
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, EVENT_TYPE_TO_PIPELINE_RUN_STATUS
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, AssetKeyTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection

_MIRRORED = {*ASSET_EVENTS, *ASSET_CHECK_EVENTS, *EVENT_TYPE_TO_PIPELINE_RUN_STATUS}
_EXECUTIONS = AssetCheckExecutionsTable.c
_EVALUATED = ("execution_status", "evaluation_event", "evaluation_event_timestamp", "evaluation_event_storage_id",
              "materialization_event_storage_id")  # fmt: skip
_UPDATE_CHECK = (
    AssetCheckExecutionsTable.update()
    .where(
        _EXECUTIONS.asset_key == sa.bindparam("of_asset"),
        _EXECUTIONS.check_name == sa.bindparam("of_check"),
        _EXECUTIONS.run_id == sa.bindparam("of_run"),
        _EXECUTIONS.partition.is_(None),
    )
    .values({name: sa.bindparam(name) for name in _EVALUATED})
)


class BatchedEventLog(SqliteEventLogStorage):
    """Dagster's log of events in SQLite files, that can write many events by few statements."""

    # By asset: the stored text of its last materialization, and what it says.
    _written: dict[str, tuple[str, EventLogRecord]]
    # By asset: its row, where that is known.
    _rows: dict[str, dict[str, Any]]

    def _write(self, connection: Callable[[str], Connection], events: Sequence[EventLogEntry]) -> None:
        """Write events; all or none, where the connections are in transactions that end together.

        Args:
            connection: gives the one to the file of a run, or to the index.
            events: the events, in their order.
        """
        rows = [self._event_to_row(event) for event in events]
        by_run: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            by_run[row["run_id"]].append(row)
        for run_id, own in by_run.items():
            connection(run_id).execute(SqlEventLogStorageTable.insert(), own)
        mirrored = [(event, row) for event, row in zip(events, rows, strict=True) if _type_of(event) in _MIRRORED]
        if not mirrored:
            return
        index = connection(INDEX_SHARD_NAME)
        index.execute(SqlEventLogStorageTable.insert(), [row for _, row in mirrored])
        # The transaction holds the file since the first row, so the numbers that SQLite gave follow each other.
        last = int(index.exec_driver_sql("select last_insert_rowid()").scalar_one())
        told = [(event, row["event"], last - len(mirrored) + n) for n, (event, row) in enumerate(mirrored, 1)]
        self._write_assets(index, [one for one in told if _type_of(one[0]) in ASSET_EVENTS])
        self._write_checks(index, [one for one in told if _type_of(one[0]) in ASSET_CHECK_EVENTS])

    def _write_assets(self, index: Connection, told: Sequence[tuple[EventLogEntry, str, int]]) -> None:
        """What the last events of assets were: a row an asset."""
        if not told:
            return
        self._store_asset_event_tags(index, [event for event, _, _ in told], [number for _, _, number in told])
        has_columns = self._has_asset_key_index_cols_on_connection(index)
        latest: dict[str, dict[str, Any]] = defaultdict(dict)
        for event, text, number in told:
            assert event.dagster_event is not None and event.dagster_event.asset_key is not None
            key = event.dagster_event.asset_key.to_string()
            if event.dagster_event.is_step_materialization:
                record = EventLogRecord(storage_id=number, event_log_entry=event)
                values = {"last_materialization": _record_text(text, number), "last_run_id": event.run_id}
                if has_columns:
                    values["last_materialization_timestamp"] = self._event_insert_timestamp(event)
                self._written[key] = values["last_materialization"], record
            else:
                values = dict(self._get_asset_entry_values(event, number, has_columns))
            latest[key].update(values)
            if key in self._rows:
                self._rows[key].update(values)
        by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for key, values in latest.items():
            if values:
                by_columns[tuple(values)].append({"asset_key": key, **values})
        for names, rows in by_columns.items():
            new = insert(AssetKeyTable)
            index.execute(
                new.on_conflict_do_update(
                    index_elements=["asset_key"], set_={name: new.excluded[name] for name in names}
                ),
                rows,
            )

    def _write_checks(self, index: Connection, told: Sequence[tuple[EventLogEntry, str, int]]) -> None:
        """What was planned of checks, and how they went: a row a check and run."""
        planned, evaluated = [], []
        for event, text, number in told:
            assert event.dagster_event is not None
            data: Any = event.dagster_event.event_specific_data
            is_plan = _type_of(event) == DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
            if not event.run_id or (data.partitions_subset if is_plan else data.partition):
                self.store_asset_check_event(event, number)
            elif is_plan:
                planned.append(self._planned_row(event, data, text, number))
            else:
                evaluated.append((event, number, self._evaluated_row(event, data, text, number)))
        if planned:
            index.execute(AssetCheckExecutionsTable.insert(), planned)
        if evaluated:
            changed = index.execute(_UPDATE_CHECK, [row for _, _, row in evaluated]).rowcount
            if changed != len(evaluated):  # one was not planned
                for event, number, _ in evaluated:
                    self.store_asset_check_event(event, number)

    def _planned_row(self, event: EventLogEntry, planned: Any, text: str, number: int) -> Mapping[str, Any]:
        return {
            "asset_key": planned.asset_key.to_string(),
            "check_name": planned.check_name,
            "partition": None,
            "run_id": event.run_id,
            "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
            "evaluation_event": text,
            "evaluation_event_timestamp": self._event_insert_timestamp(event),
            "evaluation_event_storage_id": number,
        }

    def _evaluated_row(self, event: EventLogEntry, evaluation: Any, text: str, number: int) -> Mapping[str, Any]:
        status = AssetCheckExecutionRecordStatus
        target = evaluation.target_materialization_data
        return {
            "of_asset": evaluation.asset_key.to_string(),
            "of_check": evaluation.check_name,
            "of_run": event.run_id,
            "execution_status": (status.SUCCEEDED if evaluation.passed else status.FAILED).value,
            "evaluation_event": text,
            "evaluation_event_timestamp": self._event_insert_timestamp(event),
            "evaluation_event_storage_id": number,
            "materialization_event_storage_id": target.storage_id if target else None,
        }


def _type_of(event: EventLogEntry) -> DagsterEventType | None:
    return event.dagster_event_type if event.is_dagster_event else None


def _record_text(event_text: str, number: int) -> str:
    """What `serialize_value` makes of the record of an event whose own text is there."""
    return f'{{"__class__": "EventLogRecord", "event_log_entry": {event_text}, "storage_id": {number}}}'
