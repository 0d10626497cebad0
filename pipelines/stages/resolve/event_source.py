"""The rows that events are resolved from: at hand as frames, or read where they are needed.

What belongs here: `EventReader`, `EventRows`. What does not: what is done with the rows (`events.py`), the hash of a document by
frames (`kept_events.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.freed_memory import give_back
from pipelines.stages.resolve.corrections import Corrections, correct_mentions
from pipelines.stages.resolve.half_linkage import Ties
from pipelines.stages.resolve.kept_events import document_prints, mixed, row_hashes
from pipelines.stages.resolve.kept_rows import KeptRows, RowsFile
from pipelines.stages.resolve.report_parties import Parties
from pipelines.stages.resolve.reports import OF_DOCUMENT, SKETCHES, Reports, in_order, read_reports, with_entities

_DOCUMENTS_AT_ONCE = 5_000  # of which all that is told of their events is in memory


@dataclass(frozen=True, slots=True)
class EventReader:
    """Gives rows where they are needed.

    Attributes:
        texts_of: texts of some documents.
        rows_of: rows of nlp.event_mentions, of nlp.event_participants with the entity of core as entity_id, and of core.entities,
            of some event mentions, or of all.
        prints: gives a hash of these rows by document, as they are in nlp; none for a document without any.
        other_entities: the documents with a party that is another entity or another kind of party than in the run before, or has
            another country while the text tells none.
        told: what the texts tell of all event mentions (`reports.told_reports`), where that was read already.
    """

    texts_of: Callable[[Collection[str]], Mapping[str, str]]
    rows_of: Callable[[Collection[str] | None], tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]
    prints: Callable[[], Mapping[str, int]]
    other_entities: Collection[str] = ()
    told: Reports | None = None


@dataclass(frozen=True, slots=True)
class EventRows:
    """What is resolved, the documents and mentions in the order of their ids."""

    documents: pd.DataFrame
    mentions: pd.DataFrame
    participants: pd.DataFrame
    entities: pd.DataFrame
    corrections: Corrections
    reader: EventReader | None

    def reports(self, rows: np.ndarray, folder: Path | None = None) -> Reports:
        """The reports of some event mentions; where a reader gives the rows, of some documents after the others.

        Args:
            rows: of the event mentions.
            folder: for the sketches of many documents, which stay in files of it; `None`: they are in memory.
        """
        if self.reader is None:
            return self._read(rows)
        if self.reader.told is not None and len(rows) == len(self.mentions):
            some = self.of(rows)
            return with_entities(self.reader.told, some.participants, some.entities)
        document = pd.Index(self.documents["document_id"]).get_indexer(self.mentions["document_id"].iloc[rows])
        numbers = np.unique(document)
        if len(numbers) <= _DOCUMENTS_AT_ONCE:
            return self._read(rows)
        # Documents are in the order of their ids, so those of the parts are one behind the other.
        part = np.searchsorted(numbers, document) // _DOCUMENTS_AT_ONCE
        sketches = {name: RowsFile(folder / f"{name}.npy") for name in SKETCHES} if folder is not None else {}
        parts: list[dict[str, Any]] = []
        for number in range(part.max() + 1):
            found = self._read(rows[part == number])
            parts.append({field.name: getattr(found, field.name) for field in fields(found)})
            del found
            for name, file in sketches.items():
                file.add(parts[-1].pop(name))
            give_back()
        order = np.argsort(np.concatenate([told["mention_ids"] for told in parts]), kind="stable")
        places = {name: None if name in OF_DOCUMENT else order for name in sketches}
        kept = {name: file.done(places[name]) for name, file in sketches.items()}
        return _joined(parts, order, kept)

    def _read(self, rows: np.ndarray) -> Reports:
        some = self if len(rows) == len(self.mentions) and self.reader is None else self.of(rows)
        documents = some.documents
        if self.reader is not None:
            ids = documents["document_id"].tolist()
            texts = self.reader.texts_of(ids)
            documents = documents.assign(text=pd.Series([texts[id] for id in ids], documents.index, dtype=object))
        return read_reports(documents, some.mentions, some.participants, some.entities)

    def of(self, rows: np.ndarray) -> EventRows:
        """The rows of some event mentions."""
        mentions, participants, entities = (
            self.mentions.iloc[rows].reset_index(drop=True),
            self.participants,
            self.entities,
        )
        if self.reader is not None:
            is_all = len(rows) == len(self.mentions)
            mentions, participants, entities = self.reader.rows_of(
                None if is_all else mentions["event_mention_id"].tolist()
            )
            mentions = correct_mentions(in_order(mentions, "event_mention_id"), self.corrections)
        told = participants["event_mention_id"].isin(mentions["event_mention_id"])
        of_these = self.documents["document_id"].isin(mentions["document_id"].unique())
        documents, participants = self.documents[of_these], participants[told]
        return replace(self, documents=documents, mentions=mentions, participants=participants, entities=entities)

    def prints(self) -> np.ndarray:
        """A hash of what is told of each document; of a reader's rows their entities aside."""
        if self.reader is None:
            documents = self.documents.drop(columns="text")
            return document_prints(documents, self.mentions, self.participants, self.entities)
        # Those of one id are compared, so that of all columns the id tells nothing.
        found = row_hashes(self.documents.drop(columns="document_id"))
        prints = self.reader.prints()
        told = (prints.get(document, 0) for document in self.documents["document_id"])
        found = mixed(found + np.fromiter(told, dtype=np.uint64, count=len(found)))
        # What people say of a mention is told of its document.
        said = dict.fromkeys(self.corrections.not_events, "no event")
        said |= {mention: "/".join(code) for mention, code in self.corrections.codes.items()}
        some = self.mentions[self.mentions["event_mention_id"].isin(list(said))]
        at = pd.Index(self.documents["document_id"]).get_indexer(pd.Index(some["document_id"]))
        words = pd.DataFrame({"mention": some["event_mention_id"], "said": some["event_mention_id"].map(said)})
        np.add.at(found, at, mixed(row_hashes(words)))
        return found

    def as_compared(self, prints: np.ndarray) -> np.ndarray:
        """The hashes, those of documents whose parties are other entities than before made unlike all former ones."""
        if self.reader is None or not self.reader.other_entities:
            return prints
        return np.where(self.documents["document_id"].isin(self.reader.other_entities), ~prints, prints)

    def ties(self) -> Ties:
        """What people put together and kept apart, by rows."""
        index = pd.Index(self.mentions["event_mention_id"])
        told = (self.corrections.same, self.corrections.different)
        together, apart = (
            np.stack([index.get_indexer([pair[side] for pair in pairs]) for side in (0, 1)], axis=1).tolist()
            for pairs in told
        )
        return Ties.of(together, apart)


def _joined(parts: Sequence[dict[str, Any]], order: np.ndarray, kept: Mapping[str, KeptRows]) -> Reports:
    """The reports of several sets of documents, each set behind the other in the order of their ids.

    Args:
        parts: the fields of the reports of each set; each is let go as it is joined, as all of them twice is too much.
        order: of all their mentions, one set behind the other, that of the ids.
        kept: what is in files already.
    """
    starts = np.cumsum([0, *(len(part["document_ids"]) for part in parts)]).tolist()

    def of(values: Iterable[np.ndarray]) -> np.ndarray:
        return np.concatenate(list(values))[order]

    found: dict[str, Any] = {}
    for name in (field.name for field in fields(Reports)):
        if name in kept:
            found[name] = kept[name]
            continue
        values = [part.pop(name) for part in parts]
        if isinstance(values[0], Parties):
            found[name] = Parties(*(of(getattr(v, side.name) for v in values) for side in fields(Parties)))
        elif name == "document":
            found[name] = of(value + np.int32(start) for value, start in zip(values, starts, strict=False))
        else:
            found[name] = np.concatenate(values) if name in OF_DOCUMENT else of(values)
    return Reports(**found)
