"""Checks of the rows that have changed since the last publication, where the others are known to keep the rule.

What belongs here: `ChangedRows`, and a check of few rows. What does not: the rules (`checks.py`), which rows have changed
(`changed_keys.py`), whether the program is the one that published (`pipelines/defs/checks.py`).

A table that was computed in part holds the rows of the last publication but for those that came or went, which are kept. All of
them kept every blocking rule then. So a rule that a row keeps by itself is asked of the rows that came; of a key that has to be
unique only those are counted that they bear; and a reference is looked for from the rows that came, unless the table that is
referred to has lost a row, or may have. Rules of sums and counts across tables (`sql/checks`) are always asked of all rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb

from warehouse.checks import Check, orphans_sql
from warehouse.layout import literal, quoted

STATE = "state.json"
_NO_ROW = "select 1 where false"


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

    def is_known(self, table: str) -> bool:
        """Whether it is known which rows of a table have changed."""
        return table in self._paths

    def rows(self, table: str) -> str:
        """Query of the rows of a table that came or went."""
        path = self._paths[table]
        if path is None:
            return f"select * from {quoted(*table.split('.'))} limit 0"
        return f"select * exclude (_sign) from read_parquet({literal(str(path))})"

    def few(self, con: duckdb.DuckDBPyConnection, check: Check) -> Check:
        """A check of the rows alone that may break its rule; the check itself if that may be any.

        Args:
            con: the build database; may be read-only.
            check: the check.
        """
        if not check.is_blocking or check.table not in self._paths:
            return check
        rows = self._rows(check.table, sign=1)
        table = quoted(*check.table.split("."))
        if check.condition:
            return replace(check, few=f"select * from ({rows}) where {check.condition}" if rows else _NO_ROW)
        if check.key:
            key = ", ".join(map(quoted, check.key))
            counted = f"select {key} from {table} semi join ({rows}) using ({key}) group by {key} having count(*) > 1"
            return replace(check, few=counted if rows else _NO_ROW)
        if check.reference is not None and self._has_all(con, check):
            return replace(check, few=orphans_sql(f"({rows})", check.reference, ()) if rows else _NO_ROW)
        return check

    def _has_all(self, con: duckdb.DuckDBPyConnection, check: Check) -> bool:
        """Whether all rows that could be referred to are still there."""
        assert check.reference is not None
        parent = check.reference.parent
        if parent not in self._paths:
            return False
        gone = self._rows(parent, sign=-1)
        if gone is None:
            return True
        key = ", ".join(map(quoted, check.reference.referred))
        ((count,),) = con.execute(
            f"select count(*) from (select {key} from ({gone})) anti join {quoted(*parent.split('.'))} using ({key})"
        ).fetchall()
        return not count

    def _rows(self, table: str, *, sign: int) -> str | None:
        path = self._paths[table]
        if path is None:
            return None
        return f"select * exclude (_sign) from read_parquet({literal(str(path))}) where _sign = {sign}"


def rows_path(folder: Path, model: str) -> Path:
    """Where the changed rows of a model are kept."""
    return folder / "rows" / f"{model}.parquet"
