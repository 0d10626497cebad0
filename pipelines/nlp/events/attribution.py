"""Who a document has an event from.

What belongs here: which speaker a sentence or a quotation names for an event. What does not: quotations themselves
(`quotations/`), what reporting predicates make of a type (`operators.py`).
"""

from __future__ import annotations

from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.government import is_divided
from pipelines.nlp.events.chains import clause_chain, is_bare_participle
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.operators import SAYINGS, OperatorReader
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.telling import has_past_perfect, own_finite
from pipelines.nlp.parsed import Doc, Token

_FIRST_PERSON = frozenset("i we me us my our".split())
_THIRD_PERSON = frozenset("he she they it".split())
_STATE = frozenset(("GOV", "MIL"))  # sectors that speak for their state
_CLIMB = 12
_ACCORDING = "according to"


class AttributionReader:
    """Reads the sources of one Doc's events."""

    def __init__(self, doc: Doc, clauses: ClauseReader, parties: PartyReader, operators: OperatorReader) -> None:
        self.doc = doc
        self.clauses = clauses
        self.parties = parties
        self.operators = operators

    def source(self, draft: Draft, is_speech: bool) -> PartyPhrase | None:
        """Who an event is from: the speaker of a clause over it, "according to", or who is quoted.

        Args:
            draft: the draft, with its operators applied.
            is_speech: whether the event is done in words; then the text has it from nobody but its actor.
        """
        if any(is_bare_participle(token) for token in clause_chain(draft.site.token)):
            return None  # "resolutions adopted by the council": the phrase names what is known, nobody reports it
        found = draft.attributed_to or self._reporter(draft) or self._according_to(draft) or self._quoted(draft)
        return None if found is not None and is_speech and is_own_act(draft, found) else found

    def _reporter(self, draft: Draft) -> PartyPhrase | None:
        """The subject of the nearest reporting verb over the event, however deep below it the event is told."""
        current = draft.top
        for _ in range(_CLIMB):
            head = current.head
            if head is current or _is_contrast(current) or is_divided(current, head):
                break
            if current.dep_ == "ccomp" and head.pos_ == "VERB" and not self.clauses.predicate(head).is_passive:
                operator = self.operators.find(head, "that")
                if operator is not None and operator.effect in SAYINGS:
                    speakers = self.operators.subject_parties(head)
                    if speakers:
                        return speakers[0]
            current = head
        return None

    def _according_to(self, draft: Draft) -> PartyPhrase | None:
        for verb in self._verbs_over(draft.top):
            for head in self.clauses.predicate(verb).preps.get(_ACCORDING, ()):
                # "reports from the ministry": the ministry, not the reports
                found = self.parties.parties(head) or self.parties.parties(head, allow_things=True)
                if found:
                    return found[0]
        return None

    def _verbs_over(self, token: Token) -> list[Token]:
        """The verbs over an event, and those coordinated with them: what is said once of a sentence holds for all."""
        verbs, current = [], token
        for _ in range(_CLIMB):
            if current.pos_ in ("VERB", "AUX"):
                verbs += [current, *(c for c in current.children if c.dep_ == "conj" and c.pos_ == "VERB")]
            if current.head is current:
                break
            current = current.head
        return verbs

    def _quoted(self, draft: Draft) -> PartyPhrase | None:
        offset = draft.site.token.idx
        for quote in self.doc._.quotes or ():
            if quote.start_char <= offset < quote.end_char and quote.speaker is not None:
                span = self.doc.char_span(quote.speaker.start_char, quote.speaker.end_char, alignment_mode="expand")
                found = self.parties.parties(span.root, allow_things=True) if span is not None else ()
                return found[0] if found else None
        return None


def _is_contrast(token: Token) -> bool:
    """Whether a clause sets what another says or does against the main one: "..., while the union condemned it"."""
    return token.dep_ == "advcl" and any(
        c.dep_ == "mark" and c.lower_ in ("while", "whereas", "although", "though") for c in token.children
    )


def is_own_act(draft: Draft, speaker: PartyPhrase) -> bool:
    """Whether an act is the speaker's own: "the minister said she would refuse", "we reject it", "Peru rejects it".

    What the speaker's side had done before, the speaker only tells: "he said the ministry had asked for evidence".
    """
    is_before = has_past_perfect(own_finite(draft.top))
    return any(
        actor.identity == speaker.identity
        or _is_speakers(draft, actor, speaker)
        or (not is_before and _speaks_for(speaker, actor))
        for actor in draft.actors
    )


def _is_speakers(draft: Draft, actor: PartyPhrase, speaker: PartyPhrase) -> bool:
    """Whether a pronoun makes an actor the speaker or one of the speaker's side: "he said his party would walk out"."""
    doc = draft.site.token.doc
    head = doc[actor.head]
    if head.lower_ in _FIRST_PERSON or any(c.dep_ == "poss" and c.pos_ == "PRON" for c in head.children):
        return True
    if head.lower_ not in _THIRD_PERSON:
        return False
    return head.lower_ == doc[speaker.head].lower_ or (head.lower_ == "they" and draft.is_composed)


def is_speakers_own(draft: Draft) -> bool:
    """Whether an act that operators attribute to a speaker is that speaker's own; True where they attribute it to nobody."""
    return draft.attributed_to is None or is_own_act(draft, draft.attributed_to)


def _speaks_for(speaker: PartyPhrase, actor: PartyPhrase) -> bool:
    """Whether a speaker's word is the actor's: an official's for the government, a rebel's for the rebels."""
    if actor.country is None or actor.country != speaker.country:
        return False
    return actor.sector == speaker.sector or (actor.sector in (None, *_STATE) and speaker.sector in (None, *_STATE))
