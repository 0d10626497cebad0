"""Fitting of the weights by which dates and places are settled: a choice among the options of each event, none included.

What belongs here: the examples, the fit and its file. What does not: the options and their evidence (`nlp/events/settling.py`).
"""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from pipelines.nlp.coreference.country_vote import ROLE as COUNTRY
from pipelines.nlp.events.event_dates import EventDate
from pipelines.nlp.events.settling import DAY, NOTHING, PLACE, Option
from pipelines.records import EventDateSource, Place
from pipelines.training.corpus import Reading
from pipelines.training.matching import Coded, match_rows, same_name

# How many missing days or places a wrong one counts as, and how much the squared distance from the start: weights set by
# hand hold for other kinds of text too, and must not be given up for what only these articles have. Both stay at theirs:
# with 100, 0.01 more of these articles' events are dated rightly, but 0.01 fewer of the test part's and of those of others;
# places of these articles gain 0.02 and those of others lose 0.04, as coders differ in when a verbal act has a place.
_COST = {DAY: 2.0, PLACE: 8.0, COUNTRY: 1.0}
_PENALTY = {DAY: 100_000.0, PLACE: 100_000.0, COUNTRY: 5.0}
_FOLDS = 5
_DIGITS = 2
_LEAST = 4  # events that evidence has to be seen in
_TIMEX = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
HEADER = (
    "# Weights of the evidence for an event's day and place where there are several, or none; the greatest sum is taken.\n"
    "# Fitted by `make train` to tests/cases/articles/training.jsonl; not to be edited by hand.\n"
)

COUNTRY_HEADER = (
    "# Weights of the evidence for the country of nameless parties; the greatest sum is taken (docs/decisions/0174).\n"
    "# Fitted by `python -m pipelines.training --countries` to tests/cases/articles/training.jsonl; not to be edited by hand.\n"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One event: the evidence of each option, and which of them are right."""

    article: str
    options: tuple[frozenset[str], ...]
    right: tuple[bool, ...]


def cases_of(readings: Iterable[Reading]) -> dict[str, list[Case]]:
    """The events whose day or place can be learned from, by role.

    Args:
        readings: articles with what the coder made of them.
    """
    cases: dict[str, list[Case]] = {DAY: [], PLACE: []}
    for reading in readings:
        for match in match_rows(reading.drafts, reading.article.events, reading.names):
            if match.coded is None:
                continue
            for role, is_right in ((DAY, day_is_right), (PLACE, place_is_right)):
                options: Sequence[Option] = match.draft.settled.get(role, ())
                right = tuple(is_right(option.value, match.coded) for option in options)
                if len(options) > 1 and any(right) and not all(right):
                    evidence = tuple(frozenset(option.evidence) for option in options)
                    cases[role].append(Case(reading.article.article_id, evidence, right))
    return cases


def day_is_right(when: EventDate | None, coded: Coded) -> bool:
    """Whether a date is the coded one; for background none is."""
    wanted = _interval(coded["date"]) if coded["date"] else None
    if coded["date_from"] == "none" or wanted is None:
        return when is None or coded["date_from"] != "none" and when.source != EventDateSource.TEXT
    return when is not None and (str(when.start), str(when.end)) == wanted


def place_is_right(place: Place | None, coded: Coded) -> bool:
    """Whether a place is one that was coded; none where none was."""
    if place is None:
        return not coded["places"]
    return any(same_name(place.name, name) for name in coded["places"])


def _interval(value: str) -> tuple[str, str] | None:
    ends = []
    for part in (value.split("/")[0], value.split("/")[-1]):
        found = _TIMEX.fullmatch(part)
        if found is None:
            return None
        year, month, day = found.groups()
        last = day or f"{calendar.monthrange(int(year), int(month or 12))[1]:02}"
        ends.append((f"{year}-{month or '01'}-{day or '01'}", f"{year}-{month or '12'}-{last}"))
    return ends[0][0], ends[1][1]


def fit(role: str, cases: Sequence[Case], start: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """The weights that make the right options likeliest, and the share of events that cross-validation settles rightly.

    Args:
        role: day or place.
        cases: the events.
        start: weights set by hand, from which the fitted ones are not far.
    """
    folds = {article: i % _FOLDS for i, article in enumerate(sorted({c.article for c in cases}))}
    hits = 0
    for fold in range(_FOLDS):
        weights = _weights(role, [c for c in cases if folds[c.article] != fold], start)
        hits += sum(_settles(weights, c) for c in cases if folds[c.article] == fold)
    weights = {name: round(weight, _DIGITS) for name, weight in _weights(role, cases, start).items()}
    return {name: weight for name, weight in sorted(weights.items()) if weight}, hits / len(cases)


def _settles(weights: dict[str, float], case: Case) -> bool:
    scores = [sum(weights.get(name, 0.0) for name in option) for option in case.options]
    return case.right[int(np.argmax(scores))]


def _weights(role: str, cases: Sequence[Case], start: Mapping[str, float]) -> dict[str, float]:
    """Weights with the least loss (the logarithm of the right options' share) and squared distance from the start."""
    counts: dict[str, int] = {}
    for case in cases:
        for name in sorted(frozenset().union(*case.options)):
            counts[name] = counts.get(name, 0) + 1
    names = sorted(name for name, count in counts.items() if count >= _LEAST)
    index = {name: i for i, name in enumerate(names)}
    width = max(len(case.options) for case in cases)
    evidence = np.zeros((len(cases), width, len(names)))
    base = np.zeros((len(cases), width))  # scores of the start; minus infinity where a case has fewer options
    wrong = np.full((len(cases), width), -np.inf)
    for i, case in enumerate(cases):
        base[i, len(case.options) :] = -np.inf
        for j, option in enumerate(case.options):
            evidence[i, j, [index[name] for name in option if name in index]] = 1.0
            base[i, j] = sum(start.get(name, 0.0) for name in option)
            if case.right[j]:
                wrong[i, j] = 0.0
            elif NOTHING not in option:
                base[i, j] += np.log(_COST[role])

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        scores = evidence @ values + base
        every = logsumexp(scores, axis=1, keepdims=True)
        right = logsumexp(scores + wrong, axis=1, keepdims=True)
        gap = np.exp(scores - every) - np.exp(scores + wrong - right)
        total = float(np.sum(every - right)) + _PENALTY[role] / 2 * float(values @ values)
        return total, np.einsum("ij,ijk->k", gap, evidence) + _PENALTY[role] * values

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    moved = dict(zip(names, found.x, strict=True))
    return {
        name: start.get(name, 0.0) + float(moved.get(name, 0.0)) for name in (*moved, *(start.keys() - moved.keys()))
    }


def table(weights: dict[str, dict[str, float]], header: str = HEADER) -> str:
    """The text of the file of weights."""
    out = io.StringIO()
    out.write(header)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("role", "evidence", "weight"))
    for role, of_role in weights.items():
        for name, weight in of_role.items():
            writer.writerow((role, name, f"{weight:g}"))
    return out.getvalue()
