"""The country of towns: which of several namesakes a story means, and towns that the actor lexicons do not know.

What belongs here: the country of a place's name, from what stands beside it and from the country the story is about. What
does not: coordinates (`places`, which reads the whole text for them).
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.nlp.actors.patterns import AMBIGUOUS_PLACES
from pipelines.nlp.actors.phrase_index import Entry, Kind
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.coreference.nominals import Nominal
from pipelines.nlp.coreference.story_country import town_countries
from pipelines.nlp.parsed import Doc
from pipelines.nlp.places.component import place_for_span
from pipelines.nlp.places.gazetteer import Gazetteer, Toponym

_NOT_REGIONS = frozenset({Kind.COUNTRY, Kind.CAPITAL, Kind.CITY})
_PLAIN_NAMES = frozenset({Kind.COUNTRY, Kind.CAPITAL, Kind.REGION, Kind.DEMONYM, Kind.PEOPLE})
_LEAST_PRIOR = 3.3  # a village of 2,000: smaller namesakes are not news
_TOWN_PRIOR = 4.3  # 20,000 people: known without a hint
_SHADOW = 1.3  # a namesake twenty times as large is meant, wherever the story is
_LEAD = 1.0  # ten times the people of any namesake abroad


def settle_towns(
    doc: Doc,
    names: list[MentionSpan],
    entries: list[Entry | None],
    gazetteer: Gazetteer,
    main: str | None,
    sure: set[str],
) -> dict[int, tuple[str, str | None]]:
    """Set the country of towns among a document's names.

    Args:
        doc: the document.
        names: its names, by position.
        entries: what the actor lexicons know of each name.
        gazetteer: every place of a name.
        main: the country the story is about as all its names tell, or None.
        sure: the countries that are named by more than towns.

    Returns:
        The country before and after, by first token, of each town that is another than the lexicons thought.
    """
    changed: dict[int, tuple[str, str | None]] = {}
    named = {
        m.country for m, e in zip(names, entries, strict=True) if m.country and (e is None or e.kind in _PLAIN_NAMES)
    }
    for position, (mention, entry) in enumerate(zip(names, entries, strict=True)):
        if mention.label != "GPE" or (entry is not None and entry.kind not in (Kind.CITY, Kind.CAPITAL)):
            continue
        beside = _country_beside(doc, names, position)
        if entry is not None and entry.kind is Kind.CAPITAL and beside not in (None, mention.country):
            if any(p.country == beside for p in gazetteer.lookup(doc[mention.start : mention.end].text)):
                changed[mention.start] = mention.country or "", beside
                mention.country = beside  # "Paris, Texas"
            continue
        if entry is not None and entry.kind is Kind.CAPITAL and (mention.country in sure or main not in sure):
            continue  # "Tripoli" is Libya's, unless the story names Lebanon and nothing else of Libya
        if entry is not None and entry.kind is Kind.CAPITAL:
            text = doc[mention.start : mention.end].text
            if main in town_countries(text, gazetteer, Kind.CAPITAL):
                changed[mention.start] = mention.country or "", main
                mention.country = main
            continue
        candidates = [p for p in gazetteer.lookup(doc[mention.start : mention.end].text) if p.country]
        before = mention.country
        if beside is not None and any(p.country == beside for p in candidates):
            mention.country = beside
        elif mention.country is None:
            is_word = doc[mention.start : mention.end].text in AMBIGUOUS_PLACES
            mention.country = _unknown_town(candidates, main, named, is_word=is_word)
        elif mention.country not in named and _may_be_in(candidates, main):
            mention.country = main
        if before is not None and before != mention.country:
            changed[mention.start] = before, mention.country
    return changed


def region_meant(doc: Doc, mention: MentionSpan, entry: Entry | None, gazetteer: Gazetteer) -> str | None:
    """The country of the region that a country's or city's name means here: Georgia in the USA, the state of Washington.

    Args:
        doc: the document, with its places.
        mention: a name.
        entry: what the actor lexicons know of it.
        gazetteer: every place of a name.

    Returns:
        The country's code; None where the name means what the lexicons say.
    """
    place = place_for_span(doc, mention.start, mention.end)
    if entry is None or place is None or not place.country or entry.kind not in _NOT_REGIONS:
        return None
    if place.text.casefold() != doc[mention.start : mention.end].text.casefold():
        return None
    is_region = any(p.kind == "admin1" and p.geonames_id == place.geonames_id for p in gazetteer.lookup(place.text))
    return place.country if is_region else None


def country_meant(doc: Doc, mention: MentionSpan, entry: Entry | None, gazetteer: Gazetteer) -> str | None:
    """The other country that a name shared by two means here: Congo of Brazzaville; None where it is the lexicons' own."""
    place = place_for_span(doc, mention.start, mention.end)
    if entry is None or entry.kind is not Kind.COUNTRY or place is None or place.country in (None, entry.country):
        return None
    countries = {p.country for p in gazetteer.lookup(place.text) if p.kind == "country"}
    return place.country if place.country in countries else None


