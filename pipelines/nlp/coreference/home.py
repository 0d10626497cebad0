"""The country a document's events are in, for actors whose phrase names none ("police", "the rebels").

What belongs here: the country of a sentence's places, else the one country that dominates the document. What does not:
coordinates (`places`).
"""

from __future__ import annotations

from collections import Counter

from spacy.tokens import Doc

from pipelines.nlp.actors.patterns import SUPRANATIONAL_CODES
from pipelines.nlp.annotations import MentionSpan

_DOMINANCE = 0.6  # share of a document's country mentions
_MIN_LEAD = 3  # or so many, and half of them or twice those of any other
_HALF = 0.5


class CountryOfEvents:
    """Country by sentence, from the places named in it, and the main country of the document."""

    def __init__(self, doc: Doc, names: list[MentionSpan], sentence_of: list[int]) -> None:
        self.sentence_of = sentence_of
        self.named: dict[int, set[str]] = {}  # countries of places and peoples, by sentence
        self.inside: dict[int, set[str]] = {}  # of places after "in", by sentence
        self._places: list[tuple[int, int, str]] = []  # sentence, first token and country of each place
        counts: Counter[str] = Counter()
        for mention in names:
            code = mention.country
            if not code or code in SUPRANATIONAL_CODES:
                continue
            counts[code] += 1
            sentence = sentence_of[mention.start]
            if mention.label in ("GPE", "LOC", "FAC", "NORP"):
                self.named.setdefault(sentence, set()).add(code)
                self._places.append((sentence, mention.start, code))
            before = [t.lower_ for t in doc[max(0, mention.start - 2) : mention.start]]
            if mention.label in ("GPE", "LOC") and "in" in before:
                self.inside.setdefault(sentence, set()).add(code)
        self.main: str | None = None
        self.main_count = 0
        if counts:
            code, count = max(counts.items(), key=lambda item: (item[1], item[0]))
            second = max((n for c, n in counts.items() if c != code), default=0)
            share = count / sum(counts.values())
            if share >= _DOMINANCE or (count >= _MIN_LEAD and (share >= _HALF or count >= 2 * second)):
                self.main, self.main_count = code, count

    def at(self, i: int) -> str | None:
        """The country around a token, or None where several compete."""
        codes = self.named.get(self.sentence_of[i], set())
        if len(codes) == 1:
            return next(iter(codes))
        return self.main if not codes or self.main in codes else None

    def before(self, i: int) -> str | None:
        """The main country, unless a token's sentence has named others before it."""
        codes = {code for sentence, start, code in self._places if sentence == self.sentence_of[i] and start < i}
        return self.main if not codes or self.main in codes else None

    def certain(self, i: int) -> str | None:
        """The country the events of a token's sentence are said to be in, or the main one when it is named repeatedly."""
        codes = self.inside.get(self.sentence_of[i], set())
        if len(codes) == 1:
            return next(iter(codes))
        return self.main if self.main_count > 1 and not codes else None
