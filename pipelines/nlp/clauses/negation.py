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
_AUXILIARIES = frozenset(("aux", "auxpass"))
_CORRELATIVE = frozenset(("det", "preconj", "cc"))  # what "neither" may be


def is_over(adverb: Token) -> bool:
    """Whether an adverb says that its verb holds no more: "no longer", but not "no longer than two hours"."""
    if adverb.lower_ != "longer" or adverb.i == 0 or adverb.nbor(-1).lower_ != "no":
        return False
    return adverb.i + 1 == len(adverb.doc) or adverb.nbor().lower_ != "than"


def denies_what_follows(negation: Token, verb: Token) -> bool:
    """Whether a "not" leaves its verb asserted: "not only condemned", "works for everyone, not just the wealthy", "whether or
    not he supports it".
    """
    if negation.i > 1 and negation.nbor(-1).lower_ == "or" and negation.nbor(-2).lower_ == "whether":
        return True
    after = negation.nbor() if negation.i + 1 < len(negation.doc) else None
    if after is not None and after.lower_ in _LIMITING and negation.lower_ == "not":
        return True
    return verb.pos_ == "VERB" and verb.tag_ != "VB" and negation.i > verb.i + 1 and negation.lower_ == "not"


def is_nobody(noun: Token | None) -> bool:
    """Whether an argument denies its verb: "nobody will recognise it", "made no concession"."""
    if noun is None:
        return False
    if noun.lower_ in NEGATIVE_PRONOUNS:
        return True
    words = [c for c in noun.children if c.dep_ in _CORRELATIVE]
    return any((c.lower_ == "no" and c.dep_ == "det") or c.lower_ == "neither" for c in words) if words else False


def opens_denial(word: Token) -> bool:
    """Whether a word denies the clause that it opens, where the auxiliary comes before the subject: "Neither did Germany act"."""
    if word.lower_ not in _DENIALS or word.i + 1 == len(word.doc):
        return False
    auxiliary = word.nbor()
    if auxiliary.dep_ not in _AUXILIARIES:
        return False
    verb = auxiliary.head
    return any(c.dep_ in _SUBJECTS and auxiliary.i < c.i < verb.i for c in verb.lefts)


def is_neither(verb: Token) -> bool:
    """Whether a verb is one of several denied together, or denied from the start of its clause: "neither condemned nor praised
    it", "nor did it arrest him".
    """
    for child in verb.lefts:
        dep = child.dep_
        if dep in _AUXILIARIES:
            if child.i > 0 and opens_denial(child.nbor(-1)):
                return True
        elif dep in _CORRELATIVE and child.lower_ == "neither":
            return True
    if verb.dep_ != "conj":
        return False
    return any(c.lower_ == "nor" and c.dep_ == "cc" and verb.head.i < c.i < verb.i for c in verb.head.children)
