"""Whom an event was done to where no role names anyone: the nearest party among the predicate's dependents.

What belongs here: that search, and who cannot be meant. What does not: reading a phrase (`parties.py`), the roles of a frame
(`drafting.py`).
"""

from __future__ import annotations

from spacy.tokens import Token

from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase, without_parties

_NOT_SEARCHED = frozenset(("nsubj", "nsubjpass", "conj", "cc", "aux", "auxpass", "mark", "punct", "det"))
_SEARCH_ORDER = {"dative": 0, "dobj": 0, "xcomp": 1, "ccomp": 1, "prep": 2, "agent": 2, "acl": 2, "advcl": 4}
_SEARCH_DEPTH = 6  # levels of dependents


def nearest_parties(reader: PartyReader, top: Token, actors: list[PartyPhrase]) -> list[PartyPhrase]:
    """The party nearest to a predicate among its dependents; the actors, their own country and what is theirs left out.

    Args:
        reader: reads the document's parties.
        top: the predicate; its complements are searched before its adjuncts, each level by level, its subject not at all.
        actors: parties that act.
    """
    children = sorted(
        (c for c in top.children if c.dep_ not in _NOT_SEARCHED), key=lambda c: _SEARCH_ORDER.get(c.dep_, 9)
    )
    for child in children:
        level = [child]
        for _ in range(_SEARCH_DEPTH):
            for token in level:
                found = _others(reader, token, actors)
                if found:
                    return found
            level = [inner for token in level for inner in token.children]
    return []


def _others(reader: PartyReader, token: Token, actors: list[PartyPhrase]) -> list[PartyPhrase]:
    """Parties at a token that can be someone acted on by the actors."""
    if token.pos_ not in ("NOUN", "PROPN", "ADJ") or not reader.is_party(token):
        return []
    found = without_parties([p for p in reader.parties(token) if p.is_party], actors)
    found = [p for p in found if p.country or p.sector or (p.mention is not None and p.mention.is_name)]
    found = [p for p in found if not _is_own(reader, p, actors)]
    own = {p.country for p in actors if p.country}
    return [] if all(p.country in own and p.sector is None for p in found) else found


def _is_own(reader: PartyReader, party: PartyPhrase, actors: list[PartyPhrase]) -> bool:
    """Whether a phrase says that it belongs to an actor: "its ambassador"."""
    acting = {p.identity for p in actors}
    for token in reader.doc[party.start : party.end]:
        if token.dep_ == "poss" and token.pos_ == "PRON":
            owner = reader.antecedents.of(token)
            return owner is not None and any(p.identity in acting for p in reader.parties(owner))
    return False
