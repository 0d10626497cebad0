"""Evidence on pairs of reports: what speaks for and against their telling one event, in log-odds.

What belongs here: `PairEvidence`, one named piece of evidence a method, and the probability they add up to. What does not: the
weights (`lexicons/event_identity_weights.csv`), which pairs are looked at (`report_pairs.py`), and what becomes of them
(`half_linkage.py`).

Method: independent pieces of evidence whose log-odds add up (Fellegi and Sunter 1969), the parties compared by the best fit of
each party of the shorter list.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.stages.resolve.likeness import cosines
from pipelines.stages.resolve.reports import BODY, GROUP, NO_DAY, NO_PARTY, NONE, PERSON, STATE, Parties, Reports

_WEIGHTS = Path(__file__).parents[2] / "lexicons" / "event_identity_weights.csv"
# Evidence by which two reports exclude each other, whatever else they share.
EXCLUDING = ("other_day", "other_place", "other_modality", "other_polarity")
_NEAR_KM = 30.0
_EARTH_RADIUS_KM = 6371.0
_NEAR_DAYS, _WEEK_DAYS, _MONTH_DAYS = 3, 7, 31
_CLOSE_COUNTS = 1.34
_SCALE, _SHIFT = 0.5, -0.6  # of the log-odds, so that the probability is one
_CONTRADICTED = -1.0  # log-odds of a party below which it contradicts
_TEXT_COSINES = (
    0.1,
    0.5,
)  # below the first two texts of one day are about as alike as any two, at the second about one story
_SENTENCE_COSINES = (0.1, 0.6)


@cache
def weights() -> dict[str, float]:
    """The weight of each piece of evidence."""
    rows = pd.read_csv(_WEIGHTS, comment="#")
    return dict(zip(rows["evidence"], rows["weight"].astype(float), strict=True))


class PairEvidence:
    """The evidence on pairs of reports.

    Args:
        reports: the reports.
        first, second: row numbers, one entry a pair.
    """

    def __init__(self, reports: Reports, first: np.ndarray, second: np.ndarray) -> None:
        self._reports = reports
        self._first = first
        self._second = second
        self._weights = weights()

    def log_odds(self) -> dict[str, np.ndarray]:
        """Log-odds by piece of evidence, an entry a pair; 0 where it says nothing."""
        found = {"prior": np.ones(len(self._first))}
        for pieces in (
            self._kind(),
            self._days(),
            self._place(),
            self._parties(),
            self._counts(),
            self._texts(),
            self._telling(),
        ):
            found.update(pieces)
        return {name: value.astype(np.float32) * np.float32(self._weights[name]) for name, value in found.items()}

    def judge(self) -> tuple[np.ndarray, np.ndarray]:
        """The probability that each pair is one event, and whether the two exclude each other."""
        found = self.log_odds()
        excluded = np.any([found[name] != 0 for name in EXCLUDING], axis=0)
        return _probability(found), excluded

    def probability_but_for(self, *names: str) -> np.ndarray:
        """The probability that each pair is one event if these pieces of evidence said nothing; 0 where others exclude it."""
        found = self.log_odds()
        excluded = np.any([found[name] != 0 for name in EXCLUDING if name not in names], axis=0)
        return np.where(
            excluded, 0.0, _probability({name: value for name, value in found.items() if name not in names})
        )

    def _both(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return values[self._first], values[self._second]

    def _kind(self) -> dict[str, np.ndarray]:
        r = self._reports
        a, b = self._both(r.event_type)
        families = (r.families[self._first] & r.families[self._second]) != 0
        mode_a, mode_b = self._both(r.mode)
        both_modes = (mode_a != NONE) & (mode_b != NONE)
        trigger_a, trigger_b = self._both(r.trigger)
        shared = _share(trigger_a, trigger_b)
        speech = r.is_speech[self._first] & r.is_speech[self._second]
        other = ~shared & (trigger_a[:, 0] != NONE) & (trigger_b[:, 0] != NONE)
        return {
            "same_type": a == b,
            "same_family": (a != b) & families,
            "other_kind": (a != b) & ~families,
            "same_mode": (a == b) & both_modes & (mode_a == mode_b),
            "other_mode": (a == b) & both_modes & (mode_a != mode_b),
            "same_trigger": shared,
            "other_trigger": other,
            "same_words": shared & speech,
            "other_words": other & speech,
        }

    def _days(self) -> dict[str, np.ndarray]:
        r = self._reports
        (start_a, start_b), (end_a, end_b) = self._both(r.start), self._both(r.end)
        day_a, day_b = self._both(r.is_day)
        told_a, told_b = self._both(r.is_told_day)
        dated_a, dated_b = start_a != NO_DAY, start_b != NO_DAY
        dated = dated_a & dated_b
        apart = np.maximum(
            start_a.astype(np.int64) - end_b, start_b.astype(np.int64) - end_a
        )  # days between; below 0 they meet
        meet = dated & (apart <= 0)
        exact = day_a & day_b
        # What is dated by its publication may have happened some days before it, not after.
        later = np.where(told_a, start_b.astype(np.int64) - end_a, start_a.astype(np.int64) - end_b)
        one_told = told_a != told_b
        neither = ~told_a & ~told_b
        slack = (
            dated
            & exact
            & (apart > 0)
            & ((one_told & (later > 0) & (apart <= _WEEK_DAYS)) | (neither & (apart <= _NEAR_DAYS)))
        )
        # Reports that came out on one day and agree in all but the day: one of them may be misread or mistaken.
        published_a, published_b = self._both(r.published)
        together = (
            (published_a == published_b)
            & (published_a != NO_DAY)
            & (r.document[self._first] != r.document[self._second])
        )
        # A report without a day is as old as its publication, or somewhat older.
        known_a = np.where(dated_a, start_a, self._published(self._first))
        known_b = np.where(dated_b, start_b, self._published(self._second))
        gap = np.where((known_a == NO_DAY) | (known_b == NO_DAY), -1, np.abs(known_a.astype(np.int64) - known_b))
        open_ = ~dated & (gap >= 0)
        return {
            "same_day": meet & exact & (told_a | told_b),
            "same_issue": meet & exact & ~told_a & ~told_b,
            "published_later": slack,
            "other_day": dated & (apart > 0) & ~slack & ~together,
            "doubtful_day": dated & (apart > 0) & ~slack & together,
            "days_meet": meet & ~exact,
            "undated_near": open_ & (gap <= _NEAR_DAYS),
            "undated_month": open_ & (gap > _NEAR_DAYS) & (gap <= _MONTH_DAYS),
            "undated_far": open_ & (gap > _MONTH_DAYS),
        }

    def _published(self, rows: np.ndarray) -> np.ndarray:
        return self._reports.published[rows]

    def _place(self) -> dict[str, np.ndarray]:
        r = self._reports
        (a, b), (home_a, home_b) = self._both(r.place), self._both(r.place_country)
        (region_a, region_b), (area_a, area_b) = self._both(r.place_region), self._both(r.is_area)
        both = (a != NONE) & (b != NONE)
        same = both & (a == b)
        one_country = both & (home_a == home_b)
        # A country holds all that is in it; a region what has its name as region.
        whole_a, whole_b = area_a & (region_a == NONE), area_b & (region_b == NONE)
        within = ~same & one_country & (whole_a | whole_b | ((area_a | area_b) & (region_a == region_b)))
        near = both & ~same & ~within & ~area_a & ~area_b & (self._kilometres() <= _NEAR_KM)
        return {
            "same_place": same & ~area_a,
            "same_area": same & area_a,
            "place_within": within,
            "near_place": near,
            "other_place": both & ~same & ~within & ~near & ~(area_a & area_b),
            "other_area": both & ~same & ~within & area_a & area_b,
        }

    def _kilometres(self) -> np.ndarray:
        r = self._reports
        lat_a, lat_b = (np.radians(v) for v in self._both(r.latitude))
        lon_a, lon_b = (np.radians(v) for v in self._both(r.longitude))
        chord = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
        return np.nan_to_num(2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1))), nan=np.inf)

    def _parties(self) -> dict[str, np.ndarray]:
        r = self._reports
        mutual = r.is_mutual[self._first] & r.is_mutual[self._second]
        (actors, _), (recipients, _) = self._fit(r.actors, r.actors), self._fit(r.recipients, r.recipients)
        joint = _joined(r.actors, r.recipients)
        together, least = self._fit(joint, joint)
        alike = self._weights["party_same_country"]
        best = np.where(mutual, together, np.maximum(actors, recipients))
        strangers = (best < alike) & (r.document[self._first] != r.document[self._second])
        crossed = (self._fit(r.actors, r.recipients)[0] > alike) & (self._fit(r.recipients, r.actors)[0] > alike)
        return {
            "actors": np.where(mutual, 0.0, actors),
            "recipients": np.where(mutual, 0.0, recipients),
            "parties": np.where(mutual, 2.0 * together, 0.0),
            # Both took part in both reports; of more, each report may name some.
            "other_partner": mutual & (least < _CONTRADICTED) & self._are_two(joint),
            "strangers": strangers,
            "swapped": ~mutual & crossed & (actors + recipients < 1.0),
        }

    def _fit(self, one: Parties, other: Parties) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds of two lists of parties, each party set against another one: their mean and least, 0 where a list is empty.

        The best fit goes first; what is left over of the longer list says nothing.
        """
        a, b = _rows(one, self._first), _rows(other, self._second)
        fits = self._party_fits(a, b)
        sizes = np.minimum((a.kind != NO_PARTY).sum(axis=1), (b.kind != NO_PARTY).sum(axis=1))
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
        return np.where(sizes > 0, total / np.maximum(sizes, 1), 0.0), np.where(sizes > 0, least, 0.0)

    def _are_two(self, parties: Parties) -> np.ndarray:
        count = (parties.kind != NO_PARTY).sum(axis=1)
        return (count[self._first] == 2) & (count[self._second] == 2)  # noqa: PLR2004

    def _party_fits(self, a: Parties, b: Parties) -> np.ndarray:
        """Log-odds of each party of one list against each of the other's; minus infinity where there is none."""
        kind_a, kind_b = a.kind[:, :, None], b.kind[:, None, :]
        home_a, home_b = a.country[:, :, None], b.country[:, None, :]
        sector_a, sector_b = a.sector[:, :, None], b.sector[:, None, :]
        same = (a.entity[:, :, None] == b.entity[:, None, :]) & (a.entity[:, :, None] != NONE)
        head_a, head_b = a.words[:, :, None, 0], b.words[:, None, :, 0]
        more_a, more_b = a.words[:, :, None, 1], b.words[:, None, :, 1]
        one_head = (head_a == head_b) & (head_a != NONE)
        one_more = (more_a == more_b) & (more_a != NONE)
        crossed = ((head_a == more_b) & (head_a != NONE)) | ((more_a == head_b) & (more_a != NONE))
        words = one_head | one_more | crossed
        # "Communist rebels" and "Muslim rebels": one kind of group, and not the same.
        other_of_kind = one_head & (more_a != more_b) & (more_a != NONE) & (more_b != NONE)
        known = (home_a != NONE) & (home_b != NONE)
        one_home = known & (home_a == home_b)
        one_sector = (sector_a != NONE) & (sector_a == sector_b)
        other_sector = (sector_a != NONE) & (sector_b != NONE) & (sector_a != sector_b)
        names = (kind_a > STATE) & (kind_b > STATE)
        w = self._weights
        # The first that holds counts.
        levels = (
            ((kind_a == NO_PARTY) | (kind_b == NO_PARTY), -np.inf),
            (same & (kind_a == PERSON), w["party_same_person"]),
            (same & (kind_a == BODY), w["party_same_body"]),
            (same & (kind_a == STATE), w["party_same_state"]),
            (known & ~one_home & (kind_a >= STATE) & (kind_b >= STATE), w["party_other_state"]),
            (known & ~one_home, w["party_other_country"]),
            (names & (kind_a == kind_b) & ~words, w["party_other_name"]),
            (other_of_kind & (kind_a != STATE) & (kind_b != STATE), w["party_other_of_kind"]),
            (words & one_home & (kind_a != STATE), w["party_same_words"]),
            (words & ((kind_a == GROUP) | (kind_b == GROUP)), w["party_alike"]),
            (one_home & one_sector, w["party_same_office"]),
            (one_home & other_sector & (kind_a != STATE) & (kind_b != STATE), w["party_other_sector"]),
            (one_home, w["party_same_country"]),
        )
        return np.select([holds for holds, _ in levels], [value for _, value in levels], default=w["party_unknown"])

    def _counts(self) -> dict[str, np.ndarray]:
        a, b = self._both(self._reports.counts)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where((a > 0) & (b > 0), np.maximum(a / b, b / a), np.nan)
        known = ~np.isnan(ratio)
        same = (known & (ratio == 1)).any(axis=1)
        close = (known & (ratio <= _CLOSE_COUNTS)).any(axis=1)
        return {"same_count": same, "close_count": close & ~same, "other_count": known.any(axis=1) & ~close & ~same}

    def _texts(self) -> dict[str, np.ndarray]:
        r = self._reports
        one = r.document[self._first] == r.document[self._second]
        text = cosines(r.document_sketches, *self._both(r.document))
        sentence = cosines(r.sentence_sketches, self._first, self._second)
        return {
            "text_likeness": np.where(one, 0.0, _degree(text, _TEXT_COSINES)),
            "text_unlikeness": ~one & (text < _TEXT_COSINES[0]),
            "sentence_likeness": _degree(sentence, _SENTENCE_COSINES),
            "same_document": one,
        }

    def _telling(self) -> dict[str, np.ndarray]:
        r = self._reports
        (sentence_a, sentence_b), (again_a, again_b) = self._both(r.sentence), self._both(r.is_repeat)
        (done_a, done_b), (not_a, not_b) = self._both(r.is_done), self._both(r.is_negated)
        parts_a, parts_b = self._both(r.day_parts)
        return {
            "same_sentence": sentence_a == sentence_b,
            "repeat": again_a != again_b,
            "other_hour": (parts_a != 0) & (parts_b != 0) & ((parts_a & parts_b) == 0),
            "other_modality": done_a != done_b,
            "other_polarity": not_a != not_b,
        }


