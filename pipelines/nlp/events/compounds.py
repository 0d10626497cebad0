"""What stands before a noun for a deed and tells whose it is: "student protests", "a police investigation", "US strikes".

What belongs here: common nouns as parties, and which names are none. What does not: names in general (`parties.py`), which role
they take (`choice.py`).
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.patterns import ARMED_SECTORS
from pipelines.nlp.parsed import Token
from pipelines.records import PlacePrecision

_BEFORE = frozenset(("compound", "nmod", "amod"))
_COMMON = frozenset(("NN", "NNS"))
_DOERS_BEHIND = frozenset(("by", "between"))  # "the prisoner release by Israel" is not the prisoner's
_TARGETS_BEHIND = frozenset(("on", "against"))  # "the Gaza attacks on Sderot" did not strike Gaza
_ADJECTIVE = "JJ"
_FIGHTING = frozenset("MIL REB UAF ISM".split())  # "rebel", "military"; not "criminal"
_VIOLENT = ARMED_SECTORS | {"GOV"}
_PLACES = "buildings"  # noun class: "a mosque attack" is one on it, "school protests" are held there


class CompoundReader:
    """Reads the nouns before deeds in one Doc."""

    def __init__(self, parties: PartyReader, lexicon: EventLexicon) -> None:
        """
        Args:
            parties: reads what a noun names.
            lexicon: its noun classes tell places and deeds of violence.
        """
        self.parties = parties
        self._places = lexicon.noun_classes.get(_PLACES, frozenset())
        self._places_told: dict[int, PlacePrecision] | None = None
        self._harms = lexicon.what_harms

    def doers(self, deed: Token) -> tuple[PartyPhrase, ...]:
        """Whose deed a noun tells by the common noun before it; of violence only those who bear arms, and governments.

        Args:
            deed: a noun for a deed.

        Returns:
            The party, with the country of the adjective or name before it: "a Kenyan police raid"; nothing where there is none,
            or where "by" or "between" names behind it who did it.
        """
        if deed.pos_ != "NOUN" or any(c.lower_ in _DOERS_BEHIND for c in deed.rights):
            return ()
        for child in reversed(list(deed.lefts)):
            if child.dep_ not in _BEFORE or lemma_of(child) in self._places:
                continue
            party = self._party(child)
            if party is None:
                continue
            if lemma_of(deed) in self._harms and party.sector not in _VIOLENT:
                return ()
            return (self._with_country(party, deed),)
        return ()

    def names(self, deed: Token) -> tuple[PartyPhrase, ...]:
        """Countries, peoples and organisations before a deed, without the town that violence struck: "the Quetta bombing", but
        not "the Kyiv attacks on Belgorod".

        Args:
            deed: a noun.
        """
        found = self.parties.adjectival(deed)
        if found and lemma_of(deed) in self._harms and not self._strikes_elsewhere(deed):
            found = [p for p in found if not self._is_town(p)]
        return tuple(found)

    def _strikes_elsewhere(self, deed: Token) -> bool:
        targets = (t for c in deed.rights if c.lower_ in _TARGETS_BEHIND for t in c.children if t.dep_ == "pobj")
        return any(t.idx in self._place_starts() for t in targets)

    def _is_town(self, party: PartyPhrase) -> bool:
        if party.mention is None or party.mention.label != "GPE":
            return False
        return self._place_starts().get(self.parties.doc[party.start].idx) == PlacePrecision.TOWN

    def _place_starts(self) -> dict[int, PlacePrecision]:
        """How precise the document's places are, by the first character of each."""
        if self._places_told is None:
            self._places_told = {p.start_char: p.precision for p in self.parties.doc._.places or ()}
        return self._places_told

    def _party(self, word: Token) -> PartyPhrase | None:
        """The party that a common noun names, or the adjective of one that bears arms: "a rebel attack"."""
        mention = self.parties.mention(word)
        if mention is not None and mention.is_name:
            return None
        if word.tag_ == _ADJECTIVE:
            sector = self.parties.describer.describe_text(word.text).sector
            if sector not in _FIGHTING:
                return None
            return PartyPhrase(word.i, word.i, word.i + 1, None, None, None, sector, True)
        if word.tag_ not in _COMMON or not self.parties.is_party(word):
            return None
        found = [p for p in self.parties.parties(word) if p.is_party]
        return found[0] if len(found) == 1 else None

    def _with_country(self, party: PartyPhrase, deed: Token) -> PartyPhrase:
        before = (*self.parties.adjectival(deed), *self.parties.adjectival(self.parties.doc[party.head]))
        # Right before it, or its first words: "the Biden administration sanctions".
        owners = [p for p in before if p.start <= party.start <= p.end <= party.end]
        if not owners or owners[0].country is None:
            return party
        return replace(party, start=owners[0].start, entity=None, mention=None, country=owners[0].country)
