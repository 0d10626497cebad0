"""Events across documents: which event mentions report one real-world event.

What belongs here: the order of the work on events. What does not: coding a mention (`nlp/events/`), what speaks for and against
one event (`pair_evidence.py`), ids and links (`event_links.py`), the rows (`event_tables.py`).

Reports are compared pair by pair where they can be of one event (`report_pairs.py`), every pair gets a probability
(`pair_evidence.py`), and a report joins an event when it fits its reports on the whole (`half_linkage.py`). Everything rests on
the texts alone, so the same documents give the same events in whatever order and number of runs they came; what people corrected
goes before all evidence (`corrections.py`).

A run looks at what changed since the one before: documents that came, went or are told otherwise, the blocks that their reports
stand in, the pairs that these give or give no more, the clusters that such pairs touch. From nothing it is the same work, with
everything new.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.freed_memory import give_back
from pipelines.stages.resolve.alike_texts import Neighbours, TextChanges, alike_texts
from pipelines.stages.resolve.changed_clusters import Before, ChangedPairs, climb_again
from pipelines.stages.resolve.contradictions import part_contradictions
from pipelines.stages.resolve.corrections import Corrections, correct_mentions
from pipelines.stages.resolve.event_links import PairsWithin
from pipelines.stages.resolve.event_relations import RelatedReports, promises, related_reports
from pipelines.stages.resolve.event_source import EventReader, EventRows
from pipelines.stages.resolve.event_tables import ResolvedEvents, event_tables
from pipelines.stages.resolve.half_linkage import Ties, climb
from pipelines.stages.resolve.half_links import Links
from pipelines.stages.resolve.hashed_names import NONE
from pipelines.stages.resolve.judged_pairs import judge_pairs
from pipelines.stages.resolve.kept_events import PAIRS, KeptEvents
from pipelines.stages.resolve.report_changes import ReportChanges, changed_documents, compare_reports
from pipelines.stages.resolve.report_pairs import pair_changes
from pipelines.stages.resolve.reports import Reports, SketchNorms, in_order

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Memory:
    """Where a resolution is kept for the next one.

    Attributes:
        folder: of all resolutions that are kept.
        version: of the code that resolves.
        former: name of the resolution whose result is in core; `None` if there is none.
        name: of this resolution.
    """

    folder: Path
    version: str
    former: str | None
    name: str

    def read(self) -> KeptEvents | None:
        """What the former resolution kept, if it can be used; one without a report has nothing to stand beside."""
        kept = KeptEvents.read(self.folder / self.former, self.version) if self.former else None
        return kept if kept is not None and len(kept.names) else None

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """A folder to write to, which becomes this resolution's when all went well."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as temporary:
            yield Path(temporary) / "kept"
            shutil.rmtree(self.folder / self.name, ignore_errors=True)
            (Path(temporary) / "kept").rename(self.folder / self.name)


def resolve_events(
    documents: pd.DataFrame,
    mentions: pd.DataFrame,
    participants: pd.DataFrame,
    entities: pd.DataFrame,
    corrections: Corrections | None = None,
    memory: Memory | None = None,
    reader: EventReader | None = None,
) -> ResolvedEvents:
    """Join event mentions into events.

    Args:
        documents: document_id, published_date, is_counted, text.
        mentions: rows of nlp.event_mentions.
        participants: rows of nlp.event_participants, with the entity of core as entity_id.
        entities: entity_id, label, country, is_named of core.entities.
        corrections: of event mentions by people.
        memory: where the resolution before is kept, and this one will be; `None`: everything is resolved anew.
        reader: gives texts and rows where they are needed: then `documents` has no text, `mentions` only event_mention_id and
            document_id, and `participants` and `entities` nothing.

    Returns:
        The tables of events, links, parties and relations.
    """
    corrections = corrections or Corrections()
    mentions = in_order(mentions, "event_mention_id")
    if reader is None:
        mentions = correct_mentions(mentions, corrections)
    else:
        mentions = mentions.assign(is_event=~mentions["event_mention_id"].isin(corrections.not_events))
    # By Arrow, as pandas makes a Python object of each id.
    told = pa.array(mentions["document_id"], pa.string())
    is_told = pc.is_in(pa.array(documents["document_id"], pa.string()), value_set=told).to_numpy(zero_copy_only=False)
    documents = in_order(documents.loc[is_told], "document_id")
    rows = EventRows(documents, mentions, participants, entities, corrections, reader)
    if memory is not None:
        with memory.writing() as folder:
            return _resolve(rows, memory.read(), folder, memory.version)
    with tempfile.TemporaryDirectory() as temporary:
        return _resolve(rows, None, Path(temporary), None)


