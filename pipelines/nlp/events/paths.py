"""Paths: what lies in the parse between a candidate and the predicate, where the candidate is no argument of it.

What belongs here: the clauses and appositions that a path crosses, and who is named only as the source of what is told. What
does not: arguments (`clauses/`), the other evidence (`evidence.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.nlp.parsed import Token
from pipelines.nlp.quotations.cues import load_cues

# Arcs at which a path enters another clause, or a second name of the same thing.
_CROSSED = frozenset(("relcl", "acl", "advcl", "ccomp", "appos", "parataxis", "pcomp"))
_WITHIN = frozenset(("amod", "compound", "nmod", "poss"))  # arcs from a word to the noun that it says more of
_SAYING = frozenset(("say", "judge", "think"))


def crossed(head: Token, site: Token) -> Iterator[str]:
    """The kinds of arcs up from a candidate's head to the predicate that leave its clause; none where it is not below it.

    Args:
        head: head of the candidate's phrase.
        site: the predicate.
    """
    found: list[str] = []
    current = head
    while current.i != site.i:
        if current.dep_ in _CROSSED:
            found.append(current.dep_)
        elif current.dep_ == "conj" and current.pos_ in ("VERB", "AUX"):
            found.append("clause")
        if current.head.i == current.i:
            return
        current = current.head
    yield from dict.fromkeys(found)


def source_kind(head: Token, site: Token) -> str | None:
    """How a phrase only names who tells: `source` ("according to the radio"), `says` ("officials said"), or None.

    Args:
        head: head of the candidate's phrase.
        site: the predicate.
    """
    named = head
    while named.dep_ in _WITHIN:  # "South Korean media report"
        named = named.head
    if named.dep_ in ("nsubj", "nsubjpass") and named.head.pos_ == "VERB" and named.head.i != site.i:
        cue = load_cues().verbs.get(named.head.lower_)
        if cue is not None and cue.cue_class in _SAYING:
            return "says"
    current = head
    while current.head.i != current.i and current.pos_ not in ("VERB", "AUX"):
        current = current.head
        if current.lower_ == "according":
            return "source"
    return None
