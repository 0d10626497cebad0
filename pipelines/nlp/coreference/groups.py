"""Nominals that stand for several entities, and the country "the country" stands for.

What belongs here: which countries or people are in focus. Each function returns entities, or None where the text does not
tell.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.nlp.annotations import EntityNode
from pipelines.nlp.coreference.discourse import Discourse, Referent
from pipelines.nlp.coreference.nominals import BARE_PAIRS, Form, Nominal

_FOCUS_SENTENCES = 8


def group_members(discourse: Discourse, nominal: Nominal, countries: dict[str, EntityNode]) -> tuple[EntityNode, ...]:
    """The members of "both countries", "the two leaders", "the two sides"; empty where they cannot be told.

    Args:
        discourse: what was read before.
        nominal: a nominal of a group form.
        countries: the entity of each country code, for countries that only people and organisations stood for so far.
    """
    wanted = nominal.count or 2
    if nominal.form is Form.LEADERS:
        return _people(discourse, nominal, wanted)
    members = _countries(discourse, nominal, wanted, countries)
    if not members and nominal.word in BARE_PAIRS:
        members = _people(discourse, nominal, wanted)
    return members


def _countries(
    discourse: Discourse, nominal: Nominal, wanted: int, countries: dict[str, EntityNode]
) -> tuple[EntityNode, ...]:
    sentence = discourse.sentence_of[nominal.start]
    here = _codes_in_order(discourse, lambda s: s == sentence)
    if len(here) == wanted:
        return tuple(countries[c] for c in here)
    for number, pair in reversed(discourse.pairs):
        if len(pair) == wanted and sentence - number <= _FOCUS_SENTENCES:
            return pair
    if nominal.form is Form.SIDES:
        return ()  # sides may be no countries at all
    recent = _codes_in_order(discourse, lambda s: sentence - _FOCUS_SENTENCES <= s <= sentence)
    return tuple(countries[c] for c in recent[-wanted:]) if len(recent) >= wanted else ()


def _codes_in_order(discourse: Discourse, is_near: Callable[[int], bool]) -> list[str]:
    """Country codes of states and their people mentioned in sentences, the most recently mentioned last."""
    last: dict[str, int] = {}
    for referent in discourse.referents.values():
        code = referent.node.country
        if not code or code in ("IGO", "EUR") or referent.kind not in ("place", "person"):
            continue
        for occurrence in referent.occurrences:
            if is_near(occurrence.sentence):
                last[code] = max(last.get(code, -1), occurrence.start)
    return sorted(last, key=lambda code: last[code])


def _people(discourse: Discourse, nominal: Nominal, wanted: int) -> tuple[EntityNode, ...]:
    sentence = discourse.sentence_of[nominal.start]
    near = [r for r in discourse.recent(sentence, 4) if r.kind == "person" and not r.is_plural]
    if nominal.form is Form.LEADERS and nominal.word in (
        "leader",
        "president",
        "minister",
        "premier",
        "diplomat",
        "general",
    ):
        official = [r for r in near if r.node.sector in ("GOV", "ELI", "REB", "PTY", "OPP", "MIL", "LEG")]
        near = official if len(official) >= wanted else near
    if len(near) < wanted:
        return ()
    return tuple(r.node for r in reversed(near[:wanted]))


def country_in_focus(
    discourse: Discourse,
    nominal: Nominal,
    countries: dict[str, EntityNode],
    *,
    continents: frozenset[str],
    continent_of: dict[str, str],
) -> EntityNode | None:
    """The country "the country" stands for: the one mentioned last, on the continent its adjective tells."""
    sentence = discourse.sentence_of[nominal.start]
    governed = _codes_governing(discourse, nominal)
    best: tuple[tuple[int, int], str] | None = None
    for referent in discourse.recent(sentence, _FOCUS_SENTENCES):
        code = referent.node.country
        if not code or code in ("IGO", "EUR") or code in governed or not _stands_for_country(referent):
            continue
        if continents and continent_of.get(code) not in continents:
            continue
        rank = (referent.last.sentence, referent.last.start)
        if best is None or rank > best[0]:
            best = (rank, code)
    return countries.get(best[1]) if best else None


def _stands_for_country(referent: Referent) -> bool:
    return referent.kind in ("place", "person") or referent.node.sector in ("GOV", "MIL", "LEG")


def _codes_governing(discourse: Discourse, nominal: Nominal) -> set[str]:
    """The country of the phrase a nominal is part of: "the Russian ambassador to the country" is not Russia's to itself."""
    doc = discourse.doc
    token = doc[nominal.head]
    if token.dep_ != "pobj" or token.head.lower_ not in ("to", "with", "against", "from"):
        return set()
    governor = token.head.head
    codes = set()
    for referent in discourse.referents.values():
        for occurrence in referent.occurrences[-3:]:
            is_near = governor.i in (occurrence.head, doc[occurrence.head].head.i)
            if is_near and referent.node.country:
                codes.add(referent.node.country)
    return codes
