"""The row of a party.

What belongs here: a party phrase to a `Party` of the record, and the country that its scene gives it. What does not: finding
parties (`parties.py`), the scene itself (`coreference/home.py`).
"""

from __future__ import annotations

from pipelines import ids
from pipelines.immutable import dataclass
from pipelines.nlp.coreference.citizens import is_foreign
from pipelines.nlp.coreference.patterns import COUNTRY_HEADS
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.patterns import INDEFINITE_PERSONS, LOCAL_SECTORS, PERSONAL_PRONOUNS, STATE_SECTORS
from pipelines.nlp.parsed import Doc
from pipelines.records import Party


@dataclass(frozen=True, slots=True)
class Scene:
    """What an event's surroundings give to parties that state no country of their own.

    `place` is the country of the place of the event; `named` the one country that its sentence names, which a body of a
    state has but not the people it deals with.
    """

    place: str | None = None
    named: str | None = None


def party_row(doc: Doc, party: PartyPhrase, text: str, document_id: str, scene: Scene | None = None) -> Party:
    """The row of a party.

    Args:
        doc: the document.
        party: the party as found.
        text: the document's canonical text.
        document_id: the document's id.
        scene: where the event is; None for a party outside of it, such as who tells of it.

    Returns:
        The row; its country is None where neither the text nor the scene tells one.
    """
    start = doc[party.start].idx
    last = doc[party.end - 1]
    end = last.idx + len(last)
    mention_id = None
    if party.mention is not None:
        final = doc[party.mention.end - 1]
        mention_id = ids.mention_id(document_id, doc[party.mention.start].idx, final.idx + len(final))
    country = party.country
    if country is None and not is_foreign(doc, party.start, party.end) and not _is_of_speaker(doc, party):
        country = _country_of_scene(party, scene or Scene()) or _country_of_story(doc, party)
        country = _by_vote(doc, party, country)
    return Party(
        mention_id=mention_id,
        entity_id=ids.entity_id(party.entity.key) if party.entity is not None else None,
        text=text[start:end],
        start_char=start,
        end_char=end,
        country=country,
        sector=party.sector,
    )


def _by_vote(doc: Doc, party: PartyPhrase, country: str | None) -> str | None:
    """What all that the document says of countries makes of nameless people who are no mentions: "thousands", "the dead"."""
    home = doc._.home
    is_nameless = party.mention is None and party.entity is None and party.is_party
    word = doc[party.head].lower_
    if home is None or home.vote is None or not is_nameless or word in PERSONAL_PRONOUNS or word in COUNTRY_HEADS:
        return country
    chosen: str | None = home.vote.choose(party.head, country)
    return chosen


def _is_of_speaker(doc: Doc, party: PartyPhrase) -> bool:
    """ "Our embassy": of whoever speaks, wherever the story is."""
    return any(c.dep_ == "poss" and c.lower_ == "our" for c in doc[party.head].children) and not _is_home_clear(doc)


def _is_home_clear(doc: Doc) -> bool:
    return doc._.home is not None and doc._.home.clear is not None


def _country_of_scene(party: PartyPhrase, scene: Scene) -> str | None:
    """The country that a place gives to a nameless group or office, or to a person with an office but no country."""
    is_named = party.mention is not None and party.mention.is_name
    if not party.is_party or (is_named and (party.mention is None or party.mention.label != "PERSON")):
        return None
    if party.sector in STATE_SECTORS:
        return scene.place or scene.named
    is_of_the_place = party.sector in LOCAL_SECTORS or (party.sector is None and not is_named and party.entity is None)
    return scene.place if is_of_the_place else None


def _country_of_story(doc: Doc, party: PartyPhrase) -> str | None:
    """The country of nameless people whom no phrase gives one, in a story that is about one country alone."""
    is_named = party.mention is not None and party.mention.is_name
    home = doc._.home
    if home is None or is_named or not party.is_party:
        return None
    if party.sector in STATE_SECTORS:
        return home.before(party.head)
    if party.entity is not None:
        return None
    word = doc[party.head]
    is_clear = home.clear is not None and word.lower_ in PERSONAL_PRONOUNS
    if word.pos_ == "PRON" and word.lower_ not in INDEFINITE_PERSONS and not is_clear:
        return None  # whoever speaks in a story about one country is of it; elsewhere a pronoun may be anyone
    country: str | None = home.of_people(party.head)
    return country
