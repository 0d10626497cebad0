"""The state while one document is read, and who its phrases are about by their own words.

What belongs here: names joined by "and", appositions, predicates and possessors. What does not: reference across clauses
(`antecedents.py`, `groups.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Doc

from pipelines.nlp.annotations import EntityNode, MentionSpan
from pipelines.nlp.coreference.discourse import Discourse, Referent
from pipelines.nlp.coreference.home import CountryOfEvents
from pipelines.nlp.coreference.nominals import Form, Nominal

_MAX_PAIR_GAP = 3  # tokens between two names that "and" joins


@dataclass(slots=True)
class Reading:
    """The state while one document is read."""

    doc: Doc
    discourse: Discourse
    countries: dict[str, EntityNode]  # by alpha-3 code
    home: CountryOfEvents
    document_id: str
    groups_by_governor: dict[int, Nominal]  # group nominals by the head of the phrase their of-phrase belongs to
    names_by_start: dict[int, MentionSpan]
    names_by_token: dict[int, MentionSpan]
    owner_sectors: dict[str, str] = field(default_factory=dict)  # entity key -> sector of the body a person leads

    def person_at(self, i: int) -> EntityNode | None:
        """The person named over a token."""
        name = self.names_by_token.get(i)
        return name.entity if name is not None and name.label == "PERSON" else None


def note_pair(reading: Reading, first: MentionSpan, second: MentionSpan) -> None:
    """Remember two names that "and" joins, as countries in focus and as what "they" may stand for."""
    a, b = first.entity, second.entity
    if a is None or b is None or a.key == b.key or first.label == "NORP" or second.label == "NORP":
        return
    if second.start - first.end > _MAX_PAIR_GAP:
        return
    between = [t.lower_ for t in reading.doc[first.end : second.start]]
    if "and" not in between or (first.label == "PERSON") != (second.label == "PERSON"):
        return
    if a.key.startswith("country:") and b.key.startswith("country:"):
        reading.discourse.pairs.append((reading.discourse.sentence_of[second.start], (a, b)))
    referent = reading.discourse.add(group_node((a, b)), first.start, second.end, is_name=False)
    referent.kind, referent.is_plural = "group", True


def group_node(members: tuple[EntityNode, ...]) -> EntityNode:
    """An entity that stands for several; it has no row of its own."""
    key = "group:" + "+".join(sorted(m.key for m in members))
    return EntityNode(key, " and ".join(m.name for m in members), members[0].label, members=members)


def group_mention(reading: Reading, nominal: Nominal, members: tuple[EntityNode, ...]) -> MentionSpan:
    """A mention of several entities at once."""
    node = group_node(members)
    referent = reading.discourse.add(node, nominal.start, nominal.end, is_name=False)
    referent.kind, referent.is_plural = "group", True
    return MentionSpan(nominal.start, nominal.end, node.label, False, referent.node, None, None, nominal.stated.sector)


def set_agreement(referent: Referent, nominal: Nominal) -> None:
    """Give an entity that a nominal introduces its kind, number and gender."""
    plural = nominal.form is Form.ACTORS and nominal.word != ""
    referent.kind = "person" if nominal.form is Form.PERSON else "people"
    referent.is_plural = plural
    referent.gender = nominal.gender
    referent.word = nominal.word


def same_role(discourse: Discourse, nominal: Nominal) -> EntityNode | None:
    """An earlier nominal entity with the same head whose country does not contradict."""
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
        return node
    return None


def apposed_name(reading: Reading, nominal: Nominal) -> EntityNode | None:
    """The person named right beside a nominal: "the Chadian envoy, Idris Mahamat,"."""
    doc = reading.doc
    if nominal.form is not Form.PERSON:
        return None
    token = doc[nominal.head]
    candidates = [t for t in token.children if t.dep_ == "appos"]
    if token.dep_ == "appos":
        candidates.append(token.head)
    return next((found for c in candidates if (found := reading.person_at(c.i)) is not None), None)


def possessor(reading: Reading, nominal: Nominal) -> EntityNode | None:
    """Whom "his" or "its" at the beginning of a nominal stands for, or the person it names: "Okoye's government"."""
    for i in range(nominal.start, nominal.head):
        name = reading.names_by_start.get(i)
        if name is not None and name.entity is not None and name.label in ("PERSON", "ORG"):
            return name.entity
    if reading.doc[nominal.start].tag_ != "PRP$":
        return None
    here = reading.discourse.recent(reading.discourse.sentence_of[nominal.start], 0)
    return next((r.node for r in here if r.last.start == nominal.start), None)


def take_from_owner(reading: Reading, node: EntityNode, owner: EntityNode, nominal: Nominal) -> None:
    """ "Its leader, X": X is of the owner's country, and of its sector when the role tells none of its own."""
    node.country = node.country or owner.country
    if owner.label == "ORG" and owner.sector and node.sector in (None, "GOV") and nominal.stated.sector == "GOV":
        node.sector = reading.owner_sectors[node.key] = owner.sector


def subject_of_predicate(reading: Reading, nominal: Nominal) -> EntityNode | None:
    """The person of whom a nominal is said: "Okoye, who is also finance minister"."""
    doc = reading.doc
    token = doc[nominal.head]
    if token.dep_ != "attr" or nominal.form is not Form.PERSON:
        return None
    subject = next((c for c in token.head.children if c.dep_ == "nsubj"), None)
    if subject is None:
        return None
    at = token.head.head.i if subject.lower_ == "who" else subject.i
    return reading.person_at(at)
