"""Deeds that a clause tells as not done: "has yet to arrest them", "instead of bombing it", "would have faced a trial".

What belongs here: recognising that by the words over and beside a predicate. What does not: plain negation
(`clauses/negation.py`), conditions, rules and questions (`generic.py`).
"""

from __future__ import annotations

from pipelines.nlp.events.patterns import ALMOST, AWAITED, PASSED_OVER
from pipelines.nlp.parsed import Token

_UNREAL = frozenset(("would", "could", "should", "might"))
_PRESENT = frozenset(("VBZ", "VBP"))
_CLIMB = 4  # clauses up from the event


def is_undone(verbs: list[Token], deed: Token) -> bool:
    """Whether a deed did not come about, or not yet.

    Args:
        verbs: the verbs that tell it, its operators among them.
        deed: the word of the deed itself.
    """
    if any(_is_counterfactual(v) or _is_yet_to_come(v) or _is_almost(v) or _is_awaited(v) for v in verbs):
        return True
    return _is_absent(deed) or any(_is_passed_over(v) for v in (deed, *verbs))


def _is_counterfactual(verb: Token) -> bool:
    """Whether a verb tells what did not come about: "would have faced a trial", "a bill that would have let judges sit"."""
    auxiliaries = {c.lower_ for c in verb.children if c.dep_ == "aux"}
    return "have" in auxiliaries and not auxiliaries.isdisjoint(_UNREAL)


def _is_yet_to_come(verb: Token) -> bool:
    """Whether a verb is what somebody has not done so far: "has yet to arrest them", "are yet to be freed"."""
    if verb.dep_ not in ("xcomp", "acl", "advcl") or verb.head.lemma_ not in ("have", "be"):
        return False
    to = next((c for c in verb.lefts if c.tag_ == "TO"), None)
    return to is not None and to.i > 0 and to.nbor(-1).lower_ == "yet"


def _is_almost(verb: Token) -> bool:
    """Whether something nearly came about: "almost arrested them"."""
    return any(c.dep_ == "advmod" and c.lower_ in ALMOST and c.i + 1 == verb.i for c in verb.lefts)


def _is_awaited(verb: Token) -> bool:
    """Whether a clause in the present is what others wait for: "until the army frees them"."""
    if verb.dep_ != "advcl":
        return False
    finite = next((c for c in verb.lefts if c.dep_ in ("aux", "auxpass")), verb)
    return finite.tag_ in _PRESENT and any(c.dep_ == "mark" and c.lower_ in AWAITED for c in verb.lefts)


def _is_passed_over(token: Token) -> bool:
    """Whether a deed is what somebody did another thing for: "instead of arresting them", "stopped short of a boycott"."""
    current = token
    for _ in range(_CLIMB):
        if current.dep_ in ("pobj", "pcomp"):
            opening = current.head
        elif current.dep_ == "advcl":
            opening = next((c for c in current.lefts if c.dep_ in ("mark", "prep")), current)
        elif current.dep_ in ("dobj", "conj", "xcomp"):
            current = current.head
            continue
        else:
            return False
        return opening.i > 0 and (opening.nbor(-1).lower_, opening.lower_) in PASSED_OVER
    return False


def _is_absent(token: Token) -> bool:
    """Whether a noun or a deed is named as what there was none of: "arrested without a warrant", "without using force"."""
    current = token
    for _ in range(_CLIMB):
        if current.dep_ in ("pobj", "pcomp"):
            return current.head.lower_ == "without"
        if current.dep_ not in ("dobj", "conj", "xcomp"):
            return False
        current = current.head
    return False
