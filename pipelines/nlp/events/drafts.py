"""Drafts: an event while it is being coded, before it becomes a row."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Token

from pipelines.nlp.events.matcher import Site
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.records import Modality


@dataclass(slots=True)
class Draft:
    """An event being coded: its site, type, parties and what operators made of it."""

    site: Site
    event_type: str
    mode: str | None
    contexts: tuple[str, ...]
    actors: list[PartyPhrase]
    recipients: list[PartyPhrase]
    salience: float
    trigger: Token  # the predicate that gives the type: the operator's once one has changed it
    top: Token  # the highest predicate that still tells of this event
    modality: Modality = Modality.ACTUAL
    is_negated: bool = False
    attributed_to: PartyPhrase | None = None
    asks_object: bool = False  # the frame names the objects it is for
    is_composed: bool = False  # the type is no longer the site's: what is agreed to, threatened or asked for is to come
    requires: str = ""  # what the frame asks of the parties
    operators: list[Token] = field(default_factory=list)

    def parties(self) -> list[PartyPhrase]:
        """Actors and recipients."""
        return [*self.actors, *self.recipients]
