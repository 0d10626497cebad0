"""What has changed in the tables that models read, by the keys of their rows: since the last run, and in this one.

What belongs here: `Changes`, which all connections of a run share, and `ChangedKeys`, which each has. What does not: computing
the rows of changed keys (`increments.py`), the hashes (`prints.py`).

Of tables that Python writes, and of models that are always computed as a whole, the rows are hashed by key and compared with the
hashes kept from the last run, so that what has changed is not told by who wrote it. Of a model that was computed in part in this
run, the rows that differ are at hand. Where the key of a table is not that of the model that reads it, its rows are hashed by
buckets of keys, and a query of the model's .yml says which of its keys they concern: a few too many, never too few.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from warehouse.layout import literal, quoted
from warehouse.models import Increment, Model
from warehouse.prints import BUCKETS, SHARED, UNLIKE, Prints, Source

# Above this share of changed keys all rows are computed: it takes no longer.
_MOST_CHANGED = 0.2
_MOST_ADDED = 1000  # new rows of lookups, which are looked for in one pattern
# Where each key is the primary one.
_HOMES = {"document_id": "raw.documents", "event_id": "core.events", "entity_id": "core.entities"}
_MANY = {"entity_id"}  # keys of which there are too many to keep a hash of each
# Whether a key has changed: one of those that were told or are at hand, or of a bucket of those that were hashed.
_IS_CHANGED = "create or replace temporary macro is_changed(id) as {condition}"
_EXACT = "cast(id as varchar) in (select key from temp._unlike)"
_OF_BUCKET = f"cast(hash(id) % {BUCKETS} as varchar) in (select key from temp._unlike)"


@dataclass(frozen=True, slots=True)
class Delta:
    """The rows of a model that came (`_sign` 1) and went (-1): their table and their number."""

    table: str
    count: int


@dataclass
class Changes:
    """What is known of changed rows in a run, by all its connections.

    Attributes:
        prints: hashes of the other tables.
        columns: those of every table and model, by "schema.table".
        partial: the models that are computed in part, if they can be.
        deltas: by model that was computed in part, or found to be as it was.
    """

    prints: Prints
    columns: Mapping[str, Collection[str]]
    partial: Mapping[str, Model]
    deltas: dict[str, Delta] = field(default_factory=dict)
    _homes: dict[str, int] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def note(self, con: duckdb.DuckDBPyConnection, table: str, rows: str) -> Delta:
        """Note which rows of a model that is computed in part are not what they were.

        Args:
            con: a connection outside a transaction: none can write to two databases.
            table: the model.
            rows: query of these rows with `_sign`.
        """
        name = f"{SHARED}.main.{quoted(f'_delta_{table}')}"
        ((count,),) = con.execute(f"create or replace table {name} as {rows}").fetchall()
        self.deltas[table] = Delta(name, int(count))
        return self.deltas[table]

    def delta(self, con: duckdb.DuckDBPyConnection, table: str) -> Delta | None:
        """The changed rows of a table, none where nothing was noted of a model; `None` for a table that is hashed."""
        if table not in self.partial:
            return None
        with self._turn:
            if table not in self.deltas:
                self.note(con, table, f"select 1 as _sign, * from {quoted(*table.split('.'))} limit 0")
        return self.deltas[table]

    def key_count(self, con: duckdb.DuckDBPyConnection, key: str) -> int:
        """How many keys there are."""
        if key not in self._homes:
            ((self._homes[key],),) = con.execute(f"select count(*) from {_HOMES[key]}").fetchall()
        return self._homes[key]

    def keep_rows(self, con: duckdb.DuckDBPyConnection, path_of: Callable[[str], Path]) -> list[str]:
        """Write the rows that came and went of the models that were computed in part; their names.

        Args:
            con: a connection.
            path_of: gives the file of each.
        """
        for name, delta in self.deltas.items():
            path = path_of(name)
            path.parent.mkdir(exist_ok=True)
            con.execute(f"copy {delta.table} to {literal(str(path))} (format parquet)")
        return list(self.deltas)


class ChangedKeys:
    """Which keys of a model's rows have changed; in tables of one connection, `temp._changed` above all."""

    def __init__(self, con: duckdb.DuckDBPyConnection, changes: Changes) -> None:
        """Begin over a connection that has no other.

        Args:
            con: the build database.
            changes: what all connections know.
        """
        self._con = con
        self._changes = changes
        self._viewed: set[str] = set()
        self._is_exact = True
        con.execute("create or replace temporary table _unlike (key varchar)")
        con.execute(_IS_CHANGED.format(condition=_EXACT))

    def sources(self, model: Model, increment: Increment) -> list[Source]:
        """The tables that a model reads, which are all there."""
        found = []
        for name in sorted(model.depends_on):
            through = increment.through.get(name)
            if through is not None:
                found.append(Source(name, through.key, through.columns, is_bucketed=True))
            elif increment.key in self._changes.columns[name]:
                columns = increment.columns.get(name, ())
                found.append(Source(name, increment.key, columns, is_bucketed=increment.key in _MANY, is_own=True))
            else:
                found.append(Source(name, increment.lookups.get(name, "")))
        return found

    def print(self, model: Model, increment: Increment) -> bool:
        """Hash what a model reads, where that has not been done; models that can be computed in part tell their changes.

        Returns:
            Whether the hashes of the last run are there and sound.
        """
        sources = self.sources(model, increment)
        return self._changes.prints.print(self._con, (one for one in sources if one.table not in self._changes.partial))

    def find(self, model: Model, increment: Increment) -> int | None:
        """Fill `temp._changed` with the keys whose rows have changed.

        Args:
            model: the model; what it reads has been hashed.
            increment: how it is computed in part.

        Returns:
            How many there are; `None` if they are many, or not all that has changed.
        """
        con, key, changes = self._con, quoted(increment.key), self._changes
        sources = self.sources(model, increment)
        own = [f"select cast(null as varchar) as {key} where false"]
        for source in sources:
            delta = changes.delta(con, source.table)
            if delta is None:
                unlike = changes.prints.unlike(source)
                if source.is_bucketed:
                    continue
                if source.is_own:
                    own.append(f"select key from {UNLIKE} where source = {literal(source.label)}")
                elif unlike.others if source.table in increment.lookups else unlike.count:
                    return None
                continue
            self._view(source.table, delta)
            if source.is_own:
                own.append(_changed_of(source, delta))
            elif delta.count and not source.is_bucketed:
                return None
        distinct = (
            f"create or replace temporary table _changed as select distinct {key} from ({{}}) where {key} is not null"
        )
        changed = _count(con, distinct.format(" union all ".join(own)))
        added = self._add_concerned(model, increment, sources)
        if added is None:
            return None
        if increment.also:
            added += _count(con, f"insert into temp._changed {increment.also}")
        if added:
            changed = _count(con, distinct.format("from temp._changed"))
        return changed if changed <= _MOST_CHANGED * changes.key_count(con, increment.key) else None

    def _view(self, table: str, delta: Delta) -> None:
        """Show the changed rows of a model under the name that the queries of .yml files have for them."""
        if table not in self._viewed:
            name = f"_delta_{table.split('.')[1]}"
            self._con.execute(f"create or replace temporary view {name} as select * from {delta.table}")
            self._viewed.add(table)

    def _add_concerned(self, model: Model, increment: Increment, sources: list[Source]) -> int | None:
        """Add the keys that changes under other keys concern to those that have changed: how many, `None` if in doubt."""
        con, changes = self._con, self._changes
        found = 0
        for source in sources:
            delta = changes.deltas.get(source.table)
            if not source.is_bucketed or (source.is_own and delta is not None):
                continue
            if not (delta.count if delta is not None else changes.prints.unlike(source).count):
                continue
            is_exact = delta is not None or changes.prints.unlike(source).is_exact
            if is_exact is not self._is_exact:
                con.execute(_IS_CHANGED.format(condition=_EXACT if is_exact else _OF_BUCKET))
                self._is_exact = is_exact
            count = _count(con, f"create or replace temporary table _unlike as {_unlike(source, delta)}")
            if count > _MOST_CHANGED * BUCKETS:
                return None
            if count and not source.is_own:
                found += _count(con, f"insert into temp._changed {increment.through[source.table].concerned}")
            elif count and is_exact:
                found += _count(con, "insert into temp._changed select key from temp._unlike")
            elif count:  # of a key that is gone the model still has rows
                key, own = quoted(source.key), (source.table, model.qualified_name)
                for table in (quoted(*name.split(".")) for name in own):
                    found += _count(con, f"insert into temp._changed select {key} from {table} where is_changed({key})")
        lookups = [one for one in sources if one.table in increment.lookups and one.table not in changes.partial]
        changed = [one.label for one in lookups if changes.prints.unlike(one).count]
        added = changes.prints.new_keys(con, changed) if changed else []
        if len(added) > _MOST_ADDED:
            return None
        if added and increment.concerned:
            con.execute("set variable added = $1", ["|".join(added)])
            found += _count(con, f"insert into temp._changed from ({increment.concerned}) except from temp._changed")
        return found


def _count(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run a statement that writes rows; their number."""
    ((count,),) = con.execute(statement).fetchall()
    return int(count)


def _unlike(source: Source, delta: Delta | None) -> str:
    """Query of the keys of a table whose rows have changed, or of their buckets."""
    if delta is None:
        return f"select key from {UNLIKE} where source = {literal(source.label)}"
    return _changed_of(source, delta)


def _changed_of(source: Source, delta: Delta) -> str:
    """Query of the keys of the rows of a model that changed in what is read of them."""
    key = f"cast({quoted(source.key)} as varchar)"
    if not source.columns:
        return f"select distinct {key} as key from {delta.table}"
    columns = ", ".join(map(quoted, source.columns))
    return (
        f"select distinct {key} as key from "
        f"(select {columns}, sum(_sign) as _count from {delta.table} group by all) where _count <> 0"
    )
