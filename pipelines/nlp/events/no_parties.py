"""Words for a party that stand for none where they stand.

What belongs here: what is only taken a stance on, acts and qualities called like a body, places that something happens at.
What does not: which words stand for parties (`parties.py`, `bare_persons.py`), what speaks for a candidate (`evidence.py`).
"""

from __future__ import annotations

from collections.abc import Container

from pipelines.nlp.actors.patterns import HYPHENS, STANCES
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.patterns import POWERS
from pipelines.nlp.parsed import Doc, Token

_WHERE = frozenset(("in", "at", "near", "across", "over"))
_TELLING = frozenset(
    ("det", "amod", "compound", "nmod", "poss", "nummod")
)  # what makes a body of a word: "the prosecution"
_ARGUMENTS = frozenset(("dobj", "pobj", "conj"))


def is_where(place: Token, head: Token) -> bool:
    """Whether a phrase only says where a thing is: "concerts in Kabul" are nobody's."""
    return place.dep_ == "pobj" and place.head.lower_ in _WHERE and place.head.head.i == head.i


def is_stance(doc: Doc, start: int) -> bool:
    """Whether the name that starts at a token only says whom something is for or against: "an anti-Muslim leaflet".

    Args:
        doc: the document.
        start: first token of the name.
    """
    return start > 1 and doc[start - 1].text in HYPHENS and doc[start - 2].lower_ in STANCES


def is_quality(token: Token, qualities: Container[str]) -> bool:
    """Whether a word for a body tells an act or a quality: "immunity from prosecution", "questioned his authority".

    Args:
        token: head of a phrase.
        qualities: lemmas of such words.
    """
    if token.tag_ != "NN" or token.dep_ not in _ARGUMENTS or lemma_of(token) not in qualities:
        return False
    if lemma_of(token) in POWERS and any(c.dep_ == "poss" for c in token.lefts):
        return True
    if any(c.dep_ == "prep" and c.lower_ == "to" for c in token.rights):
        return True  # "expressed opposition to the bill"
    return token.is_lower and not any(c.dep_ in _TELLING for c in token.lefts)


def places_of_clause(clause: Token) -> frozenset[int]:
    """The nouns that a clause with "where" hangs on, which did nothing: "the shop, by the mall, where the shooting happened".

    Args:
        clause: the verb of the relative clause.
    """
    if clause.dep_ != "relcl" or all(c.lower_ != "where" for c in clause.lefts):
        return frozenset()
    found = {clause.head.i}
    for token in clause.head.ancestors:
        if token.pos_ in ("VERB", "AUX"):
            before = min(found) < token.i
            found.update(c.i for c in token.lefts if before and c.dep_ == "nsubj" and c.pos_ in ("NOUN", "PROPN"))
            break
        found.add(token.i)
    return frozenset(found)
