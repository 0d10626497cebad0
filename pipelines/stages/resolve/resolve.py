"""The order of the resolve stage: near-duplicates, entities, events; from the rows of nlp to the tables of core.

What belongs here: `resolve`, `ResolveInput`, `resolver_version` and what counts as a report of its own. What does not: how
entities (`entities.py`) and events (`events.py`) are joined, or how near-duplicates are found (`ingest/fingerprint.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import overload

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.records import DocumentDuplicate
from pipelines.stages.ingest.fingerprint import TextRow, near_duplicates
from pipelines.stages.resolve.corrections import CorrectionFile, settle
from pipelines.stages.resolve.entities import resolve_entities
from pipelines.stages.resolve.entity_corrections import settle_entities
from pipelines.stages.resolve.entity_profiles import NodeId
from pipelines.stages.resolve.events import Memory, resolve_events
from pipelines.stages.versions import events_code_version, resolver_code_version


@dataclass(frozen=True, slots=True)
class ResolveInput:
    """What the stage reads, as data frames.

    `documents` has document_id, source_key, url, published_date, text, minhash and is_current (whether a current file
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
        corrections: by people.
        memory: where the resolving of events is kept; `None`: they are resolved from nothing.
    """
    duplicates = near_duplicates(_TextRows(tables.documents))
    documents = tables.documents[["document_id", "published_date", "text"]].assign(
        is_counted=tables.documents["is_current"]
        & ~tables.documents["document_id"].isin({duplicate.document_id for duplicate in duplicates})
    )
    rows = corrections.rows if corrections else ()
    settled_entities = settle_entities(rows, _nodes(tables.entity_mentions) if rows else {})
    entities = resolve_entities(
        documents.drop(columns="text"), tables.entities, tables.entity_mentions, settled_entities
    )
    participants = entities.in_core(tables.event_participants)
    settled = settle(rows, tables.event_mentions["event_mention_id"].tolist())
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
        "core.entity_corrections": settled_entities.table(),
    }
    return Resolved(found, events.replaced)


def resolver_version(corrections: CorrectionFile) -> str:
    """The version of the code that resolves and of the corrections, as a short hash."""
    return resolver_code_version(corrections.version)


def _nodes(mentions: pd.DataFrame) -> dict[str, NodeId]:
    """The entity of its document that each mention stands for."""
    keys = zip(mentions["document_id"].tolist(), mentions["entity_id"].tolist(), strict=True)
    return dict(zip(mentions["mention_id"].tolist(), keys, strict=True))


def events_version() -> str:
    """The version of the code that resolves, the libraries whose numbers it keeps among it; without what people corrected."""
    return events_code_version(f"{np.__version__} {pd.__version__}")


class _TextRows(Sequence[TextRow]):
    """The current documents, each made from the frame when it is asked for: their texts are there once."""

    def __init__(self, documents: pd.DataFrame) -> None:
        self._at = np.flatnonzero(documents["is_current"].to_numpy(dtype=bool))
        self._days = documents["published_date"].to_numpy(dtype="datetime64[D]")
        self._signatures = pa.array(documents["minhash"], pa.large_binary(), from_pandas=True)
        self._texts = [
            pa.array(documents[name], pa.large_string(), from_pandas=True)
            for name in ("document_id", "text", "source_key", "url")
        ]

    def __len__(self) -> int:
        return len(self._at)

    @overload
    def __getitem__(self, index: int) -> TextRow: ...

    @overload
    def __getitem__(self, index: slice) -> list[TextRow]: ...

    def __getitem__(self, index: int | slice) -> TextRow | list[TextRow]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = self._at[index]
        document_id, text, source_key, url = (column[at].as_py() for column in self._texts)
        return TextRow(document_id, self._days[at].item(), self._signatures[at].as_py(), text, source_key, url)
