"""Things that a pronoun repeats: "declared an emergency and lifted it", "sent troops and withdrew them".

What belongs here: which nouns an object "it" or "them" may stand for, so that frames that ask for a noun find it. What does not:
which party a pronoun is (`antecedents.py`, `coreference/`).
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.nlp.parsed import Token

_NUMBER = {"it": "NN", "them": "NNS"}  # tag of the nouns that a pronoun repeats
_OBJECTS = frozenset(("dobj", "pobj"))
_HELD = frozenset(("dobj", "nsubjpass", "pobj"))  # what something is done to, or with
_WHERE = frozenset(("in", "during", "within"))  # what stands behind them says where or when something was done


def things_repeated(pronoun: Token) -> list[Token]:
    """The noun that an object "it" or "them" repeats: the nearest that agrees in number, with those that it is an "of" of.

    Args:
        pronoun: head of an argument; what is no such object repeats nothing.

    Returns:
        The last object before it in its sentence, else the last one in the sentence before, and the nouns over it.
    """
    tag = _NUMBER.get(pronoun.lower_)
    if tag is None or pronoun.dep_ not in _OBJECTS:
        return []
    sent = pronoun.sent
    found = _things(sent.doc[sent.start : pronoun.i], tag)
    if found or sent.start == 0:
        return found
    return _things(sent.doc[sent.start - 1].sent, tag)


def _things(words: Iterable[Token], tag: str) -> list[Token]:
    """The last of the objects among words, and what it is said of: "a state of emergency", "names of the prisoners"."""
    found = [t for t in words if t.tag_ == tag and t.dep_ in _HELD and not _tells_where(t)][-1:]
    while found and found[-1].dep_ == "pobj" and found[-1].head.lower_ == "of" and found[-1].head.head.tag_ == tag:
        found.append(found[-1].head.head)
    return found


def _tells_where(noun: Token) -> bool:
    return noun.dep_ == "pobj" and noun.head.lower_ in _WHERE
