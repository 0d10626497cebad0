"""Which frame of the lexicon a predicate fits, and where each role of the frame is to be found.

What belongs here: matching a `Site` (a verb, or a noun with the verb that supports it) against frames, and reading role
names (`subj`, `obj`, `by`, `against`, ...) as argument heads. What does not: turning heads into parties (`parties.py`).
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property

from pipelines.immutable import dataclass
from pipelines.nlp.clauses.component import ClauseReader, Predicate
from pipelines.nlp.clauses.government import complements
from pipelines.nlp.clauses.patterns import COMPLEX_PREPOSITIONS, TRANSPARENT_NOUNS
from pipelines.nlp.clauses.phrase_reader import PhraseReader
from pipelines.nlp.clauses.phrases import lemma_of, undertaken
from pipelines.nlp.events.frame_fit import first_fitting
from pipelines.nlp.events.lexicon import STATE, EventLexicon, Frame
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.patterns import CONNECTIVES, MANNERS, UNDOING
from pipelines.nlp.events.quoted_judgements import words_quoted
from pipelines.nlp.events.repeated_things import things_repeated
from pipelines.nlp.parsed import Span, Token

# The parts of speech of predicates, as the lexicon calls them.
_POS = {"VERB": "verb", "AUX": "verb", "ADJ": "adj", "NOUN": "noun", "PROPN": "noun"}
_FORCES = "storms"  # class of the nouns for what nobody does
_NAMELESS = "nameless"  # class of the nouns for acts of any kind: "act", "move", "decision"
_NEAR = 4  # tokens between a name and what it is the name of
_BEFORE_NOUN = frozenset(("compound", "amod", "nmod"))
_NAME_TAGS = frozenset(("PROPN", "X"))
_CONTENT = frozenset(("NOUN", "PROPN", "VERB", "ADJ"))
ACTOR, UNDERGO, EXIST = "actor", "undergo", "exist"
SPEAKER, JUDGED = "speaker", "judged"  # who says the clause; of whom or what it says it ("the raid was a disgrace")
CLAUSE, QUESTION = "clause", "question"  # the clause that a verb takes; one that asks ("asked whether")
DONE = "done"  # the verb that says of a noun that it is done or suffered ("lodged a complaint", "an offer was made")
PASSAGE = "passage"  # words of the sentence and of what stands close to it: "rally" beside "nominee" is no protest
_BEFORE, _AFTER = 50, 25  # tokens around a sentence that belong to the passage


@dataclass(frozen=True, slots=True)
class Site:
    """Where an event is told: a verb, or a noun and the light verb that supports it."""

    token: Token
    verb: Predicate | None
    noun: Token | None = None
    support: str | None = None  # kind of the light verb
    read: dict[str, list[Token]] = field(
        default_factory=dict, compare=False, repr=False
    )  # role name to heads, as far as asked

    @property
    def top(self) -> Token:
        """The token whose governor governs the event."""
        if self.noun is not None and self.verb is not None and self.support != EXIST:
            return self.verb.token
        return self.verb.token if self.verb is not None else self.token


class FrameMatcher:
    """Matches the predicates of one Doc."""

    def __init__(self, lexicon: EventLexicon, clauses: ClauseReader, parties: PartyReader) -> None:
        self.lexicon = lexicon
        self.clauses = clauses
        self.parties = parties
        self.phrases = PhraseReader(clauses)
        self._nameless = lexicon.noun_classes.get(_NAMELESS, frozenset())
        self._head_forms: dict[int, set[str]] = {}  # of a phrase, by its token
        self._words: dict[int, set[str]] = {}  # of a sentence, by its start
        self._quoted: dict[int, frozenset[str]] = {}  # by verb
        self._participles: dict[int, tuple[Token, ...]] = {}  # by head; a list has one head for hundreds of nouns

    def is_predicate(self, token: Token) -> bool:
        """Whether the lexicon has a token as its part of speech, as frame or operator; no site of another comes to anything."""
        pos = _POS.get(token.pos_)
        known = self.lexicon.predicates.get(pos) if pos is not None else None
        if not known:
            return False
        if lemma_of(token) in known:
            return True
        # No operator is more than one word.
        return pos == "noun" and not known.isdisjoint(self.phrases.forms(token))

    def site(self, token: Token) -> Site | None:
        """The site of a token that the lexicon knows as a predicate; None where its grammar does not let it be one."""
        if token.pos_ in ("VERB", "AUX"):
            if token.dep_ in ("aux", "auxpass"):
                return None
            return Site(token, self._shared_passive(self.clauses.predicate(token)))
        if token.pos_ in ("NOUN", "PROPN"):
            return None if _is_connective(token) or _describes(token) else self._noun_site(token)
        if token.pos_ == "ADJ":
            if self.lexicon.tells_readiness(lemma_of(token)) and any(c.lower_ in UNDOING for c in token.lefts):
                return None  # "ill prepared"
            verb = self.clauses.predicate(token.head) if token.dep_ == "acomp" else None
            return Site(token, verb)
        return None

    def _shared_passive(self, verb: Predicate) -> Predicate:
        """The second verb of "was evicted and sentenced to a year" as the passive that it is, though tagged as past tense.

        A verb that somebody does to others, with nobody to do it to, is one.
        """
        token = verb.token
        if token.tag_ != "VBD" or token.dep_ != "conj" or verb.is_passive or verb.has_own_subject or verb.particle:
            return verb
        if verb.obj is not None or verb.iobj is not None or token.head.pos_ != "VERB":
            return verb
        first = self.clauses.predicate(token.head)
        if not first.is_passive or first.obj is None or verb.lemma not in self.lexicon.verbs_done_to:
            return verb
        if any(c.dep_ in ("ccomp", "xcomp") for c in token.children):
            return verb
        return replace(verb, is_passive=True, obj=first.obj, subject=first.subject)

    def _noun_site(self, noun: Token) -> Site:
        first = noun
        while first.dep_ == "conj" and first.head.pos_ in ("NOUN", "PROPN"):
            first = first.head
        while first.dep_ == "pobj" and first.head.lower_ == "of" and self._is_transparent(first.head.head):
            first = first.head.head
        supported = self._supported(noun, first)
        if supported is not None:
            return supported
        # "a meeting held in Caracas": the participle supports the noun it modifies
        for child in self._participles_of(first):
            verb = self.clauses.predicate(child)
            if verb.is_passive and self.lexicon.light_kind(verb.lemma, verb.particle, (ACTOR,)):
                return Site(noun, verb, noun, EXIST if verb.subject is None else ACTOR)
        return Site(noun, None, noun)

    def _participles_of(self, head: Token) -> tuple[Token, ...]:
        found = self._participles.get(head.i)
        if found is None:
            found = self._participles[head.i] = tuple(
                child for child in head.children if child.dep_ == "acl" and child.tag_ in ("VBN", "VBD", "VBG")
            )
        return found

    def _supported(self, noun: Token, first: Token) -> Site | None:
        """The site of a noun whose governing verb is light; `first` heads the noun's list."""
        head, dep = first.head, first.dep_
        if dep in ("dobj", "nsubjpass", "nsubj", "attr") and head.pos_ in ("VERB", "AUX"):
            verb = self.clauses.predicate(head)
            is_object = dep == "nsubjpass" or (dep == "dobj")
            kind = self.lexicon.light_kind(verb.lemma, verb.particle, (ACTOR, UNDERGO) if is_object else (EXIST,))
            if kind is None and dep == "nsubj" and verb.obj is not None:  # "talks took place"
                kind = self.lexicon.light_kind(verb.lemma, verb.obj.lower_, (EXIST,))
            return Site(noun, verb, noun, kind) if kind is not None else None
        if dep == "pobj" and head.dep_ == "prep" and head.head.dep_ == "attr":  # "was the target of sanctions"
            said, verb = lemma_of(head.head), self.clauses.predicate(head.head.head)
            kind = self.lexicon.light_kind(verb.lemma, f"{said} {head.lower_}", (UNDERGO,))
            return Site(noun, verb, noun, kind) if kind is not None and verb.subject is not None else None
        if dep == "pobj" and head.dep_ == "prep" and head.head.pos_ == "VERB":
            verb = self.clauses.predicate(head.head)
            particle = head.lower_
            if verb.obj is not None and not verb.is_passive:  # "took part in"
                particle = f"{verb.obj.lower_} {particle}"
            kind = self.lexicon.light_kind(verb.lemma, particle, (ACTOR, UNDERGO))
            if verb.is_passive and verb.subject is None:  # "were engaged in"
                verb = replace(verb, subject=verb.obj, obj=None, is_passive=False)
            return Site(noun, verb, noun, kind) if kind is not None else None
        return None

    def _is_transparent(self, token: Token) -> bool:
        return any(head.i != token.i for head in self.phrases.heads(token))

    def match(self, site: Site) -> Frame | None:
        """The most specific frame that a site fits; a frame without type blocks and is returned too."""
        token = site.token
        pos = _POS[token.pos_]
        if pos != "noun":
            frames = self.lexicon.frames.get((lemma_of(token), pos))
            return first_fitting(self, site, frames) if frames else None
        best, best_key = None, (-1, 0.0)
        for form in sorted(self.phrases.forms(token), key=len):
            frames = self.lexicon.frames.get((form, pos))
            frame = first_fitting(self, site, frames) if frames else None
            if frame is not None:
                key = (frame.specificity + 4 * form.count(" "), frame.salience)
                if key > best_key:
                    best, best_key = frame, key
        return best

    def heads_fit(self, token: Token, wanted: frozenset[str]) -> bool:
        """Whether a phrase is headed by one of the wanted nouns."""
        return not wanted.isdisjoint(self.forms_of_heads(token))

    def forms_of_heads(self, token: Token) -> set[str]:
        """The ways a lexicon may write the heads of a phrase; not to be changed."""
        forms = self._head_forms.get(token.i)
        if forms is None:
            heads = [token, *(h for h in self.phrases.heads(token) if h.i != token.i), *things_repeated(token)]
            forms = set(self._said_of(heads))
            if any(head.i in self._states for head in heads):
                forms.add(STATE)
            for head in heads:
                forms |= self.phrases.forms(head)
                if head.pos_ in _NAME_TAGS:
                    forms.update(c.lower_ for c in head.lefts)  # "hosted King Salman"
                    forms.update(self._forces.get(head.lower_, ()))
            self._head_forms[token.i] = forms
        return forms

    def words_of(self, sent: Span) -> set[str]:
        """The words of a sentence with the prepositions that two of them may be together; not to be changed."""
        words = self._words.get(sent.start)
        if words is None:
            words = self._words[sent.start] = {token.lower_ for token in sent}
            words.update([name for (first, _), name in COMPLEX_PREPOSITIONS.items() if first in words])
        return words

    def words_quoted(self, site: Site) -> frozenset[str]:
        """The words in quotation marks that a verb says of its object."""
        if site.noun is not None or site.verb is None:
            return frozenset()
        found = self._quoted.get(site.token.i)
        if found is None:
            found = self._quoted[site.token.i] = words_quoted(site.verb)
        return found

    def _said_of(self, heads: list[Token]) -> set[str]:
        """What is said of acts without a name of their own: "a cowardly act", "an unjust law"."""
        return {c.lower_ for h in heads if lemma_of(h) in self._nameless for c in h.lefts if c.dep_ == "amod"}

    @cached_property
    def _states(self) -> frozenset[int]:
        """The tokens that name states, also by their capitals."""
        doc = self.clauses.doc
        names = [m for m in doc._.mentions or () if m.is_name and m.label == "GPE" and m.entity is not None]
        return frozenset(doc[m.start : m.end].root.i for m in names if m.entity.key.startswith("country:"))

    @cached_property
    def _forces(self) -> dict[str, set[str]]:
        """What the names of storms, germs and the like are names of, by their last word: "Typhoon Rai ... Rai killed ten"."""
        found: dict[str, set[str]] = {}
        nouns = self.lexicon.noun_classes.get(_FORCES, frozenset())
        for token in self.clauses.doc:
            if token.pos_ not in _NAME_TAGS or token.lower_ in nouns:
                continue
            beside = [*token.lefts, token.head] if token.dep_ in ("compound", "appos", "nmod") else token.lefts
            kinds = {lemma_of(t) for t in beside if abs(t.i - token.i) <= _NEAR} & nouns
            if kinds:
                found.setdefault(token.lower_, set()).update(kinds)
        return found

    def object_of(self, site: Site) -> Token | None:
        """The direct object of a verb, or the of-object of a noun."""
        if site.noun is None:
            return site.verb.obj if site.verb is not None else None
        objects = self.phrases.preps(site.noun).get("of")
        return objects[0] if objects else None

    def role_tokens(self, site: Site, role: str) -> list[Token]:
        """Heads of the arguments that a role name stands for at a site, the likeliest first; not to be changed."""
        known = site.read.get(role)
        if known is None:
            known = site.read[role] = self._role_tokens(site, role)
        return known

    def _role_tokens(self, site: Site, role: str) -> list[Token]:
        if role == SPEAKER:
            speaker = self.parties.speakers.over(site.token)
            return [speaker] if speaker is not None else []
        if role == PASSAGE:
            return self._passage(site.token)
        if role == JUDGED:
            return self._judged(site.token) if self.parties.speakers.over(site.token) is not None else []
        if site.noun is not None:
            return self._noun_role(site, role)
        if role in (CLAUSE, QUESTION):
            return complements(site.token, is_question=role == QUESTION)
        verb = site.verb
        if site.token.pos_ == "ADJ":  # "was critical of Kenya": the phrase may hang on the adjective or on its copula
            found = list(self.phrases.preps(site.token).get(role, ()))
            if found or verb is None:
                return found
        if verb is None:
            return list(self.phrases.preps(site.token).get(role, ()))
        if role == "subj":
            subject = self._reporter(verb) or verb.subject
            return [subject] if subject is not None else []
        if role == "obj":
            return [verb.obj] if verb.obj is not None else []
        if role == "iobj":
            return [verb.iobj] if verb.iobj is not None else []
        if role == "poss":
            return [c for c in verb.obj.children if c.dep_ == "poss"] if verb.obj is not None else []
        found = list(verb.preps.get(role, ()))
        if verb.obj is not None:
            found += self._phrase_role(verb.obj, role)
        return found

    def _judged(self, token: Token) -> list[Token]:
        """The subject of the copula of which an adjective or a noun is the predicate: "was cruel", "was a cruel act"."""
        if token.dep_ == "amod" and token.lower_ in self._said_of([token.head]):
            token = token.head
        if token.dep_ not in ("acomp", "attr") or token.head.lemma_ != "be":
            return []
        return [c for c in token.head.children if c.dep_ == "nsubj" and c.i < token.i]

    def _passage(self, token: Token) -> list[Token]:
        """The content words around a predicate, without itself."""
        start, end = max(0, token.sent.start - _BEFORE), min(len(self.clauses.doc), token.sent.end + _AFTER)
        return [t for t in self.clauses.doc[start:end] if t.pos_ in _CONTENT and t.i != token.i]

    def _reporter(self, verb: Predicate) -> Token | None:
        """Who acts in "the trust said the problem was old, and called on them to": who reports, as no thing calls.

        The parser hangs the second verb on the reported clause.
        """
        first, subject = verb.token, verb.subject
        if verb.has_own_subject or first.dep_ != "conj" or subject is None or verb.is_passive:
            return None
        if (verb.lemma, "verb") not in self.lexicon.operators:
            return None  # "said the blast had killed ten and injured six"
        while first.dep_ == "conj":
            first = first.head
        saying = first.head
        if first.dep_ != "ccomp" or saying.pos_ != "VERB" or saying.tag_ != verb.token.tag_ or first.i < saying.i:
            return None
        if self.parties.names_party(subject) and not _is_in_other_tense(first, verb):
            return None
        if subject.pos_ == "PRON":
            return None
        reporter = self.clauses.surface_subject(saying)
        return reporter if reporter is not None and self.parties.is_party(reporter) else None

    def _phrase_role(self, noun: Token, role: str) -> list[Token]:
        found = self.phrases.arguments(noun, role)
        if not found and role != "of":  # "a shipment of vaccines to Peru"
            preps = self.phrases.preps
            return [t for inner in preps(noun).get("of", ()) for t in preps(inner).get(role, ())]
        return list(found)

    def _noun_role(self, site: Site, role: str) -> list[Token]:
        noun, verb = site.noun, site.verb
        assert noun is not None
        if role == DONE:
            return [verb.token] if verb is not None and site.support in (ACTOR, UNDERGO) else []
        if role == "poss":
            return [c for c in noun.children if c.dep_ == "poss"]
        if role == "subj":
            return [verb.subject] if verb is not None and verb.subject is not None and site.support == ACTOR else []
        if role == "obj":
            if verb is not None and site.support == UNDERGO:
                return [verb.subject] if verb.subject is not None else []
            return self._phrase_role(noun, "of")
        if role == "iobj":
            return [verb.iobj] if verb is not None and verb.iobj is not None else []
        found = self._phrase_role(noun, role)
        if not found and role != "of":  # "the restoration of ties between A and B"
            found = [t for inner in self.phrases.preps(noun).get("of", ()) for t in self._phrase_role(inner, role)]
        if not found and noun.dep_ in _BEFORE_NOUN and undertaken(noun.head) == noun:
            found = self._phrase_role(noun.head, role)
        if not found and noun.dep_ == "conj":  # "sanctions and an embargo on": shared by the list
            found = self._phrase_role(noun.head, role)
        if not found:  # "its invasion and occupation of"
            found = self.phrases.beside(noun, role)
        if verb is not None and site.support != EXIST or (verb is not None and role != "by"):
            found = found + [t for t in verb.preps.get(role, ()) if t not in found]
        return list(found)


def _is_in_other_tense(first: Token, second: Predicate) -> bool:
    """Whether a verb is in a plain tense and the one it is said to share its clause with is not: "attaches ... and asked"."""
    if second.auxiliaries or second.token.tag_ not in ("VBD", "VBZ"):
        return False
    return first.tag_ != second.token.tag_ or any(child.dep_ == "aux" for child in first.lefts)


def _describes(noun: Token) -> bool:
    """Whether a noun only says of what kind the noun behind it is: "a protest note", "attack helicopters"."""
    if noun.dep_ != "compound" or noun.head.i < noun.i:
        return False
    return undertaken(noun.head) is None and lemma_of(noun.head) not in TRANSPARENT_NOUNS


def _is_connective(noun: Token) -> bool:
    """Whether a noun is no more than part of a conjunction: "in order to"; "are in protest" tells one."""
    words = (noun.nbor(-1).lower_, noun.lower_) if noun.i > 0 else ("", "")
    return words in CONNECTIVES or (words in MANNERS and noun.head.head.lemma_ != "be")