def _resolve(rows: EventRows, before: KeptEvents | None, folder: Path, version: str | None) -> ResolvedEvents:
    document = pd.Index(rows.documents["document_id"]).get_indexer(pd.Index(rows.mentions["document_id"]))
    prints = rows.prints() if version is not None else np.empty(0, dtype=np.uint64)
    changes = _compare(rows, document, prints, before, folder.parent if version is not None else None)
    reports, count = changes.reports, len(rows.mentions)
    gone = before.reports.mention_ids[changes.present < 0] if before else None
    if before is not None:  # the former ones are among all, so the memory of their files is given back
        before = replace(before, reports=reports)
    texts = _alike(changes, before)
    if before is not None:
        before = replace(before, neighbours=texts.neighbours)
    is_event = rows.mentions["is_event"].to_numpy(dtype=bool)
    pairs = pair_changes(reports, changes.status, texts, folder.parent)
    found: list[RelatedReports] = []
    norms = SketchNorms.of(reports)

    def note(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        related = related_reports(reports, first, second, norms)
        found.append(related)
        return np.isin(first.astype(np.int64) * len(reports) + second, related.packed(len(reports)))

    judged = judge_pairs(
        reports, is_event, pairs, (before.pairs, changes.present) if before else None, folder / PAIRS, norms, note=note,
    )  # fmt: skip
    logger.info(
        "%d reports, %d new or changed: %d pairs compared, %d left out of large blocks; %d pairs count",
        count, int((~changes.status.was[:count]).sum()), judged.judged, pairs.left_out, len(judged.pairs),
    )  # fmt: skip
    now = reports.of_first(count, len(rows.documents))
    ties = rows.ties()
    if before is None:
        give_back()
        ladder = climb(
            count, lambda: (Links(p.first, p.second, p.value) for p in judged.pairs.portions()), ties, folder.parent
        )
        anew = np.ones(count, dtype=bool)
    else:
        ladder, anew = climb_again(
            Before(before.ladder, changes.former), judged.pairs, ties, _with_ties(judged.changed, rows, before, ties)
        )
    inside = PairsWithin(judged.pairs, ladder.names[-1], anew)
    names = _parted(ladder.names[-1], inside, now, ties)
    if before is not None:
        as_before = np.flatnonzero(~anew)
        names[as_before] = changes.present[before.names[changes.former[as_before]]]
    related = RelatedReports.joined([*_still(before, changes.present, judged.gone, len(reports)), *found])
    told = promises(now, norms, _renumbered(before.promises, changes.present) if before else None)
    files = folder.parent if before is None and version is not None else None
    told_of = told.at(np.flatnonzero(told.score > 0))
    tables = event_tables(rows, now, norms, inside, names, anew, (related, told_of), files)
    if version is not None:
        by_people = (rows.corrections.same, rows.corrections.different)
        neighbours = texts.neighbours.at_first(len(rows.documents))
        _keep(
            KeptEvents(now, prints, neighbours, judged.pairs, related, told, ladder, names, by_people), folder, version
        )
    if gone is None:
        return tables
    return replace(tables, replaced=[*gone.tolist(), *now.mention_ids[anew].tolist()])


def _alike(changes: ReportChanges, before: KeptEvents | None) -> TextChanges:
    """The texts that are alike now."""
    reports = changes.reports
    former = before.neighbours.renamed(changes.present_text) if before else Neighbours.none()
    return alike_texts(
        reports.document_sketches, reports.document_norms, reports.document_published, reports.document_tie,
        changes.text_status, former,
    )  # fmt: skip


def _keep(kept: KeptEvents, folder: Path, version: str) -> None:
    kept.write(folder, version)


def _compare(
    rows: EventRows, document: np.ndarray, prints: np.ndarray, before: KeptEvents | None, files: Path | None
) -> ReportChanges:
    """The reports as they are now, and what of them changed; from nothing the sketches of many are in files."""
    ids = rows.documents["document_id"].to_numpy(dtype=object)
    former = before.reports if before else Reports.none()
    former_text, gone = changed_documents(
        ids, rows.as_compared(prints), former.document_ids, before.prints if before else np.empty(0, dtype=np.uint64)
    )
    read = partial(rows.reports, folder=files) if before is None else rows.reports
    return compare_reports(document, former_text, gone, former, read)


def _with_ties(changed: ChangedPairs, rows: EventRows, before: KeptEvents, ties: Ties) -> ChangedPairs:
    """What changed, with what people said that they had not said before, or say no more."""
    former = replace(rows, corrections=Corrections(same=before.ties[0], different=before.ties[1])).ties()
    told, once = (set(zip(t.first.tolist(), t.second.tolist(), t.value.tolist(), strict=True)) for t in (ties, former))
    came = [(*pair, value) for *pair, value in told - once]
    went = [(*pair, -value) for *pair, value in once - told if min(pair) >= 0]
    more = np.array([*came, *went], dtype=np.float64).reshape(-1, 3)
    first, second = more[:, :2].T.astype(np.int32)
    most = np.full(len(more), np.inf, dtype=np.float32)
    return ChangedPairs.joined([changed, ChangedPairs(first, second, more[:, 2].astype(np.float32), most)])


def _still(before: KeptEvents | None, present: np.ndarray, gone: np.ndarray, count: int) -> list[RelatedReports]:
    """The related reports of the run before that stay and are still compared."""
    if before is None:
        return []
    kept = _renumbered(before.related, present)
    return [kept.at(np.flatnonzero(~np.isin(kept.packed(count), gone)))]


def _renumbered(related: RelatedReports, present: np.ndarray) -> RelatedReports:
    """Those of which both reports stay, by their present numbers."""
    first, second = (present[side].astype(np.int32) for side in (related.first, related.second))
    return replace(related, first=first, second=second).at(np.flatnonzero((first >= 0) & (second >= 0)))


def _parted(names: np.ndarray, inside: PairsWithin, reports: Reports, ties: Ties) -> np.ndarray:
    """The events after those were parted whose reports contradict each other; it depends on an event's own reports alone."""
    together, apart = (
        [(int(ties.first[at]), int(ties.second[at])) for at in np.flatnonzero(np.sign(ties.value) == sign)]
        for sign in (1, -1)
    )
    return part_contradictions(
        names, inside.portions, np.where(reports.is_area, NONE, reports.place), together=together, apart=apart
    ).copy()
