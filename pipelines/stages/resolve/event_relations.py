"""Events that are linked and not one: a plan or threat and its deed, an assertion and its denial, a recollection and its act.

What belongs here: `event_relations`, and the pairs of reports that they rest on. What does not: which reports are one event
(`half_linkage.py`).

Two reports that would be one event but for what they say of its happening are a relation of their two events: what is planned or
possible in one and done in the other `announces` it, what is negated in one and asserted in the other `denies` it. A promise or
a threat is an event of its own type; it `announces` a deed of the type that it is about (`lexicons/event_announcements.csv`) that
the same parties do within `LONGEST_WAIT` days.

A text that recalls an earlier act ("the 2019 attack on ...", "a year after ...") is a report of that act's event where it fits
it; where it tells too little for that, its event `recalls` the earlier one that it fits best.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.stages.resolve.hashed_names import NONE, Names
from pipelines.stages.resolve.pair_blocks import distinct, expand
from pipelines.stages.resolve.pair_evidence import PairEvidence
from pipelines.stages.resolve.report_parties import PARTIES
from pipelines.stages.resolve.reports import NO_DAY, Reports, SketchNorms

RELATIONS = ANNOUNCES, DENIES, RECALLS = "announces", "denies", "recalls"
LEAST = 0.5  # probability, but for that, of being one event
LONGEST_WAIT = 366  # days from a promise to the deed
NEWS_DAYS = 31  # after an act it is still news; a later text recalls it
_MOST_DEEDS = 20  # of a promise, the next ones
_ANNOUNCEMENTS = Path(__file__).parents[2] / "lexicons" / "event_announcements.csv"
_COLUMNS = ("event_id", "related_event_id", "relation", "score")
_CHUNK = 50_000
_HAPPENING = ("other_modality", "other_polarity")
# A promise and its deed differ in these by nature.
_PROMISE = (
    "other_kind",
    "other_trigger",
    "other_day",
    "doubtful_day",
    "published_later",
    "undated_month",
    "undated_far",
)
# A recollection stands in a text on something else, long after, and tells the day roughly or not at all.
_RECOLLECTION = ("undated_month", "undated_far", "published_later", "text_unlikeness")


@dataclass(frozen=True, slots=True)
class RelatedReports:
    """Pairs of reports that are of two events which are related.

    Attributes:
        first: rows of the plan, of the denial, or of the recollection.
        second: rows of the deed, of what is denied, or of what is recalled.
        relation: what the first does to the second, as its place in `RELATIONS`.
        score: probability of being one event but for that.
    """

    first: np.ndarray
    second: np.ndarray
    relation: np.ndarray
    score: np.ndarray

    @classmethod
    def of(cls, relation: str, first: np.ndarray, second: np.ndarray, score: np.ndarray) -> RelatedReports:
        """Pairs of one relation."""
        return cls(first, second, np.full(len(first), RELATIONS.index(relation), dtype=np.int8), score)

    @classmethod
    def joined(cls, parts: list[RelatedReports]) -> RelatedReports:
        """Several lists, one behind the other."""
        none = cls(*(np.empty(0, dtype) for dtype in (np.int32, np.int32, np.int8, np.float32)))
        names = ("first", "second", "relation", "score")
        return cls(*(np.concatenate([getattr(part, name) for part in (none, *parts)]) for name in names))

    def at(self, rows: np.ndarray) -> RelatedReports:
        """Some of the pairs."""
        return RelatedReports(self.first[rows], self.second[rows], self.relation[rows], self.score[rows])

    def packed(self, count: int) -> np.ndarray:
        """The two rows of each pair as one number, the lesser first.

        Args:
            count: number of all reports.
        """
        lesser, greater = np.minimum(self.first, self.second), np.maximum(self.first, self.second)
        return lesser.astype(np.int64) * count + greater


def event_relations(related: RelatedReports, names: np.ndarray, event_of: np.ndarray) -> pd.DataFrame:
    """Relations between events.

    Args:
        related: pairs of reports.
        names: the cluster of each report.
        event_of: the event of each report, as far as pairs name it.

    Returns:
        event_id (the plan, denial or recollection), related_event_id (the deed, what is denied, what is recalled), relation,
        score (probability of the surest pair of their reports); one row a pair of events and relation, a recollection has one.
    """
    # By the clusters' numbers first, as most pairs are of few events.
    order = np.lexsort((related.score, related.relation, names[related.second], names[related.first]))
    related = related.at(order)
    first, second = names[related.first], names[related.second]
    is_last = np.ones(len(order), dtype=bool)
    for column in (first, second, related.relation):
        is_last[:-1] &= column[1:] == column[:-1]
    is_last[:-1] = ~is_last[:-1]
    related = related.at(np.flatnonzero(is_last & (first != second)))
    rows = pd.DataFrame(
        {
            "event_id": event_of[related.first],
            "related_event_id": event_of[related.second],
            "relation": np.array(RELATIONS, dtype=object)[related.relation],
            "score": related.score.astype(np.float64),
        }
    )
    # A recollection is of one act: the one that it fits best, of equals the first.
    best = rows[rows["relation"] == RECALLS].sort_values(["score", "related_event_id"], ascending=[False, True])
    rows = rows.drop(best.index[best.duplicated("event_id")])
    return pd.DataFrame(
        {name: rows[name].astype(object) for name in _COLUMNS[:-1]} | {_COLUMNS[-1]: rows[_COLUMNS[-1]]}
    )


def related_reports(
    reports: Reports, first: np.ndarray, second: np.ndarray, norms: SketchNorms | None = None
) -> RelatedReports:
    """Of pairs of reports that were compared those that differ in whether it happened, and those that recall an act.

    Args:
        reports: the reports.
        first, second: their rows.
        norms: the lengths of the reports' sketches, where they are known.
    """
    differ = np.flatnonzero(
        (reports.is_done[first] != reports.is_done[second]) | (reports.is_negated[first] != reports.is_negated[second])
    )
    one, other, score = _likely(reports, first[differ], second[differ], _HAPPENING, norms)
    is_denial = reports.is_negated[one] != reports.is_negated[other]
    turned = np.where(is_denial, reports.is_negated[other], reports.is_done[one])
    relation = np.where(is_denial, RELATIONS.index(DENIES), RELATIONS.index(ANNOUNCES)).astype(np.int8)
    happening = RelatedReports(np.where(turned, other, one), np.where(turned, one, other), relation, score)
    return RelatedReports.joined([happening, _recalled(reports, first, second, norms)])


def only_recollections(related: RelatedReports, reports: Reports, names: np.ndarray) -> RelatedReports:
    """The pairs without those of a recollection whose event is known from news too: its reports recall their own event.

    Args:
        related: pairs of reports.
        reports: the reports.
        names: the cluster of each.
    """
    is_news = np.zeros(len(names), dtype=bool)
    is_news[names[~_recalls(reports, np.arange(len(names)))]] = True
    is_other = related.relation != RELATIONS.index(RECALLS)
    return related.at(np.flatnonzero(is_other | ~is_news[names[related.first]]))


def promises(reports: Reports, norms: SketchNorms | None = None, known: RelatedReports | None = None) -> RelatedReports:
    """Promises and threats with the deeds of their parties that follow them; a score of 0 where the two would not be one event.

    Args:
        reports: the reports.
        norms: the lengths of their sketches, where they are known.
        known: such pairs as the run before judged them, by their rows now and in their order: they are not judged again.
    """
    first, second = _promises(reports)
    score = np.zeros(len(first), dtype=np.float32)
    is_new = np.ones(len(first), dtype=bool)
    key = first * len(reports) + second
    if known is not None and len(known.first):
        told = known.first.astype(np.int64) * len(reports) + known.second
        at = np.minimum(np.searchsorted(told, key), len(told) - 1)
        is_new = told[at] != key
        score = np.where(is_new, score, known.score[at])
    one, other, likely = _likely(reports, first[is_new], second[is_new], (*_HAPPENING, *_PROMISE), norms)
    score[np.searchsorted(key, one.astype(np.int64) * len(reports) + other)] = likely
    return RelatedReports.of(ANNOUNCES, first.astype(np.int32), second.astype(np.int32), score)


def _likely(
    reports: Reports, first: np.ndarray, second: np.ndarray, but_for: tuple[str, ...], norms: SketchNorms | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs that would be one event but for some evidence, and how probably."""
    found = [(first[:0], second[:0], np.empty(0, dtype=np.float32))]
    norms = norms or (SketchNorms.of(reports) if len(first) else None)
    for begin in range(0, len(first), _CHUNK):
        a, b = first[begin : begin + _CHUNK], second[begin : begin + _CHUNK]
        score = PairEvidence(reports, a, b, norms).probability_but_for(*but_for, least=LEAST)
        at = np.flatnonzero(score >= LEAST)
        found.append((a[at], b[at], score[at]))
    one, other, score = (np.concatenate([part[i] for part in found]) for i in range(3))
    return one.astype(np.int32), other.astype(np.int32), score


