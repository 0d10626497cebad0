"""What is seen of a place that an event may have been at: a country or a part of one, and whose.

What belongs here: evidence of the place and the parties' countries. What does not: where the places are from (`scene.py`), what
holds of the event whatever its place (`setting.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.whole_countries import CountryPlaces
from pipelines.records import Place, PlacePrecision

# Sources of places that an event is told to be at.
_STAGES = frozenset(("clause", "main", "beside", "again", "scene", "dateline"))


class PlaceEvidence:
    """Names what is seen of the places of one Doc."""

    def __init__(
        self, countries: CountryPlaces, lexicon: EventLexicon, main: str | None, *, is_of_one_country: bool
    ) -> None:
        """
        Args:
            countries: the countries of the document.
            lexicon: the event lexicons.
            main: the country that the document is about, ISO 3166 alpha-3.
            is_of_one_country: whether no other country's places come near those of the one named most.
        """
        self._countries = countries
        self._lexicon = lexicon
        self._main = main
        self._is_of_one_country = is_of_one_country

    def of(self, place: Place, draft: Draft) -> list[str]:
        """Whether a place is a country, named or not, and whether it is in one of the parties' countries.

        Args:
            place: the place.
            draft: the event.
        """
        is_country = place.precision == PlacePrecision.COUNTRY
        actors, all_ = ({p.country for p in side if p.country} for side in (draft.actors, draft.parties()))
        found = ["whole" if is_country else "within"]
        found.append(
            "unknown"
            if not all_
            else "own"
            if place.country in actors
            else "theirs"
            if place.country in all_
            else "foreign"
        )
        if is_country and not self._countries.is_named(place.country):
            found.append("implied")
        if len(all_) > 1:
            found.append("between")
        if actors and place.country not in actors and any(_is_person(actor) for actor in draft.actors):
            found.append("away")
        if found[1] == "own" and len(all_) > 1 and self._is_remote(place, draft):
            found.append("remote")
        if not self._is_of_one_country:
            found.append("two-countries")
        if self._main is not None and place.country != self._main:
            found.append("abroad")
        return found + self._of_way(place, draft, actors)

    def _is_remote(self, place: Place, draft: Draft) -> bool:
        """Whether a place is the state that by its name does something to another: "Chad bombed a port of Niger"."""
        is_done_there = self._lexicon.traits_of(draft.event_type, draft.mode).home == "all"
        others = {party.country for party in draft.recipients if party.country}
        return is_done_there and place.country not in others and all(actor.is_state for actor in draft.actors)

    def _of_way(self, place: Place, draft: Draft, actors: set[str]) -> list[str]:
        """Where those who go or send to a place come from, if from abroad, and which country they go to."""
        way = self._lexicon.traits_of(draft.event_type, draft.mode).way
        if way != "to" or self._main is None or not actors or self._main in actors:
            return []
        if place.country in actors:
            return ["sender"]
        # Of a text on several countries the one named most may be another sender's.
        return [] if place.country != self._main else ["host", "sole-host"] if self._is_of_one_country else ["host"]


def needs_place(draft: Draft, setting: Collection[str]) -> list[str]:
    """Why a deed was somewhere, though its sentence may not say where: it is done in one country, or in nobody's.

    Args:
        draft: the event.
        setting: what holds of it and of its telling (`setting.py`).
    """
    seen = frozenset(setting)
    if "deed" not in seen:
        return []
    countries = {party.country for party in draft.parties() if party.country}
    found = ["bodily"] if "home=all" in seen and "unreal" not in seen and len(countries) < 2 else []
    if not countries:
        found.append("countryless")
    return found


def of_source(source: str, evidence: Collection[str], setting: Collection[str]) -> list[str]:
    """What is seen of a deed's place only together with its source.

    Args:
        source: where the place is from.
        evidence: what is seen of the place.
        setting: what holds of the event and of its telling.
    """
    seen = frozenset((*evidence, *setting))
    if source == "home" and {"implied", "deed", "home=none"} <= seen:
        return ["unnamed"]  # the story's country, of which the text names only people and towns
    if source == "before" and {"whole", "abroad", "deed"} <= seen and seen & {"foreign", "unknown"}:
        return ["third-country"]  # named in passing: nobody's of the event, nor the story's
    return []


def is_addressees(evidence: Collection[str]) -> bool:
    """Whether a place is in the country of those whom an act of others is done or said to."""
    return {"theirs", "between"} <= frozenset(evidence)


def is_staged(found: Sequence[tuple[str, Place | None]], country: Place) -> bool:
    """Whether the text tells of another place than the story's country where an event may have been.

    Its act is told there, or the lead names it and so far nothing else.

    Args:
        found: the places with their sources.
        country: the story's country.
    """
    elsewhere = [(source, p.name) for source, p in found if p is not None and p.name != country.name]
    before = {name for source, name in elsewhere if source == "before"}
    return any(source in _STAGES or source == "lead" and name in before for source, name in elsewhere)


def _is_person(party: PartyPhrase) -> bool:
    return party.entity is not None and party.entity.label == "PERSON"
