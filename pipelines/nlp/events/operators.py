"""Operators: predicates that take an event as complement and change what it is ("refused to meet", "called for a ceasefire").

What belongs here: climbing from an event to the predicates that govern it, and composing their effects by the lexicon.
What does not: which effects exist (`lexicons/event_operators.csv`) and what they make of a type (`event_composition.csv`).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from pipelines.nlp.clauses.component import ClauseReader, Predicate
from pipelines.nlp.clauses.government import Government, government, is_subjunctive
from pipelines.nlp.clauses.negation import is_nobody
from pipelines.nlp.clauses.phrases import first_object, lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import READINESS, SAME, EventLexicon, Operator, Outcome
from pipelines.nlp.events.matcher import FrameMatcher, Site
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase, without_parties
from pipelines.nlp.events.patterns import DEFINITE, NO_DEEDS, OBLIGATION, UNDOING, WILL
from pipelines.nlp.events.roles import RoleFiller
from pipelines.nlp.parsed import Token
from pipelines.records import Modality

DEMAND_SALIENCE = 0.5
SAYINGS = frozenset(("REPORT", "ACCUSE"))  # effects of predicates that tell of an event
EXPECTATION = "EXPECT"  # effect of what others say is to come
# Effects that a negated complement turns into a refusal.
DECISIONS = frozenset(("AGREE", "PLAN", EXPECTATION, "FACT", "WANT"))
_REACHING = ("to", "with", "against", "on", "before")  # prepositions by which something is done to somebody
_CLIMB = 6  # operators deep; deeper chains are parse errors


class OperatorReader:
    """Applies the operators over a draft of one Doc."""

    def __init__(
        self,
        lexicon: EventLexicon,
        clauses: ClauseReader,
        matcher: FrameMatcher,
        parties: PartyReader,
        roles: RoleFiller,
    ) -> None:
        self.lexicon = lexicon
        self.roles = roles
        self.clauses = clauses
        self.matcher = matcher
        self.parties = parties

    def find(self, token: Token, complement: str) -> Operator | None:
        """The operator that a governing token is for a complement of this kind."""
        pos = _pos_of(token)
        known = self.lexicon.operators.get((lemma_of(token), pos))
        if not known:
            return None
        particle = self.clauses.predicate(token).particle if pos == "verb" else ""
        fitting = [
            operator
            for operator in known
            if operator.complement == complement
            and (operator.particle == particle or (operator.particle and f"prep:{operator.particle}" in complement))
        ]
        if len({operator.controller for operator in fitting}) > 1:  # "wanted to join" and "wanted the rebels to join"
            controller = "obj" if _has_other_subject(token) else "subj"
            fitting = [operator for operator in fitting if operator.controller == controller] or fitting
        if fitting:
            return fitting[0]
        if complement == "inf" and pos != "adj":  # "called on Iran to halt it"
            for child in token.children:
                inner = first_object(child) if child.dep_ == "prep" else None
                if inner is not None and self.parties.is_party(inner):
                    found = self.find(token, f"prep:{child.lower_}+inf")
                    if found is not None:
                        return found
        return None

    def elevate(self, draft: Draft) -> Draft | None:
        """The draft as the operators above it leave it; None where they undo it ("denied attacking")."""
        if self._is_of_denied_report(draft.top):
            return None
        token = draft.top
        for _ in range(_CLIMB):
            governed = government(token) or self._asked_to(token)
            if governed is None:
                break
            operator = self.find(governed.token, governed.complement)
            if operator is None:
                break
            if operator.effect == "REPORT" and is_subjunctive(token):
                operator = replace(operator, effect="REQUEST")  # "insisted that Kenya withdraw"
            below = replace(draft, operators=list(draft.operators))
            result = self._apply(draft, operator, governed.token)
            if result is None:
                return None
            if result.trigger.i == governed.token.i and operator.effect != "REQUEST":  # what is asked for is not told
                result.below = below
            draft = result
            token = self._top_of(governed.token)
            draft.top = token
        return draft

    def _asked_to(self, token: Token) -> Government | None:
        """What the parser took for the purpose of asking: "pressed Turkey to extradite him"."""
        head = token.head
        if token.dep_ != "advcl" or token.tag_ != "VB" or token.i < head.i or head.pos_ != "VERB":
            return None
        if not any(c.dep_ == "aux" and c.lower_ == "to" for c in token.lefts):
            return None
        asked = next((c for c in head.rights if c.dep_ == "dobj"), None)
        if asked is None or not head.i < asked.i < token.i or not self.parties.is_party(asked):
            return None
        operator = self.find(head, "inf")
        if operator is None or operator.controller != "obj" or operator.effect != "REQUEST":
            return None
        return Government(head, "inf")

    def _is_of_denied_report(self, token: Token) -> bool:
        """Whether an event stands in the clause of a report that does not exist: "no evidence that the raid came from"."""
        for _ in range(_CLIMB):
            head = token.head
            if token.dep_ in ("acl", "ccomp", "relcl") and head.pos_ == "NOUN":
                operator = self.find(head, "that")
                return operator is not None and operator.effect == "REPORT" and _is_denied(head)
            if token.dep_ in ("acl", "ccomp", "relcl") and head.pos_ == "VERB" and self._reports_nothing(head):
                return True
            if head is token:
                break
            token = head
        return False

    def _reports_nothing(self, verb: Token) -> bool:
        """Whether nothing tells of what the complement of a clause says: "nothing suggests that", "no proof emerged that"."""
        subject = next((c for c in verb.lefts if c.dep_ in ("nsubj", "nsubjpass")), None)
        if subject is None or not is_nobody(subject):
            return False
        is_evidence = any(c.dep_ == "det" for c in subject.lefts)  # "no proof": the noun tells, not "emerged"
        operator = self.find(subject if is_evidence else verb, "that")
        return operator is not None and operator.effect == "REPORT"

    def _top_of(self, token: Token) -> Token:
        site = self.matcher.site(token) if token.pos_ in ("NOUN", "PROPN") else None
        return site.top if site is not None else token

    def _apply(self, draft: Draft, operator: Operator, token: Token) -> Draft | None:
        draft.operators.append(token)
        subject = self.subject_parties(token)
        if operator.effect in SAYINGS and draft.attributed_to is None and subject:
            draft.attributed_to = subject[0]
        if operator.effect == "REPORT":
            return None if _is_denied(token) else draft  # "there is no evidence that"
        if token.pos_ == "ADJ" and operator.effect == READINESS and any(c.lower_ in UNDOING for c in token.lefts):
            return None  # "ill prepared for talks"
        if operator.effect == "FORCE" and token.pos_ == "VERB" and self.clauses.predicate(token).is_negated:
            return None  # "is not required to ratify it"
        if operator.effect == "DISCUSS" and operator.complement == "noun" and _is_known(draft.top):
            return None  # a topic: "discussed the strike"
        is_cooperative = self.lexicon.is_cooperative(draft.event_type)
        if token.pos_ == "NOUN" and operator.effect in DECISIONS and is_nobody(token):  # "has no plans to"
            if not is_cooperative:
                return None
            operator = replace(operator, effect="REJECT")
        if draft.is_negated and operator.effect in DECISIONS and is_cooperative:
            operator = replace(operator, effect="REJECT")  # "decided not to extradite him"
        outcome = self.lexicon.compose(operator.effect, draft.event_type, draft.mode)
        if draft.is_negated and operator.effect == READINESS and outcome is not None:
            outcome = replace(outcome, event_type=READINESS, mode=None)  # "agreed not to arrest them" is no threat
        if outcome is not None and outcome.event_type is None:
            return None
        if outcome is not None and outcome.event_type != SAME:
            self._change(draft, outcome, token, is_controlled=operator.controller == "obj")
        elif outcome is not None:
            if subject and not draft.actors and operator.controller == "subj":
                draft.actors = subject
            if outcome.modality:
                draft.modality = Modality(outcome.modality)
            draft.is_expected |= operator.effect == EXPECTATION
        if token.pos_ in ("VERB", "AUX"):
            self._share_modality(draft, self.clauses.predicate(token))
        return draft

    def _change(self, draft: Draft, outcome: Outcome, token: Token, *, is_controlled: bool) -> None:
        mode = draft.mode if outcome.mode == SAME else outcome.mode
        site = self.matcher.site(token)
        if site is not None:
            event_type = outcome.event_type or draft.event_type
            choice = self.roles.by_operator(
                site, event_type, mode, inner=(draft.actors, draft.recipients), is_controlled=is_controlled
            )
            draft.actors, draft.recipients, draft.choice = choice.actors, choice.recipients, choice
        draft.event_type = outcome.event_type or draft.event_type
        draft.mode = mode
        draft.trigger = token
        draft.is_composed = True
        draft.is_negated = False
        draft.modality = Modality(outcome.modality) if outcome.modality else Modality.ACTUAL

    def _share_modality(self, draft: Draft, predicate: Predicate) -> None:
        """What the operator's own auxiliaries say of it ("may agree to", "has not agreed to") holds for its event."""
        if predicate.is_negated:
            draft.is_negated = not draft.is_negated
        if predicate.is_hypothetical and draft.modality == Modality.ACTUAL:
            draft.modality = Modality.HYPOTHETICAL
        elif (
            predicate.is_future
            and draft.modality == Modality.ACTUAL
            and not self.lexicon.is_cooperative(draft.event_type)
        ):
            draft.modality = Modality.FUTURE

    def subject_parties(self, token: Token) -> list[PartyPhrase]:
        """Who utters or does what an operator says."""
        if token.pos_ in ("VERB", "AUX"):
            subject = self.clauses.predicate(token).subject
            return list(self.parties.subjects(subject)) if subject is not None else []
        if token.pos_ == "ADJ":
            subject = self.clauses.surface_subject(token.head)
            return list(self.parties.subjects(subject)) if subject is not None else []
        site = self.matcher.site(token)
        if site is None:
            return []
        for role in ("by", "subj", "poss", "from"):
            for head in self.matcher.role_tokens(site, role):
                found = self.parties.parties(head)
                if found:
                    return list(found)
        return self.parties.adjectival(token)

    def is_operator(self, token: Token) -> bool:
        """Whether the lexicon has a word as an operator, whatever its complement."""
        return (lemma_of(token), _pos_of(token)) in self.lexicon.operators

    def lone(self, site: Site) -> tuple[Operator, Outcome] | None:
        """What an operator means where its complement holds no coded event ("agreed to build a dam")."""
        token = site.token
        for complement in self._complements(token):
            operator = self.find(token, complement)
            if operator is None:
                continue
            outcome = self.lexicon.composition.get((operator.effect, "", ""))
            if outcome is not None and outcome.event_type not in (None, SAME):
                return operator, outcome
        return None

    def asked(self, site: Site, operator: Operator) -> list[PartyPhrase]:
        """Who is to do what an operator over no coded event asks for: "demanded that the minister explain himself"."""
        if operator.controller != "obj":
            return []
        clause = next((c for c in site.token.rights if c.dep_ in ("ccomp", "xcomp")), None)
        subject = next((c for c in clause.lefts if c.dep_ == "nsubj"), None) if clause is not None else None
        if subject is None or subject.i < site.token.i:
            return []
        return [p for p in self.parties.parties(subject) if p.is_party]

    def reached(self, site: Site, operator: Operator) -> list[PartyPhrase]:
        """To whom somebody will or will not do what is no coded event: "offered to meet the families"."""
        if operator.controller != "subj" or operator.complement != "inf":
            return []
        clause = next((c for c in site.token.rights if c.dep_ in ("xcomp", "acl") and c.tag_ == "VB"), None)
        if clause is None:
            return []
        verb = self.clauses.predicate(clause)
        named = [verb.iobj, verb.obj, *(t for name in _REACHING for t in verb.preps.get(name, ()))]
        let = next((c for c in clause.rights if c.dep_ == "ccomp" and c.tag_ in ("VB", "VBP")), None)
        if let is not None and verb.obj is None:  # "refused to let the observers in"
            named += [c for c in let.lefts if c.dep_ == "nsubj"]
        owned = verb.obj if verb.obj is not None and not self.parties.names_party(verb.obj) else None
        if owned is not None:  # "threatened to slow down Croatia's negotiations"
            named += [c for c in owned.children if c.dep_ == "poss" and c.pos_ != "PRON"]
        for token in named:
            if token is None or token.i < site.token.i or not self.parties.names_party(token):
                continue
            found = [p for p in self.parties.parties(token) if p.is_party]
            if found:
                return found
        return []

    def demand(self, site: Site, coded: Container[int]) -> Draft | None:
        """What a speaker asks of another in "the minister said the union must act", where the clause is no coded event.

        Args:
            site: the verb of saying.
            coded: indices of the tokens whose events are coded already.
        """
        if site.verb is None:
            return None
        for child in site.token.children:
            if child.dep_ != "ccomp" or child.pos_ not in ("VERB", "AUX") or child.i in coded:
                continue
            clause = self.clauses.predicate(child)
            operator = self.find(site.token, "that")
            if operator is None or operator.effect != "REPORT" or clause.subject is None:
                continue
            if not any(word in OBLIGATION for word in (*clause.auxiliaries, clause.lemma)):
                continue
            speakers = self.subject_parties(site.token)
            asked = without_parties([p for p in self.parties.parties(clause.subject) if p.is_party], speakers)
            if speakers and asked:
                return Draft(
                    site,
                    "REQUEST",
                    "change",
                    (),
                    speakers,
                    asked,
                    DEMAND_SALIENCE,
                    site.token,
                    site.top,
                    requires="named",
                )
        return None

    def refusal(self, site: Site) -> Draft | None:
        """What somebody says or is said not to be going to do, where that is no coded event: "will not take their money"."""
        verb = site.verb
        if (
            verb is None
            or not verb.is_negated
            or site.token.tag_ != "VB"
            or verb.is_conditional
            or verb.subject is None
        ):
            return None
        if not any(word in WILL for word in verb.auxiliaries) or verb.lemma in NO_DEEDS:
            return None
        if not verb.has_own_subject and not any(child.dep_ == "neg" for child in site.token.children):
            return None  # "will not be deterred and maintain the right"
        refusing = [p for p in self.parties.parties(verb.subject) if p.is_party]
        if not refusing:
            return None
        choice = self.roles.by_operator(site, "REJECT", None)
        return Draft(
            site,
            "REJECT",
            None,
            (),
            refusing,
            without_parties(choice.recipients, refusing),
            DEMAND_SALIENCE,
            site.token,
            site.top,
            choice=choice,
            requires="named",
        )

    def _complements(self, token: Token) -> list[str]:
        found = []
        for child in token.children:
            if child.dep_ in ("xcomp", "ccomp", "acl", "advcl", "dobj", "pobj", "pcomp", "prep"):
                if child.dep_ == "prep":
                    for inner in child.children:
                        governed = government(inner)
                        if governed is not None and governed.token.i == token.i:
                            found.append(governed.complement)
                else:
                    governed = government(child)
                    if governed is not None and governed.token.i == token.i:
                        found.append(governed.complement)
        return found


