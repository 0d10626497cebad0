"""Where Dagster keeps runs and events: its own SQLite files, over connections that stay open.

What belongs here: `KeptStorage`, which `dagster_home/dagster.yaml` names. What does not: what is kept, and in which files; both
are Dagster's own, and a home that was used without this class goes on with it, and the other way about.

Dagster makes an engine and a connection for each statement. With three events or more an asset and a check, a run has about 950:
3,700 connections, each statement compiled anew, each commit and each close waiting for the disk. That was half of a run that
had nothing to do. Kept connections write the log in the same order. What a step says of its outputs is written together, half a
second after the first of it or when somebody in this process reads. A killed process loses what it said of tables and checks in
that half second, and nothing that was committed; after a loss of power the last events of a run can be missing, never a part of
one (SQLite's `synchronous = normal`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from dagster import AssetKey, DagsterEventType, EventLogEntry, EventLogRecord
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.runs.schema import RunStorageSqlMetadata
from dagster._core.storage.runs.sqlite import SqliteRunStorage
from dagster._core.storage.schedules.schema import ScheduleStorageSqlMetadata
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS, create_db_conn_string
from dagster._core.storage.sqlite_storage import (
    DagsterSqliteStorage,
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from pipelines.defs.event_batches import BatchedEventLog
from pipelines.defs.storage_layout import has_layout, is_prepared, lay_out

# What a step gives, one after the other, and what may wait for the next of them: the events that say so of each output.
_GIVEN = {
    DagsterEventType.STEP_OUTPUT,
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.HANDLED_OUTPUT,
}
_WAITING_EVENTS, _WAITING_SECONDS = 200, 0.5
# The index, the run at hand, and some that a page of the UI shows; each takes a file handle or three.
_KEPT = 8


_State = tuple[int, int, int]


class _Engines:
    """The engines of the files used last, by the address of the file."""

    def __init__(self) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, address: str) -> Engine:
        """The engine of a file, made where there is none; the one that was not used longest goes for it."""
        with self._lock:
            engine = self._engines.pop(address, None)
            if engine is None:
                engine = create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
                event.listen(engine, "connect", _set_pragmas)
            self._engines[address] = engine
            if len(self._engines) > _KEPT:
                self._engines.popitem(last=False)[1].dispose()
            return engine

    def close(self) -> None:
        """Close all connections that are not in use."""
        with self._lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


class _Work:
    """The connections of one piece of work, a transaction each."""

    def __init__(self, engine_of: Callable[[str], Engine], stack: ExitStack) -> None:
        self._engine_of = engine_of
        self._stack = stack
        self._open: dict[str, Connection] = {}

    def connection(self, shard: str) -> Connection:
        """The connection to a file, opened where it is not yet; it is committed with the others."""
        if shard not in self._open:
            self._open[shard] = self._stack.enter_context(self._engine_of(shard).begin())
        return self._open[shard]


class KeptEventLog(BatchedEventLog):
    """Dagster's log of events, with its connections kept."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the log below a folder; it is made where there is none."""
        self._engines = _Engines()  # needed by the first line of what follows
        self._mine = threading.local()
        self._there: set[tuple[str, str | None]] = set()
        self._written = {}
        self._rows = {}
        self._rows_state: _State | None = None  # of the index, when these were its rows
        self._waiting: list[EventLogEntry] = []
        self._waiting_of: set[AssetKey | None] = set()  # the assets of those
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._in_one_transaction() as work:
            yield work.connection(shard)

    @contextmanager
    def _in_one_transaction(self, *, is_fresh: bool = False) -> Iterator[_Work]:
        """What is read and written in this block is one transaction a file; Dagster's own would be three or four an event.

        What waits is written before, but where the block does not depend on it.
        """
        outer: _Work | None = getattr(self._mine, "work", None)
        if outer is not None:
            yield outer
            return
        if not is_fresh and (waiting := self._take_waiting()):
            self.store_event_batch(waiting)
        with self._db_lock, ExitStack() as stack:
            self._mine.work = _Work(self._engine, stack)
            try:
                yield self._mine.work
            finally:
                self._mine.work = None

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.of(self.conn_string_for_shard(shard))
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        with suppress(DBAPIError):  # another process is at it: Dagster's own way waits for it
            with engine.connect() as connection:
                is_there = has_layout(connection)
            if is_there or lay_out(engine, SqlEventLogStorageMetadata):
                return
        super()._initdb(engine, for_index_shard)

    def store_event(self, event: EventLogEntry) -> None:
        """Write an event; what a step gives is kept until there are more, for a moment."""
        if _can_wait(event):
            self._waiting.append(event)
            if event.dagster_event is not None:
                self._waiting_of.add(event.dagster_event.asset_key)
            if len(self._waiting) < _WAITING_EVENTS and event.timestamp - self._waiting[0].timestamp < _WAITING_SECONDS:
                return
            self.store_event_batch(self._take_waiting())
        else:
            self.store_event_batch([*self._take_waiting(), event])

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Write events, all or none."""
        with self._in_one_transaction() as work:
            index = work.connection(INDEX_SHARD_NAME)
            known, before = self._rows_state, _state(index)
            self._rows_state = None  # until all is written
            self._write(work.connection, events)
            now = _state(index)
        if known == before and now[:2] == before[:2]:  # nobody else has written meanwhile
            self._rows_state = now

    def _take_waiting(self) -> list[EventLogEntry]:
        waiting, self._waiting, self._waiting_of = self._waiting, [], set()
        return waiting

    def get_asset_records(self, asset_keys: Sequence[AssetKey] | None = None) -> Sequence[AssetRecord]:
        """What is known of assets; what waits of others goes on waiting."""
        with self._in_one_transaction(is_fresh=not self._waits_for(asset_keys)):
            return super().get_asset_records(asset_keys)

    def _fetch_raw_asset_rows(
        self, asset_keys: Sequence[AssetKey] | None = None, **more: Any
    ) -> tuple[Iterable[Any], bool, str | None]:
        """Rows of assets. A step asks for one after the other: all are read at once, and anew when others have written any."""
        if asset_keys is None or any(more.values()):
            return super()._fetch_raw_asset_rows(asset_keys, **more)
        with self._in_one_transaction() as work:
            state = _state(work.connection(INDEX_SHARD_NAME))
            if state != self._rows_state or any(key.to_string() not in self._rows for key in asset_keys):
                rows, _, _ = super()._fetch_raw_asset_rows()
                self._rows = {row["asset_key"]: dict(row) for row in rows}
                self._rows_state = state
        names = sorted({key.to_string() for key in asset_keys})
        return [self._rows[name] for name in names if name in self._rows], False, None

    def _waits_for(self, asset_keys: Sequence[AssetKey] | None) -> bool:
        """Whether an event of one of these assets has not been written."""
        return bool(self._waiting) if asset_keys is None else not self._waiting_of.isdisjoint(asset_keys)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; Dagster asks at each event, and none ever goes."""
        return self._is_there((table_name, None), lambda: super(KeptEventLog, self).has_table(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        looked_up = super()._has_asset_key_col_on_connection
        return self._is_there(("asset_keys", column_name), lambda: looked_up(conn, column_name))

    def has_asset_key_col(self, column_name: str) -> bool:
        """Whether the table of assets has a column; asked twice a look-up of an asset."""
        looked_up = super().has_asset_key_col
        return self._is_there(("asset_keys", column_name), lambda: looked_up(column_name))

    def has_secondary_index(self, name: str) -> bool:
        """Whether a migration of the index is complete; asked twice a look-up of an asset."""
        looked_up = super().has_secondary_index
        return self._is_there((name, "migrated"), lambda: looked_up(name))

    def _is_there(self, what: tuple[str, str | None], look: Callable[[], bool]) -> bool:
        """What was there once is there still; what was not may come with a migration."""
        if what not in self._there and look():
            self._there.add(what)
        return what in self._there

    def _get_latest_materialization_records(
        self, raw_asset_rows: Iterable[Any]
    ) -> Mapping[AssetKey, EventLogRecord | None]:
        """Each step asks for the assets that the one before has given: what was written here is not parsed again."""
        found: dict[AssetKey, EventLogRecord | None] = {}
        others = []
        for row in raw_asset_rows:
            text, record = self._written.get(row["asset_key"], (None, None))
            key = AssetKey.from_db_string(row["asset_key"])
            if (
                key is not None
                and record is not None
                and text == row["last_materialization"]
                and not row["asset_details"]
            ):
                found[key] = record
            else:
                others.append(row)
        return {**super()._get_latest_materialization_records(others), **found} if others else found

    def delete_events(self, run_id: str) -> None:
        """Forget the events of a run; its file may go then."""
        super().delete_events(run_id)
        self._engines.close()

    def wipe(self) -> None:
        """Forget all events."""
        self._engines.close()
        super().wipe()

    def dispose(self) -> None:
        """Write what waits, and close what is open."""
        if waiting := self._take_waiting():
            self.store_event_batch(waiting)
        super().dispose()
        self._engines.close()


class KeptRuns(SqliteRunStorage):
    """Dagster's list of runs, with its connection kept."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the list at an address."""
        self._engines = _Engines()
        super().__init__(conn_string, inst_data)

    @classmethod
    def from_local(cls, base_dir: str, inst_data: ConfigurableClassData | None = None) -> Self:
        """Open the list below a folder; it is made where there is none."""
        Path(base_dir).mkdir(parents=True, exist_ok=True)
        runs = cls(create_db_conn_string(base_dir, "runs"), inst_data)
        if is_prepared(runs, runs._conn_string, RunStorageSqlMetadata):
            return runs
        runs.dispose()
        return super().from_local(base_dir, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection, in a transaction."""
        with self._engines.of(self._conn_string).begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close what is open."""
        super().dispose()
        self._engines.close()


class KeptStorage(DagsterSqliteStorage):
    """Runs, events and schedules in the files of DAGSTER_HOME where Dagster has them by default."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the files below a folder; they are made where there are none."""
        self.base_dir = base_dir
        self._inst_data = inst_data
        self._run_storage = KeptRuns.from_local(_runs_directory(base_dir))
        self._event_log_storage = KeptEventLog(_event_logs_directory(base_dir))
        self._schedule_storage = _schedules(_schedule_directory(base_dir))
        super(DagsterSqliteStorage, self).__init__()  # whose own would open the files in its way

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> KeptStorage:
        """Made by Dagster, from the configuration in dagster.yaml."""
        return cls.from_local(inst_data=inst_data, **config_value)


def _schedules(base_dir: str) -> SqliteScheduleStorage:
    """Dagster's own list of schedules and ticks."""
    Path(base_dir).mkdir(parents=True, exist_ok=True)
    schedules = SqliteScheduleStorage(create_db_conn_string(base_dir, "schedules"))
    if is_prepared(schedules, schedules._conn_string, ScheduleStorageSqlMetadata):
        return schedules
    return SqliteScheduleStorage.from_local(base_dir)


def _state(index: Connection) -> _State:
    """Changes when anybody writes a file: what others have committed, and what this connection has changed."""
    own = index.connection.dbapi_connection
    assert own is not None
    return id(own), own.execute("pragma data_version").fetchone()[0], own.total_changes


def _can_wait(event: EventLogEntry) -> bool:
    """Whether it is of a step that runs in this process, and so is followed by another."""
    return (
        event.is_dagster_event
        and event.dagster_event_type in _GIVEN
        and bool(event.run_id)
        and event.step_key is not None
    )


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.execute("pragma synchronous = normal")
