"""Predicates of a document with their logical arguments: who does, to whom, with which phrases, governed by what.

What belongs here: reading the dependency parse into `Predicate`s that no longer depend on voice, coordination, control or
relative clauses. What does not: what a predicate means (`events/`). Read next: `nominals.py` (predicates that are nouns),
`patterns.py`.

Known limits: it stands on the parser's heads; a wrong attachment is only mended where a role may be looked up on the
object's phrase too (`events/roles.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Doc as SpacyDoc

from pipelines.nlp.clauses.misparses import (
    counted_object,
    is_absolute,
    is_lost_main_verb,
    is_reduced_relative,
    named_antecedent,
    read_noun_taken_for_verb,
    read_particle,
    read_place_taken_for_object,
    reporting_verb,
    resumed_verb,
    small_clause_subject,
    subject_beside,
    swallowed_agent,
    swallowed_object,
    swallowed_subject,
)
from pipelines.nlp.clauses.negation import denies_what_follows, is_neither, is_nobody, is_over, opens_denial
from pipelines.nlp.clauses.patterns import (
    CONDITION_MARKS,
    FUTURE_AUXILIARIES,
    HYPOTHETICAL_AUXILIARIES,
    NEGATIONS,
    PREPOSITIONAL_CONTROL,
    RELATIVE_PRONOUNS,
    SUBJECT_CONTROL,
)
from pipelines.nlp.clauses.phrases import add_prep, first_object, lemma_of, phrase_preps
from pipelines.nlp.parsed import Doc, Span, Token, parsed

_STOPS = frozenset((".", "!", "?"))
_SHORTENING = frozenset(("when", "if", "once", "unless", "while", "though", "although"))
_COLLAPSED = frozenset(("npadvmod", "nmod", "compound", "nsubj", "dep"))


@dataclass(slots=True)
class Predicate:
    """A verb with its logical arguments; each argument is the head token of a phrase (coordinated heads not expanded)."""

    token: Token
    lemma: str
    particle: str
    is_passive: bool
    subject: Token | None
    has_own_subject: bool
    obj: Token | None
    iobj: Token | None
    preps: dict[str, list[Token]] = field(default_factory=dict)
    is_negated: bool = False
    auxiliaries: tuple[str, ...] = ()
    is_conditional: bool = False
    has_to: bool = False

    @property
    def is_future(self) -> bool:
        """Said of what is to come: "will do", "is going to do"."""
        return any(word in FUTURE_AUXILIARIES for word in self.auxiliaries)

    @property
    def is_hypothetical(self) -> bool:
        """Said of what may or would be."""
        return self.is_conditional or any(word in HYPOTHETICAL_AUXILIARIES for word in self.auxiliaries)


class ClauseReader:
    """Reads predicates of one Doc on demand and remembers them."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self._predicates: dict[int, Predicate] = {}
        self._surface: dict[int, tuple[Token | None, bool]] = {}

    def predicate(self, token: Token) -> Predicate:
        """The predicate of a verb token."""
        found = self._predicates.get(token.i)
        if found is None:
            found = self._predicates[token.i] = self._read(token)
        return found

    def _read(self, token: Token) -> Predicate:
        subject = collapsed_subject(token)
        if subject is not None:
            return Predicate(
                token, lemma_of(token), "", False, subject, True, token.head, None, phrase_preps(token.head)
            )
        surface, own = self._surface_subject(token)
        predicate = Predicate(token, lemma_of(token), "", is_passive(token), surface, own, None, None)
        agent = self._read_arguments(predicate)
        _read_operators(predicate)
        self._share_object(predicate)
        predicate.is_negated ^= (own and is_nobody(surface)) or is_nobody(predicate.obj)
        if predicate.is_passive:
            if predicate.obj is not None and predicate.obj.dep_ == "dobj":
                predicate.iobj = surface  # "was given aid": the surface subject receives
            else:
                predicate.obj = surface
            predicate.subject = agent or next(iter(predicate.preps.get("by", ())), None) or swallowed_agent(token)
            if predicate.subject is None and not own and token.dep_ == "conj":
                predicate.subject = self._shared_agent(token)
        elif predicate.obj is None and token.dep_ == "relcl":
            predicate.obj = self._relative_gap(token, surface)
        self._inherit_auxiliaries(predicate)
        return predicate

    def _read_arguments(self, predicate: Predicate) -> Token | None:
        """Fill objects, particle and phrases from a verb's dependents; returns the agent of a passive."""
        agent = None
        for child in predicate.token.children:
            dep = child.dep_
            if dep == "oprd" and (predicate.obj is not None or predicate.is_passive):
                predicate.preps.setdefault("as", []).append(child)  # "called him a liar", "were set free"
            elif dep == "ccomp" and predicate.obj is None and (named := small_clause_subject(child)) is not None:
                predicate.obj = self._resolve_relative(named)
                predicate.preps.setdefault("as", []).append(child)
            elif dep == "oprd" and child.pos_ == "ADJ" and (judged := swallowed_object(child)) is not None:
                predicate.obj = judged
                predicate.preps.setdefault("as", []).append(child)
            elif dep in ("dobj", "attr", "oprd") and predicate.obj is None:
                predicate.obj = self._resolve_relative(child)
            elif dep == "dative" and child.pos_ != "ADP":
                predicate.iobj = child
            elif dep in ("prep", "dative"):
                add_prep(predicate.preps, child)
            elif dep == "agent":
                agent = agent or first_object(child)
            elif dep == "prt":
                predicate.particle = child.lower_
        if predicate.obj is not None and predicate.obj.rights and "as" not in predicate.preps:  # "set the sailors free"
            after = [c for c in predicate.obj.rights if c.dep_ == "amod" and c.pos_ == "ADJ"]
            if after:
                predicate.preps["as"] = after[:1]
        read_noun_taken_for_verb(predicate)
        read_place_taken_for_object(predicate)
        if predicate.obj is None and predicate.particle == "up":
            predicate.obj = counted_object(predicate.token)
            predicate.particle = "" if predicate.obj is not None else "up"
        if predicate.obj is None and not predicate.particle:
            read_particle(predicate)
        return agent

    def _share_object(self, predicate: Predicate) -> None:
        """What two verbs share stands behind the second: "met with and thanked the envoys", "praise and talk to the envoys"."""
        token = predicate.token
        joined = [c for c in token.rights if c.dep_ == "conj" and c.pos_ == "VERB"]
        if not joined:
            return
        other = joined[0]
        if not any(c.dep_ == "cc" and c.i < other.i for c in token.children):
            return
        between = self.doc[token.i + 1 : other.i]
        words = [t for t in between if t.dep_ not in ("cc", "aux", "advmod", "punct")]
        shared = self._last_object(other)
        if shared is None or predicate.obj is not None or predicate.is_passive or len(words) > 1:
            return
        if not words:
            if other.tag_ == token.tag_ and other.i == token.i + 2 and shared.dep_ == "dobj":
                predicate.obj = shared
            return
        stranded = words[0]
        if stranded.pos_ == "ADP" and stranded.dep_ == "prep" and first_object(stranded) is None:
            predicate.preps.setdefault(stranded.lower_, []).append(shared)

    @staticmethod
    def _last_object(verb: Token) -> Token | None:
        """The direct object of a verb, else the object of the preposition right behind it."""
        for child in verb.children:
            if child.dep_ == "dobj":
                return child
            if child.dep_ == "prep" and child.i == verb.i + 1:
                return first_object(child)
        return None

    def _inherit_auxiliaries(self, predicate: Predicate) -> None:
        """A coordinated verb shares the auxiliaries of the first: "will cut aid and recall its envoy"."""
        token = predicate.token
        if token.dep_ != "conj" or predicate.auxiliaries or token.head.pos_ not in ("VERB", "AUX"):
            return
        first = self.predicate(token.head)
        # A finite verb with a form of its own starts afresh ("will meet and said"); a bare form shares.
        if token.tag_ in ("VB", "VBN", "VBG") and not predicate.has_own_subject:
            predicate.auxiliaries = first.auxiliaries
            predicate.has_to = predicate.has_to or first.has_to
            predicate.is_negated = predicate.is_negated or first.is_negated
            predicate.is_conditional = predicate.is_conditional or first.is_conditional

    def _shared_agent(self, token: Token) -> Token | None:
        head = token.head
        return self.predicate(head).subject if is_passive(head) else None

    def surface_subject(self, token: Token) -> Token | None:
        """The grammatical subject of a verb, its own or the one it shares or is controlled by."""
        return self._surface_subject(token)[0]

    def _surface_subject(self, token: Token) -> tuple[Token | None, bool]:
        known = self._surface.get(token.i)
        if known is None:
            self._surface[token.i] = (None, False)  # a parse is a tree, but a guard against odd input is cheap
            known = self._surface[token.i] = self._find_surface_subject(token)
        return known

    def _find_surface_subject(self, token: Token) -> tuple[Token | None, bool]:
        for child in token.children:
            if child.dep_ in ("nsubj", "nsubjpass", "csubj", "csubjpass") and not opens_denial(child):
                return self._resolve_relative(subject_beside(token, child)), True
        swallowed = swallowed_subject(token)
        if swallowed is not None:
            return swallowed, True
        head, dep = token.head, token.dep_
        if dep == "conj" and head.pos_ in ("VERB", "AUX"):
            return self._surface_subject(resumed_verb(token))[0], False
        if dep in ("xcomp", "ccomp") and head.pos_ in ("VERB", "AUX", "ADJ", "NOUN"):
            if dep == "ccomp" and token.tag_ not in ("VB", "VBG", "VBN"):
                return None, False
            return self._controller(head), False
        if dep == "advcl" and head.pos_ in ("VERB", "AUX") and token.tag_ in ("VBG", "VBN", "VB"):
            return self._surface_subject(reporting_verb(token) or head)[0], False
        if dep == "pcomp" and head.pos_ in ("ADP", "SCONJ", "VERB"):
            return self._controller_of_gerund(head), False
        if dep in ("acl", "relcl"):
            return self._subject_of_modifier(token), False
        return None, False

    def _subject_of_modifier(self, token: Token) -> Token | None:
        head = token.head
        if token.dep_ == "relcl" or token.tag_ in ("VBG", "VBN", "VBD"):
            return head
        # "a decision to attack": whoever has or makes the decision
        for child in head.children:
            if child.dep_ == "poss":
                return child
        if head.dep_ in ("dobj", "attr") and head.head.pos_ in ("VERB", "AUX"):
            return self._surface_subject(head.head)[0]
        return None

    def _controller(self, governor: Token) -> Token | None:
        if governor.pos_ in ("VERB", "AUX"):
            if governor.lemma_ not in SUBJECT_CONTROL:
                for child in governor.children:
                    if child.dep_ in ("dobj", "dative") and child.pos_ != "ADP":
                        return child
                    if child.dep_ == "prep" and (governor.lemma_, child.lower_) in PREPOSITIONAL_CONTROL:
                        return first_object(child)
            return self._surface_subject(governor)[0]
        if governor.pos_ == "NOUN":
            return next((c for c in governor.children if c.dep_ == "poss"), None)
        # "is ready to": the adjective's subject stands on its copula
        return self._surface_subject(governor.head)[0] if governor.head.pos_ in ("AUX", "VERB") else None

    def _controller_of_gerund(self, preposition: Token) -> Token | None:
        governor = preposition.head
        if governor.pos_ in ("VERB", "AUX"):
            # "accused Y of attacking": the object; "began by attacking": the subject
            if preposition.lower_ in ("of", "from", "for", "into"):
                for child in governor.children:
                    if child.dep_ == "dobj":
                        return child
            return self._surface_subject(governor)[0]
        return next((c for c in governor.children if c.dep_ == "poss"), None) if governor.pos_ == "NOUN" else None

    def _resolve_relative(self, token: Token) -> Token:
        """The antecedent of a relative pronoun, or the token itself."""
        if token.lower_ not in RELATIVE_PRONOUNS:
            return token
        clause = token.head
        for _ in range(6):
            if clause.dep_ in ("relcl", "acl"):
                return named_antecedent(token, clause)
            if clause.head is clause:
                break
            clause = clause.head
        return token

    def _relative_gap(self, token: Token, subject: Token | None) -> Token | None:
        """The head of a relative clause fills the verb's empty object: "the sanctions (that) it imposed"."""
        if subject is None:
            return None
        if any(child.dep_ in ("ccomp", "xcomp", "prep", "dobj") for child in token.children):
            return None
        return token.head


