"""Describe an actor phrase: which country and sector of society it states, and which title.

What belongs here: how the words of a phrase compose ("the former Venezuelan foreign minister's lawyer"). What does not: the
words themselves (`lexicon.py`, CSV files) and what a document tells of an entity elsewhere (`coreference`). A phrase that
states nothing gets an empty affiliation: nothing is guessed.

Measured on 160 actor phrases with country and sector in PLOVER's terms (a third of them names of people who are in no
lexicon): country 0.83, sector 0.75; on the parties of 120 event sentences, read within their sentence: country 0.93, sector 0.75.

Read next: `lexicon.py`, then `names/component.py`, which describes every name with its title and apposition.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from pipelines.nlp.actors.lexicon import ActorLexicon, load_package_lexicon
from pipelines.nlp.actors.other_names import is_another_name, of_nobody_known
from pipelines.nlp.actors.patterns import (
    BOUNDARIES,
    CERTAIN_PREPOSITIONS,
    DEFINITE,
    ETHNIC,
    FORMER,
    INTERGOVERNMENTAL_SECTORS,
    OFFICE_SECTORS,
    OWNER_PREPOSITIONS,
    SECTOR_PREPOSITIONS,
    STATE_SECTORS,
    TITLE_PREFIXES,
)
from pipelines.nlp.actors.phrase_index import Entry, Kind, Match, fold, split_words
from pipelines.nlp.annotations import MENTIONS, Affiliation, MentionSpan, mention_at, written_on
from pipelines.nlp.parsed import Doc

NOTHING = Affiliation()
_NAMES_WITH_COUNTRY = frozenset(
    {Kind.COUNTRY, Kind.DEMONYM, Kind.PEOPLE, Kind.CAPITAL, Kind.ORGANISATION, Kind.SEAT, Kind.REGION, Kind.CITY}
)
_PLACES = frozenset({Kind.COUNTRY, Kind.REGION, Kind.CITY, Kind.CAPITAL, Kind.DEMONYM, Kind.PEOPLE, Kind.LEADER})
_ORGANISATIONS = frozenset({Kind.ORGANISATION, Kind.SEAT})
_AFTERLIFE = timedelta(days=365)  # a state's name is used of its remains that long
_POSSESSIVES = frozenset({"'", "’"})
_MAX_PLACE_WORDS = 4
_NOBODY = "Nn"  # stands for a name of which nothing is known
MAX_PHRASE_WORDS = 40  # a longer noun phrase is a parse error; its core is at its beginning


class ActorDescriber:
    """Country, sector and title of actor phrases, from the lexicons alone."""

    def __init__(self, lexicon: ActorLexicon) -> None:
        self.lexicon = lexicon
        self._describe = lru_cache(maxsize=16_384)(self._describe_phrase)
        self._state_end = lru_cache(maxsize=16_384)(self._state_end_of_phrase)

    def describe_text(self, phrase: str, *, on: date | None = None) -> Affiliation:
        """What a phrase states.

        Args:
            phrase: an actor phrase, e.g. "Venezuelan Foreign Minister Carlos Faría".
            on: the day the phrase was written, for leaders whose office has ended since; None trusts the lexicon as it is.

        Returns:
            The affiliation; its fields are None where the phrase is silent.
        """
        return self._describe(phrase, on)

    def state_end(self, phrase: str, *, on: date) -> date | None:
        """The last day of the state whose organ or office a phrase names, where that is gone for more than a year.

        Args:
            phrase: an actor phrase, e.g. "Soviet troops".
            on: the day the phrase was written.

        Returns:
            None for a state that is there, and for people: "Soviet pensioners" outlive it.
        """
        return self._state_end(phrase, on)

    def describe(self, doc: Doc, start: int, end: int) -> Affiliation:
        """What tokens [start, end) of a document state, then what the document says elsewhere of the name at their head.

        A person's entry in the lexicon comes last: "the deposed president" holds in this document, whatever he was before.
        """
        on = written_on(doc)
        phrase = doc[start : min(end, start + MAX_PHRASE_WORDS)].text
        if doc.user_data.get(MENTIONS) is None:
            return self._describe(phrase, on)
        stated = self._describe(phrase, on, in_document=True)
        mention = mention_at(doc, doc[start:end].root.i)
        if mention is not None and _hides_country(mention, stated, start):
            around = f"{doc[start : mention.start].text} {_NOBODY} {doc[mention.end : max(end, mention.end)].text}"
            country = self._describe(around, on, in_document=True).country
            stated = Affiliation(country, stated.sector, stated.title)
        if stated.country and stated.sector:
            return stated
        if mention is not None and mention.start >= start and not (mention.label == "NORP" and stated != NOTHING):
            stated = Affiliation(stated.country or mention.country, stated.sector or mention.sector, stated.title)
        return stated

    def _describe_phrase(self, phrase: str, on: date | None, *, in_document: bool = False) -> Affiliation:
        words = _strip(split_words(phrase)[:MAX_PHRASE_WORDS])
        if not words:
            return NOTHING
        found = self.lexicon.index.find(words, on=on)
        matches = [of_nobody_known(words, m) for m in found if not is_another_name(words, m, found)]
        if in_document:
            matches = [_in_document(m) for m in matches if m.entry.kind is not Kind.LEADER]
        if not matches:
            return Affiliation(self._small_place(words)) if not in_document else NOTHING
        return _Phrase(words, matches, on).affiliation()

    def _state_end_of_phrase(self, phrase: str, on: date) -> date | None:
        words = _strip(split_words(phrase)[:MAX_PHRASE_WORDS])
        matches = self.lexicon.index.find(words, on=on)
        return _Phrase(words, matches, on).state_end() if matches else None

    def _small_place(self, words: tuple[str, ...]) -> str | None:
        """The country of a phrase that is a town's name and nothing else."""
        if len(words) > _MAX_PLACE_WORDS or not words[0][0].isupper():
            return None
        towns, name = self.lexicon.small_places, _join(words)
        return towns.get(name.casefold()) or (
            None if name.isascii() else towns.get(_join(tuple(fold(w) for w in words)))
        )


