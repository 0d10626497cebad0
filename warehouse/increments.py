"""Models of which a run computes only the rows of keys that have changed, where their .yml says that this is enough.

What belongs here: replacing the rows of such a model. What does not: finding out what has changed in the tables that it reads
(`changed_keys.py`), the models (`models.py`), the order in which they run (`pipelines/defs/sql_assets.py`).

A model whose .yml has `meta: incremental: {key: document_id}` promises that the rows of a document are made of nothing but the
rows of that document in the tables that it reads; `event_id` and `entity_id` likewise. A table without that column is read
`through` another key, and a query says which keys a change in it concerns; or it is hashed as a whole, and one row that differs
has the model computed as a whole. So has anything in doubt: another SQL, another DuckDB, a run that was stopped, a build that the
kept hashes (`prints/` beside the build database) are not of, a model read that was itself computed as a whole.
The model's own SQL computes the new rows. It runs where each table that it names is a view of the changed rows only. Where the
.yml names the `columns` that a model reads of a table with its key, it sees these alone; what changes in others concerns it not.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import duckdb

from warehouse.builds import CORE, LOAD, read_builds
from warehouse.changed_checks import STATE, rows_path
from warehouse.changed_keys import ChangedKeys, Changes
from warehouse.layout import quoted
from warehouse.models import Increment, Model, ModelRun, check_columns, timed
from warehouse.prints import Prints
from warehouse.tables import TABLES
from warehouse.told import Told
from warehouse.transaction import transaction, translated_errors

_NARROW = "_narrow"  # the databases in memory whose views are the changed rows, one of each connection
# From this number of columns on, stored rows are looked for by their keys alone, and the others read only where some were found.
_WIDE = 7

# The rows that came and went, with the place of those that went: of a row that is there twice more often two.
_DIFFERENCE = """
create or replace temporary table _difference as
select cast(sign(_more) as integer) as _sign,
    unnest(if(_more < 0, _places[1:cast(-_more as bigint)], list_resize(cast([] as bigint[]), cast(_more as bigint)))) as _place,
    * exclude (_more, _places)
from (
    select * exclude (_side, _place), sum(_side) as _more, list(_place) filter (where _place is not null) as _places
    from (
        select -1 as _side, rowid as _place, * from {table} where {stale}
        union all
        select 1 as _side, cast(null as bigint) as _place, * from temp._rows
    )
    group by all having sum(_side) <> 0
)
"""


class Increments:
    """What is known of the rows that models were made of, in the last run and now; for several threads, a connection each."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, folder: Path, models: Iterable[Model], *, is_told: bool = False
    ) -> None:
        """Read what the last run has kept.

        Args:
            con: the build database, outside a transaction, before the builds of this run have begun.
            folder: where hashes are kept.
            models: all models.
            is_told: whether nobody but the load and the resolution, who told it, has changed a row since (`seal.py`).
        """
        models = list(models)
        self._con = con
        self._folder = folder
        self._partial = {model.qualified_name: model for model in models if model.increment is not None}
        self._build = con.execute("select current_database()").fetchall()[0][0]
        self._prints = Prints(con, folder)
        columns: dict[str, Collection[str]] = {table.qualified_name: table.column_names for table in TABLES}
        columns |= {model.qualified_name: [column.name for column in model.columns] for model in models}
        self._changes = Changes(self._prints, columns, self._partial)
        self._connections: dict[int, _Connection] = {}
        self._numbers = itertools.count()
        self._former, self._standing = self._read_state(models, is_told=is_told)

    def run(self, model: Model, con: duckdb.DuckDBPyConnection) -> ModelRun | None:
        """Compute the rows of what has changed and put them into the place of those that there were, in one transaction.

        Args:
            model: the model; those it reads have run.
            con: a connection to the build database, of the calling thread alone.

        Returns:
            Row count and seconds; `None` if it has to be computed as a whole, and nothing was done.
        """
        increment = model.increment
        if increment is None or self._standing.get(model.qualified_name) != model.code_version:
            return None
        if any(not self._is_told(self._partial[name], con) for name in model.depends_on & self._partial.keys()):
            return None
        own = self._connections.get(id(con))
        if own is None:
            own = self._connections[id(con)] = _Connection(con, self._build, self._changes, next(self._numbers))
        return timed(con, model, lambda: own.replace(model, increment))

    def note(self, models: Iterable[Model]) -> None:
        """Keep the hashes of what models read now.

        Args:
            models: models that stand as they were built from what is there now; all others are computed as a whole next time.
        """
        models = [model for model in models if model.increment is not None]
        keys = ChangedKeys(self._con, self._changes)
        for model in models:
            assert model.increment is not None
            keys.print(model, model.increment)
        self._folder.mkdir(exist_ok=True)
        builds = read_builds(self._con)
        with translated_errors(doing="keeping what models were made of"):
            (self._folder / STATE).unlink(missing_ok=True)
            state = {
                "duckdb": duckdb.__version__,
                "models": {m.qualified_name: [m.code_version, builds.get(m.qualified_name)] for m in models},
                "prints": self._prints.keep(),
                "parts": {part: builds.get(part) for part in (LOAD, CORE)},
                "rows": {
                    name: [self._former[name], builds.get(name)]
                    for name in self._changes.keep_rows(self._con, partial(rows_path, self._folder))
                },
            }
            (self._folder / STATE).write_text(json.dumps(state), encoding="utf-8")

    def _read_state(self, models: Sequence[Model], *, is_told: bool) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The builds of models that the kept hashes are of, and of those that stand the version of their code."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            state = json.loads((self._folder / STATE).read_text(encoding="utf-8"))
            builds = read_builds(self._con)
            if state["duckdb"] == duckdb.__version__:
                told = Told(self._folder, state["parts"], builds, models).keys if is_told else None
                self._prints.compare_with(state["prints"], told)
                noted = {name: build for name, (_, build) in state["models"].items() if builds.get(name) == build}
                return noted, {name: version for name, (version, _) in state["models"].items() if name in noted}
        return {}, {}

    def _is_told(self, model: Model, con: duckdb.DuckDBPyConnection) -> bool:
        """Whether it is known which rows of a model have changed since the hashes were kept: some, or none at all."""
        if model.qualified_name in self._changes.deltas:
            return True
        return (
            self._standing.get(model.qualified_name) == model.code_version
            and read_builds(con).get(model.qualified_name) == self._former[model.qualified_name]
        )


