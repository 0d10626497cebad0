"""Checks of the rows that have changed since the last publication, where the others are known to keep the rule.

What belongs here: `ChangedRows`, and a check of few rows. What does not: the rules (`checks.py`), which rows have changed
(`changed_keys.py`), whether the program is the one that published (`pipelines/defs/checks.py`).

A table that was computed in part holds the rows of the last publication but for those that came or went, which are kept. All of
them kept every blocking rule then. So a rule that a row keeps by itself is asked of the rows that came; of a key that has to be
unique only those are counted that they bear; and a reference is looked for from the rows that came, unless the table that is
referred to has lost a row, or may have. Of tables that the load and the resolution write, the rows at hand are those of the keys
that these told (`touched.py`). A rule across tables (`sql/checks`) is asked of the keys that have changed where its header names
one (`narrow_checks.py`), else of all rows, as are rules that only warn.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb

from warehouse.builds import LOAD
from warehouse.checks import NO_ROW, Check, Reference, orphans_sql
from warehouse.contracts.raw import REFERENCE
from warehouse.layout import literal, null_or_one_of, quoted
from warehouse.narrow_checks import few_of_keys
from warehouse.touched import COLUMNS, WORD, Touched, read_touched

STATE = "state.json"


class ChangedRows:
    """The tables of which it is known which rows have changed since the last publication.

    Args:
        folder: where models keep what they were made of (`increments.py`).
        built: the builds of the build database.
        published: those of the published file.
    """

    def __init__(self, folder: Path, built: Mapping[str, str], published: Mapping[str, str]) -> None:
        self._paths: dict[str, Path | None] = {
            name: None for name, build in built.items() if published.get(name) == build
        }
        with suppress(OSError, ValueError, KeyError, TypeError):
            state = json.loads((folder / STATE).read_text(encoding="utf-8"))
            if state["duckdb"] == duckdb.__version__:
                for name, (former, build) in state["rows"].items():
                    if published.get(name) == former and built.get(name) == build:
                        self._paths[name] = rows_path(folder, name)
        self._columns: dict[str, set[str]] = {}
        # What many checks of a step ask: whether all rows that could be referred to by some columns of a table are there.
        self._complete: dict[tuple[str, tuple[str, ...]], bool] = {}
        self._touched: dict[str, tuple[Touched, tuple[str, ...]]] = {}
        for part, tables in COLUMNS.items():
            touched = read_touched(folder, part, since=published.get(part), build=built.get(part))
            if touched is not None:
                self._touched |= {table: (touched, columns) for table, columns in tables.items()}
                if part == LOAD:  # a load that tells what it wrote left the reference lists alone
                    self._touched |= {table.qualified_name: (Touched(), table.primary_key) for table in REFERENCE}
                elif not touched.keys or WORD in touched.keys:
                    self._touched["core.word_stems"] = (touched, (WORD,))

    def see_through(self, views: Mapping[str, tuple[str, Collection[str]]]) -> None:
        """Know the changed rows of views whose rows are those of one table.

        Args:
            views: the table of each, and the columns that the view has.
        """
        for view, (table, columns) in views.items():
            if table in self._touched:
                touched, keys = self._touched[table]
                if own := tuple(key for key in keys if key in columns):
                    self._touched[view] = (touched, own)

    def is_known(self, table: str) -> bool:
        """Whether it is known which rows of a table have changed."""
        return table in self._paths

    def rows(self, table: str) -> str:
        """Query of the rows of a table that came or went."""
        path = self._paths[table]
        if path is None:
            return f"select * from {quoted(*table.split('.'))} limit 0"
        return f"select * exclude (_sign) from read_parquet({literal(str(path))})"

    def is_same(self, table: str) -> bool:
        """Whether a table is known to be as it was."""
        if table in self._touched:
            return not self._touched[table][0].keys
        return table in self._paths and self._paths[table] is None

    def keys_of(self, con: duckdb.DuckDBPyConnection, table: str, column: str) -> Collection[str] | None:
        """The values that a column has in the rows of a table that came or went, or in more; `None` if they are not known."""
        if self.is_same(table):
            return ()
        if table in self._touched:
            touched, columns = self._touched[table]
            if column in columns:
                return touched.keys.get(column, ())
            if touched.has_lost:
                return None
            rows = f"select * from {quoted(*table.split('.'))} where {_is_touched(touched, columns[0])}"
        elif table in self._paths:
            rows = self.rows(table)
        else:
            return None
        name = quoted(column)
        found = con.execute(f"select distinct {name} from ({rows}) where {name} is not null").fetchall()
        return [str(key) for (key,) in found]

    def _columns_of(self, con: duckdb.DuckDBPyConnection) -> Mapping[str, Collection[str]]:
        if not self._columns:
            for table, column in con.execute(
                "select schema_name || '.' || table_name, column_name from duckdb_columns() "
                "where database_name = current_database()"
            ).fetchall():
                self._columns.setdefault(table, set()).add(column)
        return self._columns

    def few(self, con: duckdb.DuckDBPyConnection, check: Check) -> Check:
        """A check of the rows alone that may break its rule; the check itself if that may be any.

        Args:
            con: the build database; may be read-only.
            check: the check.
        """
        if check.is_blocking and check.narrow_key:
            return few_of_keys(con, self, check, self._columns_of(con))
        if check.is_blocking and check.table in self._touched:
            return self._few_touched(con, check)
        if not check.is_blocking or check.table not in self._paths:
            return check
        few = ""
        if check.condition:
            few = f"select * from _rows where {check.condition}"
        elif check.key:
            key, table = ", ".join(map(quoted, check.key)), quoted(*check.table.split("."))
            few = f"select {key} from {table} semi join _rows using ({key}) group by {key} having count(*) > 1"
        elif check.reference is not None and self._has_all(con, check):
            few = orphans_sql("_rows", check.reference, ())
        if not few:
            return check
        rows = self._rows(check.table, sign=1)
        return replace(check, few=few, rows=rows) if rows else replace(check, few=NO_ROW)

    def _few_touched(self, con: duckdb.DuckDBPyConnection, check: Check) -> Check:
        """A check of the rows that a load or a resolution may have written, and of those that refer to what it may have."""
        touched, columns = self._touched[check.table]
        few = ""
        if check.condition:
            few = f"select * from _rows where {check.condition}"
        elif check.key:
            # All rows of a key that was touched are at hand.
            rows = "_rows"
            if columns[0] not in check.key:
                rows = f"{quoted(*check.table.split('.'))} semi join _rows using ({', '.join(map(quoted, check.key))})"
            key = ", ".join(map(quoted, check.key))
            few = f"select {key} from {rows} group by {key} having count(*) > 1"
        elif check.reference is not None:
            few = self._few_orphans(con, check, check.reference)
        elif check.of_document:
            few = check.of_document.replace(
                "_documents as", f"(from raw.documents where {_is_touched(touched, columns[0])}) as"
            )
        if not few:
            return check
        if not touched.keys:
            return replace(check, few=NO_ROW)
        rows = f"select * from {quoted(*check.table.split('.'))} where {_is_touched(touched, columns[0])}"
        return replace(check, few=few, rows=rows)

    def _few_orphans(self, con: duckdb.DuckDBPyConnection, check: Check, reference: Reference) -> str:
        """SQL of the rows at hand that refer to nothing, and of those whose parent is gone, where these are known; else none."""
        if reference.parent not in self._touched:
            return ""
        touched, columns = self._touched[check.table]
        parent, theirs = self._touched[reference.parent]
        pairs = list(zip(reference.columns, reference.referred, strict=True))
        is_at_hand = parent is touched and (columns[0], columns[0]) in pairs and columns[0] in theirs
        if is_at_hand or not parent.has_lost or not any(parent.keys.get(column) for column in theirs):
            return orphans_sql("_rows", reference, ())
        ((own, other), *more) = pairs
        if more or other not in theirs:
            return ""
        told = {*parent.keys.get(other, ())}
        there = f"select distinct {quoted(other)} from {quoted(*reference.parent.split('.'))} where "
        held = con.execute(f"{there}{quoted(other)} in ({', '.join(map(literal, told))})").fetchall() if told else []
        if not (gone := told - {str(key) for (key,) in held}):
            return orphans_sql("_rows", reference, ())
        rows = f"from {quoted(*check.table.split('.'))} where {quoted(own)} in ({', '.join(map(literal, gone))})"
        return orphans_sql(f"(from _rows union all {rows})", reference, ())

    def _has_all(self, con: duckdb.DuckDBPyConnection, check: Check) -> bool:
        """Whether all rows that could be referred to are still there."""
        assert check.reference is not None
        parent = check.reference.parent
        if parent in self._touched:
            return not self._touched[parent][0].keys or not self._touched[parent][0].has_lost
        if parent not in self._paths:
            return False
        gone = self._rows(parent, sign=-1)
        if gone is None:
            return True
        referred = check.reference.referred
        if (parent, referred) not in self._complete:
            key = ", ".join(map(quoted, referred))
            ((count,),) = con.execute(
                f"select count(*) from (select {key} from ({gone})) anti join {quoted(*parent.split('.'))} using ({key})"
            ).fetchall()
            self._complete[parent, referred] = not count
        return self._complete[parent, referred]

    def _rows(self, table: str, *, sign: int) -> str | None:
        path = self._paths[table]
        if path is None:
            return None
        return f"select * exclude (_sign) from read_parquet({literal(str(path))}) where _sign = {sign}"


def _is_touched(touched: Touched, column: str) -> str:
    """Condition of rows that may have been written, by a column whose keys are told; one without a key may be anybody's."""
    return null_or_one_of(column, touched.keys.get(column, ()))


def rows_path(folder: Path, model: str) -> Path:
    """Where the changed rows of a model are kept."""
    return folder / "rows" / f"{model}.parquet"
