"""Candidates for the roles of one event, each with the places where it stands.

What belongs here: their form, and joining what is one party. What does not: where candidates come from (`candidates.py`), what
speaks for them (`evidence.py`).
"""

from __future__ import annotations

from dataclasses import field

from pipelines.immutable import dataclass
from pipelines.nlp.events.party_phrase import PartyPhrase

_MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a candidate stands: its relation to the predicate, and how it is named within the phrase that stands there.

    `relation` is a role name of the frames (`subj`, `obj`, `iobj`, `poss`, `adj` or a preposition) or, outside the predicate's
    own arguments, `below`, `above.subj`, `above.obj`, `above.noun`, `told.actor`, `told.recipient`, and for what an operator
    changed `inner.actor` (`controlled` where it is whom the operator addresses) and `inner.recipient`. `inner` is empty where
    the phrase itself is the party, else how the party is named inside it: `poss`, `adj`, `thing` or a preposition. `steps`
    counts levels, clauses or earlier events.
    """

    relation: str
    inner: str = ""
    steps: int = 0


@dataclass(slots=True)
class Candidate:
    """One argument that may play a role: the parties of one phrase, coordinated ones together."""

    parties: tuple[PartyPhrase, ...]
    places: list[Place] = field(default_factory=list)
    may_act: bool = True  # False: a thing that is nobody's
    may_suffer: bool = True

    @property
    def head(self) -> int:
        """Token index of the first party's head."""
        return self.parties[0].head

    @property
    def is_named(self) -> bool:
        """Whether the first party is a proper name."""
        mention = self.parties[0].mention
        return mention is not None and mention.is_name


class Collection:
    """Candidates by identity of their parties, in the order in which they were found."""

    def __init__(self) -> None:
        self.candidates: list[Candidate] = []
        self._known: dict[tuple[object, ...], Candidate] = {}

    def at(self, relation: str) -> set[object]:
        """Identities of the parties that stand at a relation."""
        return {p.identity for c in self.candidates if any(x.relation == relation for x in c.places) for p in c.parties}

    def add(self, parties: tuple[PartyPhrase, ...], place: Place) -> None:
        """Add the parties of a phrase, if any, or where else those stand that are there."""
        if not parties:
            return
        key = tuple(p.identity for p in parties)
        candidate = self._known.get(key)
        if candidate is None:
            candidate = self._known[key] = Candidate(parties)
            self.candidates.append(candidate)
        places, relation = candidate.places, place.relation
        if len(places) < _MOST_PLACES:
            for other in places:
                if other.relation == relation:
                    return
            places.append(place)
