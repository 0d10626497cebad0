"""Evidence on pairs of reports: what speaks for and against their telling one event, in log-odds.

What belongs here: `PairEvidence`, one named piece of evidence a method, and the probability they add up to. What does not: the
weights (`lexicons/event_identity_weights.csv`), which pairs are looked at (`report_pairs.py`), and what becomes of them
(`half_linkage.py`).

Method: independent pieces of evidence whose log-odds add up (Fellegi and Sunter 1969), the parties compared by the best fit of
each party of the shorter list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import log

import numpy as np

from pipelines.stages.resolve.hashed_names import NONE
from pipelines.stages.resolve.identity_weights import weights
from pipelines.stages.resolve.likeness import cosines
from pipelines.stages.resolve.party_fits import fit_lists
from pipelines.stages.resolve.party_lists import count, joined, rows_of
from pipelines.stages.resolve.report_parties import Parties
from pipelines.stages.resolve.reports import NO_DAY, Reports, SketchNorms

# Evidence by which two reports exclude each other, whatever else they share.
EXCLUDING = ("other_day", "other_place", "other_modality", "other_polarity")
_NEAR_KM = 40.0
_EARTH_RADIUS_KM = 6371.0
_NEAR_DAYS, _WEEK_DAYS, _MONTH_DAYS = 3, 7, 31
_LOG_DAYS = (0.0, log(31))  # from one day to a month
_CLOSE_COUNTS = 1.34
_WEAK_FIT = 1.0  # log-odds of actors and recipients below which they may have changed places
_ROUNDING = 0.01
_CONTRADICTED = -1.0  # log-odds of a party below which it contradicts
# Below the first two texts of one day are about as alike as any two, at the second about one story.
_TEXT_COSINES = (0.1, 0.5)
_SENTENCE_COSINES = (0.1, 0.6)


class PairEvidence:
    """The evidence on pairs of reports.

    Args:
        reports: the reports.
        first, second: row numbers, one entry a pair.
        norms: the lengths of the reports' sketches, where pairs are judged in portions.
    """

    def __init__(
        self, reports: Reports, first: np.ndarray, second: np.ndarray, norms: SketchNorms | None = None
    ) -> None:
        self._reports = reports
        self._norms = norms or SketchNorms.of(reports)
        self._first = first.astype(np.intp, copy=False)  # as `take` needs them
        self._second = second.astype(np.intp, copy=False)
        self._weights = weights()

    def log_odds(self) -> dict[str, np.ndarray]:
        """Log-odds by piece of evidence, an entry a pair; 0 where it says nothing."""
        found = self._cheap() | self._counts() | self._texts() | self._parties()
        return {name: self._weighed(name, found[name]) for name in self._weights if name in found}

    def judge(self, least: float = 0.0, but_for: Collection[str] = ()) -> tuple[np.ndarray, np.ndarray]:
        """The probability that each pair is one event, and whether the two exclude each other.

        Args:
            least: probability below which a pair counts as nothing. Above 0 a pair that excludes each other, or that no
                parties could bring to it, gets 0, and the dear evidence is not looked at.
            but_for: pieces of evidence that are to say nothing.
        """
        found = _without(self._cheap(), but_for)
        excluded = np.zeros(len(self._first), dtype=bool)
        for name in EXCLUDING:
            if name in found:
                excluded |= found[name]
        going = np.flatnonzero(~excluded) if least > 0 else np.arange(len(self._first))
        part = self._of(going)
        found = {name: value[going] for name, value in found.items()}
        found |= _without(part._counts() | part._texts(), but_for)
        if least > 0:
            needed = log(least / (1 - least)) - _ROUNDING
            likely = np.flatnonzero(part._total(found) + self._most_of_parties() >= needed)
            part, going = part._of(likely), going[likely]
            found = {name: value[likely] for name, value in found.items()}
        probability = np.zeros(len(self._first), dtype=np.float32)
        probability[going] = _probability(part._total(found | _without(part._parties(), but_for)))
        return probability, excluded

    def probability_but_for(self, *names: str, least: float = 0.0) -> np.ndarray:
        """The probability that each pair is one event if these pieces of evidence said nothing; 0 where others exclude it.

        Args:
            names: the pieces of evidence.
            least: as in `judge`.
        """
        probability, excluded = self.judge(least, names)
        return np.where(excluded, np.float32(0), probability)

    def _cheap(self) -> dict[str, np.ndarray]:
        return (
            {"prior": np.ones(len(self._first), dtype=bool)}
            | self._kind()
            | self._days()
            | self._place()
            | self._telling()
        )

    def _of(self, rows: np.ndarray) -> PairEvidence:
        return PairEvidence(self._reports, self._first[rows], self._second[rows], self._norms)

    def _weighed(self, name: str, value: np.ndarray) -> np.ndarray:
        return value.astype(np.float32) * np.float32(self._weights[name])

    def _total(self, found: Mapping[str, np.ndarray]) -> np.ndarray:
        """The sum, always in the order of the weights, so that equal evidence gives equal sums."""
        total = np.zeros(len(self._first), dtype=np.float32)
        for name in self._weights:
            if name in found:
                total += self._weighed(name, found[name])
        return total

    def _most_of_parties(self) -> float:
        """The most that the parties of a pair can add."""
        best = max(weight for name, weight in self._weights.items() if name.startswith("party_"))
        return 2.0 * best * max(self._weights[name] for name in ("actors", "recipients", "parties"))

    def _both(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return values.take(self._first, axis=0), values.take(self._second, axis=0)

    def _kind(self) -> dict[str, np.ndarray]:
        r = self._reports
        a, b = self._both(r.event_type)
        families = (r.families.take(self._first) & r.families.take(self._second)) != 0
        mode_a, mode_b = self._both(r.mode)
        both_modes = (mode_a != NONE) & (mode_b != NONE)
        trigger_a, trigger_b = self._both(r.trigger)
        shared = _share(trigger_a, trigger_b)
        # "Signed a truce" and "agreed on a truce"; what the act is about may be the other's word for it.
        theme_a, theme_b = self._both(r.theme)
        about = _share(theme_a, theme_b) | (~shared & (_share(theme_a, trigger_b) | _share(trigger_a, theme_b)))
        speech = r.is_speech.take(self._first) & r.is_speech.take(self._second)
        senses = (r.senses.take(self._first) & r.senses.take(self._second)) != 0
        like = ~shared & families & senses
        other_mode = (a == b) & both_modes & (mode_a != mode_b)
        other = ~shared & ~like & (trigger_a[:, 0] != NONE) & (trigger_b[:, 0] != NONE)
        return {
            "same_type": a == b,
            "same_family": (a != b) & families,
            "other_kind": (a != b) & ~families,
            "same_mode": (a == b) & both_modes & (mode_a == mode_b),
            "other_mode": other_mode,
            "other_request": other_mode & speech,
            "same_trigger": shared,
            "like_trigger": like,
            "other_trigger": other,
            "same_theme": about,
            "other_theme": ~about & ~shared & (theme_a[:, 0] != NONE) & (theme_b[:, 0] != NONE),
            "same_words": shared & speech,
            "like_words": like & speech,
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
        # What is dated by another act likewise, but where it can only be later than that.
        leeway_a, leeway_b = self._both(r.leeway)
        own_a, own_b = self._both(r.is_own_day)
        since = np.where(own_a, start_b.astype(np.int64) - end_a, start_a.astype(np.int64) - end_b)
        by_another = told_a & told_b & (own_a != own_b) & (since > 0) & (apart <= _WEEK_DAYS)
        by_another &= np.where(own_a, leeway_b, leeway_a) == 0
        slack = (
            dated
            & exact
            & (apart > 0)
            & ((one_told & (later > 0) & (apart <= _WEEK_DAYS)) | (neither & (apart <= _NEAR_DAYS)) | by_another)
        )
        # A day that is counted in weeks or months is about right.
        length = np.maximum(end_a - start_a, end_b - start_b) + 1
        about = dated & exact & (apart > 0) & ~slack & (apart <= np.maximum(leeway_a, leeway_b))
        # Reports that came out on one day and agree in all but the day: one of them may be misread or mistaken.
        published_a, published_b = self._both(r.published)
        together = (
            (published_a == published_b)
            & (published_a != NO_DAY)
            & (r.document.take(self._first) != r.document.take(self._second))
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
            "about_day": about,
            "other_day": dated & (apart > 0) & ~slack & ~about & ~together,
            "doubtful_day": dated & (apart > 0) & ~slack & ~about & together,
            "days_meet": meet & ~exact,
            "few_days": np.where(meet & ~exact, 1 - _degree(np.log(np.maximum(length, 1)), _LOG_DAYS), 0.0),
            "undated_near": open_ & (gap <= _NEAR_DAYS),
            "undated_month": open_ & (gap > _NEAR_DAYS) & (gap <= _MONTH_DAYS),
            "undated_far": open_ & (gap > _MONTH_DAYS),
        }

    def _published(self, rows: np.ndarray) -> np.ndarray:
        return self._reports.published.take(rows)

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
        near = both & ~same & ~within & ~area_a & ~area_b
        # "Hosted the president of Chad": a country that is a party's is no sure place, and may be taken from the party alone.
        partys_a, partys_b = self._both(r.is_partys)
        partys, other_area = partys_a | partys_b, both & ~same & ~within & area_a & area_b
        doubtful_area = other_area & (
            partys_a != partys_b
        )  # where both are, two states did or suffered it, each its own
        across = r.document.take(self._first) != r.document.take(self._second)
        towns = np.flatnonzero(near)
        near[towns] = self._of(towns)._kilometres() <= _NEAR_KM
        return {
            "same_place": same & ~area_a,
            "same_area": same & area_a,
            "place_within": within & ~(partys & across),
            "doubtful_within": within & partys & across,
            "near_place": near,
            "other_place": both & ~same & ~within & ~near & ~(area_a & area_b) & ~partys,
            "doubtful_place": both & ~same & ~within & ~(area_a & area_b) & partys,
            "other_area": other_area & ~doubtful_area,
            "doubtful_area": doubtful_area,
        }

    def _kilometres(self) -> np.ndarray:
        r = self._reports
        lat_a, lat_b = (np.radians(v) for v in self._both(r.latitude))
        lon_a, lon_b = (np.radians(v) for v in self._both(r.longitude))
        chord = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
        return np.nan_to_num(2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1))), nan=np.inf)

    def _parties(self) -> dict[str, np.ndarray]:
        r = self._reports
        mutual = r.is_mutual.take(self._first) & r.is_mutual.take(self._second)
        found = {name: np.zeros(len(mutual)) for name in ("actors", "recipients", "parties")}
        found |= {name: np.zeros(len(mutual), dtype=bool) for name in ("other_partner", "same_partners", "swapped")}
        apart, alike = np.flatnonzero(~mutual), np.flatnonzero(mutual)
        of = self._of(apart)
        found["actors"][apart] = actors = of._fit(r.actors, r.actors)[0]
        found["recipients"][apart] = recipients = of._fit(r.recipients, r.recipients)[0]
        weak = np.flatnonzero(actors + recipients < _WEAK_FIT)
        of, alone = of._of(weak), self._weights["party_same_country"]
        crossed = (of._fit(r.actors, r.recipients)[0] > alone) & (of._fit(r.recipients, r.actors)[0] > alone)
        found["swapped"][apart[weak]] = crossed
        of = self._of(alike)
        one, other = (joined(rows_of(r.actors, rows), rows_of(r.recipients, rows)) for rows in (of._first, of._second))
        every = np.arange(len(alike))
        together, least = fit_lists(one, every, other, every, self._weights)
        found["parties"][alike] = 2.0 * together
        # Both took part in both reports; of more, each report may name some.
        two = (count(one.kind) == 2) & (count(other.kind) == 2)
        found["other_partner"][alike] = (least < _CONTRADICTED) & two
        found["same_partners"][alike] = (least >= alone) & two
        best = np.where(mutual, found["parties"] / 2.0, np.maximum(found["actors"], found["recipients"]))
        unknown = (best < alone) & (r.document.take(self._first) != r.document.take(self._second))
        found["strangers"] = unknown & (mutual | self._have_both(r.actors) | self._have_both(r.recipients))
        found["strangers_speak"] = unknown & self._both(r.is_speech)[0] & self._both(r.is_speech)[1]
        said = r.is_speech.take(self._first) & r.is_speech.take(self._second) & ~mutual & self._have_both(r.actors)
        one = r.document.take(self._first) == r.document.take(self._second)
        found["other_sayer"] = one & said & (found["actors"] < alone + _ROUNDING)
        return found

    def _have_both(self, parties: Parties) -> np.ndarray:
        """Whether both reports name parties of a role; where one names none, there is nothing that differs."""
        named, others_named = (count(kinds) > 0 for kinds in self._both(parties.kind))
        return named & others_named

    def _fit(self, one: Parties, other: Parties) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds of the parties of one role of the first reports against those of another of the second ones."""
        return fit_lists(one, self._first, other, self._second, self._weights)

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
        one = r.document.take(self._first) == r.document.take(self._second)
        text = cosines(r.document_sketches, *self._both(r.document), self._norms.document)
        sentence = cosines(r.sentence_sketches, self._first, self._second, self._norms.sentence)
        alike = _degree(sentence, _SENTENCE_COSINES)
        return {
            "text_likeness": np.where(one, 0.0, _degree(text, _TEXT_COSINES)),
            "text_unlikeness": ~one & (text < _TEXT_COSINES[0]),
            "sentence_likeness": alike,
            "same_document": one,
            "said_once": np.where(
                one & r.is_speech.take(self._first) & r.is_speech.take(self._second), 1.0 - alike, 0.0
            ),
        }

    def _telling(self) -> dict[str, np.ndarray]:
        r = self._reports
        (sentence_a, sentence_b), (again_a, again_b) = self._both(r.sentence), self._both(r.is_repeat)
        (done_a, done_b), (not_a, not_b) = self._both(r.is_done), self._both(r.is_negated)
        parts_a, parts_b = self._both(r.day_parts)
        return {
            "same_sentence": (sentence_a == sentence_b)
            & (r.document.take(self._first) == r.document.take(self._second)),
            "repeat": again_a != again_b,
            "other_hour": (parts_a != 0) & (parts_b != 0) & ((parts_a & parts_b) == 0),
            "other_modality": done_a != done_b,
            "other_polarity": not_a != not_b,
        }


def _without(found: dict[str, np.ndarray], names: Collection[str]) -> dict[str, np.ndarray]:
    return {name: value for name, value in found.items() if name not in names}


def _probability(log_odds: np.ndarray) -> np.ndarray:
    return (1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30)))).astype(np.float32)


def _share(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether two lists of words share one."""
    shared = np.zeros(len(a), dtype=bool)
    for i in range(a.shape[1]):
        for j in range(b.shape[1]):
            shared |= (a[:, i] == b[:, j]) & (a[:, i] != NONE)
    return shared


def _degree(cosine: np.ndarray, ends: tuple[float, float]) -> np.ndarray:
    low, high = ends
    return np.clip((cosine - low) / (high - low), 0.0, 1.0)
