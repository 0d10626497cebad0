"""What tells apart two parties that are called by the same noun: "the Houston police" and "the Dallas police".

What belongs here: the words beside a nominal's head, and whether they contradict those that an earlier party was called by.
What does not: country and sector, which are compared where a party is looked for (`reading.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.nlp.actors.phrase_index import fold
from pipelines.nlp.annotations import EntityNode, MentionSpan
from pipelines.nlp.coreference.discourse import Discourse, Referent
from pipelines.nlp.coreference.nominals import Form, Nominal
from pipelines.nlp.coreference.reading import Reading, possessor

_INTRODUCING = frozenset(("a", "an", "another"))
_OTHER = frozenset(("other", "others", "further", "additional", "different"))
_PLACING = frozenset(("in", "from"))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a nominal says of its party beside the head noun.

    `marks` are the keys of entities whose or where it is and, of no single person, who is called a party's leader here and the
    opposition's there, nouns before the head; `count` is its number word; bodies in the plural are `is_many`; one that `is_new`
    is said to be none of which the text told before. With the name of its owner behind it ("the governor of Ohio") it ends at
    token `end`.
    """

    marks: frozenset[str]
    count: str
    is_many: bool
    is_new: bool
    end: int

    def contradict(self, referent: Referent) -> bool:
        """Whether the party is another than an earlier one of the same noun."""
        if self.is_new or referent.is_many not in (None, self.is_many):
            return True
        if self.count and referent.counts and self.count not in referent.counts:
            return True
        return bool(self.marks and referent.marks and self.marks.isdisjoint(referent.marks))

    def fit_name(self, node: EntityNode) -> bool:
        """Whether an entity that is named can be meant: its name has some of the words, where there are any."""
        return not self.marks or not self.marks.isdisjoint((node.key, *map(fold, node.name.split())))

    @property
    def tail(self) -> str:
        """What the key of such a party ends with."""
        return ":" + "+".join([*sorted(self.marks), self.count])

    def note(self, referent: Referent) -> None:
        """Add these words to those that a party was called by."""
        referent.marks |= self.marks
        referent.is_many = self.is_many
        if self.count:
            referent.counts.add(self.count)


def own_words(reading: Reading, nominal: Nominal) -> OwnWords:
    """The words beside the head of a nominal for people or a body."""
    doc, head = reading.doc, reading.doc[nominal.head]
    owner = owner_behind(reading, nominal)
    within = [reading.names_by_start.get(i) for i in range(nominal.start, nominal.head)]
    named = [name.entity for name in (*within, owner, _place_behind(reading, nominal)) if name is not None]
    marks = {node.key for node in (*named, possessor(reading, nominal)) if node is not None and not _is_state(node)}
    count, is_other = "", False
    for token in doc[nominal.start : nominal.head]:
        is_other = is_other or token.lower_ in _OTHER
        if token.i in reading.names_by_token:
            continue
        if token.dep_ == "nummod" and token.head.i == head.i:
            count = token.lower_
        elif nominal.form is Form.ACTORS and token.pos_ in ("NOUN", "PROPN") and token.head.i == head.i:
            marks.add(fold(token.lemma_ or token.text))
    is_new = is_other or (nominal.form is Form.ACTORS and doc[nominal.start].lower_ in _INTRODUCING)
    # One of several owners would be told as the only one.
    is_whole = owner is not None and not doc[owner.start : owner.end].root.conjuncts
    is_many = fold(head.text) != nominal.word
    return OwnWords(
        frozenset(marks), count, is_many, is_new, owner.end if owner is not None and is_whole else nominal.end
    )


def same_role(discourse: Discourse, nominal: Nominal, own: OwnWords) -> EntityNode | None:
    """An earlier nominal entity with the same head whose country and words do not contradict."""
    sentence = discourse.sentence_of[nominal.start]
    for referent in discourse.recent(sentence, 20):
        node = referent.node
        if referent.is_plural != (nominal.form is Form.ACTORS):
            continue
        if referent.word != nominal.word or not node.key.startswith("nominal:"):
            continue
        if node.sector != nominal.stated.sector and nominal.stated.sector and node.sector:
            continue
        if nominal.stated.country and node.country and node.country != nominal.stated.country:
            continue
        if nominal.stated.country and not node.country:
            continue
        if own.contradict(referent):
            continue
        return node
    return None


def owner_behind(reading: Reading, nominal: Nominal) -> MentionSpan | None:
    """The name of its owner right behind a nominal: "the governor of Ohio"."""
    at = nominal.head + 1
    return _name_after(reading, at) if at < len(reading.doc) and reading.doc[at].lower_ == "of" else None


def _place_behind(reading: Reading, nominal: Nominal) -> MentionSpan | None:
    """The name right behind a nominal of where its party is, not of where something happens: "people in Kano"."""
    at, doc = nominal.head + 1, reading.doc
    is_place = at < len(doc) and doc[at].lower_ in _PLACING and doc[at].head.i == nominal.head
    return _name_after(reading, at) if is_place else None


def _name_after(reading: Reading, i: int) -> MentionSpan | None:
    """The name that begins behind a token, with or without article."""
    is_article = i + 2 < len(reading.doc) and reading.doc[i + 1].lower_ == "the"
    return reading.names_by_start.get(i + 2 if is_article else i + 1)


def _is_state(node: EntityNode) -> bool:
    """Whether an entity only tells the country, which is compared by itself."""
    return node.key.startswith(("country:", "people:"))
