"""Recoding: what a draft is once it is refused, demanded or still to come, and which further events it then tells.

What belongs here: rules of the ontology that hold without a governing predicate ("will send aid" agrees to send it). What
does not: predicates that take an event as complement (`operators.py`).
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.nlp.clauses.component import Predicate
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import SAME, EventLexicon
from pipelines.nlp.events.party_phrase import without_parties
from pipelines.nlp.events.patterns import COOPERATIVE, OBLIGATION, TO_COME, TOLD_OF
from pipelines.records import Modality

_SIDE_EVENT = 0.6  # salience of a further event beside the one it comes from


class Recoder:
    """Applies the ontology's rules on refusal, demand and future."""

    def __init__(self, lexicon: EventLexicon) -> None:
        self.lexicon = lexicon

    def foreseen(self, outer: Draft, inner: Draft) -> list[Draft]:
        """The complement's own event beside the one that an operator made of it, where it stays an event to come or alleged."""
        if outer.event_type == inner.event_type or not inner.parties():
            return []
        if outer.event_type in TOLD_OF:
            inner.attributed_to = outer.actors[0] if outer.actors else None
        elif outer.event_type in TO_COME:
            inner.modality = Modality.FUTURE if outer.event_type == "AGREE" else Modality.HYPOTHETICAL
        else:
            return []
        if not any(p.is_party for p in inner.recipients):
            inner.recipients = (
                without_parties([p for p in outer.recipients if p.is_party], inner.actors) or inner.recipients
            )
        return [inner]

    def settle(self, draft: Draft) -> list[Draft]:
        """Recode what is refused, demanded or still to come by the type's own rules; returns further events it tells."""
        verb = draft.site.verb
        if draft.is_negated and draft.event_type in COOPERATIVE:
            self._recode(draft, "REJECT")
            draft.is_negated = False
            return []
        if verb is not None and draft.trigger.i == draft.site.token.i and self._is_demand(draft, verb):
            asked = replace(draft, modality=Modality.HYPOTHETICAL, salience=draft.salience * _SIDE_EVENT)
            draft.recipients, draft.actors = draft.actors, [draft.attributed_to] if draft.attributed_to else []
            draft.modality = Modality.ACTUAL
            self._recode(draft, "REQUEST")
            return [asked]
        if draft.modality == Modality.FUTURE:
            planned = replace(draft, salience=draft.salience * _SIDE_EVENT)
            self._recode(draft, "PLAN")
            return [planned] if planned.event_type != draft.event_type else []
        return []

    def _is_demand(self, draft: Draft, verb: Predicate) -> bool:
        """ "A said that B must do it": A asks it of B."""
        if draft.attributed_to is None or not draft.actors or not any(word in OBLIGATION for word in verb.auxiliaries):
            return False
        return all(p.identity != draft.attributed_to.identity for p in draft.actors)

    def _recode(self, draft: Draft, effect: str) -> None:
        outcome = self.lexicon.compose(effect, draft.event_type, draft.mode)
        if outcome is None or outcome.event_type is None:
            return
        if outcome.event_type != SAME:
            draft.is_composed |= draft.modality == Modality.FUTURE
            draft.event_type = outcome.event_type
        if outcome.mode != SAME:
            draft.mode = outcome.mode
        if outcome.modality:
            draft.modality = Modality(outcome.modality)