def _hides_country(mention: MentionSpan, stated: Affiliation, start: int) -> bool:
    """Whether the country of a phrase may be a word of a person's name: "Chad Petersen", "India Thorne"."""
    is_full_name = mention.label == "PERSON" and mention.is_name and mention.end - mention.start > 1
    return is_full_name and mention.start >= start and stated.country not in (None, mention.country)


class _Phrase:
    """One phrase while it is described: its words, matches, and where its core ends."""

    def __init__(self, words: tuple[str, ...], matches: list[Match], on: date | None) -> None:
        self.words = words
        self.matches = matches
        self.on = on
        self.core_end = self._find_core_end()
        self.core = [m for m in matches if m.start < self.core_end]
        self.rest = [m for m in matches if m.start >= self.core_end]

    def affiliation(self) -> Affiliation:
        head = self._head()
        country = None if self._is_ethnic() else self._country(head)
        sector, is_own = self._sector(head, country)
        if sector in OFFICE_SECTORS and head and (self._is_former(head) or self._is_outlived(head, country)):
            sector = "ELI"
        if not is_own and country is None and head and head.entry.role == "weak":
            sector = None
        return Affiliation(country, sector, self._title(head))

    def _is_ethnic(self) -> bool:
        """ "Ethnic Hungarians" are a minority of some other state."""
        return any(fold(w) in ETHNIC for w in self.words[: self.core_end])

    def _find_core_end(self) -> int:
        """The first boundary word outside a match, after something of the core has been seen."""
        inside = {i for m in self.matches for i in range(m.start, m.end)}
        first = self.matches[0].start
        for i, word in enumerate(self.words):
            if i == 0 or i in inside or fold(word) not in BOUNDARIES or self.words[i - 1] == "-":
                continue
            if first < i or fold(word) in CERTAIN_PREPOSITIONS:
                return i
        return len(self.words)

    def _head(self) -> Match | None:
        """The last noun, or name, of the core; a title before a person's name counts as its head."""
        for match in reversed(self.core):
            entry = match.entry
            if entry.kind is Kind.NOUN:
                if entry.role != "modifier":
                    return match
            elif entry.kind is Kind.LEADER:
                before = [m for m in self.core if m.end <= match.start and m.entry.kind is Kind.NOUN and m.entry.sector]
                return before[-1] if before else match
            elif not self._is_possessor(match) and (match.end == self.core_end or entry.kind is Kind.PEOPLE):
                return match
        return None

    def _is_possessor(self, match: Match) -> bool:
        return match.end < len(self.words) and self.words[match.end] in _POSSESSIVES

    # -- country ------------------------------------------------------------------------------------------------------

    def _country(self, head: Match | None) -> str | None:
        if head and head.entry.kind in (Kind.ORGANISATION, Kind.SEAT, Kind.LEADER):
            stated = self._possessor_country(head) or head.entry.country
            if stated:
                return stated
        before = [m for m in self.core if m.entry.kind in _NAMES_WITH_COUNTRY and m.entry.country]
        if head:
            ahead = [m for m in before if m.start < head.start]
            if ahead:
                return ahead[-1].entry.country
            if head.entry.kind in _NAMES_WITH_COUNTRY:
                return head.entry.country
            if found := self._owner_country():
                return found
            named = [m for m in self.core if m.start > head.start and m.entry.kind is Kind.LEADER and m.entry.country]
            return named[0].entry.country if named else None
        if before:
            return before[-1].entry.country
        return self._owner_country()

    def _possessor_country(self, head: Match) -> str | None:
        """The country in "Chile's Defense Department", "the Belarusian KGB": several states may use an agency's name."""
        for match in self.core:
            if match.end < head.start and self._is_possessor(match) and match.entry.kind in _PLACES:
                return match.entry.country
            is_before = match.end == head.start and head.entry.kind is Kind.ORGANISATION
            if is_before and match.entry.kind in (Kind.DEMONYM, Kind.COUNTRY):
                return match.entry.country
        return None

    def _owner_country(self) -> str | None:
        """The country in the first of-phrase, else in an in-phrase and so on."""
        best: tuple[int, str] | None = None
        for match in self.rest:
            preposition = self._preposition_of(match)
            if preposition in OWNER_PREPOSITIONS and match.entry.country and match.entry.kind is not Kind.LEADER:
                rank = OWNER_PREPOSITIONS.index(preposition)
                if best is None or rank < best[0]:
                    best = (rank, match.entry.country)
        if best:
            return best[1]
        comma = [m for m in self.rest if self._preposition_of(m) == "," and m.entry.kind in _NAMES_WITH_COUNTRY]
        return comma[0].entry.country if comma and not self._has_verb_boundary(comma[0]) else None

    def _preposition_of(self, match: Match) -> str:
        """The boundary word that opens the part of the phrase a match is in."""
        for i in range(match.start - 1, self.core_end - 1, -1):
            word = fold(self.words[i])
            if word in BOUNDARIES:
                return word
        return ""

    def _has_verb_boundary(self, match: Match) -> bool:
        return any(fold(w) in ("who", "which", "that", "whom") for w in self.words[self.core_end : match.start])

    # -- sector -------------------------------------------------------------------------------------------------------

    def _sector(self, head: Match | None, country: str | None) -> tuple[str | None, bool]:
        """Sector, and whether it is stated rather than a weak head's own."""
        if head is None:
            return self._nearest_sector(len(self.words)), True
        entry = head.entry
        if entry.kind is Kind.PEOPLE:
            return self._sector_of_people(head), True
        if entry.kind is Kind.LEADER:
            return self._sector_of_leader(entry), True
        if entry.kind in (Kind.COUNTRY, Kind.REGION, Kind.DEMONYM, Kind.CITY):
            return entry.sector, True
        if entry.kind is Kind.CAPITAL:
            return (entry.sector if len(self.core) == 1 else None), True
        if entry.kind in _ORGANISATIONS:
            return entry.sector, True
        return self._sector_of_noun(head)

    def _sector_of_noun(self, head: Match) -> tuple[str | None, bool]:
        entry = head.entry
        modifier = self._nearest_sector(head.start)
        if modifier in INTERGOVERNMENTAL_SECTORS and entry.role == "soft":
            return entry.sector, True
        if entry.role == "weak" and entry.sector and modifier is None and self._is_of_a_people(head):
            return "ELI", True
        if entry.role == "noun":
            return ("REB" if modifier == "REB" and entry.sector in ("MIL", "UAF") else entry.sector), True
        if modifier:
            return modifier, True
        owner = self._owner_sector()
        if owner and not (owner in INTERGOVERNMENTAL_SECTORS and entry.role == "soft"):
            return owner, True
        return entry.sector, entry.role == "soft"

    def _is_of_a_people(self, head: Match) -> bool:
        """ "Yoruba leaders": notables of a people that is no state."""
        before = [m for m in self.core if m.end <= head.start]
        return bool(before) and before[-1].entry.key.startswith("people:")

    def _owner_sector(self) -> str | None:
        """The sector of what follows "of", "for" or "at": "spokesman for Hezbollah"."""
        if self.core_end >= len(self.words) or fold(self.words[self.core_end]) not in SECTOR_PREPOSITIONS:
            return None
        words = self.words[self.core_end + 1 :]
        offset = self.core_end + 1
        matches = [Match(m.start - offset, m.end - offset, m.entry) for m in self.rest if m.start >= offset]
        if not matches or all(m.entry.kind in _PLACES for m in matches):
            return None
        owner = _Phrase(words, matches, self.on)
        head = owner._head()
        return owner._sector(head, None)[0] if head and head.entry.kind not in _PLACES else None

    def _nearest_sector(self, before: int) -> str | None:
        """The sector of the last modifier that tells one before a word."""
        for match in reversed(self.core):
            entry = match.entry
            if (
                match.end <= before
                and entry.sector
                and (entry.kind in _ORGANISATIONS or entry.role not in ("", "weak"))
            ):
                if entry.role == "noun" and entry.sector == "REL" and match.end < before - 1:
                    continue
                return entry.sector
        return None

    def _sector_of_people(self, head: Match) -> str | None:
        return None if fold(self.words[0]) in DEFINITE and head.start == 1 else "CVL"

    def _sector_of_leader(self, entry: Entry) -> str | None:
        if self.on and entry.until and self.on > entry.until and entry.sector in OFFICE_SECTORS:
            return "ELI"
        if self.on and entry.since and self.on < entry.since:
            return None
        return entry.sector

    def _is_former(self, head: Match) -> bool:
        return any(fold(w) in FORMER for w in self.words[max(0, head.start - 4) : head.start])

    def state_end(self) -> date | None:
        """The last day of the state that the phrase is, or is an organ of, where that is over."""
        head = self._head()
        country = self._country(head)
        is_organ = head is None or head.entry.state_end is not None or head.entry.sector in STATE_SECTORS
        if not is_organ or any(fold(w) in FORMER for w in self.words[: self.core_end]):
            return None
        return self._end_of(country)

    def _end_of(self, country: str | None) -> date | None:
        """The last day of the state that gives the phrase its country, where it is long gone."""
        states = [m.entry for m in self.core if m.entry.country == country and m.entry.kind in _NAMES_WITH_COUNTRY]
        ends = [entry.state_end for entry in states]
        if country is None or self.on is None or not ends or ends[-1] is None:
            return None
        return ends[-1] if self.on - ends[-1] > _AFTERLIFE else None

    def _is_outlived(self, head: Match, country: str | None) -> bool:
        """An office of a state that was gone when the phrase was written: its holder is a former one."""
        return head.entry.is_title and self._end_of(country) is not None

    # -- title --------------------------------------------------------------------------------------------------------

    def _title(self, head: Match | None) -> str | None:
        if head is None or not head.entry.is_title:
            return None
        start = head.start
        while start > 0 and fold(self.words[start - 1]) in TITLE_PREFIXES:
            start -= 1
        return _join(self.words[start : head.end])


def _strip(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without quotation marks around and a possessive at the end."""
    start, end = 0, len(words)
    while start < end and not (words[start][0].isalnum()):
        start += 1
    while (
        end > start and not words[end - 1][-1].isalnum() and words[end - 1] not in (".",) and words[end - 1][-1] != "."
    ):
        end -= 1
    if end - start > 1 and words[end - 1] in ("s", "S") and words[end - 2] in _POSSESSIVES:
        end -= 2
    return words[start:end]


def _in_document(match: Match) -> Match:
    """A capital without its sector: the document tells whether the government or the place is meant."""
    if match.entry.kind is Kind.CAPITAL:
        return Match(match.start, match.end, replace(match.entry, sector=None))
    return match


def _join(words: tuple[str, ...]) -> str:
    """Words as running text: no space around hyphens and apostrophes."""
    text = ""
    for word in words:
        glued = not text or text[-1] in "-'’" or word in ("-", "'", "’") or (word == "s" and text[-1] in "'’")
        text += word if glued else f" {word}"
    return text


@lru_cache(maxsize=1)
def get_describer() -> ActorDescriber:
    """The describer over the lexicons of the package, loaded once a process."""
    return ActorDescriber(load_package_lexicon())
