"""One event: its row, each of its reports with the sentence, why the reports are one event, and where they disagree.

What belongs here: reading an event for the page. What does not: the terminal's way (`warehouse/why.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pipelines.explore.reading import Row, Warehouse
from pipelines.explore.spans import Segment, Span, cut

_EVENT = "select * from main.fct_events where event_id = $event"
# The sentence is cut from the text: sentence_text has its line breaks folded, so offsets do not hold in it.
_REPORTS = """
select
    reports.*, links.method, links.score, links.evidence,
    substring(
        documents.text, reports.sentence_start_char + 1, reports.sentence_end_char - reports.sentence_start_char
    ) as sentence
from main.fct_event_mentions as reports
inner join core.event_links as links using (event_mention_id)
inner join raw.documents as documents on reports.document_id = documents.document_id
where reports.event_id = $event
order by reports.published_date nulls last, reports.document_id, reports.start_char
"""
_PARTIES = """
select participants.event_mention_id, participants.role, participants.start_char, participants.end_char, participants.text
from nlp.event_participants as participants
inner join main.fct_event_mentions as reports using (event_mention_id)
where reports.event_id = $event
"""
_DISAGREEMENTS = """
select * from main.fct_event_disagreements where event_id = $event and value_count > 1
order by field, mention_count desc, value
"""
_RELATED = """
select relation, related_event_id as other_id from core.event_relations where event_id = $event
union all
select 'is ' || case relation when 'announces' then 'announced by' else 'denied by' end, event_id
from core.event_relations where related_event_id = $event
order by all
"""


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its row, its sentence in pieces, and what spoke for and against its being this event."""

    row: Row
    sentence: tuple[Segment, ...]
    evidence: tuple[tuple[str, float], ...]
    nearest: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """An event and all that is known of it."""

    event: Row
    reports: tuple[Report, ...]
    disagreements: tuple[Row, ...]
    related: tuple[Row, ...]


def read_event(warehouse: Warehouse, event_id: str) -> EventView | None:
    """Read an event; None where the published version has none of that id."""
    event = warehouse.first(_EVENT, event=event_id)
    if event is None:
        return None
    parties: dict[str, list[Row]] = {}
    for party in warehouse.rows(_PARTIES, event=event_id):
        parties.setdefault(party["event_mention_id"], []).append(party)
    reports = [
        _report(row, parties.get(row["event_mention_id"], [])) for row in warehouse.rows(_REPORTS, event=event_id)
    ]
    return EventView(
        event,
        tuple(reports),
        tuple(warehouse.rows(_DISAGREEMENTS, event=event_id)),
        tuple(warehouse.rows(_RELATED, event=event_id)),
    )


def _report(row: Row, parties: list[Row]) -> Report:
    start = row["sentence_start_char"]
    spans = [Span(row["start_char"], row["end_char"], "trigger", f"trigger of {row['event_type']}")]
    spans += [Span(party["start_char"], party["end_char"], party["role"], party["role"]) for party in parties]
    told = json.loads(row["evidence"]) if row["evidence"] else {}
    odds = sorted(told.get("log_odds", {}).items(), key=lambda piece: -piece[1])
    return Report(row, tuple(cut(row["sentence"], start, spans)), tuple(odds), told.get("with"))
