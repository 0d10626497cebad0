"""First drafts: a site and its frame to an event with type, parties and modality, before any operator.

What belongs here: reading a frame's roles at a site, and whom to take where a role names no one. What does not: operators
(`operators.py`), what is made of a draft that is refused or still to come (`recoding.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Token

from pipelines.nlp.clauses.component import ClauseReader, Predicate
from pipelines.nlp.clauses.government import government
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import Frame
from pipelines.nlp.events.matcher import FrameMatcher, Site
from pipelines.nlp.events.nearest import nearest_parties
from pipelines.nlp.events.operators import OperatorReader
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase, merge_parties, without_parties
from pipelines.nlp.events.patterns import (
    ACTS_OF_STATE,
    PEACEKEEPING_IS_AID,
    PEACEKEEPING_WORDS,
    RECIPROCAL_TYPES,
    SYMMETRIC_TYPES,
    WITH_IS_ACTOR,
)
from pipelines.records import Modality

_THING_ROLES = frozenset(("obj", "on", "against", "of", "to", "with"))
# Purposes that the deed itself fulfils: who marches to demand something demands it.
_SAID_BY_DOING = frozenset(("REQUEST", "ACCUSE"))
_SCENE_ROLES = ("against", "to", "in", "along", "near", "at", "on", "into")


class DraftBuilder:
    """Builds the drafts of one Doc."""

    def __init__(
        self, clauses: ClauseReader, matcher: FrameMatcher, parties: PartyReader, operators: OperatorReader
    ) -> None:
        self.clauses = clauses
        self.matcher = matcher
        self.parties = parties
        self.operators = operators

    def draft(self, site: Site, frame: Frame) -> Draft:
        """The event that a frame tells at a site."""
        assert frame.event_type is not None
        actors, recipients = self._roles(site, frame)
        event_type, mode = self._type(frame, site)
        draft = Draft(
            site=site,
            event_type=event_type,
            mode=mode,
            contexts=frame.contexts,
            actors=actors,
            recipients=recipients,
            salience=frame.salience,
            trigger=site.token,
            top=site.top,
            asks_object=bool(frame.objects),
            requires=frame.requires,
        )
        verb = site.verb
        if verb is not None:
            draft.is_negated = verb.is_negated
            if "would" in verb.auxiliaries and not verb.is_conditional and self._is_reported(verb):
                draft.modality = Modality.FUTURE  # "said it would": the future told in the past
            elif verb.is_hypothetical:
                draft.modality = Modality.HYPOTHETICAL
            elif verb.is_future:
                draft.modality = Modality.FUTURE
            elif verb.has_to and verb.token.dep_ == "advcl" and event_type not in _SAID_BY_DOING:
                draft.modality = Modality.HYPOTHETICAL  # a purpose
        denies_verb = site.noun in (verb.obj, verb.subject) if verb is not None else False
        if site.noun is not None and not denies_verb:
            draft.is_negated ^= any(c.dep_ == "det" and c.lower_ == "no" for c in site.noun.children)
        if site.support == "undergo" and not recipients and actors:
            draft.actors, draft.recipients = [], actors
        return draft

    def _is_reported(self, verb: Predicate) -> bool:
        governed = government(verb.token)
        if governed is None:
            return False
        operator = self.operators.find(governed.token, governed.complement)
        return operator is not None and operator.effect in ("REPORT", "FACT")

    def _type(self, frame: Frame, site: Site) -> tuple[str, str | None]:
        """The frame's type and mode; troops sent to keep peace are aid."""
        assert frame.event_type is not None
        if (frame.event_type, frame.mode) in PEACEKEEPING_IS_AID:
            words = {lemma_of(t) for t in site.token.sent}
            if not words.isdisjoint(PEACEKEEPING_WORDS):
                return "AID", None
        return frame.event_type, frame.mode

    def _roles(self, site: Site, frame: Frame) -> tuple[list[PartyPhrase], list[PartyPhrase]]:
        actor_roles, recipient_roles = frame.actor, frame.recipient
        if site.noun is not None and site.support == "actor" and "subj" not in actor_roles:
            actor_roles = ("subj", *actor_roles)
        if site.noun is not None and site.support == "undergo":
            recipient_roles = ("obj", *recipient_roles)
        if frame.event_type == "MOBILIZE":  # what is mobilised is the actor's own
            recipient_roles = tuple(r for r in recipient_roles if r != "obj") + _SCENE_ROLES
        if site.noun is None and "iobj" not in recipient_roles:
            recipient_roles = ("iobj", *recipient_roles)
        named_subject = site.noun is None and bool(self._find(site, ("subj",)))
        if not named_subject and {"between", "among"} & {*actor_roles, *recipient_roles}:
            pair = self._find(site, ("between", "among"))
            if len(pair) > 1:
                if frame.event_type in SYMMETRIC_TYPES | WITH_IS_ACTOR | {"SUPPORT"}:
                    return pair, []
                return pair[:1], pair[1:]
        actors = self._find(site, actor_roles)
        named = self._find(site, recipient_roles)
        recipients = without_parties(named, actors)
        is_mutual = len(actors) > 1 and bool(named) and not recipients  # "the alliance between them"
        if not actors and frame.event_type == "MOBILIZE":  # "peacekeepers were deployed": they act
            actors = self._find(site, ("obj", "of"))
            recipients = without_parties(recipients, actors)
        if not actors and any(p.is_party for p in recipients):
            actors = without_parties(self._located_state(site, frame.event_type or ""), recipients)
        if not is_mutual and not any(p.is_party for p in recipients):
            recipients = (
                without_parties(self._second_choice(site, frame, recipient_roles, actors), actors) or recipients
            )
        if frame.event_type in WITH_IS_ACTOR and frame.mode != "visit":
            partners = without_parties(self._find(site, ("with",)), actors)
            actors, recipients = merge_parties(actors, partners), without_parties(recipients, partners)
        if frame.event_type in SYMMETRIC_TYPES and frame.mode != "visit":
            people = [p for p in recipients if p.is_party]
            actors, recipients = merge_parties(actors, people), without_parties(recipients, people)
        if frame.event_type in RECIPROCAL_TYPES and len(actors) > 1 and not recipients:
            recipients = list(actors)
        return actors, recipients

    def _second_choice(
        self, site: Site, frame: Frame, roles: Iterable[str], actors: list[PartyPhrase]
    ) -> list[PartyPhrase]:
        """Recipients where the frame's roles name none: the nearest party of the clause, then the thing acted on."""
        if frame.mode != "resign" and not (frame.event_type in SYMMETRIC_TYPES and len(actors) > 1):
            found = nearest_parties(self.parties, site.top, actors)
            if found:
                return found
        return self._find(site, [r for r in roles if r in _THING_ROLES], allow_things=True)

    def _located_state(self, site: Site, event_type: str) -> list[PartyPhrase]:
        """The state that acts in "was arrested in Niger": who arrests or expels is whose place it is."""
        if event_type not in ACTS_OF_STATE or site.verb is None or not site.verb.is_passive:
            return []
        for role in ("in", "from", "by"):
            for head in self.matcher.role_tokens(site, role):
                found = [p for p in self.parties.parties(head) if p.mention is not None and p.mention.label == "GPE"]
                if found:
                    return found
        return []

    def _find(self, site: Site, roles: Iterable[str], *, allow_things: bool = False) -> list[PartyPhrase]:
        """Parties of the first role that names any."""
        for role in roles:
            found: list[PartyPhrase] = []
            if role == "adj":
                found = self.parties.adjectival(site.token)
            elif role == "subj":
                for head in self.matcher.role_tokens(site, role):
                    found = merge_parties(found, self._acting(head))
            else:
                for head in self.matcher.role_tokens(site, role):
                    found = merge_parties(found, list(self.parties.parties(head, allow_things=allow_things)))
            if found:
                return found
        return []

    def _acting(self, head: Token) -> list[PartyPhrase]:
        """Who acts in a subject: for a document ("a letter threatening ...") the one who issues it."""
        found = list(self.parties.subjects(head))
        if any(p.entity is not None or p.sector for p in found) or head.pos_ == "PRON":
            return found
        governor = head.head
        if head.dep_ == "pobj" and head.head.dep_ == "prep":
            governor = head.head.head
        if head.dep_ in ("dobj", "pobj", "nsubjpass") and governor.pos_ == "VERB":
            issuer = self.clauses.predicate(governor).subject
            if issuer is not None and issuer.i != head.i:
                issued = [p for p in self.parties.subjects(issuer) if p.is_party]
                if issued:
                    return issued
        return found
