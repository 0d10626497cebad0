"""Words that mean a place named before: "there", "in the city", "across the country".

What belongs here: which place such a word means. What does not: names of places (`places/`), capitals by their country
(`seats.py`), the nouns (`pipelines/lexicons/place_nouns.csv`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from pipelines.nlp.events.lexicon import read_rows
from pipelines.nlp.events.place_phrases import PLACE_ADVERB, PLACE_PREPOSITIONS, preposition_of
from pipelines.nlp.parsed import Doc, Token
from pipelines.records import Place, PlacePrecision

_REACH = 120  # tokens back to the place that is meant
_KINDS = {
    "town": frozenset((PlacePrecision.TOWN, PlacePrecision.POINT)),
    "region": frozenset((PlacePrecision.REGION, PlacePrecision.DISTRICT, PlacePrecision.AREA)),
    "country": frozenset((PlacePrecision.COUNTRY,)),
}


@cache
def place_nouns() -> dict[str, str]:
    """The kind of place by noun, of those that can mean one named before."""
    return {row["noun"]: row["kind"] for _, row in read_rows("place_nouns.csv") if row["kind"]}


def place_anaphors(doc: Doc, named: Sequence[tuple[Token, Place]]) -> Iterator[tuple[Token, Place]]:
    """The words that mean a place named before, each with that place.

    Args:
        doc: the document.
        named: its places by their heads, in the text's order.
    """
    nouns = place_nouns()
    heads = [head.i for head, _ in named]
    for token in [token for token in doc if token.lemma_ in nouns or token.lemma_ == PLACE_ADVERB]:
        before = named[bisect_left(heads, token.i - _REACH) : bisect_left(heads, token.i)]
        if not before:
            continue
        if token.lower_ == PLACE_ADVERB:
            if is_place_adverb(token):
                yield token, _meant_by_adverb(before)
            continue
        if not _refers(token):
            continue
        kinds = _KINDS[nouns[token.lemma_]]
        place = next((place for _, place in reversed(before) if place.precision in kinds), None)
        if place is not None:
            yield token, place


def is_place_adverb(token: Token) -> bool:
    """Whether a word is "there" of place, not of "there is"."""
    return token.lower_ == PLACE_ADVERB and token.dep_ == "advmod"


def _meant_by_adverb(before: Sequence[tuple[Token, Place]]) -> Place:
    """The last place of the nearest sentence that has one, in it rather one where something is or goes."""
    nearest = [(head, place) for head, place in before if head.sent.start == before[-1][0].sent.start]
    scenes = [place for head, place in nearest if _is_scene(head)]
    return scenes[-1] if scenes else nearest[-1][1]


def _is_scene(head: Token) -> bool:
    """Whether a place stands where something is or goes: "in Hanoi", "to Hanoi", "at Hanoi's prison"."""
    preposition = preposition_of(head)
    return preposition is not None and (preposition.lower_ in PLACE_PREPOSITIONS or preposition.lower_ == "to")


def _refers(noun: Token) -> bool:
    """Whether a noun in the singular is known to the reader and has no name beside it: "the city", not "the city of Lyon"."""
    if noun.tag_ != "NN":
        return False
    children = list(noun.children)
    if not any(c.dep_ == "det" and c.lower_ in ("the", "this", "that") for c in children):
        return False
    return not any(c.dep_ in ("prep", "appos", "compound", "nmod", "amod", "relcl", "acl", "poss") for c in children)
