"""The order of the resolve stage: near-duplicates, entities, events; from the rows of nlp to the tables of core.

What belongs here: `resolve`, `ResolveInput`, `resolver_version` and what counts as a report of its own. What does not: how
entities (`entities.py`) and events (`events.py`) are joined, or how near-duplicates are found (`copies.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.freed_memory import give_back, keep_apart
from pipelines.records import DocumentDuplicate
from pipelines.stages.beside import beside
from pipelines.stages.resolve.copies import Copies, change_copies, find_copies
from pipelines.stages.resolve.corrections import (
    ENTITY_KINDS,
    Correction,
    CorrectionFile,
    Corrections,
    correct_mentions,
    settle,
)
from pipelines.stages.resolve.entities import EntityChange, ResolvedEntities, resolve_entities
from pipelines.stages.resolve.entity_corrections import EntityCorrections, settle_entities
from pipelines.stages.resolve.entity_profiles import NodeId
from pipelines.stages.resolve.event_source import EventReader
from pipelines.stages.resolve.event_tables import ResolvedEvents
from pipelines.stages.resolve.events import Memory, resolve_events
from pipelines.stages.resolve.kept_entities import KeptEntities
from pipelines.stages.resolve.kept_texts import ABOUT_TEXTS, KeptTexts
from pipelines.stages.resolve.other_parties import documents_with_other_parties
from pipelines.stages.resolve.reports import Reports, in_order, told_reports
from pipelines.stages.versions import events_code_version, resolver_code_version

_WORTH_A_PROCESS = 1_000  # texts among which copies are found by a process of its own: 0.2 s
_MOST_HANDED_OVER = 20_000  # texts for which that process is given all of them at once
_FEW_REPORTS = 20_000  # event mentions of which all rows may be in memory
_TEXTS, _ENTITIES = "texts", "entities"  # what is kept of them, beside what is kept of events


@dataclass(frozen=True, slots=True)
class ResolveInput:
    """What the stage reads, as data frames.

    Attributes:
        documents: document_id, source_key, url, published_date, is_current (whether a current file version holds it) and print
            (what is told of its day and entities, as a hash).
        event_mentions: event_mention_id and document_id of all.
        event_prints: document_id and print, a hash of the rows of nlp.event_mentions and nlp.event_participants.
        former_entities_of: gives entity_id, label, country and is_named of some entities as the run before left them in core.
        parties_of: gives document_id, entity_id and country of the event participants that are some entities of nlp.
        texts_of: gives document_id, text and minhash of some documents.
        entities_of, entity_mentions_of: give the rows of nlp.entities and nlp.entity_mentions of some documents, or of all.
        event_mentions_of, participants_of: give the rows of nlp.event_mentions and nlp.event_participants of some event mentions,
            or of all.
    """

    documents: pd.DataFrame
    event_mentions: pd.DataFrame
    event_prints: pd.DataFrame
    former_entities_of: Callable[[Collection[str]], pd.DataFrame]
    parties_of: Callable[[Collection[str]], pd.DataFrame]
    texts_of: Callable[[Collection[str]], pd.DataFrame]
    entities_of: Callable[[Collection[str] | None], pd.DataFrame]
    entity_mentions_of: Callable[[Collection[str] | None], pd.DataFrame]
    event_mentions_of: Callable[[Collection[str] | None], pd.DataFrame]
    participants_of: Callable[[Collection[str] | None], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The tables of core by name ("core.events").

    Attributes:
        tables: all rows of each; of events and entities, their links, parties and affiliations those that are not what they were.
        replaced_mentions: the event mentions whose former rows, and whose events' ones, give way; `None` if all rows do.
        replaced_entities: the entities of core of which the same holds.
        added_documents: the documents that came since the run before; `None` if that is not known, or others went or changed.
    """

    tables: dict[str, pd.DataFrame]
    replaced_mentions: list[str] | None
    replaced_entities: list[str] | None
    added_documents: list[str] | None = None


def resolve(tables: ResolveInput, corrections: CorrectionFile | None = None, memory: Memory | None = None) -> Resolved:
    """Resolve entities and events across all documents.

    A document counts unless it repeats an earlier one (syndication) or no file holds it any more (a newer version took its
    place, or the file is gone). What does not count is kept and linked, and left out of every number.

    Args:
        tables: the input; the order of the rows makes no difference.
        corrections: by people.
        memory: where the resolution is kept; `None`: all is resolved from nothing.
    """
    rows = corrections.rows if corrections else ()
    # Only rows that name mentions of entities ask for these.
    named = any(row.kind in ENTITY_KINDS for row in rows)
    # On the disk of what is kept, as folders of temporary files can be memory.
    if memory is not None:
        memory.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=memory.folder if memory is not None else None) as files:
        return _resolve(tables, rows, memory, Path(files), is_named=named)


