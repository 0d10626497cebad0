"""How well the parties of two reports fit: what speaks for and against each being one of the other's, in log-odds.

What belongs here: `fit_lists`. What does not: the weights (`lexicons/event_identity_weights.csv`), the other evidence
on a pair of reports (`pair_evidence.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipelines.stages.resolve.hashed_names import NONE
from pipelines.stages.resolve.party_lists import count, rows_of
from pipelines.stages.resolve.report_parties import BODY, GROUP, NO_PARTY, PERSON, STATE, Parties


def fit_lists(
    a: Parties, first: np.ndarray, b: Parties, second: np.ndarray, weights: Mapping[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of two lists of parties, each party set against another one.

    The best fit goes first; what is left over of the longer list says nothing.

    Args:
        a, first: parties of reports, and the row of the first report of each pair.
        b, second: the same for the second reports.
        weights: of the evidence, by name.

    Returns:
        Their mean and the least of them, 0 where a list is empty.
    """
    count_a, count_b = count(a.kind.take(first, axis=0)), count(b.kind.take(second, axis=0))
    sizes, widths = np.minimum(count_a, count_b), np.maximum(count_a, count_b)
    mean, least = np.zeros(len(sizes)), np.zeros(len(sizes))
    # Most lists have one or two parties: each width by itself.
    for width in np.unique(widths[sizes > 0]).tolist():
        rows = np.flatnonzero((widths == width) & (sizes > 0))
        fits = _party_fits(rows_of(a, first[rows], width), rows_of(b, second[rows], width), weights)
        mean[rows], least[rows] = _best_fits(fits, sizes[rows])
    return mean, least


def _best_fits(fits: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    total, least = np.zeros(len(fits)), np.full(len(fits), np.inf)
    rows = np.arange(len(fits))
    for step in range(int(sizes.max(initial=0))):
        going = step < sizes
        best = fits.reshape(len(fits), -1).argmax(axis=1)
        i, j = np.divmod(best, fits.shape[2])
        fit = np.where(going, fits[rows, i, j], 0.0)
        total += fit
        least = np.where(going, np.minimum(least, fit), least)
        fits[rows, i, :] = -np.inf
        fits[rows, :, j] = -np.inf
    return total / sizes, least


def _party_fits(a: Parties, b: Parties, w: Mapping[str, float]) -> np.ndarray:
    """Log-odds of each party of one list against each of the other's; minus infinity where there is none."""

    def both(name: str) -> tuple[np.ndarray, np.ndarray]:
        return getattr(a, name)[:, :, None], getattr(b, name)[:, None, :]

    (kind_a, kind_b), (home_a, home_b), (sector_a, sector_b) = both("kind"), both("country"), both("sector")
    (entity_a, entity_b), (kin_a, kin_b) = both("entity"), both("kin")
    same = (entity_a == entity_b) & (entity_a != NONE)
    words, other_word = _words(a, b)
    known = (home_a != NONE) & (home_b != NONE)
    one_home, other_home = known & (home_a == home_b), known & (home_a != home_b)
    sectors = (sector_a != NONE) & (sector_b != NONE)
    akin = (sector_a == sector_b) | ((kin_a & kin_b) != 0)
    presumed_a, presumed_b = both("is_presumed")
    other_presumed = other_home & (presumed_a | presumed_b)
    names = (kind_a > STATE) & (kind_b > STATE)
    no_state = (kind_a != STATE) & (kind_b != STATE)
    # The first that holds counts.
    levels = (
        ((kind_a == NO_PARTY) | (kind_b == NO_PARTY), -np.inf),
        (same & (kind_a == PERSON), w["party_same_person"]),
        (same & (kind_a == BODY), w["party_same_body"]),
        (same & (kind_a == STATE), w["party_same_state"]),
        (other_home & (kind_a >= STATE) & (kind_b >= STATE), w["party_other_state"]),
        (other_presumed & ((words & ~other_word) | (sectors & (sector_a == sector_b))), w["party_presumed_alike"]),
        (other_presumed, w["party_presumed_country"]),
        (other_home, w["party_other_country"]),
        (names & (kind_a == kind_b) & ~words, w["party_other_name"]),
        (other_word & no_state, w["party_other_of_kind"]),
        (words & one_home & (kind_a != STATE), w["party_same_words"]),
        (words & ((kind_a == GROUP) | (kind_b == GROUP)), w["party_alike"]),
        (one_home & sectors & (sector_a == sector_b), w["party_same_office"]),
        (one_home & sectors & akin, w["party_kin"]),
        (one_home & sectors & no_state, w["party_other_sector"]),
        (one_home, w["party_same_country"]),
    )
    return np.select([holds for holds, _ in levels], [value for _, value in levels], default=w["party_unknown"])


def _words(a: Parties, b: Parties) -> tuple[np.ndarray, np.ndarray]:
    """Whether two parties share a word; and whether they are of one kind by their heads, with other words beside them.

    "Communist rebels" and "Muslim rebels" are one kind of group, and not the same.
    """
    head_a, head_b = a.words[:, :, None, 0], b.words[:, None, :, 0]
    more_a, more_b = a.words[:, :, None, 1], b.words[:, None, :, 1]
    one_head = (head_a == head_b) & (head_a != NONE)
    one_more = (more_a == more_b) & (more_a != NONE)
    crossed = ((head_a == more_b) & (head_a != NONE)) | ((more_a == head_b) & (more_a != NONE))
    return one_head | one_more | crossed, one_head & (more_a != more_b) & (more_a != NONE) & (more_b != NONE)
