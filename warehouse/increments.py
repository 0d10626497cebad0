"""Models of which a run computes only the rows of documents that have changed, where their .yml says that this is enough.

What belongs here: finding out what has changed in the tables that such a model reads, and replacing its rows. What does not: the
models (`models.py`), the order in which they run (`pipelines/defs/sql_assets.py`).

A model whose .yml has `meta: incremental: {key: document_id}` promises that the rows of a document are made of nothing but the
rows of that document in the tables that it reads. What changed is not told by who wrote those tables: their rows are
hashed by key, and compared with the hashes kept from the last run (`prints/` beside the build database). A table that has no such
column is hashed as a whole, and one row that differs has the model computed as a whole; so has anything in doubt: another SQL,
another DuckDB, a run that was stopped, a build that the kept hashes are not of.
The model's own SQL computes the new rows. It runs where each table that it names is a view of the changed rows only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import duckdb

from warehouse.builds import read_builds
from warehouse.layout import quoted
from warehouse.models import Increment, Model, ModelRun, check_columns, timed
from warehouse.transaction import transaction, translated_errors

_STATE, _PRINTS = "state.json", "prints.parquet"
# Above this share of changed keys all rows are computed: it takes no longer.
_MOST_CHANGED = 0.2
_MOST_ADDED = 1000  # new rows of lookups, which are looked for in one pattern
_NARROW = "_narrow"  # the database in memory whose views are the changed rows


class Increments:
    """What is known of the rows that models were made of, in the last run and now."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Read what the last run has kept.

        Args:
            con: the build database, outside a transaction, before the builds of this run have begun.
            folder: where hashes are kept.
        """
        self._con = con
        self._folder = folder
        self._printed: set[tuple[str, str]] = set()
        self._viewed: set[tuple[str, str]] = set()
        self._build = con.execute("select current_database()").fetchall()[0][0]
        self._standing = self._read_state()
        form = "source varchar, key_column varchar, key varchar, print ubigint, row_count bigint"
        con.execute(f"create or replace temporary table _prints ({form})")
        con.execute(f"create or replace temporary table _former ({form})")
        if self._standing:
            try:
                con.execute("insert into temp._former select * from read_parquet($1)", [str(folder / _PRINTS)])
            except duckdb.Error:
                self._standing = {}

    def run(self, model: Model) -> ModelRun | None:
        """Compute the rows of what has changed and put them into the place of those that there were, in one transaction.

        Args:
            model: the model; those it reads have run.

        Returns:
            Row count and seconds; `None` if it has to be computed as a whole, and nothing was done.
        """
        increment = model.increment
        if increment is None or self._standing.get(model.qualified_name) != model.code_version:
            return None
        return timed(self._con, model, lambda: self._replace(model, increment))

    def note(self, models: Iterable[Model]) -> None:
        """Keep the hashes of what models read now.

        Args:
            models: models that stand as they were built from what is there now; all others are computed as a whole next time.
        """
        models = [model for model in models if model.increment is not None]
        for model in models:
            self._print_all(model)
        self._folder.mkdir(exist_ok=True)
        builds = read_builds(self._con)
        state = {
            "duckdb": duckdb.__version__,
            "models": {m.qualified_name: [m.code_version, builds.get(m.qualified_name)] for m in models},
        }
        with translated_errors(doing="keeping what models were made of"):
            (self._folder / _STATE).unlink(missing_ok=True)
            part = self._folder / f"{_PRINTS}.{os.getpid()}"
            self._con.execute(f"copy temp._prints to '{str(part).replace(chr(39), chr(39) * 2)}' (format parquet)")
            os.replace(part, self._folder / _PRINTS)
            (self._folder / _STATE).write_text(json.dumps(state), encoding="utf-8")

    def _read_state(self) -> Mapping[str, str]:
        """The models that stand as the kept hashes say, with the version of their code."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            state = json.loads((self._folder / _STATE).read_text(encoding="utf-8"))
            builds = read_builds(self._con)
            if state["duckdb"] == duckdb.__version__:
                return {
                    name: version for name, (version, build) in state["models"].items() if builds.get(name) == build
                }
        return {}

    def _replace(self, model: Model, increment: Increment) -> bool:
        """Replace the rows of changed keys; whether it could be done."""
        con = self._con
        self._print_all(model)
        if not self._find_changed(model, increment):
            return False
        self._narrow(model, increment)
        table = quoted(model.schema, model.name)
        with transaction(con, doing=f"running the model {model.name}"):
            con.execute(f"use {_NARROW}")
            try:
                con.execute(f"create or replace temporary table _rows as {model.sql}")
            finally:
                con.execute(f"use {quoted(self._build)}")
            check_columns(model, con.execute("describe temp._rows").fetchall())
            con.execute(f"delete from {table} where {increment.stale}")
            con.execute(f"insert into {table} by name select * from temp._rows")
            con.execute("drop table temp._rows")
        return True

    def _find_changed(self, model: Model, increment: Increment) -> bool:
        """Fill `temp._changed` with the keys whose rows have changed; whether they are few and all that has."""
        con = self._con
        con.execute(
            "create or replace temporary table _unlike as select coalesce(now.source, former.source) as source, "
            "coalesce(now.key_column, former.key_column) as key_column, coalesce(now.key, former.key) as key, "
            "now.key is not null and former.key is not null as is_other, former.key is null as is_new "
            "from (select * from temp._prints where source || ' ' || key_column in (select unnest($sources))) as now "
            "full join (select * from temp._former where source || ' ' || key_column in (select unnest($sources))) as former "
            "using (source, key_column, key) "
            "where (now.print, now.row_count) is distinct from (former.print, former.row_count)",
            {"sources": [" ".join(source) for source in self._sources(model, increment)]},
        )
        looked_up = list(increment.lookups)
        ((others,),) = con.execute(
            "select count(*) from temp._unlike where key_column <> $key and (is_other or source not in (select unnest($some)))",
            {"key": increment.key, "some": looked_up},
        ).fetchall()
        con.execute(
            f"create or replace temporary table _changed as select distinct key as {quoted(increment.key)} "
            "from temp._unlike where key_column = $key",
            {"key": increment.key},
        )
        if others or not self._add_concerned(increment):
            return False
        ((changed, all_keys),) = con.execute(
            "select (select count(*) from temp._changed), "
            "(select count(distinct key) from temp._prints where key_column = $key and source in (select unnest($sources)))",
            {"key": increment.key, "sources": sorted(model.depends_on)},
        ).fetchall()
        return bool(changed <= _MOST_CHANGED * all_keys)

    def _add_concerned(self, increment: Increment) -> bool:
        """Add the keys that new rows of lookups concern to those that have changed; whether they could be found."""
        con = self._con
        added = con.execute(
            "select key from temp._unlike where is_new and key_column <> $key and source in (select unnest($some)) order by key",
            {"key": increment.key, "some": list(increment.lookups)},
        ).fetchall()
        if len(added) > _MOST_ADDED:
            return False
        if added and increment.concerned:
            con.execute("set variable added = $1", ["|".join(key for (key,) in added)])
            con.execute(f"insert into temp._changed from ({increment.concerned}) except from temp._changed")
        return True

    def _sources(self, model: Model, increment: Increment) -> list[tuple[str, str]]:
        """The tables that a model reads, each with the column by which its rows are told apart; "" for none."""
        keyed = {
            name
            for (name,) in self._con.execute(
                "select schema_name || '.' || table_name from duckdb_columns() "
                "where database_name = current_database() and column_name = $key",
                {"key": increment.key},
            ).fetchall()
        }
        return [
            (name, increment.key if name in keyed else increment.lookups.get(name, ""))
            for name in sorted(model.depends_on)
        ]

    def _print_all(self, model: Model) -> None:
        """Hash what a model reads, where that has not been done."""
        assert model.increment is not None
        for name, key in self._sources(model, model.increment):
            if (name, key) not in self._printed:
                table = quoted(*name.split("."))
                column = f"cast(source.{quoted(key)} as varchar)" if key else "''"
                self._con.execute(
                    f"insert into temp._prints select $name, $key, {column} as key_, bit_xor(hash(source)), count(*) "
                    f"from {table} as source group by key_",
                    {"name": name, "key": key},
                )
                self._printed.add((name, key))

    def _narrow(self, model: Model, increment: Increment) -> None:
        """Make the views under which a model's SQL sees the rows of changed keys only."""
        con = self._con
        if not self._viewed:
            con.execute(f"attach if not exists ':memory:' as {_NARROW}")
        for name, key in self._sources(model, increment):
            if (name, key) in self._viewed:
                continue
            schema, table = name.split(".")
            only = f" where {quoted(key)} in (select {quoted(key)} from temp._changed)" if key == increment.key else ""
            con.execute(f"create schema if not exists {quoted(_NARROW, schema)}")
            con.execute(
                f"create or replace view {quoted(_NARROW, schema, table)} as "
                f"select * from {quoted(self._build, schema, table)}{only}"
            )
            self._viewed.add((name, key))
