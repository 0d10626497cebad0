"""Events across documents: which event mentions report one real-world event.

What belongs here: the order of the work on events, the ids of events and the links with their reasons. What does not: coding a
mention (`nlp/events/`), what speaks for and against one event (`pair_evidence.py`), the event's row (`event_rows.py`).

Reports are compared pair by pair where they can be of one event (`report_pairs.py`), every pair gets a probability
(`pair_evidence.py`), and a report joins an event when it fits its reports on the whole (`half_linkage.py`). Everything rests on
the texts alone, so the same documents give the same events in whatever order and number of runs they came; what people corrected
goes before all evidence (`corrections.py`).
"""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines import ids
from pipelines.stages.resolve.contradictions import part_contradictions
from pipelines.stages.resolve.corrections import Corrections, correct_mentions
from pipelines.stages.resolve.event_parties import event_parties
from pipelines.stages.resolve.event_relations import event_relations
from pipelines.stages.resolve.event_rows import event_rows
from pipelines.stages.resolve.half_linkage import LEAST, cluster
from pipelines.stages.resolve.identity_weights import calibrated
from pipelines.stages.resolve.pair_evidence import PairEvidence
from pipelines.stages.resolve.report_pairs import candidate_pairs
from pipelines.stages.resolve.reports import NO_DAY, NONE, Reports, SketchNorms, in_order, read_reports

logger = logging.getLogger(__name__)

ALONE, FITS, CORRECTED = "only_report", "fits_event", "corrected"
_CHUNK = 50_000  # pairs whose evidence is in memory at once
_THREADS = 2
_TOLD = 0.05  # log-odds below which a piece of evidence is not told


@dataclass(frozen=True, slots=True)
class ResolvedEvents:
    """The event tables of schema core."""

    events: pd.DataFrame
    event_links: pd.DataFrame
    event_parties: pd.DataFrame
    event_relations: pd.DataFrame


def resolve_events(
    documents: pd.DataFrame,
    mentions: pd.DataFrame,
    participants: pd.DataFrame,
    entities: pd.DataFrame,
    corrections: Corrections | None = None,
) -> ResolvedEvents:
    """Join event mentions into events.

    Args:
        documents: document_id, published_date, is_counted, text.
        mentions: rows of nlp.event_mentions.
        participants: rows of nlp.event_participants, with the entity of core as entity_id.
        entities: entity_id, label, country, is_named of core.entities.
        corrections: of event mentions by people.

    Returns:
        The tables of events, links, parties and relations.
    """
    corrections = corrections or Corrections()
    mentions = correct_mentions(in_order(mentions, "event_mention_id"), corrections)
    reports = read_reports(documents, mentions, participants, entities)
    pairs = candidate_pairs(reports)
    logger.info(
        "%d reports: %d pairs compared, %d left out of large blocks", len(reports), len(pairs.first), pairs.left_out
    )
    # What is no event is compared with nothing, and stays by itself.
    is_event = mentions["is_event"].to_numpy(dtype=bool)
    first, second = pairs.first, pairs.second
    if not is_event.all():
        compared = is_event[first] & is_event[second]
        first, second = first[compared], second[compared]
    probability, is_excluded = _judge(reports, first, second)
    row_of = {mention: row for row, mention in enumerate(reports.mention_ids)}
    together, apart = ([(row_of[a], row_of[b]) for a, b in told] for told in (corrections.same, corrections.different))
    names = cluster(len(reports), first, second, probability, is_excluded, together=together, apart=apart)
    names = part_contradictions(
        names,
        first,
        second,
        probability,
        is_excluded,
        np.where(reports.is_area, NONE, reports.place),
        together=together,
        apart=apart,
    )
    event_of = _event_ids(reports, names)
    links = _links(reports, names, event_of, first, second, probability, together)
    links.loc[~is_event, "method"] = CORRECTED
    return ResolvedEvents(
        events=event_rows(documents, mentions, links),
        event_links=links,
        event_parties=event_parties(participants, links, entities),
        event_relations=event_relations(reports, mentions, event_of, first, second),
    )


