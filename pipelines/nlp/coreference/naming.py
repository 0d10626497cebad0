"""Names of one document to entities: canonical keys, surnames, short forms and acronyms.

What belongs here: when two names of a document are one thing, and the canonical key a thing has in every document that names
it fully. What does not: nominals and pronouns (`nominals.py`, `antecedents.py`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import date
from functools import lru_cache

from pipelines.nlp.actors.lexicon import ActorLexicon
from pipelines.nlp.actors.patterns import STATE_HEADS
from pipelines.nlp.actors.phrase_index import Entry, Kind, Match, PhraseIndex, fold, split_words
from pipelines.nlp.annotations import UNLISTED_STATE, EntityNode, MentionSpan, note_unlisted_states, written_on
from pipelines.nlp.coreference.acronyms import spelled_acronyms, stated_acronyms
from pipelines.nlp.coreference.generations import Generations
from pipelines.nlp.coreference.home import CountryOfEvents
from pipelines.nlp.coreference.leaders import is_before_office, is_foreign, namesake_in_office, office_holder
from pipelines.nlp.coreference.namesakes import country_meant, region_meant
from pipelines.nlp.coreference.patterns import ARTICLES_OF_NAMES, COMPANY_TAILS, SPELLINGS
from pipelines.nlp.coreference.story_country import Names
from pipelines.nlp.coreference.surnames import first_surnames
from pipelines.nlp.names.lexicon import TeamLexicon
from pipelines.nlp.names.patterns import HONORIFICS, PERSON_TAILS, RELIGIONS
from pipelines.nlp.names.sports import is_national_team, sport_of
from pipelines.nlp.parsed import Doc
from pipelines.nlp.places.sources import load_gazetteer

_LEAST_BODY_WORDS = 2  # "Bank of Japan" is no bank of Japan
_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})


_STOPPED = re.compile(r"(?:[A-Z]\.){2,}")  # "N.A.T.O."


class NameLinker:
    """Gives every name of a document its entity."""

    def __init__(self, lexicon: ActorLexicon, teams: TeamLexicon, given_names: Container[str] = ()) -> None:
        self._entry = lru_cache(maxsize=8_192)(lambda text, on: _whole_entry(lexicon.index, text, on))
        self.teams, self.given_names = teams, given_names
        self._team = lru_cache(maxsize=8_192)(lambda text, sport: _whole_entry(teams.index(sport), text))
        self._is_generic = lru_cache(maxsize=8_192)(lambda text: _is_noun(lexicon.index, text))
        self._body = lru_cache(maxsize=8_192)(lambda country, body: _whole_body(lexicon, country, body))
        self.lexicon = lexicon

    def link(self, doc: Doc, names: Names, texts: list[str], home: CountryOfEvents) -> None:
        """Set `entity` on each name.

        Args:
            doc: the document.
            names: its names.
            texts: the text of each token.
            home: the country of a body that every state has, where its phrase names none.
        """
        naming = _DocumentNaming(self, doc, names, texts, home)
        note_unlisted_states(doc, is_any=bool(naming.states))
        nodes: dict[str, EntityNode] = {}
        for mention, text, entry in zip(names.mentions, names.texts, names.entries, strict=True):
            key, name, label = naming.identify(mention, text, entry)
            node = nodes.get(key)
            if node is None:
                node = nodes[key] = EntityNode(key, name, label)
            mention.entity = node

    def entry(self, text: str, on: date | None) -> Entry | None:
        """The lexicon entry of a whole name, in a document of that day."""
        return self._entry(text, on)

    def team(self, text: str, sport: str | None) -> Entry | None:
        """The sports lexicon's entry of a whole name in a story about a sport."""
        return self._team(text, sport)

    def is_generic(self, text: str) -> bool:
        """A body every state may have: "foreign ministry", "supreme court"."""
        return self._is_generic(text)

    def country_name(self, code: str) -> str:
        """The usual name of a country."""
        return self.lexicon.country_names.get(code, code)

    def body(self, country: str, name: str) -> Entry | None:
        """The lexicon's entry of a country's body: "Treasury" of the USA."""
        return self._body(country, name)


