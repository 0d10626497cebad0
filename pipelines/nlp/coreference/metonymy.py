"""Capitals that stand for their government.

What belongs here: telling "Ankara rejected the offer" from "a rally in Ankara".
"""

from __future__ import annotations

from collections.abc import Container

from pipelines.nlp.actors.phrase_index import Entry, Kind, fold
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.coreference.discourse import head_of
from pipelines.nlp.coreference.patterns import PLACE_VERBS
from pipelines.nlp.parsed import Doc, Token

_SEATS = {"brussels": "org:european union"}
_ADDRESSED = frozenset("accuse urge warn condemn criticise criticize ask press threaten blame sanction invite".split())
_PARTNER_PREPOSITIONS = frozenset("between with against toward towards".split())
_STANCES = frozenset("decision refusal demand offer proposal policy stance move".split())
_MAX_TO_VERB = 6  # tokens from a capital to the verb it is the subject of
_AFTER_PLACE = frozenset({",", "(", "-", "--", "–", "—"})
_SHORT_TEXT = 3  # tokens: a phrase rather than a sentence


def is_acting_capital(doc: Doc, mention: MentionSpan, entry: Entry | None) -> bool:
    """True where a capital's name is a party rather than a place; `entry`: what the lexicons know of the name."""
    if entry is None or entry.kind is not Kind.CAPITAL:
        return False
    if len(doc) <= _SHORT_TEXT:
        return True
    token = doc[head_of(doc, mention.start, mention.end)]
    following = doc[mention.end] if mention.end < len(doc) else None
    if token.is_upper or (following is not None and (following.text in _AFTER_PLACE or following.like_num)):
        return False  # a dateline, or a place with what it lies in
    return _acts(token)


def organisation_of_seat(doc: Doc, mention: MentionSpan, keys: Container[str]) -> str | None:
    """The key of the organisation that a city stands for where the document names it: Brussels for the European Union.

    Args:
        doc: the document.
        mention: an acting capital.
        keys: entities that the document names.
    """
    key = _SEATS.get(fold(doc[mention.start : mention.end].text))
    return key if key in keys else None


def _acts(token: Token) -> bool:
    governor = token.head
    if token.dep_ in ("nsubj", "nsubjpass", "agent"):
        if token.dep_ == "nsubjpass" or governor.pos_ != "VERB":
            return token.dep_ == "nsubjpass" and governor.lemma_ in _ADDRESSED
        return governor.lemma_ not in PLACE_VERBS and 0 < governor.i - token.i <= _MAX_TO_VERB
    if token.dep_ == "dobj":
        return governor.lemma_ in _ADDRESSED
    if token.dep_ == "pobj":
        return governor.lower_ in _PARTNER_PREPOSITIONS or (governor.dep_ == "agent" and governor.lower_ == "by")
    if token.dep_ == "conj":
        return _acts(governor)
    return token.dep_ == "poss" and governor.lemma_ in _STANCES
