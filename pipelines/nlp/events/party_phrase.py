"""A party as found in the text, and lists of them.

What belongs here: the form. What does not: finding parties (`parties.py`).
"""

from __future__ import annotations

from pipelines.immutable import dataclass
from pipelines.nlp.annotations import EntityNode, MentionSpan


@dataclass(frozen=True, slots=True)
class PartyPhrase:
    """A party as found: its phrase (tokens [start, end)), its head and what is known of it."""

    head: int
    start: int
    end: int
    mention: MentionSpan | None
    entity: EntityNode | None
    country: str | None
    sector: str | None
    is_party: bool  # a person, organisation, country or people; False: a thing acted on that names no party

    @property
    def identity(self) -> object:
        """What makes two phrases one party."""
        return self.entity.key if self.entity is not None else self.head

    @property
    def is_state(self) -> bool:
        """Whether it is a country by its name: "China rejected it"."""
        mention = self.mention
        return bool(self.country) and mention is not None and mention.is_name and mention.label == "GPE"


def merge_parties(first: list[PartyPhrase], second: list[PartyPhrase]) -> list[PartyPhrase]:
    """Both lists without repeating a party."""
    known = {p.identity for p in first}
    return first + [p for p in second if p.identity not in known]


def without_parties(parties: list[PartyPhrase], others: list[PartyPhrase]) -> list[PartyPhrase]:
    """Parties that are not among others, by identity or by an overlapping phrase."""
    known = {p.identity for p in others}
    spans = [(p.start, p.end) for p in others]
    return [p for p in parties if p.identity not in known and not any(p.start < e and s < p.end for s, e in spans)]