def _pos_of(token: Token) -> str:
    """The part of speech under which the lexicon has a predicate."""
    return "verb" if token.pos_ in ("VERB", "AUX") else "adj" if token.pos_ == "ADJ" else "noun"


def _is_known(noun: Token) -> bool:
    """Whether a noun tells something that was spoken of before, not what may be done: "the strike", not "sanctions".

    "The imposition of sanctions" has its article by what follows it.
    """
    if noun.pos_ != "NOUN" or any(c.dep_ == "prep" and c.lower_ == "of" for c in noun.rights):
        return False
    return any(c.dep_ == "poss" or (c.dep_ == "det" and c.lower_ in DEFINITE) for c in noun.lefts)


def _has_other_subject(token: Token) -> bool:
    """Whether someone else than the governor's subject is to do what its infinitive says."""
    for child in token.children:
        if child.dep_ in ("dobj", "dative") or (
            child.dep_ in ("xcomp", "ccomp") and any(c.dep_ in ("nsubj", "nsubjpass") for c in child.lefts)
        ):
            return True
    return False


def _is_denied(noun: Token) -> bool:
    """Whether a report is said not to exist: "there is no evidence that", "without proof that"."""
    if noun.pos_ != "NOUN":
        return False
    if any(child.dep_ in ("det", "neg") and child.lower_ in ("no", "not", "any") for child in noun.lefts):
        return True
    verb = noun.head
    return (noun.dep_ == "pobj" and verb.lower_ == "without") or (
        verb.pos_ in ("VERB", "AUX") and any(child.dep_ == "neg" for child in verb.children)
    )
