"""Checks of values that no query gives: what a column's name promises, and what resolving may say of an event or entity.

What belongs here: checks made from the contracts for the tables that Python writes. What does not: keys, nulls, references and
spans (`checks.py`), tables that have a query (`derived_checks.py`), rules about one table alone (`sql/checks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from warehouse.checks import Check
from warehouse.contracts.form import Column, Table
from warehouse.layout import literal, quoted
from warehouse.tables import TABLES

# Ends of a column's name, and what its values lie between.
_BOUNDS = {
    "score": (0, 1), "confidence": (0, 1), "similarity": (0, 1), "latitude": (-90, 90), "longitude": (-180, 180),
    "intensity": (-10, 10), "count": (0, None), "fatalities": (0, None), "injuries": (0, None), "arrests": (0, None),
    "displaced": (0, None), "crowd_size": (0, None),
}  # fmt: skip
# Ends of the names of two columns whose first is not above the second, and what they have between them.
_PAIRS = (("_start", "_end"), ("_min", "_max"), ("from_date", "to_date"), ("first_seen_date", "last_seen_date"))
# A table of core, its links, the mentions that they join, and the key: its values are those of a mention.
_TOLD = (("core.events", "core.event_links", "nlp.event_mentions", "event_id", "event_mention_id"),)
# What people corrected is the code of no mention.
_CORRECTED = ("event_type", "event_mode", "quad_class", "intensity")


def value_checks(tables: Sequence[Table] = TABLES) -> tuple[Check, ...]:
    """The checks of values, none blocking: a wrong one is told and holds up nobody.

    Args:
        tables: the contracts.
    """
    return (*_range_checks(tables), *_told_checks(tables))


def _range_checks(tables: Iterable[Table]) -> Iterator[Check]:
    for table in tables:
        bounded = [(column, bounds) for column in table.columns if (bounds := _bounds_of(column)) is not None]
        pairs = list(_pairs_of(table))
        broken = [f"{quoted(column.name)} not between {low} and {high}" if high is not None
                  else f"{quoted(column.name)} < {low}" for column, (low, high) in bounded]  # fmt: skip
        broken += [f"{quoted(first)} > {quoted(last)}" for first, last in pairs]
        if not broken:
            continue
        names = [*(column.name for column, _ in bounded), *(name for pair in pairs for name in pair)]
        shown = ", ".join(map(quoted, dict.fromkeys((*table.primary_key, *names))))
        yield Check(
            "values_in_range",
            table.qualified_name,
            "scores, counts, degrees and intervals are possible ones",
            f"select {shown} from {quoted(table.schema, table.name)} where {' or '.join(broken)}",
            is_blocking=False,
        )


def _bounds_of(column: Column) -> tuple[int, int | None] | None:
    if column.type not in ("DOUBLE", "INTEGER", "BIGINT"):
        return None
    return next((bounds for end, bounds in _BOUNDS.items() if column.name.rpartition(end)[1:] == (end, "")), None)


def _pairs_of(table: Table) -> Iterator[tuple[str, str]]:
    names = {column.name for column in table.columns}
    for first, last in _PAIRS:
        for name in sorted(names):
            other = name.removesuffix(first) + last
            if name.endswith(first) and other in names:
                yield name, other


def _told_checks(tables: Iterable[Table]) -> Iterator[Check]:
    """What resolving says of a thing is what one of its mentions says, column by column."""
    contracts = {table.qualified_name: table for table in tables}
    for name, links, mentions, key, mention_key in _TOLD:
        if name not in contracts or mentions not in contracts:
            continue
        theirs = {column.name for column in contracts[mentions].columns}
        shared = [column.name for column in contracts[name].columns if column.name in theirs]
        differences = ", ".join(_untold(column) for column in shared)
        yield Check(
            "told_by_a_mention",
            name,
            f"each value is one that a row of {mentions} gives",
            f"with _joined as (select things.{key}, things as thing, mentions as mention "
            f"from {quoted(*name.split('.'))} as things inner join {quoted(*links.split('.'))} using ({key}) "
            f"inner join {quoted(*mentions.split('.'))} as mentions using ({mention_key})), "
            "_corrected as (select event_mention_id from core.event_corrections where is_applied) "
            f"select {key}, concat_ws('; ', {differences}) as untold from _joined group by {key} having untold <> ''",
            is_blocking=False,
        )


def _untold(column: str) -> str:
    value = f"thing.{quoted(column)}"
    told = f"bool_or(mention.{quoted(column)} is not distinct from {value})"
    if column in _CORRECTED:
        told = f"({told} or bool_or(mention.event_mention_id in (select event_mention_id from _corrected)))"
    return f"if(not {told}, {literal(column + ': ')} || coalesce(cast(any_value({value}) as varchar), 'null'), null)"