def settle_shared(
    names: list[MentionSpan], entries: list[Entry | None], main: str | None, sure: set[str], *, is_long: bool
) -> None:
    """Give bodies whose name several states use, and their people, the country of the story.

    "Labour" is the British party in a British story and any that names Britain; in another it is the story's own.

    Args:
        names: a document's names, by position.
        entries: what the actor lexicons know of each name.
        main: the country the story is about, or None.
        sure: the countries that are named by more than towns and such bodies.
        is_long: whether the document is long enough to name its country; where it does not, such a body has none.
    """
    if main is None and not is_long:
        return
    shared = {
        e.country for e in entries if e is not None and e.is_shared and e.country not in sure and e.country != main
    }
    if main is None:  # several such names of one state are that state's
        shared -= {c for c in shared if len({e.key for e in entries if e and e.is_shared and e.country == c}) > 1}
    for mention, entry in zip(names, entries, strict=True):
        if mention.country not in shared:
            continue
        if (entry is not None and entry.is_shared) or (entry is None and mention.label in ("PERSON", "ORG")):
            mention.country = main


def correct_owners(nominals: list[Nominal], changed: dict[int, tuple[str, str | None]]) -> None:
    """Give "police in Cambridge" the country of the Cambridge that the story means.

    Args:
        nominals: the document's nominals; their words alone told a country so far.
        changed: what `settle_towns` returns.
    """
    for nominal in nominals if changed else ():
        for at in (nominal.end + 1, nominal.start, nominal.start + 1):
            before, country = changed.get(at, (None, None))
            if before is not None and nominal.stated.country == before:
                nominal.stated = replace(nominal.stated, country=country)


def _country_beside(doc: Doc, names: list[MentionSpan], position: int) -> str | None:
    """The country of the region or state after a comma: "Paris, Texas"."""
    mention, after = names[position], names[position + 1] if position + 1 < len(names) else None
    if after is None or after.start - mention.end != 1 or doc[mention.end].text != ",":
        return None
    return after.country if after.label == "GPE" else None


def _may_be_in(candidates: list[Toponym], country: str | None) -> bool:
    """Whether a country has a place of the name that is not hopelessly smaller than the largest one."""
    largest = max((p.prior for p in candidates), default=0.0)
    return any(p.country == country and p.prior >= max(_LEAST_PRIOR, largest - _SHADOW) for p in candidates)


def _unknown_town(candidates: list[Toponym], main: str | None, named: set[str], *, is_word: bool) -> str | None:
    """The country of a town that no lexicon knows: the story's, another named in it, or that of its only namesake of size.

    A name that is mostly a word or a person's is no town that the story does not point to.
    """
    if _may_be_in(candidates, main):
        return main
    others = {p.country for p in candidates if p.country in named and _may_be_in(candidates, p.country)}
    if len(others) == 1:
        return next(iter(others))
    best = max(candidates, key=lambda p: p.prior, default=None)
    if is_word or best is None or best.prior < _TOWN_PRIOR:
        return None
    rivals = [p for p in candidates if p.country != best.country and p.prior > best.prior - _LEAD]
    return None if rivals else best.country
