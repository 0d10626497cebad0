"""Parties: from the head of an argument to the persons, organisations, countries or groups it names.

What belongs here: coordination, apposition, partitives, groups, the party behind a noun that is none ("sanctions on
Cuba"), and its country and sector. What does not: how far a phrase reaches (`party_extents.py`), which argument plays which role
(`choice.py`), where candidates for it stand (`candidates.py`), who a name is (`names/`, `coreference/`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.annotations import Affiliation, MentionSpan, mentions_by_token
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.misparses import acts_next
from pipelines.nlp.clauses.patterns import PARTITIVE_OF_PEOPLE, TRANSPARENT_NOUNS
from pipelines.nlp.clauses.phrases import coordinated, lemma_of, objects_behind, phrase_preps
from pipelines.nlp.coreference.citizens import is_foreign
from pipelines.nlp.events.antecedents import AntecedentReader
from pipelines.nlp.events.bare_persons import (
    PersonWords,
    counts_people,
    is_known_body,
    speaks,
    stands_for_persons,
)
from pipelines.nlp.events.no_parties import is_quality, is_stance, is_where
from pipelines.nlp.events.party_extents import ExtentReader
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.patterns import (
    INNER_PREPOSITIONS,
    NEVER_PARTY,
    PARTY_LABELS,
    PERSONAL_PRONOUNS,
    STANDS_FOR,
)
from pipelines.nlp.events.speakers import FIRST_PERSON, SpeakerReader
from pipelines.nlp.parsed import Doc, Token

_MODIFIERS = frozenset(("amod", "compound", "nmod", "npadvmod"))
_PLACE_PREPOSITIONS = frozenset(("in", "from", "at", "near", "across"))


class PartyReader:
    """Reads the parties of one Doc and remembers them."""

    def __init__(
        self,
        doc: Doc,
        describer: ActorDescriber,
        clauses: ClauseReader,
        words: PersonWords | None = None,
    ) -> None:
        """
        Args:
            doc: the document, with its mentions.
            describer: tells country and sector of a phrase.
            clauses: reader of the document's clauses, for the antecedents of pronouns.
            words: the words that stand for persons and bodies.
        """
        self.doc = doc
        self.describer = describer
        self.clauses = clauses
        self.words = words or PersonWords()
        self._mentions = mentions_by_token(doc)
        self.extents = ExtentReader(doc, self._mentions)
        self.antecedents = AntecedentReader(doc, clauses, self._mentions)
        self.speakers = SpeakerReader(doc, clauses, self._mentions)
        self._read: dict[tuple[int, bool], tuple[PartyPhrase, ...]] = {}
        self._subjects: dict[int, tuple[PartyPhrase, ...]] = {}
        self._is_party: dict[int, bool] = {}
        self._mention_heads: dict[tuple[int, int], int] = {}

    def mention(self, token: Token) -> MentionSpan | None:
        """The shortest mention over a token."""
        return self._mentions.get(token.i)

    def parties(self, token: Token, *, allow_things: bool = False) -> tuple[PartyPhrase, ...]:
        """Parties that an argument names, coordinated ones apart.

        Args:
            token: head of the argument's phrase.
            allow_things: return the phrase itself where it names no party.
        """
        key = (token.i, allow_things)
        if key not in self._read:
            self._read[key] = ()
            found: dict[object, PartyPhrase] = {}
            for head in self._coordinated(token):
                for party in self._of_head(head, allow_things):
                    found.setdefault(party.identity, party)
            self._read[key] = tuple(found.values())
        return self._read[key]

    def subjects(self, token: Token) -> tuple[PartyPhrase, ...]:
        """Parties that act as a subject: those the phrase names, else the phrase itself with what it states.

        The subject of a verb of action acts even where its noun names no one ("Iraqi warplanes", "the airport"): then the whole
        phrase is the party, with the country it is told by.
        """
        known = self._subjects.get(token.i)
        if known is None:
            known = self._subjects[token.i] = self._find_subjects(token)
        return known

    def _find_subjects(self, token: Token) -> tuple[PartyPhrase, ...]:
        found: dict[object, PartyPhrase] = {}
        for head in self._coordinated(token):
            direct = self._partitive(head) is not None or head.pos_ == "PRON" or self.is_party(head)
            for party in self._of_head(head, allow_things=False) if direct else self._acting_thing(head):
                found.setdefault(party.identity, party)
        return tuple(found.values())

    def _acting_thing(self, head: Token) -> tuple[PartyPhrase, ...]:
        if head.pos_ not in ("NOUN", "PROPN") or head.lower_ in NEVER_PARTY or head.i in self.extents.times:
            return ()
        if is_quality(head, self.words.qualities):
            return ()
        start, end = self.extents.span(head)
        stated = self.describer.describe(self.doc, start, end)
        inner = tuple(p for p in self._inner(head) if not is_where(self.doc[p.head], head))
        country = stated.country or (inner[0].country if inner else None)
        sector = stated.sector or (inner[0].sector if inner and inner[0].sector else None)
        return (PartyPhrase(head.i, start, end, None, None, country, sector, bool(country or sector or inner)),)

    def is_party(self, token: Token) -> bool:
        """Whether a token heads a phrase for persons, an organisation, a country or a people."""
        known = self._is_party.get(token.i)
        if known is None:
            known = self._is_party[token.i] = self._heads_party(token)
        return known

    def _heads_party(self, token: Token) -> bool:
        if counts_people(token, self.words):
            return True
        if token.i in self.extents.times and not self.extents.is_aged(token):
            return False
        if (token.lower_ in NEVER_PARTY and self.mention(token) is None) or is_quality(token, self.words.qualities):
            return False
        if token.pos_ == "PRON":
            return (
                token.lower_ in PERSONAL_PRONOUNS
                or token.lower_ in self.words.nouns
                or self.mention(token) is not None
                or self.antecedents.of(token) is not None
            )
        mention = self.mention(token)
        if mention is not None and mention.label in PARTY_LABELS and token.i == self._mention_head(mention):
            return True
        if stands_for_persons(token, self.words.by_state):
            return True
        if token.pos_ not in ("NOUN", "PROPN", "NUM"):
            return False
        if lemma_of(token) in self.words.nouns or is_known_body(token, self.words.bodies):
            return True
        return self.describer.describe_text(token.text).sector is not None or speaks(token, self.words)

    def names_party(self, token: Token) -> bool:
        """Whether a phrase names parties by its own head or by what its head measures: "dozens of protesters"."""
        return self.is_party(token) or self._partitive(token) is not None

    def is_own(self, phrases: Iterable[PartyPhrase], owners: Iterable[PartyPhrase]) -> bool:
        """Whether a phrase says that it is an officer or a body of one of the owners: "its ambassador"."""
        owning = {p.identity for p in owners}
        for phrase in phrases:
            head = self.doc[phrase.head]
            if head.tag_ == "NNS" and phrase.sector in (None, "CVL"):
                continue  # a state's own citizens are asked, told and held by it
            if phrase.sector is None and lemma_of(head) in self.words.nouns:
                continue  # "his successor" is no officer of his
            for token in self.doc[phrase.start : phrase.end]:
                if token.dep_ == "poss" and token.pos_ == "PRON":
                    owner = self.antecedents.of(token)
                    return owner is not None and any(p.identity in owning for p in self.parties(owner))
        return False

    def _mention_head(self, mention: MentionSpan) -> int:
        bounds = (mention.start, mention.end)
        head = self._mention_heads.get(bounds)
        if head is None:
            head = self._mention_heads[bounds] = self.doc[mention.start : mention.end].root.i
        return head

    def _coordinated(self, token: Token) -> list[Token]:
        """Coordinated heads: without a name in apposition parsed as a conjunct, with one of a list parsed as an apposition."""
        heads = coordinated(token)
        for child in token.children:
            if child.dep_ == "appos" and self.extents.is_listed(child):
                heads += coordinated(child)
        for head in tuple(heads):
            beside = (*self.extents.beside_apposition(head), *self.extents.beside_state(head))
            heads += [other for other in beside if other not in heads]
        is_apposition = self.extents.is_apposition
        return heads[:1] + [h for h in heads[1:] if h.dep_ != "conj" or not (is_apposition(h) or acts_next(h))]

    def _of_head(self, head: Token, allow_things: bool) -> tuple[PartyPhrase, ...]:
        if head.pos_ == "PRON":
            antecedent = self.antecedents.of(head)
            if antecedent is not None:
                return self.parties(antecedent)
            if head.lower_ in FIRST_PERSON:
                return self._first_person(head)
        inner = self._partitive(head)
        if inner is not None:
            return self._partitive_parties(head, inner, allow_things)
        if self.is_party(head):
            return self._phrases(head)
        thing = self.thing(head) if allow_things else None
        return self._inner(head) or ((thing,) if thing is not None else ())

    def thing(self, head: Token) -> PartyPhrase | None:
        """The whole phrase of a noun as a thing; None for a time and for words that stand for nothing."""
        if head.pos_ not in ("NOUN", "PROPN") or head.lower_ in NEVER_PARTY or head.i in self.extents.times:
            return None
        start, end = self.extents.span(head)
        return PartyPhrase(head.i, start, end, None, None, None, None, False)

    def _first_person(self, head: Token) -> tuple[PartyPhrase, ...]:
        """ "We" and "I" as the speaker, with the country and sector of the body the speaker stands for."""
        speaker = self._speaker(head)
        if speaker is None:
            return (PartyPhrase(head.i, head.i, head.i + 1, self.mention(head), None, None, None, True),)
        return (PartyPhrase(head.i, head.i, head.i + 1, None, speaker.entity, speaker.country, speaker.sector, True),)

    def _speaker(self, pronoun: Token) -> PartyPhrase | None:
        """The party that speaks where a first-person pronoun stands."""
        said_by = self.speakers.of(pronoun)
        found = [p for p in self.parties(said_by) if p.is_party] if said_by is not None else []
        return found[0] if len(found) == 1 else None

    def _partitive(self, head: Token) -> Token | None:
        if head.lower_ not in TRANSPARENT_NOUNS and lemma_of(head) not in TRANSPARENT_NOUNS:
            return None
        objects = phrase_preps(head).get("of")
        return objects[0] if objects else None

    def _partitive_parties(self, head: Token, inner: Token, allow_things: bool) -> tuple[PartyPhrase, ...]:
        found = self.parties(inner, allow_things=allow_things)
        if lemma_of(head) in PARTITIVE_OF_PEOPLE and not any(p.is_party for p in found):
            return self._phrases(head)
        if not any(h.pos_ == "PRON" or self.names_party(h) for h in coordinated(inner)):
            return found  # "a part of its grants to Malawi": the country is no part of what is measured
        start = self.extents.span(head)[0]
        if inner.pos_ == "PRON":  # "shot three of them": some of those told before, named here
            return tuple(replace(p, head=head.i, start=start, end=inner.i + 1) for p in found)
        return tuple(
            PartyPhrase(p.head, min(start, p.start), p.end, p.mention, p.entity, p.country, p.sector, p.is_party)
            for p in found
        )

    def _phrases(self, head: Token) -> tuple[PartyPhrase, ...]:
        """The phrase of a party's head; several for a group such as "both countries"."""
        start, end = self.extents.span(head)
        mention = self.mention(head)
        is_named = mention is not None and mention.is_name
        several = (
            () if is_named else self._by_modifier(head, end) or self._by_country(head, start) or self._spelt_out(head)
        )
        if several:
            return several
        named = self.extents.apposed_name(head) or mention
        entity = named.entity if named is not None else None
        if entity is not None and entity.members:
            of_all = mention.sector if mention is not None else None
            return tuple(
                PartyPhrase(head.i, start, end, mention, member, member.country, member.sector or of_all, True)
                for member in entity.members
            )
        stated = self._stated(start, end, head)
        country = (named and named.country) or stated.country or (entity and entity.country)
        sector = (named and named.sector) or stated.sector or (entity and entity.sector)
        if mention is not None and mention is not named:
            country, sector = country or mention.country, sector or mention.sector
        country = country or self._country_of_owner(head) or self._country_of_place(head)
        country = country or self._country_of_principal(head)
        return (PartyPhrase(head.i, start, end, named, entity, country or None, sector or None, True),)

    def _country_of_owner(self, head: Token) -> str | None:
        """The country of "our army": that of who speaks; of "his men": that of whose they are."""
        owner = next((c for c in head.children if c.dep_ == "poss" and c.pos_ == "PRON"), None)
        if owner is None:
            return None
        if owner.lower_ in FIRST_PERSON:
            speaker = self._speaker(owner)
            return speaker.country if speaker is not None else None
        mention = self.mention(owner)
        entity = mention.entity if mention is not None else None
        if entity is None or entity.members or is_foreign(self.doc, head.i, head.i + 1):
            return None
        return entity.country

    def _country_of_principal(self, head: Token) -> str | None:
        """The country of whom somebody speaks for: "a spokesman for its embassy"; no lawyer is of his clients' country."""
        for principal in objects_behind(head, ("for",)) if lemma_of(head) in STANDS_FOR else ():
            found = self.parties(principal)
            if len(found) == 1 and found[0].is_party:
                return found[0].country
        return None

    def _country_of_place(self, head: Token) -> str | None:
        """The country of people who are told by where they are: "Kurds in Syria", "critics from Oslo"."""
        mentions = (self.mention(place) for place in objects_behind(head, _PLACE_PREPOSITIONS))
        return next((m.country for m in mentions if m is not None and m.label == "GPE"), None)

    def _by_modifier(self, head: Token, end: int) -> tuple[PartyPhrase, ...]:
        """One party a modifier of "Russian and Ukrainian negotiators"; nothing where a single modifier stands before the head."""
        if head.tag_ not in ("NNS", "NNPS") or head in self.extents.beside_state(head.head.head):
            return ()
        modifiers = self.adjectival(head)
        if len(modifiers) < 2 or len({p.identity for p in modifiers}) < 2:
            return ()
        if not any(child.dep_ == "conj" for p in modifiers for child in self.doc[p.head].children):
            return ()
        sector = self.describer.describe_text(self.doc[head.i : end].text).sector
        last = len(modifiers) - 1
        return tuple(
            PartyPhrase(
                p.head, p.start, end if i == last else p.end, p.mention, p.entity, p.country, p.sector or sector, True
            )
            for i, p in enumerate(modifiers)
        )

    def _spelt_out(self, head: Token) -> tuple[PartyPhrase, ...]:
        """One party a name of "two senators, Ada Roe and Ben Lund", each with the sector of what all are called."""
        names = self.extents.members(head)
        if not names:
            return ()
        stated = self.describer.describe_text(self.doc[self.extents.span(head)[0] : head.i + 1].text)
        return tuple(
            replace(p, country=p.country or stated.country, sector=p.sector or stated.sector)
            for name in names
            for p in self._phrases(name)
        )

    def _by_country(self, head: Token, start: int) -> tuple[PartyPhrase, ...]:
        """One party a country of "the presidents of Chile and Peru"."""
        if head.tag_ not in ("NNS", "NNPS"):
            return ()
        objects = phrase_preps(head).get("of", ())
        countries = [
            p for token in objects for p in self.parties(token) if p.mention is not None and p.mention.label == "GPE"
        ]
        if len(countries) < 2 or any(p.country is None for p in countries):
            return ()
        sector = self.describer.describe_text(self.doc[start : head.i + 1].text).sector
        if sector is None:
            return ()
        return tuple(
            PartyPhrase(p.head, start if i == 0 else p.start, p.end, p.mention, p.entity, p.country, sector, True)
            for i, p in enumerate(countries)
        )

    def _stated(self, start: int, end: int, head: Token) -> Affiliation:
        if head.pos_ == "PRON":
            return Affiliation()
        return self.describer.describe(self.doc, start, end)

    def _inner(self, head: Token) -> tuple[PartyPhrase, ...]:
        """Parties that a noun which is none names: possessive, adjective or compound of a country, then phrases."""
        if head.pos_ not in ("NOUN", "PROPN", "VERB", "ADJ", "NUM"):
            return ()
        for child in head.children:
            if child.dep_ == "poss" and child.pos_ != "PRON":
                found = tuple(p for p in self.parties(child) if p.is_party)
                if found:
                    return found
        found = tuple(self.adjectival(head))
        if found:
            return found
        preps = phrase_preps(head)
        for name in INNER_PREPOSITIONS:
            for token in preps.get(name, ()):
                found = tuple(p for p in self.parties(token) if p.is_party)
                if found:
                    return found
        for child in head.children:
            if child.dep_ == "poss":
                return self.parties(child)
        return ()

    def adjectival(self, head: Token, *, is_stance_named: bool = False) -> list[PartyPhrase]:
        """Countries, peoples and organisations that modify a noun: "EU sanctions"; or those that it is only for or against."""
        found = []
        for child in head.lefts:
            if child.dep_ not in _MODIFIERS:
                continue
            for token in coordinated(child):
                mention = self.mention(token)
                if mention is None or not mention.is_name or mention.label not in PARTY_LABELS:
                    continue
                if is_stance(self.doc, mention.start) != is_stance_named:
                    continue
                entity = mention.entity
                country = mention.country or (entity.country if entity else None)
                sector = mention.sector or (entity.sector if entity else None)
                found.append(PartyPhrase(token.i, mention.start, mention.end, mention, entity, country, sector, True))
        return found
