"""What `communique run` says at its end: the accounts of the run, what is in the warehouse, and how to query it.

What belongs here: queries of the published warehouse and their presentation. What does not: the run itself (`console.py`).
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.text import Text

from pipelines.output import printable, write_table

# First and last day: an event known to the month or year only must not look as if it were known to the day.
EVENTS_QUERY = (
    "select event_date_start as first_day, event_date_end as last_day, event_type as event, actor_names as actors, "
    "recipient_names as recipients, place_name as place from fct_events "
    "where document_count > 0 "
    "order by first_published_date > current_date + 1 nulls last, first_published_date desc, confidence desc, event_id limit 12"
)
_TOTALS = (
    ("document", "select count(*) from dim_documents where is_current"),
    ("event", "select count(*) from fct_events where document_count > 0"),
    ("entity", "select count(*) from dim_entities"),
    ("place", "select count(*) from dim_places"),
    ("quotation", "select count(*) from fct_quotations"),
    ("quantity", "select count(*) from fct_quantities"),
)
_RUN = (
    "select seen_count, loaded_count, duplicate_count, unchanged_count, quarantined_count, skipped_count, extracted_count, "
    "reused_count, word_count, extract_seconds, removed_count from raw.ingestion_runs where run_id = ?"
)
_TYPES = "select event_type, count(*) from fct_events where document_count > 0 group by all order by count(*) desc, event_type"
ACTORS_QUERY = (
    "select name, actor_event_count from dim_entities where actor_event_count > 0 and is_named "
    "order by actor_event_count desc, name limit 8"
)
_QUARANTINE = (
    "select path, record_number, reason_code, message from raw.quarantine where run_id = ? order by path, record_number"
)
_CORRECTIONS = """
select line_number, reason, is_applied from fct_event_corrections
union all
select line_number, reason, is_applied from fct_entity_corrections
order by is_applied, line_number
"""
_SHOWN = 10


def show_summary(console: Console, published: Path, *, build: Path, run_id: str, command: str) -> int:
    """Show what a run did and what the published warehouse holds.

    Args:
        console: where to.
        published: the published database.
        build: the build database; it alone has the row of a run that had nothing to publish.
        run_id: the run.
        command: the command that answers a query, without the query.

    Returns:
        How many records the run put into quarantine.
    """
    with closing(duckdb.connect(str(published), read_only=True)) as con:
        for line in run_account(con, run_id) or _account_of_build(build, run_id):
            console.print(line, soft_wrap=True)
        console.print()
        _show_content(console, con)
        quarantined = con.execute(_QUARANTINE, [run_id]).fetchall()
        corrections = con.execute(_CORRECTIONS).fetchall()
    if corrections:
        _show_corrections(console, corrections)
    if quarantined:
        _show_quarantine(console, quarantined)
    console.print(Text(f"\nThe same from the command line: {command} {shlex.quote(EVENTS_QUERY)}"), soft_wrap=True)
    return len(quarantined)


def run_account(con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    """What a run read and extracted, a line each; nothing if it read nothing."""
    lines = []
    for row in con.execute(_RUN, [run_id]).fetchall():
        seen, loaded, duplicate, unchanged, quarantined, skipped, extracted, reused, words, seconds, removed = row
        lines.append(
            f"{seen:,} records seen = {loaded:,} loaded + {duplicate:,} duplicate + {unchanged:,} unchanged "
            f"+ {quarantined:,} quarantined + {skipped:,} skipped"
        )
        if extracted:
            rate = f"{words / seconds:,.0f} words/s" if seconds else ""
            lines.append(
                f"{_count(extracted, 'document')} extracted, {words:,} words in {seconds:.1f} s, {rate}; {reused:,} reused"
            )
        else:
            lines.append(f"Nothing new: 0 documents extracted, {reused:,} reused")
        if removed:
            lines.append(f"{_count(removed, 'document')} removed for good")
    return lines


def _account_of_build(build: Path, run_id: str) -> list[str]:
    with (
        suppress(duckdb.Error),
        closing(duckdb.connect(str(build), read_only=True)) as con,
    ):  # another run may hold it by now
        return run_account(con, run_id)
    return []


def warehouse_totals(con: duckdb.DuckDBPyConnection) -> str:
    """What a warehouse holds, in one line."""
    totals = [_count(con.execute(sql).fetchall()[0][0], noun) for noun, sql in _TOTALS]
    return f"The warehouse holds {', '.join(totals)}."


def _show_content(console: Console, con: duckdb.DuckDBPyConnection) -> None:
    console.print(warehouse_totals(con), soft_wrap=True)
    types = ", ".join(f"{event_type} {count:,}" for event_type, count in con.execute(_TYPES).fetchall())
    console.print(f"Events by type: {types or 'none'}", soft_wrap=True)
    actors = ", ".join(f"{name} {count:,}" for name, count in con.execute(ACTORS_QUERY).fetchall())
    console.print(Text.assemble("Most active: ", printable(actors or "none")), soft_wrap=True)
    console.print()
    cursor = con.execute(EVENTS_QUERY)
    write_table(console, [column[0] for column in cursor.description], cursor.fetchall())


def _show_quarantine(console: Console, rows: Sequence[tuple[Any, ...]]) -> None:
    console.print(
        f"\n{_count(len(rows), 'record')} refused and put into quarantine (table raw.quarantine):", style="yellow"
    )
    for path, number, reason, message in rows[:_SHOWN]:
        place = path if number is None else f"{path}, record {number}"
        console.print(Text.assemble("  ", printable(f"{place}: {reason}: {message}")), soft_wrap=True)
    if len(rows) > _SHOWN:
        console.print(f"  and {len(rows) - _SHOWN:,} more")


def _show_corrections(console: Console, rows: Sequence[tuple[Any, ...]]) -> None:
    idle = [(line, reason) for line, reason, _ in rows if reason]
    console.print(f"\n{_count(len(rows) - len(idle), 'correction')} applied.")
    if idle:
        tables = "tables fct_event_corrections, fct_entity_corrections"
        console.print(f"{_count(len(idle), 'correction')} not applied ({tables}):", style="yellow")
    for line, reason in idle[:_SHOWN]:
        console.print(Text.assemble("  ", printable(f"line {line}: {reason}")), soft_wrap=True)
    if len(idle) > _SHOWN:
        console.print(f"  and {len(idle) - _SHOWN:,} more")


def _count(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"
