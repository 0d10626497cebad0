"""Candidates: every party of the clause, its neighbours and the discourse that could be whom an event was done by or to.

What belongs here: collecting candidates with the places where they stand. What does not: what speaks for a candidate
(`evidence.py`), choosing (`choice.py`), reading a phrase into parties (`parties.py`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from pipelines.nlp.clauses.component import ClauseReader, Predicate
from pipelines.nlp.clauses.government import government
from pipelines.nlp.clauses.misparses import asked_to_act
from pipelines.nlp.clauses.phrases import coordinated, lemma_of
from pipelines.nlp.events.candidate_places import Candidate, Collection, Place
from pipelines.nlp.events.compounds import CompoundReader
from pipelines.nlp.events.earlier_acts import EarlierAct, EarlierActs
from pipelines.nlp.events.matcher import ACTOR as SUPPORTED
from pipelines.nlp.events.matcher import FrameMatcher, Site
from pipelines.nlp.events.no_parties import is_stance, places_of_clause
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.patterns import ARMED_SECTORS
from pipelines.nlp.parsed import Token
from pipelines.nlp.quotations.cues import load_cues

_DEPTH = 5  # levels below a predicate that are searched
_CLAUSES_UP = 3
_MOST_CANDIDATES = 20
_PAIRING = ("between", "among")
_NOT_BELOW = frozenset(("aux", "auxpass", "mark", "punct", "det", "cc", "case"))
_INNER_DEPTH = 2
_PRESS = "JRN"
_BLAMING = frozenset(("ACCUSE",))  # effects of operators that say what another did
_HAPPENED_IN = ("in", "during")
_BODIES = frozenset(("ORG", "GPE", "NORP"))
_WHERE = frozenset(("in", "at", "near", "of", "on", "against"))  # beside a deed: where it was done, and what it hit
_PLACES = frozenset(("GPE", "LOC", "FAC"))
_MAKING = "making"  # class of the nouns for making what was not there
_AIRWAVES = "airwaves"  # class of the nouns for what carries words and pictures
_ON_AIR = frozenset(("on", "via", "through", "over"))
_EXAMPLES = frozenset(
    ("including",)
)  # "projects in several areas, including industry": instances of a thing, not whom it is done to


class CandidateReader:
    """Collects the candidates of one Doc's predicates."""

    def __init__(self, clauses: ClauseReader, matcher: FrameMatcher, parties: PartyReader) -> None:
        self.clauses = clauses
        self.matcher = matcher
        self.parties = parties
        self.compounds = CompoundReader(parties, matcher.lexicon)
        self.earlier = EarlierActs(matcher.lexicon.deeds_of_violence)
        self._violence = matcher.lexicon.deeds_of_violence
        self._harms = matcher.lexicon.what_harms
        self._making = matcher.lexicon.noun_classes.get(_MAKING, frozenset())
        # By token, as the events of a sentence look at the same words.
        self._of_phrases: dict[int, tuple[PartyPhrase, ...]] = {}
        self._of_words: dict[int, tuple[PartyPhrase, ...]] = {}
        self._under: dict[int, list[Token]] = {}

    def collect(
        self,
        site: Site,
        roles: Iterable[str],
        event_type: str,
        *,
        inner: tuple[list[PartyPhrase], list[PartyPhrase]] | None = None,
        is_controlled: bool = False,
    ) -> list[Candidate]:
        """Candidates for the roles of an event told at a site, the nearest first.

        Args:
            site: the predicate.
            roles: role names that its frame lists.
            event_type: the type, to find earlier tellings of the same act.
            inner: actors and recipients of the complement's event, where the site is an operator.
            is_controlled: whether the operator's addressee is who acts in the complement.
        """
        found = Collection()
        self._arguments(found, site, roles)
        if inner is not None:
            relations = ("controlled" if is_controlled else "inner.actor", "inner.recipient")
            own = found.at("subj") if is_controlled else set()  # who bans a march does not address himself
            for relation, parties in zip(relations, inner, strict=True):
                found.add(tuple(p for p in parties if p.is_party and p.identity not in own), Place(relation))
        self._below(found, site)
        self._above(found, site)
        kept = self.earlier.lend(found, site, event_type)
        return kept[:_MOST_CANDIDATES]

    def is_body(self, token: Token) -> bool:
        """Whether a phrase names a state, an organisation or a people."""
        parties = self.parties.parties(token)
        return any(p.mention is not None and p.mention.is_name and p.mention.label in _BODIES for p in parties)

    def is_on_air(self, candidate: Candidate, listed: Container[str]) -> bool:
        """Whether a candidate is no more than what something is said by: "criticised the bill on state television".

        Args:
            candidate: the candidate.
            listed: relations that the frame has a role for: "imposed a ban on Twitter" does something to it.
        """
        token = self.parties.doc[candidate.head]
        if token.dep_ != "pobj" or token.head.lower_ not in _ON_AIR or token.head.lower_ in listed:
            return False
        if any(c.dep_ == "det" for c in token.lefts):
            return False
        words = self.matcher.lexicon.noun_classes.get(_AIRWAVES, frozenset())
        return lemma_of(token) in words or token.lower_ in words

    def remember(self, told: EarlierAct) -> None:
        """Keep an event for later mentions of the same act."""
        self.earlier.remember(told)

    def _arguments(self, found: Collection, site: Site, roles: Iterable[str]) -> None:
        names = dict.fromkeys(("subj", "obj", "iobj", "poss"))
        names.update(dict.fromkeys(r for r in roles if r not in ("adj",)))
        verb, noun = site.verb, site.noun
        if verb is not None:
            names.update(dict.fromkeys(verb.preps))
            if verb.obj is not None:
                names.update(dict.fromkeys(self.matcher.phrases.preps(verb.obj)))
        if noun is not None or verb is None:
            names.update(dict.fromkeys(self.matcher.phrases.preps(site.token)))
        for name in names:
            for token in self.matcher.role_tokens(site, name):
                if not self._is_made(token):
                    self._phrase(found, token, name, clause=site.top)
        for token in asked_to_act(site.token):
            self._phrase(found, token, "iobj")
        for addressee in self._written_to(site):
            found.add(self._direct(addressee), Place("to"))
        found.add(self.compounds.names(site.token), Place("adj"))
        found.add(self.compounds.doers(site.token), Place("adj"))
        found.add(tuple(self.parties.adjectival(site.token, is_stance_named=True)), Place("against"))
        if verb is not None and noun is None and (verb.subject is None if verb.is_passive else verb.obj is None):
            self._doers(found, verb)

    def _is_made(self, token: Token) -> bool:
        """Whether somebody is only now made, and so nobody to whom it is done: "announced the creation of a commission"."""
        if token.dep_ != "pobj" or token.head.lower_ != "of" or lemma_of(token.head.head) not in self._making:
            return False
        return all(t.pos_ != "PROPN" for t in (token, *token.lefts))  # "the establishment of the NATO base"

    def _written_to(self, site: Site) -> list[Token]:
        """To whom the verb before speaks, where a participle goes on: "wrote to the commission, asking for more time"."""
        verb = site.verb
        if verb is None or site.noun is not None or verb.obj is not None:
            return []
        token, first = verb.token, verb.token.head
        if token.tag_ != "VBG" or token.dep_ != "advcl" or first.pos_ != "VERB" or first.i > token.i:
            return []
        return [t for t in self.matcher.phrases.preps(first).get("to", ()) if t.i < token.i]

    def _doers(self, found: Collection, verb: Predicate) -> None:
        """Who did the violence that something happened in: "were killed in an attack by rebels", "died in Saudi raids"."""
        relation = "subj" if verb.is_passive else "by"
        for noun in (t for name in _HAPPENED_IN for t in verb.preps.get(name, ())):
            if not self.matcher.heads_fit(noun, self._violence):
                continue
            told = (*self._participles(noun), *self._participles_behind(noun, verb.token))
            agents = [p.subject for p in told if p.is_passive and p.subject is not None]
            owners = [c for c in noun.children if c.dep_ == "poss"]
            for token in (*self.matcher.phrases.arguments(noun, "by"), *agents, *owners):
                self._phrase(found, token, relation)
            for token in self.matcher.phrases.preps(noun).get("of", ()):
                armed = tuple(p for p in self._all_direct(token) if p.sector in ARMED_SECTORS)
                found.add(armed, Place(relation))
            found.add((*self.compounds.names(noun), *self.compounds.doers(noun)), Place(relation, "adj"))

    def _participles(self, noun: Token) -> list[Predicate]:
        return [self.clauses.predicate(c) for c in noun.children if c.dep_ == "acl" and c.pos_ == "VERB"]

    def _participles_behind(self, noun: Token, verb: Token) -> list[Predicate]:
        """Those that the parser hangs on the verb: "died in the attack, reportedly conducted by rebels"."""
        found = []
        for clause in verb.rights:
            between = self.parties.doc[noun.i + 1 : clause.i]
            is_next = (
                clause.dep_ == "advcl" and clause.tag_ == "VBN" and all(t.is_punct or t.pos_ == "ADV" for t in between)
            )
            if is_next and clause.i > noun.i:
                found.append(self.clauses.predicate(clause))
        return found

    def _phrase(self, found: Collection, token: Token, relation: str, *, clause: Token | None = None) -> None:
        """The candidates that a phrase at a relation names: itself, or the parties inside a phrase that is none.

        `clause` is the head of the clause that is asked for its arguments.
        """
        if token.dep_ == "pcomp" or (token.pos_ in ("VERB", "AUX") and not self.parties.is_party(token)):
            return
        direct = self._direct(token)
        if clause is not None and len(direct) > 1 and clause.dep_ in ("relcl", "acl") and clause.head.i == token.i:
            before = tuple(p for p in direct if p.head < clause.i)
            direct = before or direct  # "the envoy, who was shot, and his aide"
        if direct:
            if relation in _PAIRING and len(direct) > 1:
                found.add(direct[:1], Place(relation, "first"))
                found.add(direct[1:], Place(relation, "rest"))
            found.add(direct, Place(relation))
            return
        if relation in ("subj", "by", "obj"):
            acting = tuple(p for p in self.parties.subjects(token) if p.country or p.sector)
            if relation == "obj":  # an official car is nobody whom something is done to, a government bill is
                acting = tuple(p for p in acting if p.country or self._is_of_body(self.parties.doc[p.head]))
            if acting:
                found.add(acting, Place(relation, "thing"))
        for head in coordinated(token):
            self._inside(found, head, relation, _INNER_DEPTH)

    def _is_of_body(self, head: Token) -> bool:
        """Whether a noun says which body a thing is of: "a council decision", "the police station"."""
        return any(
            c.dep_ in ("compound", "nmod", "poss") and c.pos_ in ("NOUN", "PROPN") and self.parties.is_party(c)
            for c in head.lefts
        )

    def _direct(self, token: Token) -> tuple[PartyPhrase, ...]:
        """Parties of a phrase that names persons, organisations, states or peoples itself."""
        known = self._of_phrases.get(token.i)
        if known is None:
            known = self._of_phrases[token.i] = tuple(p for p in self._all_direct(token) if p.is_party)
        return known

    def _all_direct(self, token: Token) -> tuple[PartyPhrase, ...]:
        """Those with things that name no party among them."""
        names = self.parties.names_party
        return self.parties.parties(token) if any(h.pos_ == "PRON" or names(h) for h in coordinated(token)) else ()

    def _inside(self, found: Collection, head: Token, relation: str, depth: int) -> None:
        if depth == 0 or head.pos_ not in ("NOUN", "PROPN", "ADJ", "NUM"):
            return
        is_owned = False
        for child in head.children:
            if child.dep_ == "poss":
                owners = tuple(p for p in self.parties.parties(child) if p.is_party)
                found.add(owners, Place(relation, "poss"))
                is_owned = bool(owners) and child.pos_ != "PRON"
        for participle in self._participles(head):  # "condemned the move announced by Pompeo"
            if participle.is_passive and participle.subject is not None:
                found.add(self._direct(participle.subject), Place(relation, "by"))
            for token in participle.preps.get("against", ()):  # "dropped the charges brought against the editor"
                found.add(self._direct(token), Place(relation, "against"))
        found.add(self.compounds.names(head), Place(relation, "adj"))
        is_deed = relation == "subj" and lemma_of(head) in self._harms
        if lemma_of(head) in self.matcher.lexicon.predicates["noun"]:
            found.add(self.compounds.doers(head), Place(relation, "adj"))
        for name, tokens in self.matcher.phrases.preps(head).items():
            if name in _EXAMPLES:
                continue
            for token in (t for t in tokens if not self._is_made(t)):
                direct = self._direct(token)
                if is_deed and name in _WHERE and all(map(_is_place, direct)):  # also "at a market in Kabul"
                    continue  # "the attack in Kabul killed ten", "the shelling of Kharkiv": what was hit did nothing
                if direct:
                    found.add(direct, Place(relation, name))
                elif not is_owned:  # "rejected Australia's request for the extradition of Prakash" is done to Australia
                    self._inside(found, token, relation, depth - 1)

    def _below(self, found: Collection, site: Site) -> None:
        level = [c for t in {site.token, site.top} for c in t.children if _is_below(c)]
        for place in _BELOW:
            level.sort(key=_position)
            for token in level:
                named = self._of_words.get(token.i)
                if named is None:
                    named = self._of_words[token.i] = self._named_by(token)
                if named:
                    found.add(named, place)
            level = [c for token in level if token.children for c in self._words_under(token)]

    def _words_under(self, token: Token) -> list[Token]:
        """The dependents of a word that are looked through below it."""
        known = self._under.get(token.i)
        if known is None:
            found = [c for c in token.children if _is_below(c) and c.lower_ not in _EXAMPLES]
            known = self._under[token.i] = found
        return known

    def _named_by(self, token: Token) -> tuple[PartyPhrase, ...]:
        """The parties of a phrase whose word names one by itself."""
        return tuple(p for p in self.parties.parties(token) if p.is_party) if self._is_named(token) else ()

    def _is_named(self, token: Token) -> bool:
        """Whether a word names a party by itself: not the noun before a noun in "state visit"."""
        if token.pos_ not in ("NOUN", "PROPN", "ADJ", "PRON", "NUM") or not self.parties.is_party(token):
            return False
        mention = self.parties.mention(token)
        if token.dep_ == "nummod" or (mention is not None and is_stance(token.doc, mention.start)):
            return False
        return token.dep_ not in ("compound", "amod", "nmod") or (mention is not None and mention.is_name)

    def _above(self, found: Collection, site: Site) -> None:
        current, steps = site.top, 0
        places = places_of_clause(current)
        while steps < _CLAUSES_UP and current.head.i != current.i:
            current = current.head
            if current.pos_ not in ("VERB", "AUX"):
                if current.pos_ in ("NOUN", "PROPN") and current.i not in places and self.parties.is_party(current):
                    found.add(
                        tuple(p for p in self.parties.parties(current) if p.is_party),
                        Place("above.noun", "", steps + 1),
                    )
                continue
            steps += 1
            predicate = self.clauses.predicate(current)
            if steps == 1 and self._is_of_deed(site, predicate):
                continue
            doer = None if steps > 1 or not self._controls(current, site.top) else predicate.obj
            for relation, token in (("above.subj", predicate.subject), ("above.obj", predicate.obj)):
                if doer is not None and token is not doer:
                    continue  # who accuses somebody of a deed did not do it
                if token is not None and token.i in places:
                    continue
                if token is not None and token.i != site.token.i and token.pos_ not in ("VERB", "AUX"):
                    parties = self._direct(token)
                    if all(p.sector == _PRESS for p in parties) and (relation == "above.subj" or _tells(current)):
                        continue  # who reports an act, or is told of it, takes no part in it
                    found.add(parties, Place(relation, "", steps))

    def _is_of_deed(self, site: Site, above: Predicate) -> bool:
        """Whether a clause tells what a deed did of which the clause above only speaks: "condemned the raid that killed ten"."""
        verb = site.verb
        if (
            verb is None
            or site.noun is not None
            or verb.token.dep_ != "relcl"
            or verb.subject is None
            or verb.is_passive
        ):
            return False
        if lemma_of(verb.subject) not in self._violence:
            return False
        return self.matcher.lexicon.light_kind(above.lemma, above.particle, (SUPPORTED,)) is None

    def _controls(self, verb: Token, inner: Token) -> bool:
        """Whether a verb tells in a phrase what its object did, or in one of that: "charged two men with the murder"."""
        operators = self.matcher.lexicon.operators.get((lemma_of(verb), "verb"), ())
        is_beside_object = inner.pos_ == "NOUN" and any(c.dep_ == "dobj" and c.i != inner.i for c in verb.rights)
        if is_beside_object and any(o.effect in _BLAMING and o.controller == "obj" for o in operators):
            return True  # "charged the suspect in the shooting"
        governed = government(inner)
        if governed is None or governed.token.i != verb.i or not governed.complement.startswith("prep:"):
            return False
        return any(o.complement == governed.complement and o.controller == "obj" for o in operators)


# Where a candidate stands that many levels below a predicate.
_BELOW = tuple(Place("below", "", depth) for depth in range(1, _DEPTH + 1))


def _position(token: Token) -> int:
    return token.i


def _is_below(token: Token) -> bool:
    return token.dep_ not in _NOT_BELOW and not _is_beside_clause(token)


def _is_beside_clause(token: Token) -> bool:
    """Whether a phrase is coordinated with a verb, and so stands in a clause of its own whose verb the parser lost."""
    if token.dep_ != "conj" or token.pos_ not in ("NOUN", "PROPN") or token.head.pos_ != "VERB":
        return False
    before = token.left_edge.i - 1
    return token.doc[before].lower_ != "as"  # "fought each other as well as the army"


def _tells(verb: Token) -> bool:
    cue = load_cues().verbs.get(verb.lower_)
    return cue is not None and cue.cue_class == "say"


def _is_place(party: PartyPhrase) -> bool:
    """Whether a party is a place by its name."""
    return party.mention is not None and party.mention.is_name and party.mention.label in _PLACES