def _resolve(
    tables: ResolveInput, rows: Sequence[Correction], memory: Memory | None, files: Path, *, is_named: bool
) -> Resolved:
    documents = tables.documents[["document_id", "published_date", "print"]]
    settled_entities = settle_entities(rows, _nodes(tables.entity_mentions_of(None)) if is_named else {})
    settled = settle(rows, tables.event_mentions["event_mention_id"].tolist())
    with _begun(tables, settled, memory, files) as begun:
        is_counted = partial(_counted, tables.documents, begun.copies)
        entities, added = _entities(tables, documents, is_counted, settled_entities, memory, files)
        copies, counted = begun.copies(), is_counted()
        told = begun.reports() if begun.reports is not None else None
    del begun, is_counted  # and with them what the other process was given
    documents = documents.assign(is_counted=documents["document_id"].map(counted).astype(bool))
    del counted
    entities.kept.let_go()
    give_back()
    events = _events(tables, documents, entities, settled, memory, told)
    give_back()
    if memory is not None:
        copies.kept.write(memory.folder / memory.name / _TEXTS, memory.version)
        entities.kept.write(memory.folder / memory.name / _ENTITIES, memory.version)
    found = {
        "core.document_duplicates": pd.DataFrame(
            [(row.document_id, row.duplicate_of, row.similarity_score) for row in copies.duplicates],
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
    replaced = None if entities.replaced is None else sorted(entities.replaced)
    return Resolved(found, events.replaced, replaced, added)


@dataclass(frozen=True, slots=True)
class _Begun:
    """What does not ask who the entities are: the near-duplicates, and what the texts tell of all event mentions.

    `reports` is missing where all of them are not read at once, or not from nothing.
    """

    copies: Callable[[], Copies]
    reports: Callable[[], Reports] | None = None


@contextmanager
def _begun(tables: ResolveInput, settled: Corrections, memory: Memory | None, files: Path) -> Iterator[_Begun]:
    """Find near-duplicates by what changed since the run before, or from nothing if that is not kept.

    From nothing it is a process's work, which reads event mentions after it: both are done by the time that it is known which
    entities are one.
    """
    before = None
    if memory is not None and memory.former:
        before = KeptTexts.read(memory.folder / memory.former / _TEXTS, memory.version)
    if before is None:
        keep_apart()
    current = tables.documents[tables.documents["is_current"]]
    texts = pa.table({name: _column(current[name], kind) for name, kind in ABOUT_TEXTS.items()})

    def texts_of(documents: Collection[str]) -> dict[str, tuple[str, bytes | None]]:
        found = tables.texts_of(documents)
        columns = (found[name].tolist() for name in ("document_id", "text", "minhash"))
        return {document: (text, _bytes(minhash)) for document, text, minhash in zip(*columns, strict=True)}

    if before is None and _WORTH_A_PROCESS <= len(texts) <= _MOST_HANDED_OVER:
        with beside(find_copies.__module__, told_reports.__module__) as process:
            copies_found = process.call(find_copies, texts, texts_of(texts["document_id"].to_pylist()))
            is_little = len(tables.event_mentions) <= _FEW_REPORTS
            yield _Begun(copies_found, process.call(told_reports, *_told_rows(tables, settled)) if is_little else None)
    else:
        copies = change_copies(texts, texts_of, before)
        if before is None:
            copies = replace(copies, kept=copies.kept.moved(files / _TEXTS))
        give_back()
        yield _Begun(lambda: copies)


def _told_rows(tables: ResolveInput, settled: Corrections) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Documents, mentions and participants of all events, as `told_reports` takes them."""
    mentions = correct_mentions(in_order(tables.event_mentions_of(None), "event_mention_id"), settled)
    named = set(mentions["document_id"].tolist())
    documents = tables.documents.loc[[document in named for document in tables.documents["document_id"].tolist()]]
    texts = _texts(tables, documents["document_id"].tolist())
    documents = documents[["document_id", "published_date"]].assign(text=documents["document_id"].map(texts))
    return documents, mentions, tables.participants_of(None)


def _counted(documents: pd.DataFrame, copies: Callable[[], Copies]) -> dict[str, bool]:
    """Of each document whether it counts: a file holds it, and it repeats no earlier one."""
    duplicates = {duplicate.document_id for duplicate in copies().duplicates}
    told = zip(documents["document_id"].tolist(), documents["is_current"].tolist(), strict=True)
    return {document: bool(is_current) and document not in duplicates for document, is_current in told}


def _texts(tables: ResolveInput, documents: Collection[str]) -> dict[str, str]:
    found = tables.texts_of(documents)
    return dict(zip(found["document_id"].tolist(), found["text"].tolist(), strict=True))


def _events(
    tables: ResolveInput,
    documents: pd.DataFrame,
    entities: ResolvedEntities,
    settled: Corrections,
    memory: Memory | None,
    told: Reports | None,
) -> ResolvedEvents:
    """Resolve events by what changed since the run before, or from nothing if that is not kept."""
    documents = documents.drop(columns="print")
    others = set[str]()
    if entities.replaced is not None:
        former = tables.former_entities_of(entities.replaced)
        others = documents_with_other_parties(entities, former, tables.parties_of)

    # Of few event mentions the rows of all, which are asked for twice: for the reports, and for the rows of events.
    held: list[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]] = []

    def rows_of(mentions: Collection[str] | None) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        if mentions is None and held:
            return held.pop()
        participants = entities.in_core(tables.participants_of(mentions))
        named = set(participants["entity_id"].dropna().unique())
        found = tables.event_mentions_of(mentions), participants, _entities_among(tables, entities, named)
        if mentions is None and len(found[0]) <= _FEW_REPORTS:
            held.append(found)
        return found

    if entities.kept.is_corrected:
        # Which documents have other entities than before is not known, so all that is told of each is compared.
        mentions, participants, all_entities = rows_of(None)
        texts = _texts(tables, documents["document_id"].tolist())
        documents = documents.assign(text=documents["document_id"].map(texts))
        return resolve_events(documents, mentions, participants, all_entities, settled, memory)
    if memory is not None and entities.replaced is None:
        memory = replace(memory, former=None)
    prints = tables.event_prints
    reader = EventReader(
        texts_of=partial(_texts, tables),
        rows_of=rows_of,
        prints=lambda: dict(zip(prints["document_id"], prints["print"].tolist(), strict=True)),
        other_entities=others,
        told=told,
    )
    nobody = pd.DataFrame({"event_mention_id": [], "entity_id": []}, dtype=object)
    return resolve_events(documents, tables.event_mentions, nobody, nobody, settled, memory, reader)


def _entities_among(tables: ResolveInput, entities: ResolvedEntities, named: Collection[str]) -> pd.DataFrame:
    """The rows of some entities of core as they are now."""
    if entities.replaced is None:
        return entities.rows_of(named)
    former = tables.former_entities_of(set(named) - entities.replaced)
    new = entities.rows_of(named)[list(former.columns)]
    return pd.concat([former, new.astype(former.dtypes)], ignore_index=True)


def _entities(
    tables: ResolveInput,
    documents: pd.DataFrame,
    is_counted: Callable[[], Mapping[str, bool]],
    corrections: EntityCorrections,
    memory: Memory | None,
    files: Path,
) -> tuple[ResolvedEntities, list[str] | None]:
    """Resolve entities by what changed since the run before, or from nothing if that is not kept, or people correct some.

    Returns:
        The entities, and the documents that came, unless others went or changed.
    """
    before = None
    if memory is not None and memory.former:
        before = KeptEntities.read(memory.folder / memory.former / _ENTITIES, memory.version)
    if before is None or before.is_corrected or corrections.same or corrections.different:
        rows = tables.entities_of, tables.entity_mentions_of
        return resolve_entities(documents, *rows, corrections, is_counted=is_counted, folder=files), None
    known = dict(before.documents.all("document_id", "print"))
    now = dict(zip(documents["document_id"].tolist(), documents["print"].tolist(), strict=True))
    fresh = {document for document, told in now.items() if known.get(document) != told}
    change = EntityChange(before, fresh, tables.entity_mentions_of)
    rows = tables.entities_of, tables.entity_mentions_of
    found = resolve_entities(documents, *rows, corrections, change, is_counted=is_counted)
    is_growth = known.keys() <= now.keys() and not known.keys() & fresh
    return found, sorted(fresh) if is_growth else None


def resolver_version(corrections: CorrectionFile) -> str:
    """The version of the code that resolves and of the corrections, as a short hash."""
    return resolver_code_version(corrections.version)


def _nodes(mentions: pd.DataFrame) -> dict[str, NodeId]:
    """The entity of its document that each mention stands for."""
    keys = zip(mentions["document_id"].tolist(), mentions["entity_id"].tolist(), strict=True)
    return dict(zip(mentions["mention_id"].tolist(), keys, strict=True))


def events_version() -> str:
    """The version of the code that resolves, the libraries whose numbers it keeps among it; without what people corrected."""
    return events_code_version(f"{np.__version__} {pd.__version__} {version('duckdb')} {version('pyarrow')}")


def _column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    """A column of a frame as Arrow's; missing values stay so."""
    days = pa.types.is_date(kind) and pd.api.types.is_datetime64_any_dtype(values)
    return pa.array(values, from_pandas=True).cast(kind) if days else pa.array(values, kind, from_pandas=True)


def _bytes(value: object) -> bytes | None:
    """A signature as the database's frames hold it: a bytearray, or a missing value."""
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else None