def _judge(reports: Reports, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The probability of each pair, 0 where it counts as nothing, and whether the two exclude each other."""
    probability, is_excluded = np.zeros(len(first), dtype=np.float32), np.zeros(len(first), dtype=bool)
    norms = SketchNorms.of(reports)

    def judge(begin: int) -> None:
        part = slice(begin, begin + _CHUNK)
        evidence = PairEvidence(reports, first[part], second[part], norms)
        probability[part], is_excluded[part] = evidence.judge(LEAST)

    # Threads, as the work is that of arrays, which waits for no interpreter.
    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(judge, range(0, len(first), _CHUNK)):
            pass
    return probability, is_excluded


def _event_ids(reports: Reports, names: np.ndarray) -> list[str]:
    """The event of each report: named by its earliest one, so that later reports of it do not change the name."""
    published = np.where(reports.published == NO_DAY, np.iinfo(np.int32).max, reports.published)
    # Documents are numbered in the order of their ids.
    order = np.lexsort((np.arange(len(reports)), reports.position, reports.document, published))
    founder: dict[int, str] = {}
    for row in order.tolist():
        founder.setdefault(int(names[row]), reports.mention_ids[row])
    return [ids.event_id(founder[name]) for name in names.tolist()]


def _links(
    reports: Reports,
    names: np.ndarray,
    event_of: list[str],
    first: np.ndarray,
    second: np.ndarray,
    probability: np.ndarray,
    together: list[tuple[int, int]],
) -> pd.DataFrame:
    """One row a report: its event, how well it fits the event's other reports, and what spoke for and against.

    Of a report that a person put into its event, it is told what spoke for and against the report that it was put beside.
    """
    inside = names[first] == names[second]
    first, second, probability = first[inside], second[inside], probability[inside]
    # Those that counted as nothing are told all the same.
    unknown = np.flatnonzero(probability == 0)
    probability[unknown] = PairEvidence(reports, first[unknown], second[unknown]).judge()[0]
    sizes = np.bincount(names, minlength=len(names))[names] if len(names) else np.empty(0, dtype=np.int64)
    total = np.zeros(len(names))
    likely = calibrated(probability)
    np.add.at(total, first, likely)
    np.add.at(total, second, likely)
    score = np.where(sizes > 1, total / np.maximum(sizes - 1, 1), 1.0)
    nearest = _nearest(len(names), first, second, probability)
    forced = np.zeros(len(names), dtype=bool)
    for a, b in together:
        forced[[a, b]] = True
        nearest[[a, b]] = b, a
    evidence: list[str | None] = [None] * len(names)
    rows = np.flatnonzero(nearest >= 0)
    log_odds = PairEvidence(reports, rows, nearest[rows]).log_odds() if len(rows) else {}
    for at, row in enumerate(rows.tolist()):
        told = {name: round(float(values[at]), 2) for name, values in log_odds.items() if abs(values[at]) > _TOLD}
        evidence[row] = json.dumps({"with": reports.mention_ids[nearest[row]], "log_odds": told}, sort_keys=True)
    return pd.DataFrame(
        {
            # Without any report the columns would be of numbers, and not join those of text.
            "event_mention_id": pd.Series(reports.mention_ids, dtype=object),
            "event_id": pd.Series(event_of, dtype=object),
            "method": np.select([forced, sizes > 1], [CORRECTED, FITS], ALONE),
            "score": np.where(forced, 1.0, np.clip(score, 0.0, 1.0)),
            "evidence": evidence,
        }
    )


def _nearest(count: int, first: np.ndarray, second: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """For each report the one of its event that it fits best, -1 if there is none."""
    rows, others = np.concatenate([first, second]), np.concatenate([second, first])
    order = np.lexsort((others, -np.concatenate([probability, probability]), rows))
    found, at = np.unique(rows[order], return_index=True)
    nearest = np.full(count, -1, dtype=np.int64)
    nearest[found] = others[order][at]
    return nearest
