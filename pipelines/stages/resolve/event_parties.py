"""One participant once in an event: which parties of its reports are the same.

What belongs here: `event_parties`. What does not: which entity a name stands for (`entities.py`), names and counts of
participants (`sql/intermediate/int_event_parties.sql`).

A named party is its entity. An unnamed group ("the rebels", "six fighters") has an entity in its own document only; within one
event and role it is the group of another report by the same word, or of the same country and sector, or the named body or
person that the same word or office stands for, where there is only one. Two parties of one report are never the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

from pipelines import ids
from pipelines.stages.resolve.likeness import stems
from pipelines.stages.resolve.report_parties import BODY, GROUP, PERSON, party_kind
from pipelines.stages.resolve.report_words import head_and_word


@dataclass(slots=True)
class _Party:
    """A participant of an event in one role, as its reports name it."""

    party_id: str
    kind: int
    mentions: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    modifiers: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    homes: set[tuple[str | None, str | None]] = field(default_factory=set)


def event_parties(participants: pd.DataFrame, links: pd.DataFrame, entities: pd.DataFrame) -> pd.DataFrame:
    """The participant of its event that each party of a report is.

    Args:
        participants: rows of nlp.event_participants, with the entity of core as entity_id.
        links: event_mention_id and event_id, one row a mention.
        entities: entity_id, label, is_named of core.entities.

    Returns:
        event_mention_id, role, ordinal, party_id.
    """
    entities = entities.loc[entities["entity_id"].isin(participants["entity_id"].unique())]
    named = (entities[name].tolist() for name in ("entity_id", "label", "is_named"))
    labels = {str(entity): (str(label), bool(is_named)) for entity, label, is_named in zip(*named, strict=True)}
    told = participants.merge(links[["event_mention_id", "event_id"]], on="event_mention_id")
    told = told.sort_values(["event_id", "role", "event_mention_id", "ordinal"], ignore_index=True)
    found: list[str] = []
    columns = ("event_id", "role", "event_mention_id", "entity_id", "text", "country", "sector")
    for rows in _by_role(told, columns):
        parties: list[_Party] = []
        known = [_read(row, labels) for row in rows]
        chosen: dict[int, str] = {}
        # The named ones first: groups are led back to them.
        for at in sorted(range(len(rows)), key=lambda at: (known[at].kind == GROUP, at)):
            chosen[at] = _place(known[at], parties).party_id
        found.extend(chosen[at] for at in range(len(rows)))
    return told[["event_mention_id", "role", "ordinal"]].assign(party_id=found)


def _by_role(told: pd.DataFrame, columns: tuple[str, ...]) -> Iterable[list[tuple]]:
    groups: dict[tuple[str, str], list[tuple]] = defaultdict(list)
    for row in zip(*(told[column].tolist() for column in columns), strict=True):
        groups[row[0], row[1]].append(row)
    return groups.values()


def _read(row: tuple, labels: Mapping[str, tuple[str, bool]]) -> _Party:
    event_id, role, mention, entity, text, country, sector = row
    core = entity if isinstance(entity, str) else None
    label, is_named = labels.get(core, ("", False)) if core else ("", False)
    kind = party_kind(label, is_named=is_named)
    words, all_words = _words(text) if isinstance(text, str) else ((), frozenset())
    home = (country if isinstance(country, str) else None, sector if isinstance(sector, str) else None)
    party_id = core if core and kind != GROUP else ids.party_id(event_id, role, core or str(text).casefold())
    return _Party(party_id, kind, {mention}, set(words[:1]), set(words[1:]), set(all_words), {home})


@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Head and most telling other word of a phrase, and the stems of all its words; phrases recur."""
    return tuple(head_and_word(text)), frozenset(stems(text))


def _place(party: _Party, parties: list[_Party]) -> _Party:
    """The known participant that a party is, which learns from it; or the party itself as a new one."""
    candidates = [other for other in parties if _is_same(party, other)]
    if party.kind == GROUP and len(candidates) > 1:
        closest = [other for other in candidates if other.heads & party.heads]
        candidates = closest or candidates
        named = [other for other in candidates if other.kind != GROUP]
        candidates = [other for other in candidates if other.kind == GROUP][:1] or (named if len(named) == 1 else [])
    if not candidates:
        parties.append(party)
        return party
    same = candidates[0]
    for name in ("mentions", "heads", "modifiers", "words", "homes"):
        getattr(same, name).update(getattr(party, name))
    return same


def _is_same(party: _Party, other: _Party) -> bool:
    if party.kind != GROUP:
        return party.party_id == other.party_id
    if party.party_id == other.party_id:
        return True
    if party.mentions & other.mentions or _contradict(party, other):
        return False
    if other.kind == GROUP:
        return bool(party.heads & other.heads) or _share_office(party, other)
    return (other.kind in (BODY, PERSON) and bool(party.heads & other.words)) or (
        other.kind == BODY and _share_office(party, other)
    )


def _contradict(party: _Party, other: _Party) -> bool:
    """Whether countries exclude each other, or groups of one kind have other words beside it."""
    homes = {country for country, _ in party.homes if country}
    others = {country for country, _ in other.homes if country}
    if homes and others and not homes & others:
        return True
    one_kind = bool(party.heads & other.heads)
    return one_kind and bool(party.modifiers and other.modifiers) and not party.modifiers & other.modifiers


def _share_office(party: _Party, other: _Party) -> bool:
    return any(country and sector and (country, sector) in other.homes for country, sector in party.homes)
