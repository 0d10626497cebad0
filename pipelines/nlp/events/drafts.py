"""Drafts: an event while it is being coded, before it becomes a row."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.nlp.events.choice import Choice
from pipelines.nlp.events.matcher import Site
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.settling import Option
from pipelines.nlp.parsed import Token
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
    theme: PartyPhrase | None = None  # what it is about or done to that is no party; known once the draft is finished
    asks_object: bool = False  # the frame names the objects it is for
    is_composed: bool = False  # the type is no longer the site's: what is agreed to, threatened or asked for is to come
    is_plan: bool = False  # composed by its own future alone: "will meet", "are to meet"
    is_expected: bool = False  # others say that it is to come ("is due to meet"): nobody agreed to it
    likelihood: float = 0.5  # share of the places in news where its frame fits that tell such a deed
    asks_actor: bool = False  # the frame names who or what acts
    requires: str = ""  # what the frame asks of the parties
    is_followed: bool = False  # its noun is what another act came after: "the ban followed talks"
    has_subject: bool = False  # someone or something acts, be it a thing that is no party
    operators: list[Token] = field(default_factory=list)
    below: Draft | None = None  # as it was below the last operator that changed its type
    choice: Choice | None = None  # how the parties were chosen
    evidence: dict[str, float] = field(default_factory=dict)  # what was seen of the whole
    manner: dict[str, float] = field(default_factory=dict)  # what was seen of how it is told: bears on its being one
    exists: float = 1.0  # probability that it is an event at all
    right: float = 1.0  # probability that type and parties are right
    is_row: bool = True
    row_evidence: dict[str, float] = field(default_factory=dict)  # what was seen of the finished row
    settled: dict[str, list[Option]] = field(default_factory=dict)  # the dates and places it may have had
    counts: dict[str, int] = field(default_factory=dict)  # people killed, wounded, ...: `counts.py`

    def parties(self) -> list[PartyPhrase]:
        """Actors and recipients."""
        return [*self.actors, *self.recipients]
