"""Countries as places of events, also where the text has only their people, bodies or towns: "a Turkish court".

What belongs here: the country itself as a place, by its code. What does not: whose country an actor is of (`actors/`),
where an event was (`scene.py`).
"""

from __future__ import annotations

from pipelines.nlp.parsed import Doc
from pipelines.nlp.places.component import place_of
from pipelines.nlp.places.sources import load_gazetteer
from pipelines.records import Place


class CountryPlaces:
    """The countries of one Doc, each at the first phrase that names it, or that names someone or some place of it."""

    def __init__(self, doc: Doc) -> None:
        """
        Args:
            doc: the document, with its mentions and places.
        """
        gazetteer = load_gazetteer()
        self.named: dict[str, Place] = {}  # by code: the first place that is the country itself
        self._implied: dict[str, Place | None] = {}
        self._phrases: dict[str, tuple[int, int, str]] = {}  # by code: rank, first character and text of a phrase
        for place in doc._.places or ():
            country = gazetteer.country(place.country) if place.country else None
            if country is None or place.country is None:
                continue
            if country.name == place.name:
                self.named.setdefault(place.country, place)
            self._note(place.country, 1, place.start_char, place.text)
        for mention in doc._.mentions or ():
            if mention.country and mention.is_name and mention.label == "NORP":
                span = doc[mention.start : mention.end]
                self._note(mention.country, 0, span.start_char, span.text)

    def _note(self, code: str, rank: int, start: int, text: str) -> None:
        known = self._phrases.get(code)
        if known is None or known[0] > rank:
            self._phrases[code] = (rank, start, text)

    def get(self, code: str | None) -> Place | None:
        """A country as a place: as it is named, else by the first phrase that is of it; None where none is.

        Args:
            code: ISO 3166 alpha-3.
        """
        if code is None or code in self.named:
            return self.named.get(code or "")
        if code not in self._implied:
            self._implied[code] = self._by_phrase(code)
        return self._implied[code]

    def _by_phrase(self, code: str) -> Place | None:
        gazetteer = load_gazetteer()
        country, phrase = gazetteer.country(code), self._phrases.get(code)
        if country is None or phrase is None:
            return None
        _, start, text = phrase
        return place_of(text, start, country, 1.0, gazetteer)

    def is_named(self, code: str | None) -> bool:
        """Whether the text names a country itself."""
        return code in self.named
