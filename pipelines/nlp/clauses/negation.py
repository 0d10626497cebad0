"""Negation: what denies a verb beside a plain "not".

What belongs here: reading that off a verb's dependents, its coordination and its arguments. What does not: what is made of an act
that is denied (`events/recoding.py`).
"""

from __future__ import annotations

from pipelines.nlp.clauses.patterns import NEGATIVE_PRONOUNS
from pipelines.nlp.parsed import Token

_LIMITING = frozenset(("only", "just", "merely", "simply", "solely"))
_DENIALS = frozenset(("neither", "nor"))
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_CORRELATIVE = frozenset(("det", "preconj", "cc"))  # what "neither" may be


def is_over(adverb: Token) -> bool:
    """Whether an adverb says that its verb holds no more: "no longer", but not "no longer than two hours"."""
    if adverb.lower_ != "longer" or adverb.i == 0 or adverb.nbor(-1).lower_ != "no":
        return False
    return adverb.i + 1 == len(adverb.doc) or adverb.nbor().lower_ != "than"


def denies_what_follows(negation: Token, verb: Token) -> bool:
    """Whether a "not" leaves its verb asserted: "not only condemned", "works for everyone, not just the wealthy"."""
    after = negation.nbor() if negation.i + 1 < len(negation.doc) else None
    if after is not None and after.lower_ in _LIMITING and negation.lower_ == "not":
        return True
    return verb.pos_ == "VERB" and verb.tag_ != "VB" and negation.i > verb.i + 1 and negation.lower_ == "not"


def is_nobody(noun: Token | None) -> bool:
    """Whether an argument denies its verb: "nobody will recognise it", "made no concession"."""
    if noun is None:
        return False
    if noun.lower_ in NEGATIVE_PRONOUNS or any(c.dep_ == "det" and c.lower_ == "no" for c in noun.children):
        return True
    return any(c.lower_ == "neither" and c.dep_ in _CORRELATIVE for c in noun.children)


def opens_denial(word: Token) -> bool:
    """Whether a word denies the clause that it opens, where the auxiliary comes before the subject: "Neither did Germany act"."""
    if word.lower_ not in _DENIALS or word.i + 1 == len(word.doc):
        return False
    auxiliary = word.nbor()
    if auxiliary.dep_ not in ("aux", "auxpass"):
        return False
    verb = auxiliary.head
    return any(c.dep_ in _SUBJECTS and auxiliary.i < c.i < verb.i for c in verb.lefts)


def is_neither(verb: Token) -> bool:
    """Whether a verb is one of several denied together, or denied from the start of its clause: "neither condemned nor praised
    it", "nor did it arrest him".
    """
    if any(c.lower_ == "neither" and c.dep_ in _CORRELATIVE for c in verb.lefts):
        return True
    if any(c.dep_ in ("aux", "auxpass") and c.i > 0 and opens_denial(c.nbor(-1)) for c in verb.lefts):
        return True
    if verb.dep_ != "conj":
        return False
    return any(c.lower_ == "nor" and c.dep_ == "cc" and verb.head.i < c.i < verb.i for c in verb.head.children)