def _promises(reports: Reports) -> tuple[np.ndarray, np.ndarray]:
    """Promises and threats with the deeds of their parties that follow them, the next ones only."""
    days = np.where(reports.start != NO_DAY, reports.start, reports.published).astype(np.int64)
    able = (days != NO_DAY) & ~reports.is_negated
    names = Names()
    types, modes = reports.event_type, reports.mode
    found = [np.empty(0, dtype=np.int64)]
    deeds_of: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    modes_of: dict[int, list[int]] = defaultdict(list)
    for event_type, mode in _announcements():
        modes_of[names.number(event_type)].append(NONE if mode == "-" else names.number(mode))
    for (event_type, mode), announced in _announcements().items():
        told = able & (types == names.number(event_type))
        if mode == "*":
            told &= ~np.isin(modes, modes_of[names.number(event_type)])
        else:
            told &= modes == (NONE if mode == "-" else names.number(mode))
        promises = _sides(reports, np.flatnonzero(told))
        if not len(promises[0]):
            continue
        for deed in map(names.number, announced):
            if deed not in deeds_of:
                deeds_of[deed] = _sides(reports, np.flatnonzero(able & reports.is_done & (types == deed)))
            found.append(_following(promises, deeds_of[deed], days, reports))
    first, second = np.divmod(distinct(np.concatenate(found)), max(len(reports), 1))
    return first, second


