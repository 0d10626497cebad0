"""Events that are linked and not one: a plan and its deed, an assertion and its denial.

What belongs here: `event_relations`. What does not: which reports are one event (`half_linkage.py`).

Two reports that would be one event but for what they say of its happening are a relation of their two events: what is planned,
threatened or possible in one and done in the other `announces` it, what is negated in one and asserted in the other `denies` it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.stages.resolve.pair_evidence import PairEvidence
from pipelines.stages.resolve.reports import Reports

ANNOUNCES, DENIES = "announces", "denies"
LEAST = 0.5  # probability, but for that, of being one event
_COLUMNS = ("event_id", "related_event_id", "relation", "score")
_CHUNK = 200_000


def event_relations(reports: Reports, event_of: list[str], first: np.ndarray, second: np.ndarray) -> pd.DataFrame:
    """Relations between events.

    Args:
        reports: the reports.
        event_of: the event of each.
        first, second: the pairs of reports that were compared.

    Returns:
        event_id (the plan, or the denial), related_event_id (the deed, or what is denied), relation, score (probability of the
        surest pair of their reports); one row a pair of events and relation.
    """
    differ = (reports.is_done[first] != reports.is_done[second]) | (
        reports.is_negated[first] != reports.is_negated[second]
    )
    first, second = first[differ], second[differ]
    found: dict[tuple[str, str, str], float] = {}
    for begin in range(0, len(first), _CHUNK):
        a, b = first[begin : begin + _CHUNK], second[begin : begin + _CHUNK]
        score = PairEvidence(reports, a, b).probability_but_for("other_modality", "other_polarity")
        for at in np.flatnonzero(score >= LEAST).tolist():
            one, other = int(a[at]), int(b[at])
            if reports.is_negated[one] != reports.is_negated[other]:
                relation, one, other = (DENIES, one, other) if reports.is_negated[one] else (DENIES, other, one)
            else:
                relation, one, other = (ANNOUNCES, other, one) if reports.is_done[one] else (ANNOUNCES, one, other)
            key = (event_of[one], event_of[other], relation)
            if key[0] != key[1]:
                found[key] = max(found.get(key, 0.0), float(score[at]))
    rows = [(*key, score) for key, score in sorted(found.items())]
    return pd.DataFrame(rows, columns=list(_COLUMNS))