class _DocumentNaming:
    """The names of one document while they are identified."""

    def __init__(self, linker: NameLinker, doc: Doc, names: Names, texts: list[str], home: CountryOfEvents) -> None:
        self.linker, self.doc, self.home, self.on = linker, doc, home, written_on(doc)
        self.sport, mentions = sport_of(doc), names.mentions
        self.words: dict[int, tuple[str, ...]] = {id(m): _name_words(texts, m) for m in mentions}
        bodies = (text for m, text in zip(mentions, names.texts, strict=True) if m.label == "ORG")
        named = (linker.team(text, self.sport) for text in bodies)
        self.teams_named = {team.key for team in named if team is not None}
        self.full_names = self._full_names(mentions)
        people = (self.words[id(m)] for m in mentions if m.label == "PERSON")
        self.first_surnames = first_surnames(people, linker.given_names, self.full_names)
        self.of_words: dict[tuple[str, ...], list[MentionSpan]] = {}
        for mention in mentions:
            self.of_words.setdefault(self.words[id(mention)], []).append(mention)
        self.generations = Generations(doc, mentions, self.words)
        self.bodies: dict[tuple[str, ...], str] = {}  # "foreign ministry" -> country that was named with it
        self.stated_acronyms = stated_acronyms(doc, mentions, self.words)
        self.acronyms = spelled_acronyms(doc, mentions, self.words)
        self.long_forms = self._long_forms(mentions)
        self.states = self._unlisted_states(mentions)

    def identify(self, mention: MentionSpan, text: str, entry: Entry | None) -> tuple[str, str, str]:
        """Canonical key, display name and label of the thing a name stands for; `entry`: what the lexicons know of it."""
        words = self.words[id(mention)]
        if mention.label == "PERSON":
            return self._identify_person(mention, words, text, entry)
        if words in self.states:
            mention.label, mention.country = "GPE", None
            return f"{UNLISTED_STATE}{' '.join(self.states[words])}", " ".join(self.states[words]).title(), "GPE"
        if mention.label in _PLACE_LABELS and entry is not None and (found := self._place_meant(mention, entry, text)):
            return found
        if mention.label == "NORP" and mention.start and self.doc[mention.start - 1].lower_ == "ethnic":
            return f"people:{' '.join(words)}", text, "NORP"
        if mention.label == "NORP" and words[0] in RELIGIONS:
            return f"people:{RELIGIONS[words[0]]}", text, "NORP"
        if team := self._identify_team(mention, text, entry):
            return team
        if words in self.stated_acronyms or (entry is None and words in self.acronyms):
            # What the document says an acronym stands for comes before what it mostly stands for.
            words = self.stated_acronyms.get(words) or self.acronyms[words]
            expanded = self.linker.entry(" ".join(w.capitalize() for w in words), self.on)
            if expanded is None or entry is None or expanded.key != entry.key:
                mention.country = mention.sector = None
            entry = expanded
        if entry is not None and entry.kind is not Kind.LEADER and _agrees(entry, mention.label):
            if entry.kind is Kind.ORGANISATION and entry.country and mention.country not in (None, entry.country):
                return f"name:{mention.country}:{' '.join(words)}", text, "ORG"  # another state's body of that name
            return self._from_entry(entry, mention.country)
        words = self._without_owner(words, mention)
        if mention.label == "ORG" and self.linker.is_generic(" ".join(words)):
            country = mention.country or self.bodies.get(words) or self.home.at(mention.start)
            if country:
                mention.country = country
                self.bodies.setdefault(words, country)
                if known := self.linker.body(country, " ".join(words)):
                    return self._from_entry(known)
                return f"name:{country}:{_body_key(words)}", _display(self.doc, mention), "ORG"
        words = self.long_forms.get(words, words)
        words = _without_company_tail(words)
        return f"name:{' '.join(words)}", _display(self.doc, mention), mention.label

    def _without_owner(self, words: tuple[str, ...], mention: MentionSpan) -> tuple[str, ...]:
        """A state's body without the state: "supreme court of ghana" is a supreme court, of Ghana."""
        at = len(words) - 1 - words[::-1].index("of") if "of" in words else 0
        if at < _LEAST_BODY_WORDS or mention.label != "ORG" or not self.linker.is_generic(" ".join(words[:at])):
            return words
        owner = self.linker.entry(" ".join(w.capitalize() for w in words[at + 1 :] if w != "the"), self.on)
        if owner is None or owner.kind is not Kind.COUNTRY:
            return words
        mention.country = owner.country
        return words[:at]

    def _place_meant(self, mention: MentionSpan, entry: Entry, text: str) -> tuple[str, str, str] | None:
        """A region or country that a better known place of the name hides: "a storm in Georgia near Atlanta"."""
        gazetteer = load_gazetteer()
        if (code := country_meant(self.doc, mention, entry, gazetteer)) is not None:
            mention.country = code
            return f"country:{code}", self.linker.country_name(code), "GPE"
        code = region_meant(self.doc, mention, entry, gazetteer)
        if code is None or (entry.kind is not Kind.COUNTRY and code != entry.country):
            return None
        mention.country = code
        return f"region:{fold(text)}", text, "GPE"

    def _from_entry(self, entry: Entry, country: str | None = None) -> tuple[str, str, str]:
        if entry.key.startswith("country:"):
            return entry.key, entry.name, "GPE"
        if entry.kind in (Kind.CITY, Kind.CAPITAL) and country not in (None, entry.country):
            return entry.key.replace(f"place:{entry.country}:", f"place:{country}:"), entry.name, entry.label
        if entry.key.startswith("region:"):
            return entry.key, entry.name, "GPE" if entry.label == "NORP" else entry.label
        return entry.key, entry.name, entry.label

    def _identify_person(
        self, mention: MentionSpan, words: tuple[str, ...], text: str, entry: Entry | None
    ) -> tuple[str, str, str]:
        entry, inner = self._leader(mention, words, entry), self.first_surnames.get(words)
        if inner is not None and entry is not None and self.home.main not in (None, entry.country):
            entry = None  # another country's leader has the surname of somebody here
        if entry is not None and entry.kind is Kind.LEADER and (len(words) > 1 or words not in self.full_names):
            return f"name:{entry.key.removeprefix('person:')}", entry.name, "PERSON"
        full = self.full_names.get(words, inner or words)
        generation = self.generations.of(mention, full)
        if generation:
            return f"name:{' '.join(full)} {generation}", f"{' '.join(full).title()} {generation.title()}.", "PERSON"
        name = " ".join(full)
        known = self.linker.entry(" ".join(w.capitalize() for w in full), self.on) if full != words else None
        if known is not None and known.kind is Kind.LEADER:
            return f"name:{known.key.removeprefix('person:')}", known.name, "PERSON"
        return f"name:{name}", text if full == words else name.title(), "PERSON"

    def _leader(self, mention: MentionSpan, words: tuple[str, ...], entry: Entry | None) -> Entry | None:
        """The person of public life whom a name means at the document's date, if the lexicons know one."""
        if len(words) > 1:
            return namesake_in_office(self.linker.lexicon, entry, words, self.on)
        if words in self.full_names:
            return entry
        title = mention.title or min((m.title for m in self.of_words[words] if m.title), default=None)
        holder = office_holder(self.linker.lexicon, words[0], title, mention.country, self.on)
        if holder is not None or entry is None or entry.kind is not Kind.LEADER:
            return holder or entry
        return None if is_before_office(entry, self.on) or is_foreign(entry, mention.country) else entry

    def _identify_team(self, mention: MentionSpan, text: str, entry: Entry | None) -> tuple[str, str, str] | None:
        team = self.linker.team(text, self.sport)
        if team is not None and (team.role == "competition" or mention.label == "ORG"):
            return team.key, team.name, team.label
        if self.sport is None:
            return None
        place = fold(text)
        if mention.label == "ORG" and (entry is None or entry.kind in (Kind.CITY, Kind.CAPITAL, Kind.REGION)):
            candidates = self.linker.teams.of_place.get((self.sport, place), [])
            named = [t for t in candidates if t.key in self.teams_named] or candidates
            if len({t.key for t in named}) == 1:
                return named[0].key, named[0].name, "ORG"
            if entry is not None:
                return f"team:{self.sport}:{place}", text, "ORG"
        if mention.label == "GPE" and entry is not None and is_national_team(self.doc, mention, entry, self.sport):
            return f"team:{self.sport}:{entry.key}", f"{entry.name} ({self.sport})", "ORG"
        return None

    def _full_names(self, mentions: list[MentionSpan]) -> dict[tuple[str, ...], tuple[str, ...]]:
        """Shorter form of a person's name to the full name it stands for in this document."""
        full: dict[tuple[str, ...], tuple[str, ...]] = {}
        owners: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for mention in mentions:
            words = self.words[id(mention)]
            if mention.label != "PERSON" or len(words) < 2:
                continue
            for form in _short_forms(words):
                known = owners.setdefault(form, [])
                if words not in known:
                    known.append(words)
        for form, names in owners.items():
            # Of two people with one surname the one named first keeps it: stories name the main person first.
            full[form] = max(names[:1], key=len)
        for form, target in list(full.items()):
            longer = full.get(target)
            if longer is not None and longer != target:
                full[form] = longer
        return full

    def _unlisted_states(self, mentions: list[MentionSpan]) -> dict[tuple[str, ...], tuple[str, ...]]:
        """Names of states that no lexicon has, in full and in short, to the full one: "Zorland", "Republic of Zorland"."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for mention in mentions:
            words = self.words[id(mention)]
            if mention.label == "GPE" and len(words) > 2 and (inner := _named_state(words)):
                text = self.doc[mention.start : mention.end].text
                if self.linker.entry(text, self.on) is None:
                    found[words] = found[inner] = words
        return found

    def _long_forms(self, mentions: list[MentionSpan]) -> dict[tuple[str, ...], tuple[str, ...]]:
        """First words of an organisation's or place's name to the one longer name of the document that begins with them."""
        longer: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for mention in mentions:
            words = self.words[id(mention)]
            if mention.label not in ("ORG", "FAC") or len(words) < 2:
                continue
            for size in range(1, len(words)):
                longer.setdefault(words[:size], set()).add(words)
        return {
            short: min(names, key=len)
            for short, names in longer.items()
            if len(names) == 1 or len({_without_company_tail(n) for n in names}) == 1
        }


def _whole_entry(index: PhraseIndex, text: str, on: date | None = None) -> Entry | None:
    words = split_words(text)
    match = index.match_at(words, 0, on=on) if words else None
    if match is None and "." in text and _STOPPED.fullmatch(text):
        words = (text.replace(".", ""),)
        match = index.match_at(words, 0)
    if match is None and len(words) > 2 and (named := _named_state(words)):
        words, match = named, index.match_at(named, 0, on=on)
        if match is not None and match.entry.kind not in (Kind.COUNTRY, Kind.REGION):
            match = None
    if match is None:
        words, match = _other_spelling(index, words)
    if match is None and words and text.isupper():
        match = index.match_at(tuple(w.capitalize() for w in words), 0)
    return match.entry if match and match.end == len(words) and match.entry.key else None


def _named_state(words: tuple[str, ...]) -> tuple[str, ...]:
    """The name in a state's full name: "Artsakh" of "Republic of Artsakh"."""
    at = next((i for i, word in enumerate(words[:-2]) if fold(word) in STATE_HEADS and words[i + 1] == "of"), None)
    return () if at is None else words[at + 3 if words[at + 2] == "the" else at + 2 :]


