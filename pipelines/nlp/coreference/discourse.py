"""The state of a document as it is read: which entities were mentioned where.

What belongs here: occurrences of entities with the features salience needs. What does not: the rules that choose
(`antecedents.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.nlp.annotations import EntityNode
from pipelines.nlp.parsed import Doc

SUBJECT_DEPS = frozenset({"nsubj", "nsubjpass", "csubj", "agent"})


@dataclass(slots=True)
class Occurrence:
    """One mention of an entity that was already read."""

    start: int
    head: int
    sentence: int
    is_subject: bool
    is_name: bool


@dataclass(slots=True)
class Referent:
    """An entity with its occurrences and agreement."""

    node: EntityNode
    gender: str = ""
    is_plural: bool = False
    kind: str = ""  # person, place, organisation, people
    word: str = ""  # head noun of a nominal entity
    places: set[str] = field(default_factory=set)  # where it was said to be (`own_words.py`)
    marks: set[str] = field(default_factory=set)  # what else it was called by beside that
    counts: set[str] = field(default_factory=set)  # numbers that it was called with
    is_many: bool | None = None  # whether its noun was a plural; None where it was called by no noun
    occurrences: list[Occurrence] = field(default_factory=list)

    @property
    def last(self) -> Occurrence:
        """The latest occurrence."""
        return self.occurrences[-1]


class Discourse:
    """Referents of one document, the latest mentioned last, and helpers over its sentences."""

    def __init__(self, doc: Doc, texts: list[str], sentence_of: list[int]) -> None:
        self.doc = doc
        self.sentence_of = sentence_of
        self.in_quote = _quoted(texts)
        self.referents: dict[str, Referent] = {}
        self.pairs: list[tuple[int, tuple[EntityNode, ...]]] = []  # sentence, coordinated countries

    def add(self, node: EntityNode, start: int, end: int, *, is_name: bool) -> Referent:
        """Record a mention of an entity."""
        referent = self.referents.pop(node.key, None) or Referent(node)
        self.referents[node.key] = referent  # the latest mentioned last
        head = head_of(self.doc, start, end)
        token = self.doc.tokens[head]
        if token.dep_ == "appos":  # "Its leader, X, has ..."
            token = token.head
        is_subject = token.dep_ in SUBJECT_DEPS
        referent.occurrences.append(Occurrence(start, head, self.sentence_of[start], is_subject, is_name))
        return referent

    def recent(self, sentence: int, within: int) -> list[Referent]:
        """Referents mentioned at most `within` sentences before, most recent first."""
        near = []
        for referent in reversed(self.referents.values()):
            if sentence - referent.occurrences[-1].sentence > within:
                break
            near.append(referent)
        return near


_OPENING = frozenset(("“", "``", '"'))  # '"' closes too
_SIGNS = _OPENING | {"”", "''"}


def head_of(doc: Doc, start: int, end: int) -> int:
    """The token of a span that governs it; the last one where several do."""
    if end - start == 1:
        return start
    tokens = doc.tokens
    for i in range(end - 1, start - 1, -1):
        head = tokens[i].head.i
        if head < start or head >= end or head == i:
            return i
    return end - 1


def sentence_numbers(doc: Doc) -> list[int]:
    """The number of the sentence each token is in."""
    return [number for number, sent in enumerate(doc.sents) for _ in range(sent.start, sent.end)]


def _quoted(texts: list[str]) -> list[bool]:
    """Whether each token stands inside quotation marks."""
    if _OPENING.isdisjoint(texts):
        return [False] * len(texts)
    inside = False
    flags: list[bool] = []
    for i, text in enumerate(texts):
        if text in _SIGNS or "\n\n" in text:
            flags += [inside] * (i - len(flags))
            inside = text in _OPENING and not (text == '"' and inside)
    return flags + [inside] * (len(texts) - len(flags))
