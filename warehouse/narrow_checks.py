"""Hand-written checks of the keys alone whose rows have changed, where their header promises that this is enough.

What belongs here: `few_of_keys`. What does not: which rows have changed (`changed_checks.py`), reading the header (`checks.py`).

A check with `-- key: event_id` promises that the rows of an event keep or break its rule by themselves: in each table that it
reads and that has this column, the rows of other events make no difference. Its SQL then runs where each such table is the rows
of changed keys alone. A table without the column must not have changed, but for one that is joined through a table with the key:
`-- through: <table>, <column> = <table with the key>, <column>`. A check with `-- pairs: <column>, <column>` beside it counts
pairs of participants of events, and compares them with the rows of its table: a pair can only change with an event of both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Protocol

import duckdb

from warehouse.checks import NO_ROW, Check
from warehouse.layout import literal, null_or_one_of, quoted

_MOST_KEYS = 2000  # as they stand in the statement
_PARTIES, _EVENTS, _EVENT = "main.bridge_event_participants", "main.fct_events", "event_id"
_TABLE = re.compile(r"\b((?:raw|nlp|core|staging|intermediate|main)\.[a-z_0-9]+)\b(\s+as\b)?")
_COMMENT = re.compile(r"--.*")


class ChangedKeys(Protocol):
    """What is known of the keys of changed rows."""

    def keys_of(self, con: duckdb.DuckDBPyConnection, table: str, column: str) -> Collection[str] | None:
        """The values that a column has in the rows that came or went; `None` if they are not known."""

    def is_same(self, table: str) -> bool:
        """Whether a table is known to be as it was."""


def tables_read(sql: str) -> list[str]:
    """The tables that a check reads, each of which it names with its schema."""
    return sorted({name for name, _ in _TABLE.findall(_COMMENT.sub("", sql))})


def few_of_keys(
    con: duckdb.DuckDBPyConnection, changed: ChangedKeys, check: Check, columns: Mapping[str, Collection[str]]
) -> Check:
    """A check of the keys that have changed; the check itself if they are many or not known.

    Args:
        con: the build database; may be read-only.
        changed: what has changed.
        check: a check that names a key.
        columns: of each table.
    """
    key = check.narrow_key
    tables = tables_read(check.sql)
    if check.pairs:
        return _few_of_pairs(con, changed, check)
    keyed = [table for table in tables if key in columns.get(table, ())]
    other, joined, via, joining = check.through or ("", "", "", "")
    keys: set[str] = set()
    for table in tables:
        if table not in (*keyed, other) and not changed.is_same(table):
            return check
        if table in (*keyed, other):
            found = changed.keys_of(con, table, joined if table == other else key)
            if found is None or len(found) > _MOST_KEYS:
                return check
            if found and table == other:
                found = _values(con, via, key, f"{quoted(joining)} in ({_listed(found)})")
            keys.update(found)
    if len(keys) > _MOST_KEYS:
        return check
    if not keys and not any(_ever_null(con, table, key) for table in keyed if not changed.is_same(table)):
        return replace(check, few=NO_ROW)
    some = null_or_one_of(key, keys)
    conditions = dict.fromkeys(keyed, some)
    if other:
        conditions[other] = f"{quoted(joined)} in (select {quoted(joining)} from {via} where {some})"
    return replace(check, few=narrowed(check.sql, conditions))


def _few_of_pairs(con: duckdb.DuckDBPyConnection, changed: ChangedKeys, check: Check) -> Check:
    """A check of pairs of participants, of those pairs alone both of whom take part in an event that has changed."""
    key, event = quoted(check.narrow_key), quoted(_EVENT)
    found = [changed.keys_of(con, table, _EVENT) for table in (_PARTIES, _EVENTS)]
    found += [changed.keys_of(con, check.table, column) for column in check.pairs]
    found.append(changed.keys_of(con, _PARTIES, check.narrow_key))
    if tables_read(check.sql) != sorted((check.table, _PARTIES, _EVENTS)) or None in found:
        return check
    of_bridge, of_events, *ends = [set(keys or ()) for keys in found]
    events = of_bridge | of_events
    keys = set().union(*ends)
    if events and len(events) <= _MOST_KEYS:
        keys.update(_values(con, _PARTIES, check.narrow_key, f"{event} in ({_listed(events)})"))
    if len(events) > _MOST_KEYS or len(keys) > _MOST_KEYS:
        return check
    if not keys:
        return replace(check, few=NO_ROW)
    both = " and ".join(f"{quoted(column)} in ({_listed(keys)})" for column in check.pairs)
    # An event of two of them is there with all who take part in it, so that it is seen whether it has recipients.
    two = f"group by {event} having min({key}) <> max({key})"
    whole = f"{event} in (select {event} from {_PARTIES} where {key} in ({_listed(keys)}) {two})"
    return replace(check, few=f"{narrowed(check.sql, {check.table: both, _PARTIES: whole})} where {both}")


def _values(con: duckdb.DuckDBPyConnection, table: str, column: str, condition: str) -> set[str]:
    name = quoted(column)
    rows = f"select distinct {name} from {quoted(*table.split('.'))} where {name} is not null and {condition}"
    return {str(key) for (key,) in con.execute(rows).fetchall()}


def _listed(keys: Collection[str]) -> str:
    return ", ".join(map(literal, sorted(keys)))


def narrowed(sql: str, conditions: Mapping[str, str]) -> str:
    """A query with some rows in the place of tables.

    Args:
        sql: a query that names its tables with their schemas.
        conditions: which rows it sees, by table.
    """
    names = {table: f"_some_{table.replace('.', '_')}" for table in conditions}

    def some(found: re.Match[str]) -> str:
        table, alias = found[1], found[2]
        if table not in names:
            return found[0]
        return f"{names[table]}{alias or ' as ' + table.partition('.')[2]}"

    parts = ", ".join(
        f"{names[table]} as (select * from {quoted(*table.split('.'))} where {condition})"
        for table, condition in conditions.items()
    )
    return f"with {parts} select * from ({_TABLE.sub(some, _COMMENT.sub('', sql))})"


def _ever_null(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    rows = con.execute(f"select exists (from {quoted(*table.split('.'))} where {quoted(column)} is null)").fetchall()
    return rows == [(True,)]