def _other_spelling(index: PhraseIndex, words: tuple[str, ...]) -> tuple[tuple[str, ...], Match | None]:
    """The entry of a name written the American or British way, or of an acronym written as a word ("Nato")."""
    if len(words) == 1 and len(words[0]) >= _LEAST_ACRONYM_WORD and words[0].istitle():
        match = index.match_at((words[0].upper(),), 0)
        return (words, match) if match is not None and match.entry.is_acronym else (words, None)
    other = tuple(map(_respelled, words))
    return other, index.match_at(other, 0) if other != words else None


def _respelled(word: str) -> str:
    if "." in word and _STOPPED.fullmatch(word):
        return word.replace(".", "")
    folded = fold(word)
    return SPELLINGS[folded].capitalize() if folded in SPELLINGS else word


_LEAST_ACRONYM_WORD = 4


def _whole_body(lexicon: ActorLexicon, country: str, name: str) -> Entry | None:
    words = name.split()
    forms = [words]
    if words[-1] in _OFFICES_OF_STATE and len(words) > 1:
        forms.append([words[-1], "of", *words[:-1]])
    elif words[0] in _OFFICES_OF_STATE and words[1:2] == ["of"]:
        forms.append([*words[2:], words[0]])
    for form in forms:
        body = " ".join(word if word == "of" else word.capitalize() for word in form)
        for owner in lexicon.country_words.get(country, ()):
            entry = _whole_entry(lexicon.index, f"{owner} {body}")
            if entry is not None and entry.kind is Kind.ORGANISATION and entry.country == country:
                return entry
    return None


