"""Link the mentions of a document to its entities.

`communique_coreference` gives every name its entity (`naming.py`), adds nominals and pronouns as mentions (`nominals.py`) and
finds what they stand for (`antecedents.py`, `groups.py`), reading the document from its beginning. Country, sector and titles
gather on the entity and are passed on to mentions that state none. It writes `doc._.entities` and completes `doc._.mentions`.

Measured on newswire of 1996 (216 stories, 4,789 mentions with a Wikidata id, B-cubed over the whole corpus): precision 0.94,
recall 0.91, F1 0.93, 97 % of the mentions found. Pronouns and nominals are not in that gold; their cases are in
`tests/cases/coreference.jsonl`.

What does not belong here: entities across documents (the resolve stage).
"""

from __future__ import annotations

from operator import itemgetter

from spacy.tokens import Doc as SpacyDoc

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.actors.phrase_index import fold
from pipelines.nlp.annotations import EntityNode, MentionSpan, written_on
from pipelines.nlp.coreference import antecedents, groups
from pipelines.nlp.coreference.citizens import is_foreign, settle_countries
from pipelines.nlp.coreference.country_vote import CountryVote, Weights
from pipelines.nlp.coreference.discourse import Discourse, sentence_numbers
from pipelines.nlp.coreference.home import CountryOfEvents, main_country
from pipelines.nlp.coreference.leaders import without_namesakes
from pipelines.nlp.coreference.metonymy import is_acting_capital, organisation_of_seat
from pipelines.nlp.coreference.namesakes import correct_owners, settle_shared, settle_towns
from pipelines.nlp.coreference.naming import NameLinker
from pipelines.nlp.coreference.nominals import Form, Nominal, find_nominals, is_state_head
from pipelines.nlp.coreference.own_words import OwnWords, own_words, owner_behind, same_role, told_apart
from pipelines.nlp.coreference.patterns import (
    ANIMATE_HEADS,
    CIVIL_SECTORS,
    FEMALE_WORDS,
    LOCAL_SECTORS,
    MALE_WORDS,
    MISSION_WORDS,
    REGION_ADJECTIVES,
    UNIQUE_BODIES,
)
from pipelines.nlp.coreference.presumed import Role, vote_countries, vote_for_bodies
from pipelines.nlp.coreference.reading import (
    Reading,
    apposed_body,
    apposed_name,
    group_mention,
    note_pair,
    rival_country,
    set_agreement,
    subject_of_predicate,
    take_from_owner,
)
from pipelines.nlp.coreference.story_country import Names, weigh_countries
from pipelines.nlp.names.lexicon import TeamLexicon
from pipelines.nlp.parsed import AnyDoc, Doc, parsed
from pipelines.nlp.places.sources import load_gazetteer

_NEAR_SENTENCES = 1  # through which a foreign government stays "the government"
_PRONOUNS = frozenset({Form.MALE, Form.FEMALE, Form.PLURAL, Form.THING})
_GROUPS = frozenset({Form.COUNTRIES, Form.LEADERS, Form.SIDES})
_KINDS = {"PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place", "ORG": "organisation", "NORP": "people"}


