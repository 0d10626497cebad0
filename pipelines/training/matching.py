"""Which row tells which coded event, and which party is which: the labels that weights are fitted to.

What belongs here: comparing names, parties and rows with a coding. What does not: the form of the corpus (`corpus.py`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.nlp.events.drafts import Draft
from pipelines.records import Event, Party

_SMALL_WORDS = frozenset("the a an of and in for his her its their".split())
Coded = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Designation:
    """How a party is called: its phrase, its entity's name, its country."""

    text: str
    name: str
    country: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """A draft with the coded event that it tells, or none."""

    draft: Draft
    row: Event
    coded: Coded | None
    actors_right: bool = False
    recipients_right: bool = False
    is_near: bool = False

    @property
    def is_right(self) -> bool:
        """Whether type and both sides are right."""
        return self.coded is not None and self.actors_right and self.recipients_right


def _words(name: str) -> set[str]:
    folded = "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))
    return set("".join(c if c.isalnum() else " " for c in folded).split()) - _SMALL_WORDS


def same_name(one: str, other: str) -> bool:
    """Whether two designations share a word that counts, or one is made of the other's capitals."""
    if _words(one) & _words(other):
        return True
    for short, long in ((one, other), (other, one)):
        letters = "".join(c for c in short if c.isalnum()).casefold()
        capitals = "".join(w[0] for w in "".join(c if c.isalnum() else " " for c in long).split() if w[0].isupper())
        if 2 <= len(letters) <= 6 and letters == capitals.casefold():
            return True
    return False


def is_party(found: Designation, coded: Coded, *, with_country: bool) -> bool:
    """Whether a party found is a coded one, by name and, where asked for and coded, by country."""
    if with_country and coded.get("country") and found.country != coded["country"]:
        return False
    told = [text for text in (found.text, found.name) if text]
    return any(same_name(t, w) for t in told for w in (coded["text"], *coded.get("names", ())) if w)


def side_is_right(found: Sequence[Designation], coded: Iterable[Coded]) -> bool:
    """Every coded party that is not optional is found, and nothing that is not coded."""
    wanted = list(coded)
    return all(any(is_party(f, c, with_country=True) for c in wanted) for f in found) and all(
        c.get("optional") or any(is_party(f, c, with_country=True) for f in found) for c in wanted
    )


def designation(party: Party, names: Mapping[str, str]) -> Designation:
    """How a row's party is called."""
    return Designation(party.text, names.get(party.entity_id or "", ""), party.country)


def match_rows(drafts: Sequence[tuple[Draft, Event]], coded: Sequence[Coded], names: Mapping[str, str]) -> list[Match]:
    """One match a draft: each coded event is told by at most one, the one that fits it best.

    Args:
        drafts: drafts with their rows.
        coded: the coded events of the article.
        names: entity id to name.
    """
    ranked = []
    for i, (_, row) in enumerate(drafts):
        for j, event in enumerate(coded):
            if row.event_type not in event["types"]:
                continue
            if not row.sentence_start_char <= event["start_char"] < row.sentence_end_char:
                continue
            actors, recipients = _sides(row, event, names)
            near = row.start_char < event["end_char"] and event["start_char"] < row.end_char
            ranked.append(
                (actors and recipients, actors + recipients, near, event["required"], -i, -j, actors, recipients)
            )
    ranked.sort(reverse=True)
    by_draft: dict[int, tuple[int, bool, bool, bool]] = {}
    taken: set[int] = set()
    for _, _, near, _, i, j, actors, recipients in ranked:
        if -i not in by_draft and -j not in taken:
            taken.add(-j)
            by_draft[-i] = (-j, actors, recipients, near)
    matches = []
    for i, (draft, row) in enumerate(drafts):
        if i in by_draft:
            j, actors, recipients, near = by_draft[i]
            matches.append(Match(draft, row, coded[j], actors, recipients, near))
        else:
            matches.append(Match(draft, row, None))
    return matches


def _sides(row: Event, event: Coded, names: Mapping[str, str]) -> tuple[bool, bool]:
    actors = [designation(p, names) for p in row.actors]
    recipients = [designation(p, names) for p in row.recipients]
    if event.get("symmetric"):
        both = side_is_right([*actors, *recipients], [*event["actors"], *event["recipients"]])
        return both, both
    return side_is_right(actors, event["actors"]), side_is_right(recipients, event["recipients"])
