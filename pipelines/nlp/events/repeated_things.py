"""Things that a pronoun repeats: "declared an emergency and lifted it", "sent troops and withdrew them".

What belongs here: which nouns an object "it" or "them" may stand for, so that frames that ask for a noun find it. What does not:
which party a pronoun is (`antecedents.py`, `coreference/`).
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.nlp.parsed import Token

_NUMBER = {"it": "NN", "them": "NNS"}  # tag of the nouns that a pronoun repeats
_OBJECTS = frozenset(("dobj", "pobj"))
_HELD = frozenset(("dobj", "nsubjpass"))  # what something is done to


def things_repeated(pronoun: Token) -> list[Token]:
    """The nouns that an object "it" or "them" may repeat, the nearest first.

    Args:
        pronoun: head of an argument; what is no such object repeats nothing.

    Returns:
        Objects before it in its sentence, else the last one in the sentence before; by number.
    """
    tag = _NUMBER.get(pronoun.lower_)
    if tag is None or pronoun.dep_ not in _OBJECTS:
        return []
    sent = pronoun.sent
    found = _things(sent.doc[sent.start : pronoun.i], tag)
    if found or sent.start == 0:
        return found
    return _things(sent.doc[sent.start - 1].sent, tag)[:1]


def _things(words: Iterable[Token], tag: str) -> list[Token]:
    return [t for t in words if t.tag_ == tag and t.dep_ in _HELD][::-1]
