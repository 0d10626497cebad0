"""The state while one document is read, and who its phrases are about by their own words.

What belongs here: names joined by "and", appositions, predicates and possessors. What does not: reference across clauses
(`antecedents.py`, `groups.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.nlp.actors.patterns import HYPHENS
from pipelines.nlp.actors.phrase_index import fold
from pipelines.nlp.annotations import EntityNode, MentionSpan
from pipelines.nlp.coreference.discourse import Discourse, Referent
from pipelines.nlp.coreference.home import CountryOfEvents
from pipelines.nlp.coreference.nominals import Form, Nominal
from pipelines.nlp.coreference.patterns import COUNTRY_HEADS, LOCAL_SECTORS
from pipelines.nlp.coreference.presumed import Role
from pipelines.nlp.parsed import Doc

_TITLE_PREPOSITIONS = frozenset({"of", "to", "for", "in", "at", "from"})
_TAIL_TAGS = frozenset({"ADP", "DET", "ADJ", "NOUN", "PROPN", "PART", "NUM"})
_MAX_SECOND_TITLE = 6
_MAX_TITLE_TAIL = 10  # tokens from a title to the name after its owner
_OPPOSED_SECTORS = frozenset(("REB", "OPP", "UAF"))
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
    presumed: dict[str, Role] = field(default_factory=dict)  # entity key -> role of one whose country no words tell
    stated: set[str] = field(default_factory=set)  # entity keys of those whose country some words tell

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
    between = [t.lower_ for t in reading.doc.tokens[first.end : second.start]]
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
    sector = nominal.stated.sector if nominal.stated.sector in LOCAL_SECTORS else None
    return MentionSpan(nominal.start, nominal.end, node.label, False, referent.node, None, None, sector)


def set_agreement(referent: Referent, nominal: Nominal) -> None:
    """Give an entity that a nominal introduces its kind, number and gender."""
    plural = nominal.form is Form.ACTORS and nominal.word != ""
    referent.kind = "person" if nominal.form is Form.PERSON else "people"
    referent.is_plural = plural
    referent.gender = nominal.gender
    referent.word = nominal.word


def apposed_name(reading: Reading, nominal: Nominal) -> EntityNode | None:
    """The person named right beside a nominal: "the Chadian envoy, Idris Mahamat,"."""
    if nominal.form is not Form.PERSON:
        return None
    token = reading.doc[nominal.head]
    candidates = [t for t in token.children if t.dep_ == "appos"]
    if token.dep_ == "appos":
        candidates.append(token.head)
    found = next((found for c in candidates if (found := reading.person_at(c.i)) is not None), None)
    return found or _name_after_title(reading, nominal)


def apposed_body(reading: Reading, nominal: Nominal) -> EntityNode | None:
    """The organisation named right before a nominal: "Frente Azul, a Peruvian opposition party, ..."."""
    doc = reading.doc
    if nominal.start < 2 or doc[nominal.start - 1].text != "," or doc[nominal.start].pos_ != "DET":
        return None
    if doc[nominal.head].tag_ in ("NNS", "NNPS") or doc[nominal.head].dep_ not in ("appos", "conj"):
        return None
    name = reading.names_by_token.get(nominal.start - 2)
    return name.entity if name is not None and name.label == "ORG" else None


def _name_after_title(reading: Reading, nominal: Nominal) -> EntityNode | None:
    """The name that ends a title with its owner or place: "Peru's ambassador to Finland Ana Rey", "the mayor of X, Y,".

    The parser hangs such a name on the place, so the words decide: prepositional phrases, then the name itself or, between
    commas that open no list, the name in apposition.
    """
    if nominal.stated.sector is None:
        return None
    doc = reading.doc
    if (second := _name_after_second_title(reading, nominal)) is not None:
        return second
    i = start = nominal.head + 1
    limit = min(len(doc), start + _MAX_TITLE_TAIL)
    while i < limit and not doc[i].is_sent_start and doc[i].text != "," and reading.person_at(i) is None:
        is_first = i == start
        if (doc[i].lower_ not in _TITLE_PREPOSITIONS) if is_first else (doc[i].pos_ not in _TAIL_TAGS):
            return None
        i += 1
    if i == start or i >= limit or doc[i].is_sent_start:
        return None
    if doc[i].text != ",":
        ends_title = reading.names_by_token[i]
        return ends_title.entity if ends_title.start == i else None
    name = next((n for k in (1, 2, 3) if (n := reading.names_by_start.get(i + k)) is not None), None)
    if name is None or name.label != "PERSON" or any(t.pos_ not in ("NOUN", "PROPN") for t in doc[i + 1 : name.start]):
        return None
    after = doc[name.end].text if name.end < len(doc) else "."
    if after not in (",", ".", ";") or (name.end + 1 < len(doc) and doc[name.end + 1].lower_ in ("and", "or")):
        return None
    return name.entity


def _name_after_second_title(reading: Reading, nominal: Nominal) -> EntityNode | None:
    """The one name behind two titles without articles: "Former Ghanaian president and AU envoy Kofi Mensah"."""
    doc = reading.doc
    i = nominal.head + 1
    if i >= len(doc) or doc[i].lower_ != "and" or doc[nominal.start].pos_ in ("DET", "PRON"):
        return None
    for k in range(i + 1, min(i + _MAX_SECOND_TITLE, len(doc))):
        name = reading.names_by_start.get(k)
        if name is not None and name.label == "PERSON":
            return name.entity if name.title is not None and k > i + 1 else None
        if doc[k].pos_ not in ("NOUN", "PROPN", "ADJ"):
            return None
    return None


def possessor(reading: Reading, nominal: Nominal) -> EntityNode | None:
    """Whose a nominal is: of whom "his", "its" or "whose" stands for, or of what it names ("Okoye's", "the country's")."""
    tokens = reading.doc.tokens
    for i in range(nominal.start, nominal.head):
        name = reading.names_by_start.get(i)
        if name is None or name.entity is None or name.label not in ("PERSON", "ORG"):
            continue
        is_compound = name.end < len(tokens) and tokens[name.end].text in HYPHENS
        if not is_compound:  # "the UN-backed government" is not the UN's
            return name.entity
    owner = next((c for c in tokens[nominal.head].children if c.dep_ == "poss"), None)
    if owner is not None and owner.tag_ == "WP$":
        clause = next((t for t in owner.ancestors if t.dep_ == "relcl"), None)
        return _mentioned_at(reading, clause.head.i) if clause is not None else None
    if owner is not None and fold(owner.text) in COUNTRY_HEADS:
        return _mentioned_at(reading, owner.i)
    if tokens[nominal.start].tag_ != "PRP$":
        return None
    here = reading.discourse.recent(reading.discourse.sentence_of[nominal.start], 0)
    return next((r.node for r in here if r.last.start == nominal.start), None)


def _mentioned_at(reading: Reading, i: int) -> EntityNode | None:
    """What the name or nominal headed by a token of this sentence stands for."""
    name = reading.names_by_token.get(i)
    if name is not None:
        return name.entity
    here = reading.discourse.recent(reading.discourse.sentence_of[i], 0)
    return next((r.node for r in here if any(o.head == i for o in r.occurrences[-3:])), None)


def rival_country(reading: Reading, nominal: Nominal) -> str | None:
    """The country that a government and those who oppose it share: "the Nepalese government and rebels"."""
    token = reading.doc[nominal.head]
    if token.dep_ != "conj":
        return None
    here = reading.discourse.recent(reading.discourse.sentence_of[nominal.start], 0)
    other = next((r.node for r in here if any(o.head == token.head.i for o in r.occurrences[-3:])), None)
    if other is None:
        return None
    sectors = {other.sector, nominal.stated.sector}
    return other.country if len(sectors) > 1 and "GOV" in sectors and sectors & _OPPOSED_SECTORS else None


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