def _read_operators(predicate: Predicate) -> None:
    """Fill negation, auxiliaries and condition from a verb's dependents."""
    auxiliaries = []
    predicate.is_negated |= is_neither(predicate.token)
    for child in predicate.token.children:
        dep, word = child.dep_, child.lower_
        if dep == "aux" or dep == "auxpass":
            if word == "to":
                predicate.has_to = True
            else:
                auxiliaries.append(word)
        elif (
            dep == "neg" or (dep == "advmod" and word in NEGATIONS) or (dep == "det" and word == "no") or is_over(child)
        ):
            predicate.is_negated |= not denies_what_follows(child, predicate.token)
        elif dep == "mark" and word in CONDITION_MARKS:
            predicate.is_conditional = True
    predicate.auxiliaries = tuple(auxiliaries)


def collapsed_subject(token: Token) -> Token | None:
    """The subject of a clause that the parser read as a noun phrase ("Sweden paused aid": "aid" as root, "paused" before it)."""
    head = token.head
    if token.dep_ != "amod" or token.tag_ not in ("VBN", "VBD") or head.dep_ != "ROOT" or head.pos_ != "NOUN":
        return None
    candidates = [
        c for c in (*token.lefts, *head.lefts) if c.i < token.i and c.dep_ in _COLLAPSED and c.pos_ in ("NOUN", "PROPN")
    ]
    if not candidates or token.i == 0 or token.nbor(-1).text == "-":
        return None
    return max(candidates, key=lambda c: c.i)


