"""Earlier acts: what a document has told before, whose parties a later telling of the same act may leave out.

What belongs here: keeping them, and which of them lend their parties. What does not: candidates of the sentence itself
(`candidates.py`), how much a party told before counts (`evidence.py`).
"""

from __future__ import annotations

from collections.abc import Container

from pipelines.immutable import dataclass
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.candidate_places import Candidate, Collection, Place
from pipelines.nlp.events.matcher import Site
from pipelines.nlp.events.party_phrase import PartyPhrase

_MOST = 4  # whose parties are candidates
_ACTOR, _RECIPIENT = "told.actor", "told.recipient"
_NAMING = frozenset(("NOUN", "PROPN", "PRON"))


@dataclass(frozen=True, slots=True)
class EarlierAct:
    """An event that the document has told already, with what may be repeated of it."""

    event_type: str
    lemma: str
    actors: tuple[PartyPhrase, ...]
    recipients: tuple[PartyPhrase, ...]


class EarlierActs:
    """The acts that one Doc has told so far."""

    def __init__(self, deeds: Container[str]) -> None:
        """
        Args:
            deeds: lemmas of nouns for deeds, which are no one who acts.
        """
        self._deeds = deeds
        self._told: list[EarlierAct] = []

    @property
    def is_any(self) -> bool:
        """Whether an act was told."""
        return bool(self._told)

    def remember(self, told: EarlierAct) -> None:
        """Keep an event for later mentions of the same act."""
        self._told.append(told)

    def lend(self, found: Collection, site: Site, event_type: str) -> list[Candidate]:
        """Add the parties of earlier acts of a type to the candidates of an event.

        Args:
            found: the candidates so far.
            site: the predicate of the event.
            event_type: its type.

        Returns:
            All candidates, but those whom nothing but an earlier act names in a role that is another's here.
        """
        lemma, kept = lemma_of(site.token), 0
        for told in reversed(self._told):
            if told.event_type != event_type:
                continue
            is_same = "word" if told.lemma == lemma else "type"
            found.add(told.actors, Place(_ACTOR, is_same, kept))
            found.add(told.recipients, Place(_RECIPIENT, is_same, kept))
            kept += 1
            if kept == _MOST:
                break
        others = self._of_others(site) if kept else ()
        return [c for c in found.candidates if not others or any(p.relation not in others for p in c.places)]

    def _of_others(self, site: Site) -> tuple[str, ...]:
        """The relations of an earlier act whose parties are not meant, as a verb names itself who acts or whom it is done to.

        "The producer signed a letter" is not signed with whom the ministers signed theirs. What is done to a thing may be what
        was done before to what bears a name: "the ship was seized".
        """
        verb = site.verb
        if verb is None or site.noun is not None or not verb.has_own_subject:
            return ()
        if verb.is_passive:
            return (_RECIPIENT,) if verb.obj is not None and verb.obj.pos_ == "PROPN" else ()
        subject = verb.subject
        if subject is None or subject.pos_ not in _NAMING or lemma_of(subject) in self._deeds:
            return ()
        return (_ACTOR, _RECIPIENT)
