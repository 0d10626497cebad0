"""How a place stands in the phrases and clauses of its sentence.

What belongs here: the preposition over a place, what it names or only owns, how far above it an event's clause is. What does
not: which place an event has (`scene.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipelines.nlp.events.lexicon import read_rows
from pipelines.nlp.parsed import Token
from pipelines.records import Place, PlacePrecision

PLACE_PREPOSITIONS = frozenset(
    ("in", "at", "near", "outside", "inside", "around", "across", "through", "throughout", "off", "within")
)
PLACE_ADVERB = "there"  # stands for the whole phrase of a place
# "the road to Tivat": near it.
_WAY_NOUNS = frozenset("road highway motorway railway route street bridge crossing".split())
_WITHIN_PHRASE = frozenset(
    ("acl", "prep", "pobj", "dobj", "advmod", "attr", "nsubj", "nsubjpass", "conj", "agent", "compound")
)
# "the deadliest since an assault in Ghazni": of the other event.
_COMPARED = frozenset(("since", "than", "like", "unlike"))
_OF_ANOTHER = _COMPARED | {"after", "before", "following"}
_WAYS = {"to": frozenset(("to", "into")), "from": frozenset(("from",))}
_WIDE = (PlacePrecision.REGION, PlacePrecision.COUNTRY)  # what a nearer place is told to lie in, the widest last
_PLACE_CLIMB = 5  # phrases up


@cache
def scene_nouns() -> frozenset[str]:
    """Nouns of which the of-phrase names the place: "the streets of Podgorica", not "the president of France"."""
    return frozenset(row["noun"] for _, row in read_rows("place_nouns.csv"))


def is_owner(token: Token) -> bool:
    """Whether a place only owns what the phrase names: "at Ghana's embassy", unlike "in Ghana's north"."""
    return token.dep_ == "poss" and token.head.lemma_.lower() not in scene_nouns()


def is_of_place(preposition: Token, way: str) -> bool:
    """Whether a preposition over a place says that the event was there.

    Args:
        preposition: the preposition.
        way: whether events of this kind are at the place gone "to" or the one gone "from" (`event_traits.csv`).
    """
    word = preposition.lower_
    if word in PLACE_PREPOSITIONS or word == PLACE_ADVERB:
        return True
    if word == "of":
        is_out = preposition.head.lower_ == "out"
        return preposition.head.lemma_.lower() in scene_nouns() or (way == "from" and is_out)
    if way and word in _WAYS[way]:
        return True
    is_way = preposition.i > 0 and preposition.nbor(-1).lemma_.lower() in _WAY_NOUNS
    return word == "to" and is_way


def opens_from(preposition: Token) -> bool:
    """Whether a sentence begins with where its speaker is: "From Tripoli, the government called for restraint"."""
    if preposition.lower_ != "from":
        return False
    before = preposition.doc[preposition.sent.start : preposition.i]
    return all(token.is_space or token.is_punct for token in before)


def named_within(preposition: Token, place: Place, named: Sequence[tuple[Token, Place]]) -> Place:
    """The place that stands right before "in" and what it lies in: "near Kidal in northern Mali"; else the country or region.

    Whatever the parser hangs the second phrase on, it says where the first place lies.

    Args:
        preposition: the preposition over the country or region.
        place: what stands under it.
        named: the places of the sentence, each with its head.
    """
    if preposition.lower_ != "in" or place.precision not in _WIDE or preposition.i == 0:
        return place
    before = preposition.nbor(-1)
    if before.text == "," and before.i:
        before = before.nbor(-1)
    end = before.idx + len(before)
    inner = (p for _, p in named if p.end_char == end and p.country == place.country)
    return next((p for p in inner if p.precision not in _WIDE[_WIDE.index(place.precision) :]), place)


def preposition_of(token: Token) -> Token | None:
    """The preposition over a place: over its list, its apposition or the larger place it stands in."""
    current = token
    for _ in range(4):
        if current.dep_ == "pobj":
            return current.head
        if current.dep_ not in ("conj", "appos", "compound", "nmod", "poss"):
            return None
        current = current.head
    return None


def is_in_main_line(preposition: Token) -> bool:
    """Whether a phrase stands in the sentence's main clause, not in a clause or phrase about one of its nouns."""
    current = preposition
    for _ in range(_PLACE_CLIMB):
        if current.dep_ == "conj" and current.pos_ == "VERB" or current.lower_ in _COMPARED:
            return False
        if current.dep_ in ("relcl", "acl", "advcl", "ccomp", "xcomp", "pcomp", "appos", "poss", "nsubj", "nsubjpass"):
            return False
        if current.dep_ == "ROOT":
            return True
        current = current.head
    return False


def is_of_subject_above(preposition: Token, ranks: dict[int, int]) -> bool:
    """Whether a place belongs to the subject of a clause over the event: "officials in Quito said the army fired"."""
    current = preposition
    for _ in range(_PLACE_CLIMB):
        if current.dep_ in ("nsubj", "nsubjpass"):
            return ranks.get(current.head.i, 0) > 0
        if current.head is current or current.i in ranks:
            break
        current = current.head
    return False


def steps_up(token: Token, ranks: dict[int, int]) -> int | None:
    """Rank of the first token of the event's clause above a phrase of place; None where another clause comes first."""
    current = token
    for step in range(_PLACE_CLIMB):
        if current.i in ranks:
            return ranks[current.i] + step
        if current.dep_ not in _WITHIN_PHRASE or current.head is current or current.lower_ in _OF_ANOTHER:
            return None
        if step and current.dep_ == "conj" and current.pos_ == "VERB":
            return None  # "condemned the raid and visited a factory in Lomé": of the second deed's object
        current = current.head
    return None
