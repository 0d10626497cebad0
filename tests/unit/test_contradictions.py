"""What people say of pairs of reports may contradict itself: what parts them goes before what joins them."""

from __future__ import annotations

import numpy as np

from pipelines.stages.resolve.contradictions import _parts

TOGETHER, APART = np.inf, -np.inf


def test_a_contradiction_parts_and_stops_nothing_else() -> None:
    total, votes = np.zeros((5, 5)), np.zeros((5, 5))
    for one, other, value in ((0, 1, TOGETHER), (0, 2, TOGETHER), (1, 2, APART), (0, 3, APART), (0, 4, APART)):
        total[one, other] = total[other, one] = value
        votes[one, other] = votes[other, one] = -value
    total[3, 4] = total[4, 3] = 0.9
    assert _parts(total, votes).tolist() == [0, 0, 2, 3, 3]
