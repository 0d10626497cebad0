"""The order of the resolve stage: near-duplicates, entities, events; from the rows of nlp to the tables of core.

What belongs here: `resolve`, `ResolveInput`, `resolver_version` and what counts as a report of its own. What does not: how
entities (`entities.py`) and events (`events.py`) are joined, or how near-duplicates are found (`ingest/fingerprint.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.ids import code_version
from pipelines.records import DocumentDuplicate
from pipelines.stages.ingest.fingerprint import near_duplicates
from pipelines.stages.resolve.corrections import CorrectionFile, settle
from pipelines.stages.resolve.entities import resolve_entities
from pipelines.stages.resolve.events import Memory, resolve_events

# What the tables of core depend on beside the rows, below the package's folder.
_SOURCES = (
    "stages/resolve/*.py",
    "stages/ingest/fingerprint.py",
    "ids.py",
    "records.py",
    "lexicons/countries.csv",
    "lexicons/day_parts.csv",
    "lexicons/event_announcements.csv",
    "lexicons/event_families.csv",
    "lexicons/event_frames.csv",
    "lexicons/event_identity_weights.csv",
    "lexicons/event_traits.csv",
    "lexicons/event_types.csv",
    "lexicons/given_name_variants.csv",
    "lexicons/irregular_verbs.csv",
    "lexicons/places_admin_regions.csv",
    "lexicons/repeat_words.csv",
    "lexicons/support_verbs.csv",
    "lexicons/word_weights.csv",
)


@dataclass(frozen=True, slots=True)
class ResolveInput:
    """What the stage reads, as data frames.

    `documents` has document_id, published_date, text, minhash, text_length (characters) and is_current (whether a current file
    version holds it). The others are tables of nlp.
    """

    documents: pd.DataFrame
    entities: pd.DataFrame
    entity_mentions: pd.DataFrame
    event_mentions: pd.DataFrame
    event_participants: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Resolved:
    """The tables of core by name ("core.events").

    Attributes:
        tables: all rows of each; of events, event_links and event_parties those of the events that are not what they were.
        replaced_mentions: the event mentions whose former rows, and whose events' ones, give way; `None` if all rows do.
    """

    tables: dict[str, pd.DataFrame]
    replaced_mentions: list[str] | None


def resolve(tables: ResolveInput, corrections: CorrectionFile | None = None, memory: Memory | None = None) -> Resolved:
    """Resolve entities and events across all documents.

    A document counts unless it repeats an earlier one (syndication) or no file holds it any more (a newer version took its
    place, or the file is gone). What does not count is kept and linked, and left out of every number.

    Args:
        tables: the input; the order of the rows makes no difference.
        corrections: of event mentions by people.
        memory: where the resolving of events is kept; `None`: they are resolved from nothing.
    """
    current = tables.documents[tables.documents["is_current"]]
    columns = (current[name].tolist() for name in ("document_id", "published_date", "minhash", "text_length"))
    duplicates = near_duplicates(
        (document_id, _day(published_date), _bytes(minhash), text_length)
        for document_id, published_date, minhash, text_length in zip(*columns, strict=True)
    )
    documents = tables.documents[["document_id", "published_date", "text"]].assign(
        is_counted=tables.documents["is_current"]
        & ~tables.documents["document_id"].isin({duplicate.document_id for duplicate in duplicates})
    )
    entities = resolve_entities(documents.drop(columns="text"), tables.entities, tables.entity_mentions)
    participants = entities.in_core(tables.event_participants)
    settled = settle(corrections.rows if corrections else (), tables.event_mentions["event_mention_id"].tolist())
    events = resolve_events(documents, tables.event_mentions, participants, entities.entities, settled, memory)
    found = {
        "core.document_duplicates": pd.DataFrame(
            [(row.document_id, row.duplicate_of, row.similarity_score) for row in duplicates],
            columns=[field.name for field in fields(DocumentDuplicate)],
        ),
        "core.entities": entities.entities,
        "core.entity_links": entities.entity_links,
        "core.entity_affiliations": entities.affiliations,
        "core.entity_candidates": entities.candidates,
        "core.events": events.events,
        "core.event_links": events.event_links,
        "core.event_parties": events.event_parties,
        "core.event_relations": events.event_relations,
        "core.event_corrections": settled.table(),
    }
    return Resolved(found, events.replaced)


def resolver_version(corrections: CorrectionFile) -> str:
    """The version of the code that resolves and of the corrections, as a short hash."""
    return code_version(f"resolve {corrections.version}", _SOURCES)


def events_version() -> str:
    """The version of the code that resolves, the libraries whose numbers it keeps among it; without what people corrected."""
    return code_version(f"events {np.__version__} {pd.__version__}", _SOURCES)


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _bytes(value: object) -> bytes | None:
    """A signature as the database's frames hold it: a bytearray, or a missing value."""
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else None
