"""Given events for the tests of the SQL models: an event with one mention, more mentions of it, and their parties.

What belongs here: what two of these test modules use. Nothing here asserts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from tests.unit.warehouse_rows import empty_warehouse, given, given_reference


@dataclass(frozen=True, slots=True)
class Given:
    """An event with one mention: what happened, and who did it to whom (entity name: country and sector)."""

    event_id: str
    actors: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    recipients: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    event_type: str = "CONSULT"
    event_mode: str | None = None
    quad_class: int = 1
    intensity: float = 2.5
    start: date | None = date(2023, 5, 9)
    end: date | None = date(2023, 5, 9)
    precision: str | None = "day"
    modality: str = "actual"
    is_negated: bool = False
    document_id: str = "a"
    contexts: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


def warehouse(events: Sequence[Given], *, duplicates: Sequence[str] = ()) -> duckdb.DuckDBPyConnection:
    """A warehouse with the events; the documents in `duplicates` repeat document a."""
    con = empty_warehouse()
    given_reference(con)
    given(con, "raw.files", [{"file_id": "f", "is_current": True}])
    for document_id in sorted({"a", *duplicates, *(event.document_id for event in events)}):
        given(con, "raw.documents", [
            {"document_id": document_id, "text": "The minister left. They met in Caracas on Tuesday.",
             "published_date": date(2023, 5, 10 + "abcdef".index(document_id)), "url": f"https://news.example/{document_id}",
             "source_key": "wire", "source_name": "Wire"},
        ])  # fmt: skip
        given(con, "raw.document_sources", [{"document_id": document_id, "file_id": "f"}])
    given(con, "core.document_duplicates", [{"document_id": d, "duplicate_of": "a"} for d in duplicates])
    names = {name for event in events for name in (*event.actors, *event.recipients)}
    given(con, "core.entities", [{"entity_id": f"e-{name}", "name": name, "label": "PERSON"} for name in sorted(names)])
    for event in events:
        add_event(con, event)
    return con


def add_event(con: duckdb.DuckDBPyConnection, event: Given) -> None:
    """An event and its mention."""
    coding = {
        "event_type": event.event_type, "event_mode": event.event_mode, "quad_class": event.quad_class,
        "intensity": event.intensity, "modality": event.modality, "is_negated": event.is_negated,
        "event_date_start": event.start, "event_date_end": event.end, "event_date_precision": event.precision,
        "event_date_source": "text" if event.start else "none", "contexts": list(event.contexts), **event.more,
    }  # fmt: skip
    people = ("fatalities", "injuries", "arrests", "displaced", "crowd_size")
    given(con, "core.events", [
        {"event_id": event.event_id, "first_published_date": date(2023, 5, 10),
         **{key: value for key, value in coding.items() if key not in people}}
    ])  # fmt: skip
    add_mention(con, event, f"m-{event.event_id}", coding)


def add_mention(con: duckdb.DuckDBPyConnection, event: Given, mention_id: str, coding: dict[str, Any]) -> None:
    """A further mention of an event, in the event's document; `coding` has further columns of it."""
    given(con, "nlp.event_mentions", [
        {"event_mention_id": mention_id, "document_id": event.document_id, "trigger": "met", "start_char": 24, "end_char": 27,
         "sentence_start_char": 19, "sentence_end_char": 50, **coding}
    ])  # fmt: skip
    given(con, "core.event_links", [{"event_mention_id": mention_id, "event_id": event.event_id}])
    for role, parties in (("actor", event.actors), ("recipient", event.recipients)):
        for ordinal, (name, (country, sector)) in enumerate(parties.items(), 1):
            party = f"{mention_id}-{role}-{ordinal}"
            given(con, "nlp.entity_mentions", [{"mention_id": party, "document_id": event.document_id}])
            given(con, "core.entity_links", [{"mention_id": party, "entity_id": f"e-{name}"}])
            given(con, "nlp.event_participants", [
                {"event_mention_id": mention_id, "document_id": event.document_id, "role": role, "ordinal": ordinal,
                 "mention_id": party, "text": f"the {name}", "country": country, "sector": sector}
            ])  # fmt: skip
            given(con, "core.event_parties", [
                {"event_mention_id": mention_id, "role": role, "ordinal": ordinal, "party_id": f"e-{name}"}
            ])  # fmt: skip
