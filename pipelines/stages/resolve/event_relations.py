"""Events that are linked and not one: a plan or threat and its deed, an assertion and its denial, a recollection and its act.

What belongs here: `event_relations`. What does not: which reports are one event (`half_linkage.py`).

Two reports that would be one event but for what they say of its happening are a relation of their two events: what is planned or
possible in one and done in the other `announces` it, what is negated in one and asserted in the other `denies` it. A promise or
a threat is an event of its own type; it `announces` a deed of the type that it is about (`lexicons/event_announcements.csv`) that
the same parties do within `LONGEST_WAIT` days.

A text that recalls an earlier act ("the 2019 attack on ...", "a year after ...") is a report of that act's event where it fits
it; where it tells too little for that, its event `recalls` the earlier one that it fits best.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.stages.resolve.pair_evidence import PairEvidence
from pipelines.stages.resolve.reports import NO_DAY, NO_PARTY, NONE, Reports, SketchNorms

ANNOUNCES, DENIES, RECALLS = "announces", "denies", "recalls"
LEAST = 0.5  # probability, but for that, of being one event
LONGEST_WAIT = 366  # days from a promise to the deed
NEWS_DAYS = 31  # after an act it is still news; a later text recalls it
_MOST_DEEDS = 20  # of a promise, the next ones
_ANNOUNCEMENTS = Path(__file__).parents[2] / "lexicons" / "event_announcements.csv"
_COLUMNS = ("event_id", "related_event_id", "relation", "score")
_CHUNK = 50_000
_HISTORICAL = "historical"
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


def event_relations(
    reports: Reports, mentions: pd.DataFrame, event_of: list[str], first: np.ndarray, second: np.ndarray
) -> pd.DataFrame:
    """Relations between events.

    Args:
        reports: the reports.
        mentions: their rows of nlp.event_mentions, in the same order.
        event_of: the event of each.
        first, second: the pairs of reports that were compared.

    Returns:
        event_id (the plan, denial or recollection), related_event_id (the deed, what is denied, what is recalled), relation,
        score (probability of the surest pair of their reports); one row a pair of events and relation.
    """
    differ = (reports.is_done[first] != reports.is_done[second]) | (
        reports.is_negated[first] != reports.is_negated[second]
    )
    found: dict[tuple[str, str, str], float] = {}
    for one, other, score in _likely(reports, first[differ], second[differ], _HAPPENING):
        relation = DENIES if reports.is_negated[one] != reports.is_negated[other] else ANNOUNCES
        turned = reports.is_negated[other] if relation == DENIES else reports.is_done[one]
        _note(found, event_of, (other, one) if turned else (one, other), relation, score)
    for one, other, score in _likely(reports, *_promises(reports, mentions), (*_HAPPENING, *_PROMISE)):
        _note(found, event_of, (one, other), ANNOUNCES, score)
    found |= _recalled(reports, mentions, event_of, first, second)
    rows = [(*key, score) for key, score in sorted(found.items())]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _note(
    found: dict[tuple[str, str, str], float], event_of: list[str], pair: tuple[int, int], relation: str, score: float
) -> None:
    key = (event_of[pair[0]], event_of[pair[1]], relation)
    if key[0] != key[1]:
        found[key] = max(found.get(key, 0.0), score)


def _likely(
    reports: Reports, first: np.ndarray, second: np.ndarray, but_for: tuple[str, ...]
) -> Iterator[tuple[int, int, float]]:
    norms = SketchNorms.of(reports)
    for begin in range(0, len(first), _CHUNK):
        a, b = first[begin : begin + _CHUNK], second[begin : begin + _CHUNK]
        score = PairEvidence(reports, a, b, norms).probability_but_for(*but_for, least=LEAST)
        for at in np.flatnonzero(score >= LEAST).tolist():
            yield int(a[at]), int(b[at]), float(score[at])


def _promises(reports: Reports, mentions: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Promises and threats with the deeds of their parties that follow them."""
    deeds: dict[tuple, list[tuple[int, int]]] = defaultdict(list)
    days = np.where(reports.start != NO_DAY, reports.start, reports.published)
    types, modes = mentions["event_type"].tolist(), mentions["event_mode"].tolist()
    for row in np.flatnonzero((days != NO_DAY) & reports.is_done & ~reports.is_negated).tolist():
        for sides in _sides(reports, row):
            deeds[types[row], *sides].append((int(days[row]), row))
    for members in deeds.values():
        members.sort()
    first, second = [], []
    for row in np.flatnonzero((days != NO_DAY) & ~reports.is_negated).tolist():
        mode = modes[row] if isinstance(modes[row], str) else "-"
        announced = _announcements().get((types[row], mode), ()) or _announcements().get((types[row], "*"), ())
        following = {
            deed
            for event_type in announced
            for sides in _sides(reports, row)
            for deed in _after(deeds.get((event_type, *sides), []), int(days[row]))
        }
        first += [row] * len(following)
        second += sorted(following)
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def _recalled(
    reports: Reports, mentions: pd.DataFrame, event_of: list[str], first: np.ndarray, second: np.ndarray
) -> dict[tuple[str, str, str], float]:
    """Of each event that texts only recall, the event reported when it was news that it fits best."""
    age = np.where(
        (reports.published != NO_DAY) & (reports.end != NO_DAY), reports.published.astype(np.int64) - reports.end, 0
    )
    recalls = (age > NEWS_DAYS) | (mentions["modality"] == _HISTORICAL).to_numpy(dtype=bool)
    told = reports.is_done & ~reports.is_negated
    news = {event_of[row] for row in np.flatnonzero(~recalls).tolist()}
    is_recollection = recalls & told & np.array([event not in news for event in event_of], dtype=bool)
    is_news = ~recalls & told & (reports.published != NO_DAY)
    best: dict[str, tuple[float, str]] = {}
    for turned in (False, True):
        one, other = (second, first) if turned else (first, second)
        pairs = is_recollection[one] & is_news[other] & (reports.published[one] > reports.published[other])
        for row, act, score in _likely(reports, one[pairs], other[pairs], _RECOLLECTION):
            known = best.get(event_of[row])
            if known is None or (-score, event_of[act]) < (-known[0], known[1]):
                best[event_of[row]] = score, event_of[act]
    return {(event, act, RECALLS): score for event, (score, act) in best.items()}


def _after(members: list[tuple[int, int]], day: int) -> list[int]:
    begin = bisect_left(members, (day, -1))
    return [row for at, row in members[begin : begin + _MOST_DEEDS] if at - day <= LONGEST_WAIT]


def _sides(reports: Reports, row: int) -> set[tuple[int, int]]:
    """Countries of an actor and a recipient that are both told."""
    sides = []
    for parties in (reports.actors, reports.recipients):
        told = parties.kind[row] != NO_PARTY
        sides.append({int(country) for country in parties.country[row][told] if country != NONE})
    return {(actor, recipient) for actor in sides[0] for recipient in sides[1]}


@cache
def _announcements() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = pd.read_csv(_ANNOUNCEMENTS, comment="#", keep_default_na=False)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for event_type, mode, deed in zip(rows["event_type"], rows["event_mode"], rows["deed_type"], strict=True):
        found[event_type, mode] = (*found.get((event_type, mode), ()), deed)
    return found
