"""The places component: place names of a document with coordinates.

Reads doc._.mentions (or doc.ents where no names component ran) and writes doc._.places and doc.user_data[PLACE_INDEX].
Which spans: `spans.py`; which of several namesakes: `disambiguation.py`; the gazetteer: `gazetteer.py` and `sources.py`.

Adjectives ("Egyptian"), streets, firms, papers, teams and universities are no places; a public body named after its place
("Tulsa police") names the place. Scores, with the point within 161 km of the gold point: GeoVirus (epidemics, world) 0.90
of 2,170 toponyms at a span precision of 0.93; Local-Global Lexicon (United States local news, which counts adjectives and
street names as toponyms) 0.73 of 1,521 at 0.91. Known to fail: a small town without any hint of its state, towns called
like a person or a thing where the model sees one, quarters of cities.
"""

from __future__ import annotations

import math
from datetime import date

from spacy.tokens import Doc as SpacyDoc

from pipelines.nlp.annotations import written_on
from pipelines.nlp.parsed import AnyDoc, Doc, parsed
from pipelines.nlp.places import weights
from pipelines.nlp.places.disambiguation import Resolution, resolve
from pipelines.nlp.places.gazetteer import Gazetteer, Toponym, fold_name
from pipelines.nlp.places.matching import ToponymSpan
from pipelines.nlp.places.patterns import COUNTRY_CUES
from pipelines.nlp.places.sources import load_dated_names, load_demonyms, load_gazetteer
from pipelines.nlp.places.spans import find_spans
from pipelines.nlp.places.view import TokenView
from pipelines.records import Place

PLACE_INDEX = "communique_place_index"  # in doc.user_data: token index -> Place, for every token of a place name


class PlacesComponent:
    """Writes doc._.places: each toponym with its coordinates, by position."""

    def __call__(self, doc: SpacyDoc) -> SpacyDoc:
        """Find and resolve the place names of a document."""
        found = self.predict(doc)
        self.set_annotations(doc, found)
        return doc

    def predict(self, document: AnyDoc) -> list[tuple[range, Place]]:
        """The place names of a document: token indexes and the place meant, by position."""
        doc = parsed(document)
        gazetteer = load_gazetteer()
        demonyms = load_demonyms()
        view = TokenView(doc)
        spans, context = find_spans(view, gazetteer, demonyms)
        if doc._.context and doc._.context.source_name:
            context += _source_places(doc._.context.source_name, gazetteer)
        _read_by_date(spans, written_on(doc))
        resolutions = resolve(spans, context, _home_countries(view, demonyms))
        text = doc._.context.text if doc._.context else doc.text
        found = []
        for span, resolution in zip(spans, resolutions, strict=True):
            first, last = view.tokens[span.start], view.tokens[span.end - 1]
            start_char, end_char = first.idx, last.idx + len(last)
            place = _place(text[start_char:end_char], start_char, span.evidence, resolution, gazetteer)
            found.append((range(first.i, last.i + 1), place))
        return found

    def set_annotations(self, doc: AnyDoc, found: list[tuple[range, Place]]) -> None:
        """Write the places and the index from token to place."""
        doc._.places = [place for _, place in found]
        doc.user_data[PLACE_INDEX] = {index: place for tokens, place in found for index in tokens}


def _read_by_date(spans: list[ToponymSpan], on: date | None) -> None:
    """Leave to a name that meant another country's place when the document was written no other one."""
    if on is None:
        return
    dated = load_dated_names()
    for span in spans:
        for since, until, country in dated.get(fold_name(span.text), ()):
            if since <= on <= until:
                span.candidates = tuple(c for c in span.candidates if c.country == country) or span.candidates


def _home_countries(view: TokenView, demonyms: dict[str, str]) -> dict[str, float]:
    """Weight of each country that the words of a document speak of: adjectives, peoples, and words of its public life."""
    words = set(view.words)
    countries: dict[str, float] = {}
    for word in words & demonyms.keys():
        countries[demonyms[word]] = weights.DEMONYM
    lowered = set(view.lower)
    for country, cues in COUNTRY_CUES.items():
        count = len(lowered & cues)
        if count:
            countries[country] = countries.get(country, 0.0) + weights.CUE * min(count, weights.MOST_CUES)
    return countries


def _source_places(source_name: str, gazetteer: Gazetteer) -> list[ToponymSpan]:
    """The place that a publication's name begins with ("Tulsa World"), as weak a hint as one within another name."""
    words = source_name.removeprefix("The ").split()
    for end in (3, 2, 1):
        name = " ".join(words[:end])
        candidates = gazetteer.lookup(name) if len(words) > end and name[:1].isupper() else ()
        if candidates:
            return [ToponymSpan(0, 0, name, candidates)]
    return []


def place_at(doc: Doc, token_index: int) -> Place | None:
    """The place that the name at a token means, or None."""
    return doc.user_data.get(PLACE_INDEX, {}).get(token_index)


def place_for_span(doc: Doc, start: int, end: int) -> Place | None:
    """The first place named in the tokens [start, end), or None."""
    index = doc.user_data.get(PLACE_INDEX, {})
    return next((index[at] for at in range(start, end) if at in index), None)


def place_of(text: str, start_char: int, place: Toponym, confidence: float, gazetteer: Gazetteer) -> Place:
    """The row of a phrase that means a place of the gazetteer.

    Args:
        text: the phrase.
        start_char: its first character in the document.
        place: what it means.
        confidence: certainty of that, 0 to 1.
        gazetteer: the one that `place` is from.
    """
    region = gazetteer.admin1(place.country, place.admin1_code)
    return Place(
        text=text,
        start_char=start_char,
        end_char=start_char + len(text),
        name=place.name,
        country=place.country,
        admin1=region.name if region else None,
        latitude=place.latitude,
        longitude=place.longitude,
        geonames_id=place.geonames_id,
        precision=place.precision,
        confidence=confidence,
    )


def _place(text: str, start_char: int, evidence: float, resolution: Resolution, gazetteer: Gazetteer) -> Place:
    confidence = round(resolution.probability / (1.0 + math.exp(-evidence)), 3)
    return place_of(text, start_char, resolution.place, confidence, gazetteer)