def _recalled(reports: Reports, first: np.ndarray, second: np.ndarray, norms: SketchNorms | None) -> RelatedReports:
    """Of pairs of reports that were compared those of which one recalls the act that the other reports as news."""
    told = reports.is_done & ~reports.is_negated
    found = []
    for one, other in ((first, second), (second, first)):
        pairs = np.flatnonzero(
            told[one]
            & told[other]
            & _recalls(reports, one)
            & ~_recalls(reports, other)
            & (reports.published[other] != NO_DAY)
            & (reports.published[one] > reports.published[other])
        )
        likely = _likely(reports, one[pairs], other[pairs], _RECOLLECTION, norms)
        found.append(RelatedReports.of(RECALLS, *likely))
    return RelatedReports.joined(found)


def _recalls(reports: Reports, rows: np.ndarray) -> np.ndarray:
    """Whether reports are of texts long after the act, or tell it as one of the past."""
    published, end = reports.published[rows], reports.end[rows]
    age = np.where((published != NO_DAY) & (end != NO_DAY), published.astype(np.int64) - end, 0)
    return (age > NEWS_DAYS) | reports.is_historical[rows]


def _following(
    promises: tuple[np.ndarray, np.ndarray], deeds: tuple[np.ndarray, np.ndarray], days: np.ndarray, reports: Reports
) -> np.ndarray:
    """The next deeds of the same sides after each promise, both packed into one number."""
    (row, side), (deed, of) = promises, deeds
    order = np.lexsort((reports.tie[deed], days[deed], of))
    deed, of = deed[order], of[order]
    least, most = int(days.min()), int(days.max()) + 2
    # Days within sides, as one number each.
    sides, number = np.unique(np.concatenate([of, side]), return_inverse=True)
    span = most - least
    key, ask = number[: len(of)] * span + days[deed] - least, number[len(of) :] * span + days[row] - least
    begin = np.searchsorted(key, ask)
    end = np.searchsorted(
        key, number[len(of) :] * span + np.minimum(days[row] + LONGEST_WAIT, most - 1) - least, "right"
    )
    counts = np.clip(end - begin, 0, _MOST_DEEDS)
    entry, step = expand(counts)
    one, other = row[entry], deed[begin[entry] + step]
    apart = one != other
    return one[apart].astype(np.int64) * len(reports) + other[apart]


def _sides(reports: Reports, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Reports with each country of an actor and of a recipient that are both told, the two as one number."""
    found, sides = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for i in range(PARTIES):
        for j in range(PARTIES):
            actor, recipient = reports.actors.country[rows, i], reports.recipients.country[rows, j]
            both = np.flatnonzero((actor != NONE) & (recipient != NONE))
            found.append(rows[both])
            sides.append(actor[both].astype(np.int64) << 31 | recipient[both])
    row, side = np.concatenate(found), np.concatenate(sides)
    order = np.lexsort((side, row))
    row, side = row[order], side[order]
    once = np.flatnonzero(np.append(True, (row[1:] != row[:-1]) | (side[1:] != side[:-1]))[: len(row)])
    return row[once], side[once]


@cache
def _announcements() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = pd.read_csv(_ANNOUNCEMENTS, comment="#", keep_default_na=False)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for event_type, mode, deed in zip(rows["event_type"], rows["event_mode"], rows["deed_type"], strict=True):
        found[event_type, mode] = (*found.get((event_type, mode), ()), deed)
    return found
