"""Nominals that stand for several entities, and the country "the country" stands for.

What belongs here: which countries or people are in focus. Each function returns entities, or None where the text does not
tell.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.nlp.actors.patterns import SUPRANATIONAL_CODES
from pipelines.nlp.annotations import EntityNode
from pipelines.nlp.coreference.discourse import SUBJECT_DEPS, Discourse, Referent
from pipelines.nlp.coreference.home import CountryOfEvents
from pipelines.nlp.coreference.nominals import BARE_PAIRS, Form, Nominal
from pipelines.nlp.coreference.patterns import STATE_HEADS

_FOCUS_SENTENCES = 8
_SIDES_SENTENCES = 3  # through which "both sides" are the two that were joined
_LAST_OCCURRENCES = 20  # of a referent that can be that near
_OFFICERS = frozenset("leader president minister premier diplomat general".split())  # of a state
_OWN_DEPS = frozenset({"amod", "compound", "poss", "nmod"})


def group_members(
    discourse: Discourse, nominal: Nominal, countries: dict[str, EntityNode], home: CountryOfEvents
) -> tuple[EntityNode, ...]:
    """The members of "both countries", "the two leaders", "the two sides"; empty where they cannot be told.

    Args:
        discourse: what was read before.
        nominal: a nominal of a group form.
        countries: the entity of each country code, for countries that only people and organisations stood for so far.
        home: the country that the story is about alone, whose sides are no other states, or the two that it is about.
    """
    wanted, clear = nominal.count or 2, home.clear
    pair = () if nominal.word in BARE_PAIRS or wanted != 2 else tuple(countries[c] for c in home.pair if c in countries)
    pair = pair if len(pair) == wanted else ()
    if nominal.form is Form.LEADERS:
        states = _states(discourse, nominal, wanted, countries) or pair if nominal.word in _OFFICERS else ()
        return _people(discourse, nominal, wanted) or _of_states(states, nominal)
    if nominal.word in BARE_PAIRS and (named := _pair_before(discourse, nominal)):
        return named
    members = _states(discourse, nominal, wanted, countries) or pair
    if not members and nominal.form is Form.SIDES:
        members = _coordinated_bodies(discourse, discourse.sentence_of[nominal.start]) if wanted == 2 else ()
    elif not members:
        members = _states_told_last(discourse, nominal, wanted, countries)
    if nominal.form is Form.SIDES and _are_abroad(members, clear):
        members = _coordinated_bodies(discourse, discourse.sentence_of[nominal.start]) if wanted == 2 else ()
        members = () if _are_abroad(members, clear) else members
    if not members and nominal.word in BARE_PAIRS:
        members = _people(discourse, nominal, wanted)
    return members


def _states(
    discourse: Discourse, nominal: Nominal, wanted: int, countries: dict[str, EntityNode]
) -> tuple[EntityNode, ...]:
    """The states that the sentence names, and no more, or that "and" joined before."""
    sentence = discourse.sentence_of[nominal.start]
    here = _codes_in_order(discourse, sentence, lambda s: s == sentence)
    if len(here) == wanted:
        return tuple(countries[c] for c in here)
    for number, pair in reversed(discourse.pairs):
        if len(pair) == wanted and sentence - number <= _FOCUS_SENTENCES:
            return pair
    return ()


def _states_told_last(
    discourse: Discourse, nominal: Nominal, wanted: int, countries: dict[str, EntityNode]
) -> tuple[EntityNode, ...]:
    sentence = discourse.sentence_of[nominal.start]
    recent = _codes_in_order(discourse, sentence, lambda s: sentence - _FOCUS_SENTENCES <= s <= sentence)
    return tuple(countries[c] for c in recent[-wanted:]) if len(recent) >= wanted else ()


def _of_states(states: tuple[EntityNode, ...], nominal: Nominal) -> tuple[EntityNode, ...]:
    """The nameless officers of several states: "Brazil and Japan signed ... The two presidents"."""
    sector = nominal.stated.sector
    return tuple(
        EntityNode(
            f"nominal:{s.country}:{sector or ''}:{nominal.word}",
            f"{s.name} {nominal.word}",
            "PERSON",
            s.country,
            sector,
        )
        for s in states
    )


def _are_abroad(members: tuple[EntityNode, ...], clear: str | None) -> bool:
    """Whether all of several parties are of other countries than the one that a story is about alone."""
    return clear is not None and all(m.country not in (None, clear) for m in members)


def _pair_before(discourse: Discourse, nominal: Nominal) -> tuple[EntityNode, ...]:
    """The two people, and no more, that a sentence names before: "Roe met Lund in Paris, where the two exchanged views"."""
    sentence = discourse.sentence_of[nominal.start]
    people = [
        r
        for r in discourse.recent(sentence, 0)
        if r.kind == "person" and not r.is_plural and any(o.is_name and o.sentence == sentence for o in r.occurrences)
    ]
    return tuple(r.node for r in reversed(people)) if len(people) == 2 else ()


def _coordinated_bodies(discourse: Discourse, sentence: int) -> tuple[EntityNode, ...]:
    """The two states, bodies or groups that "and" joined last: "The army and the Free Front agreed ... Both sides"."""
    doc = discourse.doc
    near = [
        (occurrence, referent.node)
        for referent in discourse.recent(sentence, _SIDES_SENTENCES)
        for occurrence in referent.occurrences[-3:]
        if referent.kind not in ("person", "group") and occurrence.sentence < sentence and not referent.node.members
    ]
    pairs = [
        (second.start, first_node, second_node)
        for second, second_node in near
        for first, first_node in near
        if first_node is not second_node
        and doc[second.head].dep_ == "conj"
        and doc[second.head].head.i == first.head
        and sentence - second.sentence <= _SIDES_SENTENCES
    ]
    if not pairs:
        return ()
    _, first_node, second_node = max(pairs, key=lambda pair: pair[0])
    return (first_node, second_node)


def _codes_in_order(discourse: Discourse, sentence: int, is_near: Callable[[int], bool]) -> list[str]:
    """Country codes of states and their people mentioned in sentences, the most recently mentioned last."""
    last: dict[str, int] = {}
    for referent in discourse.recent(sentence, _FOCUS_SENTENCES):
        code = referent.node.country
        if not code or code in SUPRANATIONAL_CODES or referent.kind not in ("place", "person"):
            continue
        for occurrence in referent.occurrences[-_LAST_OCCURRENCES:]:
            if is_near(occurrence.sentence):
                last[code] = max(last.get(code, -1), occurrence.start)
    return sorted(last, key=lambda code: last[code])


def _people(discourse: Discourse, nominal: Nominal, wanted: int) -> tuple[EntityNode, ...]:
    sentence = discourse.sentence_of[nominal.start]
    near = [r for r in discourse.recent(sentence, 4) if r.kind == "person" and not r.is_plural]
    if nominal.form is Form.LEADERS and nominal.word in _OFFICERS:
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
    main: str | None,
) -> EntityNode | None:
    """The country "the country" stands for.

    It is the one that is called so ("the Sultanate of Oman ... the Sultanate"), else the only one of this sentence (for a
    subject: and the one before), else the document's main one, else the one mentioned last.

    Args:
        discourse: what was read before.
        nominal: the nominal.
        countries: the entity of each country code.
        continents: where its adjective says it lies ("the South American country"); empty where it says nothing.
        continent_of: continent of each country code.
        main: the country the document is mostly about, if there is one.
    """
    sentence = discourse.sentence_of[nominal.start]
    excluded = _codes_governing(discourse, nominal)
    last: dict[str, int] = {}
    for referent in discourse.recent(sentence, _FOCUS_SENTENCES):
        code = referent.node.country
        if not code or code in SUPRANATIONAL_CODES or code in excluded or not _stands_for_country(referent):
            continue
        if not continents or continent_of.get(code) in continents:
            last[code] = max(last.get(code, -1), referent.last.start)
    if not last:
        return None
    called = {r.node.country for r in discourse.referents.values() if _is_called(discourse, r, nominal.word)}
    if len(called) == 1 and (state := countries.get(called.pop() or "")) is not None:
        return state
    # A subject takes up what the sentence before was about; elsewhere the country is mostly the story's own.
    reach = 1 if discourse.doc[nominal.head].dep_ in SUBJECT_DEPS else 0
    near = [code for code, at in last.items() if discourse.sentence_of[at] >= sentence - reach]
    if len(near) == 1:
        return countries.get(near[0])
    if main in last:
        return countries.get(main)
    return countries.get(max(last, key=lambda code: last[code]))


def _is_called(discourse: Discourse, state: Referent, word: str) -> bool:
    """Whether a state's full name begins with a noun: "the Republic of Korea"."""
    if not state.node.key.startswith("country:") or word not in STATE_HEADS:
        return False
    return any(o.is_name and discourse.doc[o.start].lower_ == word for o in state.occurrences)


def _stands_for_country(referent: Referent) -> bool:
    return referent.kind in ("place", "person") or referent.node.sector in ("GOV", "MIL", "LEG")


def _codes_governing(discourse: Discourse, nominal: Nominal) -> set[str]:
    """Countries of the phrases a nominal is part of: "the Russian ambassador to the country", "Chad, the country's ally"."""
    doc = discourse.doc
    governors = set()
    token = doc[nominal.head]
    while token.dep_ not in ("conj", "ROOT") and token.head.pos_ not in ("VERB", "AUX"):
        token = token.head
        if token.pos_ in ("NOUN", "PROPN"):
            governors.add(token.i)
    codes = set()
    for referent in discourse.recent(discourse.sentence_of[nominal.start], 0):
        for occurrence in referent.occurrences[-3:]:
            is_near = occurrence.head in governors or (
                doc[occurrence.head].dep_ in _OWN_DEPS and doc[occurrence.head].head.i in governors
            )
            if is_near and referent.node.country:
                codes.add(referent.node.country)
    return codes