class _Connection:
    """What one connection needs to compute models in part: its own changed keys, and views of their rows."""

    def __init__(self, con: duckdb.DuckDBPyConnection, build: str, changes: Changes, number: int) -> None:
        self._con = con
        self._build = build
        self._changes = changes
        self._keys = ChangedKeys(con, changes)
        self._narrow = f"{_NARROW}_{number}"
        self._viewed: dict[str, str] = {}
        self._schemas: set[str] = set()
        con.execute(f"attach if not exists ':memory:' as {self._narrow}")

    def replace(self, model: Model, increment: Increment) -> bool:
        """Replace the rows of changed keys; whether it could be done."""
        if not self._keys.print(model, increment):
            return False
        changed = self._keys.find(model, increment)
        if changed is None:
            return False
        if not changed:
            self._changes.delta(self._con, model.qualified_name)
            return True
        self._view(model, increment)
        con, table = self._con, quoted(model.schema, model.name)
        con.execute(f"use {self._narrow}")
        try:
            con.execute(f"create or replace temporary table _rows as {model.sql}")
        finally:
            con.execute(f"use {quoted(self._build)}")
        check_columns(model, con.execute("describe temp._rows").fetchall())
        with transaction(con, doing=f"running the model {model.name}"):  # no place is another until it ends
            difference = _DIFFERENCE.format(table=table, stale=_stale(model, increment, table))
            ((count,),) = con.execute(difference).fetchall()
            if count:
                con.execute(
                    f"delete from {table} where rowid in (select _place from temp._difference where _sign = -1)"
                )
                con.execute(
                    f"insert into {table} by name select * exclude (_sign, _place) from temp._difference where _sign = 1"
                )
        self._changes.note(con, model.qualified_name, "select * exclude (_place) from temp._difference")
        con.execute("drop table temp._rows")
        con.execute("drop table temp._difference")
        return True

    def _view(self, model: Model, increment: Increment) -> None:
        """Make the views under which a model's SQL sees the rows of changed keys only."""
        con = self._con
        for source in self._keys.sources(model, increment):
            schema, table = source.table.split(".")
            columns = ", ".join(map(quoted, source.columns)) or "*"
            key = quoted(increment.key)
            only = f" where {_of_changed(key)}" if source.is_own else ""
            if source.table in increment.through and increment.through[source.table].only:
                only = f" where {increment.through[source.table].only}"
            view = f"select {columns} from {quoted(self._build, schema, table)}{only}"
            if self._viewed.get(source.table) != view:
                if schema not in self._schemas:
                    con.execute(f"create schema if not exists {quoted(self._narrow, schema)}")
                    self._schemas.add(schema)
                con.execute(f"create or replace view {quoted(self._narrow, schema, table)} as {view}")
                self._viewed[source.table] = view


def _of_changed(key: str) -> str:
    return f"{key} in (select {key} from temp._changed)"


def _stale(model: Model, increment: Increment, table: str) -> str:
    """Which stored rows are those of changed keys."""
    stale = increment.stale
    if stale != _of_changed(quoted(increment.key)) or len(model.columns) < _WIDE:
        return stale
    return f"rowid in (select rowid from {table} where {stale})"