def is_passive(token: Token) -> bool:
    """Whether a verb form is passive: by its auxiliary, or as a participle that modifies or shares a passive."""
    if token.tag_ not in ("VBN", "VBD") or is_lost_main_verb(token):
        return False
    for child in token.children:
        if child.dep_ in ("auxpass", "nsubjpass", "agent"):
            return True
        if child.dep_ == "aux":
            return False
        if child.dep_ == "nsubj":
            return _is_fragment(token) or is_reduced_relative(token) or is_absolute(token)
    # With an object of its own it is no passive but a finite verb that the tagger took for a participle: "Gunmen killed 27".
    has_object = any(child.dep_ == "dobj" for child in token.children)
    if token.tag_ == "VBD":  # "the minister, when asked about it": no past tense is without a subject behind "when"
        return (token.dep_ == "acl" or _is_short_clause(token)) and not has_object
    if token.dep_ == "acl":
        return not has_object
    if token.dep_ == "amod":
        return True
    if token.dep_ == "advcl":
        return not any(child.dep_ == "dobj" for child in token.children)
    if token.dep_ == "conj" and token.head.pos_ in ("VERB", "AUX"):
        return is_passive(resumed_verb(token)) and not any(child.dep_ == "dobj" for child in token.children)
    return False


def _is_short_clause(token: Token) -> bool:
    """Whether a verb is what is left of a clause: "when asked", "if elected"."""
    return token.dep_ == "advcl" and any(c.lower_ in _SHORTENING and c.i + 1 == token.i for c in token.lefts)


def _is_fragment(token: Token) -> bool:
    """A participle with a subject and nothing finite, as in headlines and live reports: "Stones thrown at police"."""
    if token.tag_ != "VBN" or token.dep_ not in ("ROOT", "ccomp", "parataxis", "conj"):
        return False
    if token.dep_ == "ROOT" and token.lower_.endswith("ed") and _is_whole(token.sent):
        return False  # a past tense that the tagger took for a participle: "Thousands protested in Lima."
    return not any(child.dep_ in ("aux", "dobj", "prt") for child in token.children)


def _is_whole(sent: Span) -> bool:
    """Whether a sentence ends as sentences do, and headlines do not."""
    return next((t.text in _STOPS for t in reversed(list(sent)) if not t.is_space and not t.is_quote), False)


class ClausesComponent:
    """Put a `ClauseReader` on the Doc (`doc._.clauses`)."""

    def __call__(self, doc: SpacyDoc) -> SpacyDoc:
        doc._.clauses = ClauseReader(parsed(doc))
        return doc