class EntityResolver:
    """The component `communique_coreference`."""

    def __init__(
        self, describer: ActorDescriber, given_names: dict[str, str], teams: TeamLexicon, weights: Weights
    ) -> None:
        self.describer = describer
        self.given_names = given_names
        self.weights = weights
        self.linker = NameLinker(describer.lexicon, teams, given_names)

    def __call__(self, doc: SpacyDoc) -> SpacyDoc:
        mentions, entities = self.predict(doc)
        self.set_annotations(doc, mentions, entities)
        return doc

    def predict(self, document: AnyDoc) -> tuple[list[MentionSpan], list[EntityNode]]:
        """All mentions with their entities, and the entities by first mention."""
        doc = parsed(document)
        names = self._names(doc)
        texts = [t.text for t in doc.tokens]
        changed, home = self._home(doc, names)
        doc._.home = home
        self.linker.link(doc, names, texts, home)
        for mention in names.mentions:
            _gather(mention)
        by_token = {i: m for m in names.mentions for i in range(m.start, m.end)}
        nominals = find_nominals(doc, self.describer, by_token)
        correct_owners(nominals, changed)
        discourse = Discourse(doc, texts, home.sentence_of)
        mentions, presumed = self._read(discourse, names.mentions, by_token, nominals, home)
        undecided = settle_countries(doc, mentions, home)
        for mention in mentions:
            _pass_on(mention)
        home.vote = CountryVote(doc, mentions, home, self.weights)
        vote_countries(doc, mentions, presumed, home.vote)
        vote_for_bodies(mentions, undecided, home.vote)
        entities = {m.entity.key: m.entity for m in mentions if m.entity is not None and not m.entity.members}
        return mentions, list(entities.values())

    def _names(self, doc: Doc) -> Names:
        on, found = written_on(doc), list(doc._.mentions or ())
        told = min((m.start for m in found if m.country), default=len(doc))  # "the Kingdom" is its only behind it
        mentions = [m for m in found if m.start < told or not is_state_head(doc, m)]
        texts = [doc[m.start : m.end].text for m in mentions]
        return without_namesakes(Names(mentions, texts, [self.linker.entry(text, on) for text in texts]))

    def _home(self, doc: Doc, names: Names) -> tuple[dict[int, tuple[str, str | None]], CountryOfEvents]:
        """The country of each sentence, with the towns that the other names show to be namesakes of better known ones."""
        sentence_of = sentence_numbers(doc)
        gazetteer = load_gazetteer()
        mentions, entries = names.mentions, names.entries
        countries = [m.country for m in mentions]
        story = weigh_countries(doc, names, gazetteer, sentence_of)
        main = main_country(story)
        changed = settle_towns(doc, mentions, entries, gazetteer, main, story.sure)
        settle_shared(mentions, entries, main, story.sure, is_long=story.is_long)
        if any(m.country != before for m, before in zip(mentions, countries, strict=True)):
            story = weigh_countries(doc, names, gazetteer, sentence_of)
        return changed, CountryOfEvents(doc, mentions, sentence_of, story)

    def set_annotations(self, doc: AnyDoc, mentions: list[MentionSpan], entities: list[EntityNode]) -> None:
        """Write mentions and entities on the document."""
        doc._.mentions = mentions
        doc._.entities = entities

    def _read(
        self,
        discourse: Discourse,
        names: list[MentionSpan],
        by_token: dict[int, MentionSpan],
        nominals: list[Nominal],
        home: CountryOfEvents,
    ) -> tuple[list[MentionSpan], dict[str, Role]]:
        """Walk through names and nominals in the order of the text; also the roles of those whose country nothing tells."""
        doc = discourse.doc
        context = doc._.context
        governed = {doc[n.head].head.head.i: n for n in nominals if n.form in _GROUPS and doc[n.head].dep_ == "pobj"}
        document_id = context.document_id if context else ""
        reading = Reading(doc, discourse, {}, home, document_id, governed, {n.start: n for n in names}, by_token)
        for name in names:
            if name.entity is not None and name.entity.key.startswith("country:"):
                reading.countries.setdefault(name.entity.key.removeprefix("country:"), name.entity)
        mentions: list[MentionSpan] = []
        steps: list[tuple[int, MentionSpan | Nominal]] = [(m.start, m) for m in names]
        steps += [(n.head, n) for n in nominals]
        steps.sort(key=itemgetter(0))
        previous: MentionSpan | None = None
        for _, step in steps:
            if isinstance(step, MentionSpan):
                self._read_name(reading, step, previous)
                mentions.append(step)
                previous = step
            elif mention := self._read_nominal(reading, step):
                mentions.append(mention)
        for mention in mentions:
            if mention.sector == "GOV" and mention.entity is not None:
                mention.sector = reading.owner_sectors.get(mention.entity.key, mention.sector)
        mentions.sort(key=lambda m: (m.start, m.end))
        return mentions, reading.presumed

    def _read_name(self, reading: Reading, mention: MentionSpan, previous: MentionSpan | None) -> None:
        node = mention.entity
        if node is None:
            return
        if node.country is None and node.sector in LOCAL_SECTORS and mention.title:
            node.country = reading.home.certain(mention.start)
        if node.country is None and node.key.startswith("people:"):
            mention.country = reading.home.certain(mention.start)
        if mention.label == "GPE" and is_acting_capital(
            reading.doc,
            mention,
            self.linker.entry(reading.doc[mention.start : mention.end].text, written_on(reading.doc)),
        ):
            mention.sector = "GOV"
            named = {
                name.entity.key: name.entity for name in reading.names_by_start.values() if name.entity is not None
            }
            if seat := organisation_of_seat(reading.doc, mention, named):
                node = mention.entity = named[seat]
                mention.country, mention.sector = node.country, node.sector
            elif mention.country:
                node = mention.entity = self._country_node(reading, mention.country)
        referent = reading.discourse.add(node, mention.start, mention.end, is_name=True)
        if not referent.kind:
            referent.kind = "place" if node.label == "GPE" else _KINDS.get(mention.label, "")
        if not referent.gender:
            referent.gender = self._gender(reading.doc, mention, node)
        if node.country and node.country not in reading.countries and node.country.isalpha():
            self._country_node(reading, node.country)
        if previous is not None and previous.entity is not None:
            note_pair(reading, previous, mention)

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
        if len(words) < 2:
            return ""
        second = self.given_names.get(words[1], "") if len(words) > 2 and words[0] not in self.given_names else ""
        return "f" if second == "f" else self.given_names.get(words[0], "")  # a man's may be the father's

    def _country_node(self, reading: Reading, code: str) -> EntityNode:
        node = reading.countries.get(code)
        if node is None:
            name = self.linker.country_name(code)
            node = reading.countries[code] = EntityNode(f"country:{code}", name, "GPE", code)
        return node

    # -- nominals and pronouns ----------------------------------------------------------------------------------------

    def _read_nominal(self, reading: Reading, nominal: Nominal) -> MentionSpan | None:
        if nominal.form in _PRONOUNS:
            node = antecedents.resolve_pronoun(reading.discourse, nominal)
            return self._mention(reading, nominal, node) if node is not None else None
        if nominal.form in _GROUPS:
            if (of_several := self._read_group(reading, nominal)) or nominal.form is not Form.LEADERS:
                return of_several
            nominal.form = Form.ACTORS  # "two ministers": nobody told before
        if nominal.form is Form.COUNTRY:
            return self._read_country(reading, nominal)
        if nominal.form is Form.ACTORS and (group := reading.groups_by_governor.get(nominal.head)):
            return self._read_people_of_group(reading, nominal, group)
        node = told = apposed_name(reading, nominal)
        own = own_words(reading, nominal)
        if node is None and nominal.form is Form.PERSON:
            node = antecedents.resolve_person(reading.discourse, nominal, own)
        if node is None and nominal.form is Form.ACTORS:
            node = apposed_body(reading, nominal)
        if node is None and nominal.form is Form.ACTORS:
            node = antecedents.resolve_body(reading.discourse, nominal, own)
        if node is None:
            node = told = subject_of_predicate(reading, nominal)
        if told is not None and own.owner is not None:
            take_from_owner(reading, told, own.owner, nominal)
        if node is None and not (nominal.stated.country or nominal.stated.sector or nominal.word in ANIMATE_HEADS):
            return None
        if node is None:
            node = self._nominal_entity(reading, nominal, own)
        mention = self._mention(reading, nominal, node)
        own.note(reading.discourse.referents[node.key])
        return mention

    def _mention(self, reading: Reading, nominal: Nominal, node: EntityNode) -> MentionSpan:
        referent = reading.discourse.add(node, nominal.start, nominal.end, is_name=False)
        if not referent.kind:
            set_agreement(referent, nominal)
        stated = nominal.stated
        if stated.title and node.label == "PERSON":
            _add_title(node, stated.title)
        if stated.country:
            reading.stated.add(node.key)
        if node.key in reading.stated:
            reading.presumed.pop(node.key, None)
        node.country = node.country or stated.country
        node.sector = node.sector or stated.sector
        label = node.label
        return MentionSpan(nominal.start, nominal.end, label, False, node, stated.title, stated.country, stated.sector)

    def _read_people_of_group(self, reading: Reading, nominal: Nominal, group: Nominal) -> MentionSpan | None:
        """ "officials from both countries": one entity of that role for each country."""
        members = groups.group_members(reading.discourse, group, reading.countries, reading.home)
        if not members or own_words(reading, group).is_new:
            return None
        sector, word = nominal.stated.sector, nominal.word
        nodes = tuple(
            EntityNode(
                f"nominal:{m.country or m.key}:{sector or ''}:{word}", f"{m.name} {word}", "ORG", m.country, sector
            )
            for m in members
        )
        return group_mention(reading, nominal, nodes)

    def _read_group(self, reading: Reading, nominal: Nominal) -> MentionSpan | None:
        if own_words(reading, nominal).is_new or (nominal.form is Form.LEADERS and not nominal.is_definite):
            return None
        members = groups.group_members(reading.discourse, nominal, reading.countries, reading.home)
        if not members:
            return None
        return group_mention(reading, nominal, members)

    def _read_country(self, reading: Reading, nominal: Nominal) -> MentionSpan | None:
        place = owner_behind(reading, nominal)
        if place is not None and place.entity is not None and place.label == "GPE":  # "the state of Ohio"
            return _place_mention(reading, nominal, place.entity)
        words = " ".join(fold(t.text) for t in reading.doc[nominal.start : nominal.head])
        adjective = next((a for a in REGION_ADJECTIVES if words.endswith(a)), "")
        continents = frozenset(REGION_ADJECTIVES.get(adjective, ()))
        node = groups.country_in_focus(
            reading.discourse,
            nominal,
            reading.countries,
            continents=continents,
            continent_of=self.describer.lexicon.continents,
            main=reading.home.main,
        )
        if node is None:
            return None
        return _place_mention(reading, nominal, node)

    def _local_country(self, reading: Reading, nominal: Nominal) -> str | None:
        """The country of the events around, for actors that mostly act at home."""
        following = reading.doc[nominal.end : nominal.end + 3]
        end = next((t.i for t in following if t.pos_ in ("VERB", "AUX", "PUNCT")), nominal.end + len(following))
        if is_foreign(reading.doc, nominal.start, end):
            return None
        if nominal.form is Form.PERSON and any(
            t.lower_ == "foreign" for t in reading.doc[nominal.start : nominal.head]
        ):
            return None  # who is mostly abroad where a sentence is set: for the vote
        if nominal.stated.sector in LOCAL_SECTORS:
            return reading.home.at(nominal.head)
        return reading.home.certain(nominal.head) if nominal.stated.sector in CIVIL_SECTORS else None

    def _is_of_another_state(self, reading: Reading, nominal: Nominal, known: EntityNode) -> bool:
        """Whether "the government" is no longer the foreign one that an earlier paragraph told of."""
        main = reading.home.main
        if not main or known.country in (None, main):
            return False
        last = reading.discourse.referents[known.key].last.sentence
        return reading.discourse.sentence_of[nominal.start] - last > _NEAR_SENTENCES

    def _nominal_entity(self, reading: Reading, nominal: Nominal, own: OwnWords) -> EntityNode:
        """An entity that is named by its role alone; the same role and country again, in words that fit, is the same entity."""
        stated = nominal.stated
        owner = own.owner
        rival = None if owner else rival_country(reading, nominal)
        country = stated.country or (owner.country if owner else rival)
        if country is None and reading.doc[nominal.start].tag_ != "PRP$":
            country = self._local_country(reading, nominal) if owner is None else reading.home.before(nominal.head)
        if country is None and nominal.is_definite and owner is None and nominal.word in MISSION_WORDS:
            country = reading.home.of_mission(nominal.head)
        role = (stated.title or nominal.word).lower()
        is_again = nominal.is_definite or nominal.form is Form.ACTORS
        known = same_role(reading.discourse, nominal, own) if is_again else None
        is_body = nominal.word in UNIQUE_BODIES and nominal.form is Form.ACTORS
        if is_body and nominal.is_definite and not (stated.country or owner or rival):
            country = reading.home.before(nominal.head) or country
            if known is not None and self._is_of_another_state(reading, nominal, known):
                known = None
        if known is not None and not (owner and owner.country and known.country not in (None, owner.country)):
            return known
        tail = f":{nominal.start}" if nominal.form is Form.PERSON and not nominal.is_definite else ""
        told = Role(reading.document_id, stated.sector or "", role, is_body, tail)
        told = told_apart(reading.discourse, nominal, own, told, country)
        key = told.key(country)
        if not (stated.country or rival or (owner and owner.country)):
            reading.presumed[key] = told
        referent = reading.discourse.referents.get(key)
        if referent is not None:
            return referent.node
        label = "PERSON" if nominal.form is Form.PERSON else "ORG"
        name = reading.doc[nominal.start : own.end].text
        return EntityNode(key, name, label, country, stated.sector)


def _place_mention(reading: Reading, nominal: Nominal, node: EntityNode) -> MentionSpan:
    reading.discourse.add(node, nominal.start, nominal.end, is_name=False).kind = "place"
    return MentionSpan(nominal.start, nominal.end, "GPE", False, node, None, node.country, None)


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
