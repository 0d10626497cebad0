"""Hashes of the rows of tables by their keys, kept from one run to the next: what has changed in them, whoever wrote it.

What belongs here: `Prints`. What does not: which keys of a model that concerns (`changed_keys.py`).

All connections of a run see the same: what differs is in a table of a database in memory. Where it is told which keys may have
changed, and that these are all (`told.py`), nothing is hashed: the hashes that there are stay, with the keys told since,
which count as changed whenever rows are hashed again. Of a table of which only some columns are read, rows of the keys told are
hashed and no others: an entity with one mention more is told, though its name and its country are what they were.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import duckdb

from warehouse.layout import literal, quoted

_MOST_TOLD = 2_000  # keys of a source, until its rows are hashed again
BUCKETS = 65536  # of keys: bounds what is kept of a table with millions of them
SHARED = "_changes"  # the database in memory
UNLIKE = f"{SHARED}.main._unlike"


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


@dataclass(frozen=True, slots=True)
class Unlike:
    """How many hashes of a source are not as they were, and of how many of these keys there were rows before and are now.

    Where it was told which keys may have changed (`is_exact`), `UNLIKE` has these keys of a source in buckets, and no others that
    share their buckets.
    """

    count: int
    others: int
    is_exact: bool = False


class Prints:
    """The hashes of this run and what is unlike those of the last one."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Begin with nothing known.

        Args:
            con: the build database, outside a transaction.
            folder: where hashes are kept, a file for each source.
        """
        self._folder = folder
        # By label of each source that was hashed; `None`: nothing to compare with.
        self._found: dict[str, Unlike | None] = {}
        self._kept: dict[str, Sequence[str]] = {}
        # By label of each source of which it was told what has changed: these keys, with those told since it was hashed.
        self._told: dict[str, Sequence[str]] = {}
        self._keys: Callable[[Source], Collection[str] | None] = _untold
        self._turn = threading.Lock()
        con.execute(f"attach if not exists ':memory:' as {SHARED}")
        con.execute(f"create or replace table {UNLIKE} (source varchar, key varchar, is_other bool, is_new bool)")

    def compare_with(
        self,
        kept: Mapping[str, Sequence[str]],
        told: Callable[[Source], Collection[str] | None] | None = None,
    ) -> None:
        """Take the kept hashes of some sources for those of the last run.

        Args:
            kept: by label of each source the keys that were told since it was hashed, up to the last run.
            told: gives the keys of a source of which rows may have changed since the last run, `None` where that is not known.
        """
        self._kept = dict(kept)
        self._keys = told or _untold

    def print(self, con: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> bool:
        """Hash tables, where that has not been done; whether the hashes of the last run are there of all, and sound."""
        is_sound = True
        with self._turn:  # a large table has all of DuckDB's threads
            for source in sources:
                if source.label not in self._found and not self._take_told(con, source):
                    self._found[source.label] = self._print(con, source)
                is_sound = is_sound and self._found[source.label] is not None
        return is_sound

    def unlike(self, source: Source) -> Unlike:
        """What is not as in the last run of a source that was hashed, and of which there were hashes."""
        found = self._found[source.label]
        assert found is not None
        return found

    def new_keys(self, con: duckdb.DuckDBPyConnection, labels: Collection[str]) -> list[str]:
        """The keys that have come of some sources."""
        found = con.execute(
            f"select key from {UNLIKE} where is_new and source in (select unnest($some)) order by key",
            {"some": list(labels)},
        ).fetchall()
        return [key for (key,) in found]

    def keep(self) -> dict[str, Sequence[str]]:
        """Keep the hashes of this run in the place of those of the last one; what `compare_with` is given by the next."""
        for label, unlike in self._found.items():
            if label not in self._told and (unlike is None or unlike.count):
                os.replace(self._path(label, os.getpid()), self._path(label))
        of_now = {self._path(label) for label in self._found}
        for path in self._folder.glob("*.parquet*"):
            if path not in of_now:  # of a table that is read no more, or by a run that was stopped
                path.unlink(missing_ok=True)
        return {label: self._told.get(label, ()) for label in self._found}

    def _take_told(self, con: duckdb.DuckDBPyConnection, source: Source) -> bool:
        """Take what was told of a source for what has changed; whether that was possible."""
        keys = self._keys(source) if source.label in self._kept else None
        if keys is None or len(all_told := {*self._kept[source.label], *keys}) > _MOST_TOLD:
            return False
        if source.is_bucketed and source.columns and keys:
            self._found[source.label] = self._print(con, source, all_told)
            return self._found[source.label] is not None
        self._found[source.label] = Unlike(self._add_unlike(con, source, keys, is_exact=True), 0, is_exact=True)
        self._told[source.label] = sorted(all_told)
        return True

    def _add_unlike(
        self, con: duckdb.DuckDBPyConnection, source: Source, keys: Collection[str], *, is_exact: bool
    ) -> int:
        """Note keys that were told as unlike; of a lookup they have come, as no other is told. Their number."""
        if not keys:
            return 0
        key = _bucket("key") if source.is_bucketed and not is_exact else "key"
        ((count,),) = con.execute(
            f"insert into {UNLIKE} select distinct $label, {key}, false, true from (select unnest($keys) as key)",
            {"label": source.label, "keys": list(keys)},
        ).fetchall()
        return int(count)

    def _print(
        self, con: duckdb.DuckDBPyConnection, source: Source, told: Collection[str] | None = None
    ) -> Unlike | None:
        """Hash a source, of buckets with keys that were told only these; what differs, `None` with nothing to compare with."""
        label = source.label
        key = f"cast(source.{quoted(source.key)} as varchar)" if source.key else "''"
        if source.is_bucketed:
            key = _bucket(f"source.{quoted(source.key)}")
        row = f"row({', '.join(f'source.{quoted(name)}' for name in source.columns)})" if source.columns else "source"
        among = ""
        if told is not None:
            con.execute(
                f"create or replace temporary table _told as select distinct {_bucket('key')} as key, key as told "
                "from (select unnest($keys) as key)",
                {"keys": list(told)},
            )
            among = f"where {key} in (select key from temp._told)"
        con.execute(
            f"create or replace temporary table _prints as select {key} as key, {_print_of(row)} as print, "
            f"count(*) as row_count from {quoted(*source.table.split('.'))} as source {among} group by all"
        )
        found = self._compare(con, source, is_told=told is not None) if label in self._kept else None
        if told is None and (found is None or found.count):
            self._write(con, label, "from temp._prints")
        elif found is not None and found.count:
            former = f"read_parquet({literal(str(self._path(label)))})"
            self._write(
                con, label, f"from {former} where key not in (select key from temp._told) union all from temp._prints"
            )
        con.execute("drop table temp._prints")
        return found

    def _compare(self, con: duckdb.DuckDBPyConnection, source: Source, *, is_told: bool) -> Unlike | None:
        label = source.label
        former = "read_parquet($path)"
        key, told = "coalesce(now.key, former.key)", ""
        if is_told:  # of a bucket that differs the keys that were told
            former = f"(from {former} where key in (select key from temp._told))"
            key, told = "told.told", f"join temp._told as told on told.key = {key}"
        try:
            ((count,),) = con.execute(
                f"insert into {UNLIKE} select $label, {key}, "
                "now.key is not null and former.key is not null, former.key is null "
                f"from temp._prints as now full join {former} as former using (key) {told} "
                "where (now.print, now.row_count) is distinct from (former.print, former.row_count)",
                {"label": label, "path": str(self._path(label))},
            ).fetchall()
        except duckdb.Error:  # damaged
            return None
        ((others,),) = (
            con.execute(f"select count(*) from {UNLIKE} where source = $1 and is_other", [label]).fetchall()
            if count
            else ((0,),)
        )
        kept = self._add_unlike(con, source, self._kept[label], is_exact=is_told)
        return Unlike(count + kept, others, is_exact=is_told)

    def _write(self, con: duckdb.DuckDBPyConnection, label: str, prints: str) -> None:
        """Write hashes beside those of the last run."""
        self._folder.mkdir(exist_ok=True)
        con.execute(f"copy ({prints}) to {literal(str(self._path(label, os.getpid())))} (format parquet)")

    def _path(self, label: str, part: int | None = None) -> Path:
        name = blake2b(label.encode(), digest_size=8).hexdigest()
        return self._folder / f"{name}.parquet{'' if part is None else f'.{part}'}"


def _untold(_source: Source) -> None:
    return None


def _bucket(key: str) -> str:
    """SQL of the bucket of a key."""
    return f"cast(hash({key}) % {BUCKETS} as varchar)"


def _print_of(row: str) -> str:
    """SQL of the sum of the hashes of rows, which two equal ones do not cancel, as they would an exclusive or."""
    return f"cast(sum(hash({row})) % {2**64} as ubigint)"