_OFFICES_OF_STATE = frozenset({"ministry", "department"})


def _body_key(words: tuple[str, ...]) -> str:
    """One key for "Ministry of Defence", "Defense Ministry" and "Ministry of Foreign Affairs", "Foreign Ministry"."""
    plain = [SPELLINGS.get(word, word) for word in words if word != "the"]
    if len(plain) > 2 and plain[1] == "of" and plain[0] in _OFFICES_OF_STATE:
        plain = [*plain[2:], plain[0]]
    return " ".join(word for word in plain if word != "affairs" or plain[0] not in ("foreign", "interior", "internal"))


def _is_noun(index: PhraseIndex, text: str) -> bool:
    words = split_words(text)
    match = index.match_at(words, 0) if words else None
    return bool(match and match.end == len(words) and not match.entry.key)


def _agrees(entry: Entry, label: str) -> bool:
    """A lexicon name fits a mention's label: places with places, organisations with organisations."""
    if label == "ORG":
        return entry.kind in (Kind.ORGANISATION, Kind.SEAT)
    if label == "NORP":
        return entry.kind in (Kind.DEMONYM, Kind.PEOPLE, Kind.ORGANISATION)
    if label in _PLACE_LABELS:
        return entry.kind not in (Kind.LEADER,)
    return True


