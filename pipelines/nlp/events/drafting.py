"""First drafts: a site and its frame to an event with type, parties and modality, before any operator.

What belongs here: type, mode, modality and negation as frame and predicate tell them. What does not: who plays which role
(`roles.py`), operators (`operators.py`), what is made of a draft that is refused or still to come (`recoding.py`).
"""

from __future__ import annotations

from pipelines.nlp.clauses.component import Predicate
from pipelines.nlp.clauses.government import government
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import SAME, Frame
from pipelines.nlp.events.matcher import Site
from pipelines.nlp.events.operators import OperatorReader
from pipelines.nlp.events.patterns import NEVER_PARTY
from pipelines.nlp.events.roles import RoleFiller
from pipelines.records import Modality

_PEACEKEEPING = "PEACEKEEPING"  # effect of a peacekeeping context (CAMEO 074)
# Purposes that the deed itself fulfils: who marches to demand something demands it.
_SAID_BY_DOING = frozenset(("REQUEST", "ACCUSE"))
# Verbs whose object was before their subject, where that is an act too.
_COMES_AFTER = frozenset(("follow",))


class DraftBuilder:
    """Builds the drafts of one Doc."""

    def __init__(self, roles: RoleFiller, operators: OperatorReader) -> None:
        self.roles = roles
        self.operators = operators

    def draft(self, site: Site, frame: Frame) -> Draft:
        """The event that a frame tells at a site."""
        assert frame.event_type is not None
        event_type, mode = self._type(frame, site)
        choice = self.roles.by_frame(site, frame, mode, event_type)
        draft = Draft(
            site=site,
            event_type=event_type,
            mode=mode,
            contexts=frame.contexts,
            actors=choice.actors,
            recipients=choice.recipients,
            choice=choice,
            salience=frame.salience,
            likelihood=frame.likelihood,
            trigger=site.token,
            top=site.top,
            asks_object=bool(frame.objects),
            asks_actor=bool(frame.actors),
            requires=frame.requires,
            is_followed=self.is_followed(site),
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
        return draft

    def is_followed(self, site: Site) -> bool:
        """Whether a noun is what another act came after: "the ban followed talks with them", not "police followed the talks"."""
        noun = site.noun
        if noun is None or noun.dep_ != "dobj" or lemma_of(noun.head) not in _COMES_AFTER:
            return False
        subject = self.operators.clauses.predicate(noun.head).subject
        if subject is None:
            return False
        return subject.lower_ in NEVER_PARTY or not self.operators.parties.names_party(subject)

    def _is_reported(self, verb: Predicate) -> bool:
        governed = government(verb.token)
        if governed is None:
            return False
        operator = self.operators.find(governed.token, governed.complement)
        return operator is not None and operator.effect in ("REPORT", "FACT")

    def _type(self, frame: Frame, site: Site) -> tuple[str, str | None]:
        """The frame's type and mode; what is made of them where troops keep peace stands in `event_composition.csv`."""
        assert frame.event_type is not None
        lexicon = self.operators.lexicon
        outcome = lexicon.compose(_PEACEKEEPING, frame.event_type, frame.mode)
        if outcome is None or outcome.event_type in (None, SAME):
            return frame.event_type, frame.mode
        words = {lemma_of(t) for t in site.token.sent}
        if words.isdisjoint(lexicon.noun_classes["peacekeeping"]):
            return frame.event_type, frame.mode
        return outcome.event_type or frame.event_type, outcome.mode
