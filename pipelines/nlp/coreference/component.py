"""Link the mentions of a document to its entities.

`communique_coreference` gives every name its entity (`naming.py`), adds nominals and pronouns as mentions (`nominals.py`) and
finds what they stand for (`antecedents.py`, `groups.py`), reading the document from its beginning. Country, sector and titles
gather on the entity and are passed on to mentions that state none. It writes `doc._.entities` and completes `doc._.mentions`.

What does not belong here: entities across documents (the resolve stage).
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.actors.lexicon import fold
from pipelines.nlp.annotations import EntityNode, MentionSpan
from pipelines.nlp.coreference import antecedents, groups
from pipelines.nlp.coreference.discourse import Discourse, Referent, sentence_numbers
from pipelines.nlp.coreference.home import CountryOfEvents
from pipelines.nlp.coreference.metonymy import is_acting_capital
from pipelines.nlp.coreference.naming import NameLinker
from pipelines.nlp.coreference.nominals import Form, Nominal, find_nominals
from pipelines.nlp.coreference.patterns import (
    ANIMATE_HEADS,
    CIVIL_SECTORS,
    FEMALE_WORDS,
    LOCAL_SECTORS,
    MALE_WORDS,
    REGION_ADJECTIVES,
    UNIQUE_BODIES,
)
from pipelines.nlp.names.lexicon import TeamLexicon

_PRONOUNS = frozenset({Form.MALE, Form.FEMALE, Form.PLURAL, Form.THING})
_GROUPS = frozenset({Form.COUNTRIES, Form.LEADERS, Form.SIDES})
_MAX_PAIR_GAP = 3  # tokens between two names that "and" joins
_KINDS = {"PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place", "ORG": "organisation", "NORP": "people"}


@dataclass(slots=True)
class _Reading:
    """The state while one document is read."""

    doc: Doc
    discourse: Discourse
    countries: dict[str, EntityNode]  # by alpha-3 code
    home: CountryOfEvents
    document_id: str
    groups_by_governor: dict[int, Nominal]  # group nominals by the head of the phrase their of-phrase belongs to


class EntityResolver:
    """The component `communique_coreference`."""

    def __init__(self, describer: ActorDescriber, given_names: dict[str, str], teams: TeamLexicon) -> None:
        self.describer = describer
        self.given_names = given_names
        self.linker = NameLinker(describer.lexicon, teams)

    def __call__(self, doc: Doc) -> Doc:
        mentions, entities = self.predict(doc)
        self.set_annotations(doc, mentions, entities)
        return doc

    def predict(self, doc: Doc) -> tuple[list[MentionSpan], list[EntityNode]]:
        """All mentions with their entities, and the entities by first mention."""
        names = list(doc._.mentions or ())
        texts = [t.text for t in doc]
        home = CountryOfEvents(doc, names, sentence_numbers(doc))
        self.linker.link(doc, names, texts, home)
        for mention in names:
            _gather(mention)
        taken = {i for m in names for i in range(m.start, m.end)}
        nominals = find_nominals(doc, self.describer, taken)
        mentions = self._read(doc, texts, names, nominals, home)
        for mention in mentions:
            _pass_on(mention)
        entities = {m.entity.key: m.entity for m in mentions if m.entity is not None and not m.entity.members}
        return mentions, list(entities.values())

    def set_annotations(self, doc: Doc, mentions: list[MentionSpan], entities: list[EntityNode]) -> None:
        """Write mentions and entities on the document."""
        doc._.mentions = mentions
        doc._.entities = entities

    def _read(
        self, doc: Doc, texts: list[str], names: list[MentionSpan], nominals: list[Nominal], home: CountryOfEvents
    ) -> list[MentionSpan]:
        """Walk through names and nominals in the order of the text."""
        context = doc._.context
        governed = {doc[n.head].head.head.i: n for n in nominals if n.form in _GROUPS and doc[n.head].dep_ == "pobj"}
        document_id = context.document_id if context else ""
        discourse = Discourse(doc, texts)
        reading = _Reading(doc, discourse, {}, home, document_id, governed)
        for name in names:
            if name.entity is not None and name.entity.key.startswith("country:"):
                reading.countries.setdefault(name.entity.key.removeprefix("country:"), name.entity)
        mentions: list[MentionSpan] = []
        steps: list[tuple[int, MentionSpan | Nominal]] = [(m.start, m) for m in names]
        steps += [(n.head, n) for n in nominals]
        steps.sort(key=lambda step: step[0])
        previous: MentionSpan | None = None
        for _, step in steps:
            if isinstance(step, MentionSpan):
                self._read_name(reading, step, previous)
                mentions.append(step)
                previous = step
            elif mention := self._read_nominal(reading, step):
                mentions.append(mention)
        mentions.sort(key=lambda m: (m.start, m.end))
        return mentions

    def _read_name(self, reading: _Reading, mention: MentionSpan, previous: MentionSpan | None) -> None:
        node = mention.entity
        if node is None:
            return
        if node.country is None and node.sector in LOCAL_SECTORS and mention.title:
            node.country = reading.home.certain(mention.start)
        if node.country is None and node.key.startswith("people:"):
            mention.country = reading.home.certain(mention.start)
        if mention.label == "GPE" and is_acting_capital(reading.doc, mention, self.linker.entry):
            mention.sector = "GOV"
            if mention.country:
                node = mention.entity = self._country_node(reading, mention.country)
        referent = reading.discourse.add(node, mention.start, mention.end, is_name=True)
        if not referent.kind:
            referent.kind = "place" if node.label == "GPE" else _KINDS.get(mention.label, "")
        if not referent.gender:
            referent.gender = self._gender(reading.doc, mention, node)
        if node.country and node.country not in reading.countries and node.country.isalpha():
            self._country_node(reading, node.country)
        if previous is not None and previous.entity is not None:
            _note_pair(reading, previous, mention)

    def _gender(self, doc: Doc, mention: MentionSpan, node: EntityNode) -> str:
        if mention.label != "PERSON":
            return ""
        words = [fold(w) for w in node.name.split()]
        before = [fold(t.text) for t in doc[max(0, mention.start - 3) : mention.start]]
        for word in before[-1:] + [fold(w) for w in (mention.title or "").split()] + words[:1]:
            if word in MALE_WORDS:
                return "m"
            if word in FEMALE_WORDS:
                return "f"
        return self.given_names.get(words[0], "") if len(words) > 1 else ""

    def _country_node(self, reading: _Reading, code: str) -> EntityNode:
        node = reading.countries.get(code)
        if node is None:
            name = self.linker.country_name(code)
            node = reading.countries[code] = EntityNode(f"country:{code}", name, "GPE", code)
        return node

    # -- nominals and pronouns ----------------------------------------------------------------------------------------

    def _read_nominal(self, reading: _Reading, nominal: Nominal) -> MentionSpan | None:
        if nominal.form in _PRONOUNS:
            node = antecedents.resolve_pronoun(reading.discourse, nominal)
            return self._mention(reading, nominal, node) if node is not None else None
        if nominal.form in _GROUPS:
            return self._read_group(reading, nominal)
        if nominal.form is Form.COUNTRY:
            return self._read_country(reading, nominal)
        if nominal.form is Form.ACTORS and (group := reading.groups_by_governor.get(nominal.head)):
            return self._read_people_of_group(reading, nominal, group)
        node = antecedents.resolve_person(reading.discourse, nominal) if nominal.form is Form.PERSON else None
        if node is None and nominal.form is Form.ACTORS:
            node = antecedents.resolve_body(reading.discourse, nominal)
        if node is None:
            node = _apposed_name(reading, nominal) or _subject_of_predicate(reading, nominal)
            if node is not None and nominal.form is Form.PERSON and node.country is None:
                node.country = self._possessor_country(reading, nominal)
        if node is None and not (nominal.stated.country or nominal.stated.sector or nominal.word in ANIMATE_HEADS):
            return None
        if node is None:
            node = self._nominal_entity(reading, nominal)
        return self._mention(reading, nominal, node)

    def _mention(self, reading: _Reading, nominal: Nominal, node: EntityNode) -> MentionSpan:
        referent = reading.discourse.add(node, nominal.start, nominal.end, is_name=False)
        if not referent.kind:
            _set_agreement(referent, nominal)
        stated = nominal.stated
        if stated.title and node.label == "PERSON":
            _add_title(node, stated.title)
        node.country = node.country or stated.country
        node.sector = node.sector or stated.sector
        label = node.label
        return MentionSpan(nominal.start, nominal.end, label, False, node, stated.title, stated.country, stated.sector)

    def _read_people_of_group(self, reading: _Reading, nominal: Nominal, group: Nominal) -> MentionSpan | None:
        """ "officials from both countries": one entity of that role for each country."""
        members = groups.group_members(reading.discourse, group, reading.countries)
        if not members:
            return None
        sector, word = nominal.stated.sector, nominal.word
        nodes = tuple(
            EntityNode(
                f"nominal:{m.country or m.key}:{sector or ''}:{word}", f"{m.name} {word}", "ORG", m.country, sector
            )
            for m in members
        )
        return _group_mention(reading, nominal, nodes)

    def _read_group(self, reading: _Reading, nominal: Nominal) -> MentionSpan | None:
        members = groups.group_members(reading.discourse, nominal, reading.countries)
        if not members:
            return None
        return _group_mention(reading, nominal, members)

    def _read_country(self, reading: _Reading, nominal: Nominal) -> MentionSpan | None:
        words = " ".join(fold(t.text) for t in reading.doc[nominal.start : nominal.head])
        adjective = next((a for a in REGION_ADJECTIVES if words.endswith(a)), "")
        continents = frozenset(REGION_ADJECTIVES.get(adjective, ()))
        node = groups.country_in_focus(
            reading.discourse,
            nominal,
            reading.countries,
            continents=continents,
            continent_of=self.describer.lexicon.continents,
        )
        if node is None:
            return None
        reading.discourse.add(node, nominal.start, nominal.end, is_name=False).kind = "place"
        return MentionSpan(nominal.start, nominal.end, "GPE", False, node, None, node.country, None)

    def _local_country(self, reading: _Reading, nominal: Nominal) -> str | None:
        """The country of the events around, for actors that mostly act at home."""
        if nominal.stated.sector in LOCAL_SECTORS:
            return reading.home.at(nominal.head)
        return reading.home.certain(nominal.head) if nominal.stated.sector in CIVIL_SECTORS else None

    def _possessor_country(self, reading: _Reading, nominal: Nominal) -> str | None:
        """The country of whom "his" or "its" stands for, at the beginning of a nominal."""
        first = reading.doc[nominal.start]
        if first.tag_ != "PRP$":
            return None
        for referent in reading.discourse.referents.values():
            if referent.last.start == nominal.start:
                return referent.node.country
        return None

    def _nominal_entity(self, reading: _Reading, nominal: Nominal) -> EntityNode:
        """An entity that is named by its role alone; the same role and country again is the same entity."""
        stated = nominal.stated
        country = stated.country or self._possessor_country(reading, nominal)
        if country is None and reading.doc[nominal.start].tag_ != "PRP$":
            country = self._local_country(reading, nominal)
        role = (stated.title or nominal.word).lower()
        known = _same_role(reading.discourse, nominal) if nominal.is_definite or nominal.form is Form.ACTORS else None
        if known is not None:
            return known
        is_unique = bool(country) and nominal.word in UNIQUE_BODIES and nominal.form is Form.ACTORS
        scope = "" if is_unique else f"{reading.document_id}:"
        key = f"nominal:{scope}{country or ''}:{stated.sector or ''}:{role}"
        if nominal.form is Form.PERSON and not nominal.is_definite:
            key += f":{nominal.start}"
        referent = reading.discourse.referents.get(key)
        if referent is not None:
            return referent.node
        label = "PERSON" if nominal.form is Form.PERSON else "ORG"
        name = reading.doc[nominal.start : nominal.end].text
        return EntityNode(key, name, label, country, stated.sector)


def _note_pair(reading: _Reading, first: MentionSpan, second: MentionSpan) -> None:
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
    referent = reading.discourse.add(_group_node((a, b)), first.start, second.end, is_name=False)
    referent.kind, referent.is_plural = "group", True


def _group_node(members: tuple[EntityNode, ...]) -> EntityNode:
    key = "group:" + "+".join(sorted(m.key for m in members))
    return EntityNode(key, " and ".join(m.name for m in members), members[0].label, members=members)


def _group_mention(reading: _Reading, nominal: Nominal, members: tuple[EntityNode, ...]) -> MentionSpan:
    node = _group_node(members)
    referent = reading.discourse.add(node, nominal.start, nominal.end, is_name=False)
    referent.kind, referent.is_plural = "group", True
    return MentionSpan(nominal.start, nominal.end, node.label, False, referent.node, None, None, nominal.stated.sector)


def _set_agreement(referent: Referent, nominal: Nominal) -> None:
    plural = nominal.form is Form.ACTORS and nominal.word != ""
    referent.kind = "person" if nominal.form is Form.PERSON else "people"
    referent.is_plural = plural
    referent.gender = nominal.gender
    referent.word = nominal.word


def _same_role(discourse: Discourse, nominal: Nominal) -> EntityNode | None:
    """An earlier nominal entity with the same head whose country does not contradict."""
    sentence = discourse.sentence_of[nominal.start]
    for referent in discourse.recent(sentence, 20):
        node = referent.node
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


def _apposed_name(reading: _Reading, nominal: Nominal) -> EntityNode | None:
    """The person named right beside a nominal: "the Chadian envoy, Idris Mahamat,"."""
    doc = reading.doc
    if nominal.form is not Form.PERSON:
        return None
    token = doc[nominal.head]
    candidates = [t for t in token.children if t.dep_ == "appos"]
    if token.dep_ == "appos":
        candidates.append(token.head)
    for candidate in candidates:
        for mention in doc._.mentions:
            if mention.label == "PERSON" and mention.start <= candidate.i < mention.end and mention.entity is not None:
                return mention.entity
    return None


def _subject_of_predicate(reading: _Reading, nominal: Nominal) -> EntityNode | None:
    """The person of whom a nominal is said: "Okoye, who is also finance minister"."""
    doc = reading.doc
    token = doc[nominal.head]
    if token.dep_ != "attr" or nominal.form is not Form.PERSON:
        return None
    subject = next((c for c in token.head.children if c.dep_ == "nsubj"), None)
    if subject is None:
        return None
    at = token.head.head.i if subject.lower_ == "who" else subject.i
    return next(
        (m.entity for m in doc._.mentions if m.label == "PERSON" and m.start <= at < m.end and m.entity is not None),
        None,
    )


def _gather(mention: MentionSpan) -> None:
    """Take what a name states to its entity; what was stated first stays."""
    node = mention.entity
    if node is None:
        return
    if node.country is None:
        node.country = mention.country
    if node.sector is None and mention.label != "NORP" and not node.key.startswith(("country:", "place:")):
        node.sector = mention.sector
    if mention.title:
        _add_title(node, mention.title)


def _add_title(node: EntityNode, title: str) -> None:
    if title.lower() not in (t.lower() for t in node.titles):
        node.titles.append(title)


def _pass_on(mention: MentionSpan) -> None:
    """Give a mention what its entity has and itself does not state."""
    node = mention.entity
    if node is None or node.members:
        return
    if mention.country is None:
        mention.country = node.country
    if mention.sector is None and mention.label != "NORP":
        mention.sector = node.sector