def _probability(log_odds: dict[str, np.ndarray]) -> np.ndarray:
    total = np.sum(list(log_odds.values()), axis=0)
    return (1.0 / (1.0 + np.exp(-np.clip(total, -30, 30)))).astype(np.float32)


def calibrated(probability: np.ndarray) -> np.ndarray:
    """The share of pairs of such a probability that are one event.

    The pieces of evidence overlap (texts alike have sentences alike), so their sum says too much; by how much was measured on
    ECB+ pairs (of those at 0.95 about 0.64 are one, of those at 0.99 about 0.85). Clustering goes by the sum itself.
    """
    bounded = np.clip(np.asarray(probability, dtype=np.float64), 1e-6, 1 - 1e-6)
    log_odds = np.log(bounded / (1 - bounded))
    return 1.0 / (1.0 + np.exp(-(_SCALE * log_odds + _SHIFT)))


def _share(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether two lists of words share one."""
    return ((a[:, :, None] == b[:, None, :]) & (a[:, :, None] != NONE)).any(axis=(1, 2))


def _degree(cosine: np.ndarray, ends: tuple[float, float]) -> np.ndarray:
    low, high = ends
    return np.clip((cosine - low) / (high - low), 0.0, 1.0)


def _rows(parties: Parties, rows: np.ndarray) -> Parties:
    return Parties(*(getattr(parties, name)[rows] for name in ("kind", "entity", "country", "sector", "words")))


def _joined(one: Parties, other: Parties) -> Parties:
    """The parties of both roles in one list."""
    return Parties(
        *(
            np.concatenate([getattr(one, n), getattr(other, n)], axis=1)
            for n in ("kind", "entity", "country", "sector", "words")
        )
    )
