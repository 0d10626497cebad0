"""Why reports are one event: the event's row, its reports with their sentences, and what spoke for and against each link.

What belongs here: reading the published warehouse for `communique why`. What does not: the evidence itself, which the
resolve stage finds (`pipelines/stages/resolve/pair_evidence.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.errors import QueryError

_EVENT = """
select event_type, event_mode, actor_names, recipient_names, event_date_start, event_date_end, place_name, mention_count,
    document_count
from main.fct_events where event_id = $event_id
"""
_REPORTS = """
select reports.event_mention_id, reports.published_date, reports.source_key, reports.trigger, reports.sentence_text,
    links.method, links.score, links.evidence
from main.fct_event_mentions as reports
inner join core.event_links as links using (event_mention_id)
where reports.event_id = $event_id
order by reports.published_date nulls last, reports.document_id, reports.start_char
"""
_RELATED = """
select relation, related_event_id, score from core.event_relations where event_id = $event_id
union all
select
    case relation when 'announces' then 'is announced by' when 'denies' then 'is denied by' else 'is recalled by' end,
    event_id, score
from core.event_relations where related_event_id = $event_id
order by all
"""
_CHANGES = """
select change, new_event_id, run_id from core.event_changes where old_event_id = $event_id order by all
"""


@dataclass(frozen=True, slots=True)
class Report:
    """One report of an event: what it says, how well it fits the others, and the evidence in its comparison with `nearest`."""

    event_mention_id: str
    published_date: date | None
    source: str
    trigger: str
    sentence: str
    method: str
    score: float
    nearest: str | None
    log_odds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An event and its reports; what it is related to; what became of it if it is no more."""

    event: Mapping[str, object] | None
    reports: tuple[Report, ...]
    related: tuple[tuple[str, str, float], ...]
    changes: tuple[tuple[str, str | None, str], ...]


def explain_event(published_path: Path, event_id: str) -> Explanation:
    """Read why the reports of an event are one.

    Args:
        published_path: the published warehouse.
        event_id: the event, of this publication or an earlier one.

    Raises:
        QueryError: nothing is published, or no event has ever had that id.
    """
    if not published_path.exists():
        raise QueryError(f"nothing is published at {published_path}; run `communique run` first")
    with closing(duckdb.connect(str(published_path), read_only=True)) as con:
        values = {"event_id": event_id}
        cursor = con.execute(_EVENT, values)
        names = [column[0] for column in cursor.description]
        row = cursor.fetchone()
        changes = con.execute(_CHANGES, values).fetchall()
        if row is None and not changes:
            raise QueryError(f"there is no event {event_id}")
        return Explanation(
            event=dict(zip(names, row, strict=True)) if row else None,
            reports=tuple(_report(*found) for found in con.execute(_REPORTS, values).fetchall()),
            related=tuple(con.execute(_RELATED, values).fetchall()),
            changes=tuple(changes),
        )


def _report(
    mention: str,
    published: date | None,
    source: str,
    trigger: str,
    sentence: str,
    method: str,
    score: float,
    evidence: str | None,
) -> Report:
    told = json.loads(evidence) if evidence else {}
    text = " ".join(sentence.split())
    return Report(mention, published, source, trigger, text, method, score, told.get("with"), told.get("log_odds", {}))
