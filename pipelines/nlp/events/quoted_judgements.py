"""Judgements in quotation marks: what somebody is said to call another or another's act: 'called the deal "a sham"'.

What belongs here: which quoted words a verb says of its object. What does not: which of them blame or praise
(`lexicons/event_noun_classes.csv`), whole quotations and their speakers (`nlp/quotations`).
"""

from __future__ import annotations

from pipelines.nlp.clauses.component import Predicate
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.parsed import Token

QUOTED = "quoted"  # what frames ask for that take any words in quotation marks
_OPENING, _CLOSING = frozenset(('"', "“", "``", "‘")), frozenset(('"', "”", "''", "’"))
_BEFORE = frozenset("a an the as".split())  # between what is judged and the words for it
_NOT = frozenset("not n't n’t no never hardly far nothing anything without".split())
_NEAR = 12  # tokens from the verb to the quotation mark
_LONG = 10  # tokens that a judgement has at most; longer ones are what somebody said


def words_quoted(verb: Predicate) -> frozenset[str]:
    """The words in quotation marks behind a verb's object, as they stand and as lemmas, with `QUOTED`.

    Args:
        verb: a verb of which a frame asks what its object is called.

    Returns:
        No words where none are quoted.
    """
    token = verb.token
    judged = verb.obj if verb.obj is not None else next(iter(verb.preps.get("to", ())), None)  # "referred to them as"
    start = _opening(token) if judged is not None else None
    if judged is None or start is None or (judged.i > start and not verb.is_passive):
        return frozenset()
    words: list[Token] = []
    for other in token.doc[start + 1 : start + 2 + _LONG]:
        if other.text in _CLOSING:
            if any(t.lower_ in _NOT for t in words):
                return frozenset()
            return (
                frozenset((QUOTED, *(t.lower_ for t in words), *(lemma_of(t) for t in words))) if words else frozenset()
            )
        words.append(other)
    return frozenset()


def _opening(verb: Token) -> int | None:
    """Where quotation marks open behind an object, or behind "as" or an article: not "called on them to"."""
    end = min(verb.i + 1 + _NEAR, verb.sent.end)
    at = next((t.i for t in verb.doc[verb.i + 1 : end] if t.text in _OPENING), None)
    if at is None or at == verb.i + 1:
        return None
    if any(c.dep_ == "conj" and c.pos_ == "VERB" and c.i < at for c in verb.rights):
        return None  # another verb's: 'called the party rotten and termed her a "traitor"'
    before = verb.doc[at - 1]
    if before.lower_ in _BEFORE:
        return at
    return at if before.pos_ in ("NOUN", "PROPN", "PRON") else None