def _name_words(texts: list[str], mention: MentionSpan) -> tuple[str, ...]:
    """Folded words of a name, without article, honorific and generation."""
    words = [fold(t) for t in texts[mention.start : mention.end] if not t.isspace()] or [""]
    if mention.label == "PERSON":
        words = [w for i, w in enumerate(words) if w != "-" or not i or words[i - 1] not in ARTICLES_OF_NAMES]
    while len(words) > 1 and (words[0] == "the" or (mention.label == "PERSON" and words[0] in HONORIFICS)):
        words.pop(0)
    while len(words) > 1 and words[-1] in PERSON_TAILS:
        words.pop()
    return tuple(words)


def _short_forms(words: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """The forms a full name is shortened to: surname, last words, first name, first and last without the middle."""
    for size in range(1, len(words)):
        yield words[-size:]
    yield words[:1]
    if len(words) > 2:
        yield words[:-1]
        yield (words[0], words[-1])


def _without_company_tail(words: tuple[str, ...]) -> tuple[str, ...]:
    while len(words) > 1 and words[-1] in COMPANY_TAILS:
        words = words[:-1]
    return words


def _display(doc: Doc, mention: MentionSpan) -> str:
    text = doc[mention.start : mention.end].text
    return text[4:] if text.lower().startswith("the ") else text
