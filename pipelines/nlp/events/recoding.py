"""Recoding: what a draft is once it is refused, demanded or still to come, and what an accusation tells beside itself.

What belongs here: rules of the ontology that hold without a governing predicate ("will send aid" agrees to send it). What
does not: predicates that take an event as complement (`operators.py`).
"""

from __future__ import annotations

from pipelines.nlp.clauses.component import Predicate
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import SAME, EventLexicon
from pipelines.nlp.events.party_phrase import PartyPhrase, without_parties
from pipelines.nlp.events.patterns import OBLIGATION
from pipelines.nlp.events.roles import role_rule
from pipelines.records import Modality


class Recoder:
    """Applies the ontology's rules on refusal, demand and future."""

    def __init__(self, lexicon: EventLexicon) -> None:
        self.lexicon = lexicon

    def told_of(self, outer: Draft, inner: Draft) -> list[Draft]:
        """The deed that an accusation or a praise tells of beside itself; what is only asked for or agreed to is no deed yet."""
        if (
            not role_rule(outer.event_type, outer.mode).tells_of
            or outer.event_type == inner.event_type
            or not inner.parties()
        ):
            return []
        inner.attributed_to = outer.actors[0] if outer.actors else None
        is_planned = _is_under_noun(inner)
        if inner.is_composed or is_planned:  # "condemned the plan to attack": no threat by or to who condemns it
            inner.actors, inner.recipients = _planners(outer, inner)
            if not inner.actors:
                return []
        # "Condemned the attack on Iran": who says so is no party to the deed, wherever the noun looks for who did it.
        inner.actors = without_parties(inner.actors, outer.actors)
        if not inner.parties():
            return []
        if is_planned and not inner.is_composed and inner.modality == Modality.ACTUAL:
            inner.modality = Modality.HYPOTHETICAL  # "praised their decision to free them"
        if not any(p.is_party for p in inner.recipients):
            inner.recipients = (
                without_parties([p for p in outer.recipients if p.is_party], inner.actors) or inner.recipients
            )
        return [inner]

    def settle(self, draft: Draft) -> None:
        """Recode what is refused, demanded or still to come by the type's own rules."""
        verb = draft.site.verb
        if draft.is_negated and self.lexicon.is_cooperative(draft.event_type):
            _part(draft)
            self._recode(draft, "REJECT")
            draft.is_negated = False
        elif verb is not None and draft.trigger.i == draft.site.token.i and self._is_demand(draft, verb):
            draft.recipients, draft.actors = draft.actors, [draft.attributed_to] if draft.attributed_to else []
            draft.modality = Modality.ACTUAL
            self._recode(draft, "REQUEST")
        elif draft.modality == Modality.FUTURE and not draft.is_expected:
            _part(draft)
            self._recode(draft, "PLAN")
            draft.is_plan = draft.is_composed and self.lexicon.is_cooperative(draft.event_type)

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


def _is_under_noun(draft: Draft) -> bool:
    """Whether a deed is what a noun is for or about: "the plan to attack", "the decision to free them"."""
    return any(
        operator.pos_ == "NOUN" and any(c.dep_ in ("acl", "xcomp") and c.tag_ == "VB" for c in operator.rights)
        for operator in draft.operators
    )


def _planners(outer: Draft, inner: Draft) -> tuple[list[PartyPhrase], list[PartyPhrase]]:
    """Who plans what is condemned or praised, and against whom: never who condemns it, rather who is condemned for it."""
    for draft in (inner, inner.below):
        if draft is not None and (actors := without_parties(draft.actors, outer.actors)):
            return actors, without_parties(draft.recipients, outer.actors)
    judged = [p for p in outer.recipients if p.is_party]
    return without_parties(judged, inner.recipients), without_parties(inner.recipients, outer.actors)


def _part(draft: Draft) -> None:
    """Make those with whom the subject of a meeting does not meet, or is to meet, the recipients: no longer all act alike."""
    if draft.choice is None or draft.recipients or not role_rule(draft.event_type, draft.mode).is_together:
        return
    leading = {
        party.identity
        for scored in draft.choice.scored
        if any(place.relation == "subj" for place in scored.candidate.places)
        for party in scored.candidate.parties
    }
    first = [p for p in draft.actors if p.identity in leading]
    if first:
        draft.recipients = [p for p in draft.actors if p.identity not in leading]
        draft.actors = first
