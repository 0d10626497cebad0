"""What has changed in the tables that models read, by the keys of their rows: since the last run, and in this one.

What belongs here: `ChangedKeys`. What does not: computing the rows of changed keys (`increments.py`).

Of tables that Python writes, and of models that are always computed as a whole, the rows are hashed by key and compared with the
hashes kept from the last run, so that what has changed is not told by who wrote it. Of a model that was computed in part in this
run, the rows that differ are at hand. Where the key of a table is not that of the model that reads it, its rows are hashed by
buckets of keys, and a query of the model's .yml says which of its keys they concern: a few too many, never too few.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import duckdb

from warehouse.layout import literal, quoted
from warehouse.models import Increment, Model

_BUCKETS = 65536  # of keys: bounds what is kept of a table with millions of them
# Above this share of changed keys all rows are computed: it takes no longer.
_MOST_CHANGED = 0.2
_MOST_ADDED = 1000  # new rows of lookups, which are looked for in one pattern
# Where each key is the primary one.
_HOMES = {"document_id": "raw.documents", "event_id": "core.events", "entity_id": "core.entities"}
_MANY = {"entity_id"}  # keys of which there are too many to keep a hash of each


@dataclass(frozen=True, slots=True)
class Source:
    """A table that a model reads, and how its rows are told apart.

    Attributes:
        table: "schema.table".
        key: the column that tells them apart; "" for none.
        columns: those that the model reads; none for all.
        is_bucketed: whether many keys share a hash.
        is_own: whether the key is that of the model; then it sees the rows of changed keys only.
    """

    table: str
    key: str
    columns: tuple[str, ...] = ()
    is_bucketed: bool = False
    is_own: bool = False

    @property
    def label(self) -> str:
        """What hashes of it are kept under."""
        return f"{self.table} {self.key}{' in buckets' if self.is_bucketed else ''} {', '.join(self.columns)}".strip()


class ChangedKeys:
    """Which keys of a model's rows have changed; in tables of the connection, `temp._changed` above all."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, columns: Mapping[str, Collection[str]]) -> None:
        """Begin with nothing known.

        Args:
            con: the build database.
            folder: where hashes are kept, a file for each source.
            columns: those of every table and model, by "schema.table".
        """
        self._con = con
        self._folder = folder
        self._columns = columns
        self._printed: dict[str, bool] = {}  # label of each source that was hashed; whether the kept hashes are others
        self._kept: set[str] = set()
        self._sources: dict[str, list[Source]] = {}  # by model
        self._deltas: dict[str, str] = {}  # models that were computed in part: rows that came (1) and went (-1)
        con.execute(
            "create or replace temporary table _unlike (source varchar, key varchar, is_other bool, is_new bool)"
        )
        con.execute("create or replace temporary table _buckets (bucket ubigint)")
        con.execute(
            "create or replace temporary macro is_changed(id) as "
            f"hash(id) % {_BUCKETS} in (select bucket from temp._buckets)"
        )

    def compare_with(self, labels: Collection[str]) -> None:
        """Take the kept hashes of some sources for those of the last run."""
        self._kept = set(labels)

    def keep(self) -> list[str]:
        """Keep the hashes of this run in the place of those of the last one; the labels of their sources."""
        for label, is_other in self._printed.items():
            if is_other:
                os.replace(self._path(label, os.getpid()), self._path(label))
        of_now = {self._path(label) for label in self._printed}
        for path in self._folder.glob("*.parquet*"):
            if path not in of_now:  # of a table that is read no more, or by a run that was stopped
                path.unlink(missing_ok=True)
        return list(self._printed)

    def keep_rows(self, path_of: Callable[[str], Path]) -> list[str]:
        """Write the rows that came and went of the models that were computed in part; their names.

        Args:
            path_of: gives the file of each.
        """
        for name, rows in self._deltas.items():
            path = path_of(name)
            path.parent.mkdir(exist_ok=True)
            self._con.execute(f"copy {rows} to {literal(str(path))} (format parquet)")
        return list(self._deltas)

    def _path(self, label: str, part: int | None = None) -> Path:
        name = blake2b(label.encode(), digest_size=8).hexdigest()
        return self._folder / f"{name}.parquet{'' if part is None else f'.{part}'}"

    def sources(self, model: Model, increment: Increment) -> list[Source]:
        """The tables that a model reads, which are all there."""
        if model.qualified_name not in self._sources:
            self._sources[model.qualified_name] = self._find_sources(model, increment)
        return self._sources[model.qualified_name]

    def _find_sources(self, model: Model, increment: Increment) -> list[Source]:
        found = []
        for name in sorted(model.depends_on):
            through = increment.through.get(name)
            if through is not None:
                found.append(Source(name, through.key, through.columns, is_bucketed=True))
            elif increment.key in self._columns[name]:
                found.append(Source(name, increment.key, is_bucketed=increment.key in _MANY, is_own=True))
            else:
                found.append(Source(name, increment.lookups.get(name, "")))
        return found

    def is_known(self, model: Model) -> bool:
        """Whether the rows are at hand that have changed of a model that was computed in this run."""
        return model.qualified_name in self._deltas

    def note(self, model: Model, stored: str, given: str) -> bool:
        """Note which rows of a model that is computed in part are not what they were.

        Args:
            model: the model.
            stored: query of its former rows of the changed keys.
            given: query of its rows of these now.

        Returns:
            Whether there are any.
        """
        name = f"_delta_{model.name}"
        # In one query, as most of what it takes is planning it; a row that is there twice more often comes twice.
        ((count,),) = self._con.execute(
            f"create or replace temporary table {name} as "
            "select cast(sign(_more) as integer) as _sign, * exclude (_more, _copy) from ("
            f"select * exclude (_side), sum(_side) as _more from (select -1 as _side, * from ({stored}) "
            f"union all select 1 as _side, * from ({given})) group by all having sum(_side) <> 0"
            ") cross join lateral (select unnest(range(cast(abs(_more) as bigint)))) as copies (_copy)"
        ).fetchall()
        self._deltas[model.qualified_name] = f"temp.{name}"
        return bool(count)

    def _note_none(self, table: str) -> None:
        name = f"_delta_{table.split('.')[1]}"
        self._con.execute(
            f"create or replace temporary table {name} as select 1 as _sign, * from {quoted(*table.split('.'))} limit 0"
        )
        self._deltas[table] = f"temp.{name}"

    def print(self, model: Model, increment: Increment, partial: Mapping[str, object]) -> bool:
        """Hash what a model reads, where that has not been done; models that can be computed in part tell their changes.

        Returns:
            Whether the hashes of the last run are there and sound.
        """
        labels = []
        for source in self.sources(model, increment):
            if source.table not in partial:
                labels.append(source.label)
                if source.label not in self._printed:
                    self._print(source)
        return self._kept.issuperset(labels)

    def _print(self, source: Source) -> None:
        """Hash a table, and note in `temp._unlike` what is not as in the last run."""
        con, label = self._con, source.label
        key = f"cast(source.{quoted(source.key)} as varchar)" if source.key else "''"
        if source.is_bucketed:
            key = f"cast(hash(source.{quoted(source.key)}) % {_BUCKETS} as varchar)"
        row = f"row({', '.join(f'source.{quoted(name)}' for name in source.columns)})" if source.columns else "source"
        con.execute(
            f"create or replace temporary table _prints as select {key} as key, bit_xor(hash({row})) as print, "
            f"count(*) as row_count from {quoted(*source.table.split('.'))} as source group by all"
        )
        self._printed[label] = True
        if label in self._kept:
            try:
                con.execute(
                    "insert into temp._unlike select $label, coalesce(now.key, former.key), "
                    "now.key is not null and former.key is not null, former.key is null "
                    "from temp._prints as now full join read_parquet($path) as former using (key) "
                    "where (now.print, now.row_count) is distinct from (former.print, former.row_count)",
                    {"label": label, "path": str(self._path(label))},
                )
            except duckdb.Error:
                self._kept.remove(label)
            else:
                ((count,),) = con.execute("select count(*) from temp._unlike where source = $1", [label]).fetchall()
                self._printed[label] = count > 0
        if self._printed[label]:
            self._folder.mkdir(exist_ok=True)
            path = literal(str(self._path(label, os.getpid())))
            con.execute(f"copy temp._prints to {path} (format parquet)")
        con.execute("drop table temp._prints")

    def find(self, model: Model, increment: Increment, partial: Collection[str]) -> bool:
        """Fill `temp._changed` with the keys whose rows have changed; whether they are few and all that has.

        Args:
            model: the model; what it reads has been hashed.
            increment: how it is computed in part.
            partial: models that are, too, and of which nothing has changed where nothing was noted.
        """
        con, key = self._con, quoted(increment.key)
        con.execute(f"create or replace temporary table _changed ({key} varchar)")
        sources = self.sources(model, increment)
        for source in sources:
            if source.table in partial and source.table not in self._deltas:
                self._note_none(source.table)
            if source.table not in self._deltas:
                continue
            if not source.key:
                ((count,),) = con.execute(f"select count(*) from {self._deltas[source.table]}").fetchall()
                if count:
                    return False
            elif source.is_own:
                con.execute(f"insert into temp._changed select distinct {key} from {self._deltas[source.table]}")
        printed = {source.label: source for source in sources if source.table not in self._deltas}
        for label, count, others in con.execute(
            "select source, count(*), count(*) filter (where is_other) from temp._unlike "
            "where source in (select unnest($sources)) group by source",
            {"sources": list(printed)},
        ).fetchall():
            source = printed[label]
            if source.is_bucketed:
                continue
            if source.is_own:
                con.execute("insert into temp._changed select key from temp._unlike where source = $1", [label])
            elif others if source.table in increment.lookups else count:
                return False
        if not self._add_concerned(model, increment, sources):
            return False
        if increment.also:
            con.execute(f"insert into temp._changed {increment.also}")
        con.execute(
            f"create or replace temporary table _changed as select distinct {key} from temp._changed where {key} is not null"
        )
        ((changed, all_keys),) = con.execute(
            f"select (select count(*) from temp._changed), (select count(*) from {_HOMES[increment.key]})"
        ).fetchall()
        return bool(changed <= _MOST_CHANGED * all_keys)

    def _add_concerned(self, model: Model, increment: Increment, sources: list[Source]) -> bool:
        """Add the keys that changes under other keys concern to those that have changed; whether they could be found."""
        con = self._con
        for source in sources:
            if not source.is_bucketed or (source.is_own and source.table in self._deltas):
                continue
            con.execute("delete from temp._buckets")
            con.execute(f"insert into temp._buckets {self._changed_buckets(source)}", {"label": source.label})
            ((count,),) = con.execute("select count(*) from temp._buckets").fetchall()
            if count > _MOST_CHANGED * _BUCKETS:
                return False
            if count and not source.is_own:
                con.execute(f"insert into temp._changed {increment.through[source.table].concerned}")
            elif count:  # of a key that is gone the model still has rows
                key, own = quoted(source.key), (source.table, model.qualified_name)
                for table in (quoted(*name.split(".")) for name in own):
                    con.execute(f"insert into temp._changed select {key} from {table} where is_changed({key})")
        added = con.execute(
            "select key from temp._unlike where is_new and source in (select unnest($some)) order by key",
            {"some": [source.label for source in sources if source.table in increment.lookups]},
        ).fetchall()
        if len(added) > _MOST_ADDED:
            return False
        if added and increment.concerned:
            con.execute("set variable added = $1", ["|".join(key for (key,) in added)])
            con.execute(f"insert into temp._changed from ({increment.concerned}) except from temp._changed")
        return True

    def _changed_buckets(self, source: Source) -> str:
        """Query of the buckets of the keys of a table whose rows have changed."""
        delta = self._deltas.get(source.table)
        if delta is None:
            return "select cast(key as ubigint) from temp._unlike where source = $label"
        key = quoted(source.key)
        columns = ", ".join(map(quoted, source.columns)) or "* exclude (_sign)"
        return (
            f"select distinct hash({key}) % {_BUCKETS} from (select {columns}, sum(_sign) as _count from {delta} group by all) "
            "where _count <> 0 and $label is not null"
        )
