"""Bare persons: words that stand for persons without a noun for them.

What belongs here: numbers, quantifiers, participles and adjectives as heads of a phrase. What does not: nouns, names and
pronouns (`parties.py`).
"""

from __future__ import annotations

from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.patterns import BARE_QUANTIFIERS
from pipelines.nlp.parsed import Token

_AMOUNTS = frozenset(("MONEY", "PERCENT"))
_ARGUMENTS = frozenset(("nsubj", "nsubjpass", "dobj", "dative", "pobj", "poss", "conj"))


def stands_for_persons(token: Token, words: frozenset[str]) -> bool:
    """Whether a participle or adjective behind an article is a party: "the condemned", "30 of the detained".

    Args:
        token: head of a phrase.
        words: the words that can stand so, in lower case.
    """
    if token.lower_ not in words or token.dep_ not in _ARGUMENTS:
        return False
    return any(child.dep_ == "det" for child in token.lefts)


def counts_people(token: Token, verbs: frozenset[str]) -> bool:
    """Whether a number or quantifier stands alone for persons to whom something is done: "Eleven were held".

    Args:
        token: head of a phrase.
        verbs: lemmas of verbs that are done to persons.
    """
    if token.pos_ != "NUM" and token.lower_ not in BARE_QUANTIFIERS:
        return False
    if token.ent_type_ in _AMOUNTS or any(child.tag_ == "$" for child in token.lefts):
        return False
    if token.dep_ in ("nsubjpass", "dobj") or (token.dep_ == "nsubj" and token.head.tag_ == "VBN"):
        return lemma_of(token.head) in verbs
    return any(child.dep_ == "acl" and child.tag_ == "VBN" and lemma_of(child) in verbs for child in token.children)
