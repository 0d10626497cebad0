"""Parties: from the head of an argument to the persons, organisations, countries or groups it names.

What belongs here: coordination, apposition, partitives, groups, the party behind a noun that is none ("sanctions on
Cuba"), the span of the whole phrase, and its country and sector. What does not: which argument plays which role
(`drafting.py`), a party that no role names (`nearest.py`), who a name is (`names/`, `coreference/`).
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipelines import ids
from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.annotations import Affiliation, MentionSpan
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.patterns import PARTITIVE_OF_PEOPLE, TRANSPARENT_NOUNS
from pipelines.nlp.clauses.phrases import coordinated, lemma_of, phrase_preps
from pipelines.nlp.events.antecedents import AntecedentReader
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.patterns import (
    INNER_PREPOSITIONS,
    NEVER_PARTY,
    PARTY_LABELS,
    PEOPLE_NOUNS,
    PERSONAL_PRONOUNS,
)
from pipelines.records import Party

_NAME_PARTS = ("compound", "amod", "nmod", "poss", "nummod", "det", "quantmod", "case", "punct", "advmod")
_LONGEST_PHRASE = 24  # tokens; a longer "phrase" is a parse gone wrong


class PartyReader:
    """Reads the parties of one Doc and remembers them."""

    def __init__(
        self, doc: Doc, describer: ActorDescriber, clauses: ClauseReader, person_nouns: frozenset[str] = PEOPLE_NOUNS
    ) -> None:
        """
        Args:
            doc: the document, with its mentions.
            describer: tells country and sector of a phrase.
            clauses: reader of the document's clauses, for the antecedents of pronouns.
            person_nouns: lemmas of nouns for people, beside those that state a sector.
        """
        self.doc = doc
        self.describer = describer
        self.clauses = clauses
        self.person_nouns = person_nouns
        self._times = _time_tokens(doc)
        self._mentions: dict[int, MentionSpan] = {}
        for mention in sorted(doc._.mentions or (), key=lambda m: m.start - m.end):
            for index in range(mention.start, mention.end):
                self._mentions[index] = mention  # the shortest wins
        self.antecedents = AntecedentReader(doc, clauses, self._mentions)
        self._read: dict[tuple[int, bool], tuple[PartyPhrase, ...]] = {}

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
        found: dict[object, PartyPhrase] = {}
        for head in self._coordinated(token):
            direct = self._partitive(head) is not None or head.pos_ == "PRON" or self.is_party(head)
            for party in self._of_head(head, allow_things=False) if direct else self._acting_thing(head):
                found.setdefault(party.identity, party)
        return tuple(found.values())

    def _acting_thing(self, head: Token) -> tuple[PartyPhrase, ...]:
        if head.pos_ not in ("NOUN", "PROPN") or head.lower_ in NEVER_PARTY or head.i in self._times:
            return ()
        start, end = self._span(head)
        stated = self.describer.describe(self.doc, start, end)
        inner = self._inner(head)
        country = stated.country or (inner[0].country if inner else None)
        sector = stated.sector or (inner[0].sector if inner and inner[0].sector else None)
        return (PartyPhrase(head.i, start, end, None, None, country, sector, bool(country or sector or inner)),)

    def is_party(self, token: Token) -> bool:
        """Whether a token heads a phrase for persons, an organisation, a country or a people."""
        if token.i in self._times or (token.lower_ in NEVER_PARTY and self.mention(token) is None):
            return False
        if token.pos_ == "PRON":
            return (
                token.lower_ in PERSONAL_PRONOUNS
                or self.mention(token) is not None
                or self.antecedents.of(token) is not None
            )
        mention = self.mention(token)
        if mention is not None and mention.label in PARTY_LABELS and token.i == self._mention_head(mention):
            return True
        if token.pos_ not in ("NOUN", "PROPN", "NUM"):
            return False
        if lemma_of(token) in self.person_nouns:
            return True
        return self.describer.describe_text(token.text).sector is not None

    def _mention_head(self, mention: MentionSpan) -> int:
        return self.doc[mention.start : mention.end].root.i

    def _coordinated(self, token: Token) -> list[Token]:
        """Coordinated heads, a name in apposition that the parser took for a conjunct left out."""
        heads = coordinated(token)
        kept: list[Token] = []
        for head in heads:
            if kept and head.dep_ == "conj" and self._is_apposition(head):
                continue
            kept.append(head)
        return kept

    def _is_apposition(self, head: Token) -> bool:
        """ "the foreign minister, X," parsed as a list: a person's name right after a title and a comma, with no "and"."""
        first = head.head
        if any(child.dep_ == "cc" and child.i < head.i for child in first.children):
            between = self.doc[first.i + 1 : head.left_edge.i]
            if len(between) != 1 or between[0].text != ",":
                return False
        mention, before = self.mention(head), self.mention(first)
        if (
            mention is None
            or mention.label != "PERSON"
            or (before is not None and before.label == "PERSON" and before.is_name)
        ):
            return False
        return self.doc[head.left_edge.i - 1].text == "," and first.pos_ in ("NOUN", "PROPN")

    def _of_head(self, head: Token, allow_things: bool) -> tuple[PartyPhrase, ...]:
        if head.pos_ == "PRON":
            antecedent = self.antecedents.of(head)
            if antecedent is not None:
                return self.parties(antecedent)
        inner = self._partitive(head)
        if inner is not None:
            return self._partitive_parties(head, inner, allow_things)
        if self.is_party(head):
            return self._phrases(head)
        found = self._inner(head)
        if found:
            return found
        if (
            allow_things
            and head.pos_ in ("NOUN", "PROPN")
            and head.lower_ not in NEVER_PARTY
            and head.i not in self._times
        ):
            start, end = self._span(head)
            return (PartyPhrase(head.i, start, end, None, None, None, None, False),)
        return ()

    def _partitive(self, head: Token) -> Token | None:
        if head.lower_ not in TRANSPARENT_NOUNS and lemma_of(head) not in TRANSPARENT_NOUNS:
            return None
        objects = phrase_preps(head).get("of")
        return objects[0] if objects else None

    def _partitive_parties(self, head: Token, inner: Token, allow_things: bool) -> tuple[PartyPhrase, ...]:
        found = self.parties(inner, allow_things=allow_things)
        if lemma_of(head) in PARTITIVE_OF_PEOPLE and not any(p.is_party for p in found):
            return self._phrases(head)
        start = self._span(head)[0]
        return tuple(
            PartyPhrase(p.head, min(start, p.start), p.end, p.mention, p.entity, p.country, p.sector, p.is_party)
            for p in found
        )

    def _phrases(self, head: Token) -> tuple[PartyPhrase, ...]:
        """The phrase of a party's head; several for a group such as "both countries"."""
        start, end = self._span(head)
        mention = self.mention(head)
        is_named = mention is not None and mention.is_name
        several = () if is_named else self._by_modifier(head, end) or self._by_country(head, start)
        if several:
            return several
        named = self._apposed_name(head) or mention
        entity = named.entity if named is not None else None
        if entity is not None and entity.members:
            return tuple(
                PartyPhrase(head.i, start, end, mention, member, member.country, member.sector, True)
                for member in entity.members
            )
        stated = self._stated(start, end, head)
        country = (named and named.country) or stated.country or (entity and entity.country)
        sector = (named and named.sector) or stated.sector or (entity and entity.sector)
        if mention is not None and mention is not named:
            country, sector = country or mention.country, sector or mention.sector
        return (PartyPhrase(head.i, start, end, named, entity, country or None, sector or None, True),)

    def _by_modifier(self, head: Token, end: int) -> tuple[PartyPhrase, ...]:
        """One party a modifier of "Russian and Ukrainian negotiators"; nothing where a single modifier stands before the head."""
        if head.tag_ not in ("NNS", "NNPS"):
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

    def _apposed_name(self, head: Token) -> MentionSpan | None:
        mention = self.mention(head)
        if mention is not None and mention.is_name and mention.label == "PERSON":
            return None
        for child in head.children:
            if child.dep_ == "appos" or (child.dep_ == "conj" and self._is_apposition(child)):
                name = self.mention(child)
                if name is not None and name.is_name and name.label in ("PERSON", "ORG"):
                    return name
        return None

    def _span(self, head: Token) -> tuple[int, int]:
        """Tokens of a party's phrase: modifiers, head, its of-phrase and a name in apposition, without a leading article."""
        start, end = head.i, head.i + 1
        mention = self.mention(head)
        if mention is not None and mention.is_name:
            start, end = min(start, mention.start), max(end, mention.end)
        for child in head.children:
            if child.i < head.i and child.dep_ in _NAME_PARTS:
                start = min(start, child.left_edge.i)
            elif child.i > head.i:
                is_of = child.dep_ == "prep" and child.lower_ == "of"
                is_name = child.dep_ == "appos" or (child.dep_ == "conj" and self._is_apposition(child))
                if is_name:
                    name = self.mention(child)
                    is_name = name is not None and name.is_name
                if is_of or is_name:
                    edge = child.right_edge.i + 1 if is_of else self._span_end_of_name(child)
                    if edge - head.i <= _LONGEST_PHRASE:
                        end = max(end, edge)
        start = max(start, end - _LONGEST_PHRASE, head.sent.start)
        while start < head.i and (self.doc[start].dep_ in ("det", "punct") or self.doc[start].is_space):
            start += 1
        words = {token.text for token in self.doc[start:end]}
        if words & {"”", "''"} and not words & {"“", "``"} and self.doc[start - 1].text in ("“", "``"):
            start -= 1  # keep the opening mark of a quoted modifier
        return start, end

    def _span_end_of_name(self, token: Token) -> int:
        mention = self.mention(token)
        return max(token.i + 1, mention.end) if mention is not None else token.i + 1

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

    def adjectival(self, head: Token) -> list[PartyPhrase]:
        """Countries, peoples and organisations that modify a noun: "the Russian invasion", "EU sanctions"."""
        found = []
        for child in head.children:
            if child.dep_ not in ("amod", "compound", "nmod", "npadvmod") or child.i > head.i:
                continue
            for token in coordinated(child):
                mention = self.mention(token)
                if mention is None or not mention.is_name or mention.label not in PARTY_LABELS:
                    continue
                entity = mention.entity
                country = mention.country or (entity.country if entity else None)
                sector = mention.sector or (entity.sector if entity else None)
                found.append(PartyPhrase(token.i, mention.start, mention.end, mention, entity, country, sector, True))
        return found

    def record(self, party: PartyPhrase, text: str, document_id: str) -> Party:
        """The row of a party; `text` is the document's canonical text."""
        start = self.doc[party.start].idx
        last = self.doc[party.end - 1]
        end = last.idx + len(last)
        mention_id = None
        if party.mention is not None:
            final = self.doc[party.mention.end - 1]
            mention_id = ids.mention_id(document_id, self.doc[party.mention.start].idx, final.idx + len(final))
        return Party(
            mention_id=mention_id,
            entity_id=ids.entity_id(party.entity.key) if party.entity is not None else None,
            text=text[start:end],
            start_char=start,
            end_char=end,
            country=party.country,
            sector=party.sector,
        )


def _time_tokens(doc: Doc) -> set[int]:
    """Indexes of tokens that belong to a date or a time."""
    found = {i for ent in doc.ents if ent.label_ in ("DATE", "TIME") for i in range(ent.start, ent.end)}
    for time in doc._.time_expressions or ():
        span = doc.char_span(time.start_char, time.end_char, alignment_mode="expand")
        if span is not None:
            found.update(range(span.start, span.end))
    return found
