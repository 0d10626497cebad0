"""Binding: whom the object of a verb cannot stand for, as that acts on it.

What belongs here: the subject that a verb is understood to have, by the parse alone, and the verb that a pronoun is an object of.
What does not: who a pronoun is (`coreference/antecedents.py`, `events/antecedents.py`).
"""

from __future__ import annotations

from pipelines.nlp.clauses.patterns import RELATIVE_PRONOUNS, SUBJECT_CONTROL, TRANSPARENT_NOUNS
from pipelines.nlp.parsed import Token

_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_OBJECTS = frozenset(("dobj", "dative", "iobj"))
_VERBS = frozenset(("VERB", "AUX"))
# "Pointed a rifle at him" aims at another; "took a picture of him", "has weapons with them" may be one's own.
_AIMED = frozenset(("at", "to", "from", "against", "on", "upon", "into"))
_STEPS = 4  # clauses that share a subject


def acting_verb(pronoun: Token) -> Token | None:
    """The verb that a pronoun is an object of, also behind a preposition; None for a subject, a possessive or a reflexive.

    Args:
        pronoun: the pronoun.
    """
    if pronoun.tag_ == "PRP$" or pronoun.lower_.endswith(("self", "selves")):
        return None
    if pronoun.dep_ in _OBJECTS:
        return pronoun.head if pronoun.head.pos_ in _VERBS else None
    if pronoun.dep_ != "pobj":
        return None
    preposition = pronoun.head
    governor = preposition.head
    is_part = preposition.lower_ == "of" and (governor.pos_ == "NUM" or governor.lower_ in TRANSPARENT_NOUNS)
    if is_part and governor.dep_ in _OBJECTS:  # "shot three of them"
        return governor.head if governor.head.pos_ in _VERBS else None
    if governor.pos_ == "NOUN" and governor.dep_ == "dobj" and preposition.lower_ in _AIMED:
        governor = governor.head
    return governor if governor.pos_ in _VERBS else None


def understood_subject(verb: Token) -> Token | None:
    """The subject of a verb, its own or the one it shares with the clause it stands in; None where there is none.

    Args:
        verb: a verb.
    """
    for _ in range(_STEPS):
        own = next((c for c in verb.children if c.dep_ in _SUBJECTS), None)
        if own is not None:
            return verb.head if own.lower_ in RELATIVE_PRONOUNS and verb.dep_ == "relcl" else own
        head, dep = verb.head, verb.dep_
        if dep in ("acl", "relcl") and verb.tag_ == "VBG":
            return head
        if dep == "pcomp":
            head = head.head
        elif dep in ("xcomp", "ccomp", "advcl"):
            if verb.tag_ not in ("VB", "VBG"):
                return None
            if dep != "advcl" and head.lemma_ not in SUBJECT_CONTROL:
                controller = next((c for c in head.children if c.dep_ in _OBJECTS and c.pos_ != "ADP"), None)
                if controller is not None:
                    return controller
        elif dep != "conj":
            return None
        if head.pos_ not in _VERBS or head.i == verb.i:
            return None
        verb = head
    return None


def acts_on(subject: Token, pronoun: Token) -> bool:
    """Whether a phrase is who does to a pronoun what is told of it, and so is another: "A praised him", "came to thank him".

    Args:
        subject: head of the phrase.
        pronoun: the pronoun.
    """
    verb = acting_verb(pronoun)
    if verb is None:
        return False
    found = understood_subject(verb)
    if found is None or found.i == subject.i:
        return found is not None
    measured = subject.head.head if subject.dep_ == "pobj" and subject.head.lower_ == "of" else subject
    return measured.i == found.i and found.lower_ in TRANSPARENT_NOUNS  # "some of the men whistled at them"
