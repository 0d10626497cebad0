"""The parties of some reports, and those of both roles in one list.

What belongs here: taking rows of `Parties`. What does not: what speaks for two parties being one (`pair_evidence.py`).
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from pipelines.stages.resolve.report_parties import NO_PARTY, Parties

_ARRAYS = tuple(field.name for field in fields(Parties))


def rows_of(parties: Parties, rows: np.ndarray, width: int | None = None) -> Parties:
    """The parties of some rows, the first `width` of each."""
    # `take` and then a view: an index of rows and columns together costs several times as much.
    return Parties(*(getattr(parties, name).take(rows, axis=0)[:, :width] for name in _ARRAYS))


def count(kinds: np.ndarray) -> np.ndarray:
    """How many parties each list has, by their kinds."""
    found = np.zeros(len(kinds), dtype=np.int64)
    for column in kinds.T:  # a sum over rows of a few costs several times as much
        found += column != NO_PARTY
    return found


def joined(one: Parties, other: Parties) -> Parties:
    """The parties of both roles in one list, the missing ones last."""
    found = Parties(*(np.concatenate([getattr(one, n), getattr(other, n)], axis=1) for n in _ARRAYS))
    order = np.argsort(found.kind == NO_PARTY, axis=1, kind="stable")
    count, width = order.shape
    at = (np.arange(count)[:, None] * width + order).ravel()
    taken = (
        (values := getattr(found, name)).reshape(count * width, *values.shape[2:]).take(at, axis=0) for name in _ARRAYS
    )
    return Parties(*(values.reshape(count, width, *values.shape[1:]) for values in taken))
