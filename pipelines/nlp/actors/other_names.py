"""A lexicon's match in a phrase that is part of another name: a backer, a surname, a state that no lexicon has.

What belongs here: what the words around a match say against it. What does not: how matches compose (`component.py`).
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.nlp.actors.patterns import COMPOUND_TAILS, DEFINITE, HYPHENS, STANCES, STATE_HEADS, TOOK_PART, WARS
from pipelines.nlp.actors.phrase_index import Kind, Match, fold

_LINKS = frozenset(("of", "for"))
_STATES = frozenset((Kind.COUNTRY, Kind.DEMONYM, Kind.CAPITAL))


def is_another_name(words: tuple[str, ...], match: Match, found: list[Match]) -> bool:
    """True for a match that says nothing of the phrase it stands in.

    Args:
        words: the words of the phrase.
        match: one of its matches.
        found: all of its matches.
    """
    return (
        _is_backer(words, match)
        or _is_surname(words, match, found)
        or _is_town_in_state(words, match)
        or _is_of_war(words, match, found)
    )


def of_nobody_known(words: tuple[str, ...], match: Match) -> Match:
    """A match without its country where it is part of a longer name: "Agrarian Democratic Party", "National Front for Justice".

    Only of names that bodies of several states have: another state's is as likely to be called so.
    """
    is_part = match.entry.is_shared and (_is_end(words, match.start) or _is_beginning(words, match.end))
    return Match(match.start, match.end, replace(match.entry, country=None)) if is_part else match


def _is_end(words: tuple[str, ...], start: int) -> bool:
    return start > 0 and words[start - 1][0].isupper() and fold(words[start - 1]) not in DEFINITE


def _is_beginning(words: tuple[str, ...], end: int) -> bool:
    behind = [word for word in words[end + 1 : end + 3] if fold(word) not in DEFINITE]
    return len(words) > end + 1 and fold(words[end]) in _LINKS and bool(behind) and behind[0][0].isupper()


def _is_backer(words: tuple[str, ...], match: Match) -> bool:
    """True for the first member of "US-backed" and its like, and for the second of "pro-Russian"."""
    start, end = match.start, match.end
    if start > 1 and words[start - 1] in HYPHENS and fold(words[start - 2]) in STANCES:
        return match.entry.kind in _STATES  # who is against the rebels of a country is mostly of it
    return end + 1 < len(words) and words[end] in HYPHENS and fold(words[end + 1]) in COMPOUND_TAILS


def _is_of_war(words: tuple[str, ...], match: Match, found: list[Match]) -> bool:
    """True for what a war is called by, before who took part in it: "an Iraq War veteran", "Korean war veterans"."""
    if match.entry.kind not in (*_STATES, Kind.REGION, Kind.CITY):
        return False
    is_followed = any(m.start == match.end for m in found)
    behind = words[match.end : match.end + (1 if is_followed else 2)]  # "the Syrian civil war"
    return any(fold(word) in WARS for word in behind) and any(fold(word) in TOOK_PART for word in words[match.end :])


def _is_town_in_state(words: tuple[str, ...], match: Match) -> bool:
    """True for a town's name in that of a state, "Republic of Lakewood": a state that no lexicon has is no town's."""
    if match.start < 2 or match.entry.kind not in (Kind.CITY, Kind.CAPITAL):
        return False
    of = match.start - (2 if fold(words[match.start - 1]) == "the" else 1)
    return of > 0 and fold(words[of]) == "of" and fold(words[of - 1]) in STATE_HEADS


def _is_surname(words: tuple[str, ...], match: Match, found: list[Match]) -> bool:
    """True for a place's name that follows another capitalised word: "Agnes London"."""
    if match.entry.kind not in (Kind.CITY, Kind.CAPITAL) or match.start == 0:
        return False
    if not words[match.start - 1][0].isupper():
        return False
    before = next((m for m in found if m.end == match.start), None)
    return before is None or before.entry.is_title
