"""Gazetteer names in a document: look-up over capitalised words, and which region follows which place.

What belongs here: `ToponymSpan` and everything that needs the gazetteer but no judgement. What does not: whether a span
names a place at all (`evidence.py`), which place (`disambiguation.py`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from pipelines.nlp.actors.patterns import STATE_HEADS
from pipelines.nlp.places import patterns, weights
from pipelines.nlp.places.gazetteer import LONGEST_ACRONYM, Gazetteer, Toponym
from pipelines.nlp.places.view import TokenView

LONGEST_NAME = 7  # tokens


@dataclass(slots=True)
class ToponymSpan:
    """A token span [start, end) with the places it may mean and the evidence (points) that it means one.

    `container` is the span of the region that follows it ("Utica, New York"), `kinds` the kinds that the words beside it
    allow ("Oregon state"), None when any. `is_modifier`: it stands before a noun ("U.S. diplomats").
    """

    start: int
    end: int
    text: str
    candidates: tuple[Toponym, ...]
    evidence: float = 0.0
    container: ToponymSpan | None = None
    kinds: frozenset[str] | None = None
    is_modifier: bool = False

    @property
    def prior(self) -> float:
        """Prior of the likeliest candidate."""
        return self.candidates[0].prior

    @property
    def is_short(self) -> bool:
        """Whether it is written as an abbreviation ("Pa.", "NSW")."""
        return self.text.endswith(".") or self.text.isupper()


def match_names(view: TokenView, gazetteer: Gazetteer, demonyms: Container[str]) -> list[ToponymSpan]:
    """The longest gazetteer names over capitalised words, left to right, each with the region that follows it.

    Args:
        view: the document.
        gazetteer: where names are looked up.
        demonyms: words that name a people or are its adjective, never a place.
    """
    spans = list(_matches(view, gazetteer, demonyms))
    _link_containers(view, spans)
    return [span for span in spans if span.candidates]


def contains(area: Toponym, place: Toponym) -> bool:
    """Whether a country or first- or second-level region holds another place."""
    if area.country != place.country or area.geonames_id == place.geonames_id or place.kind == "country":
        return False
    if area.kind == "country":
        return True
    if area.admin1_code != place.admin1_code or place.kind == "admin1":
        return False
    if area.kind == "admin1":
        return True
    # GeoNames' cities carry no second-level code in this data; a county is about a degree across.
    return (
        place.kind == "city"
        and abs(area.latitude - place.latitude) < 0.7
        and abs(area.longitude - place.longitude) < 1.0
    )


def _matches(view: TokenView, gazetteer: Gazetteer, demonyms: Container[str]) -> Iterator[ToponymSpan]:
    position = 0
    for at, word in enumerate(view.words):
        if at < position or not word[:1].isupper():
            continue
        span = _longest_at(view, gazetteer, demonyms, at)
        if span is not None:
            yield span
            position = span.end


def _longest_at(view: TokenView, gazetteer: Gazetteer, demonyms: Container[str], at: int) -> ToponymSpan | None:
    """The longest name that begins at a word."""
    texts = view.beginnings(at, _run_end(view, at))
    names_state = _names_state(view, at)
    for count in range(len(texts), 0, -1):
        end = at + count
        if not _is_name_shaped(view, gazetteer, at, end):
            continue
        text = texts[count - 1]
        candidates = _look_up(gazetteer, text, names_state=names_state)
        if not candidates or text in demonyms:
            continue
        if _is_state(view, at):
            candidates = tuple(place for place in candidates if place.kind in patterns.STATE_KINDS)
            if not candidates:
                continue
        is_modifier = end < len(view.words) and view.tokens[end].pos_ in patterns.NOUN_TAGS
        kinds = _allowed_kinds(view, at, end)
        return ToponymSpan(at, end, text, candidates, kinds=kinds, is_modifier=is_modifier)
    return None


def _run_end(view: TokenView, start: int) -> int:
    """The end of the longest stretch from `start` that one name may fill."""
    last = start + 1
    for index in range(last, min(len(view.words), start + LONGEST_NAME)):
        word = view.words[index]
        if word[0].isupper() or word[:2] in patterns.ELISIONS:
            last = index + 1
        elif word not in patterns.NAME_JOINTS and view.lower[index] not in patterns.CONNECTORS:
            break
    return last


def _is_name_shaped(view: TokenView, gazetteer: Gazetteer, start: int, end: int) -> bool:
    lower = view.lower
    if end - start > 1:
        return (
            lower[end - 1] not in patterns.CONNECTORS
            and lower[end - 1] not in patterns.NAME_JOINTS
            and not all(word in patterns.DIRECTIONS or word == "-" for word in lower[start:end])
        )
    if lower[start] not in patterns.NEVER_PLACES and lower[start] not in patterns.DIRECTIONS:
        return True
    word = view.words[start]
    is_acronym = word.isupper() and 1 < len(word) <= LONGEST_ACRONYM
    return is_acronym or (view.word(end) == "," and gazetteer.abbreviation(view.word(end + 1)) is not None)


def _names_state(view: TokenView, start: int) -> bool:
    """Whether a name stands where an abbreviation is that of a state: after a comma or a party."""
    before = view.word(start - 1)
    return before in (",", "(") or (before == "-" and view.word(start - 2) in patterns.PARTIES)


def _look_up(gazetteer: Gazetteer, text: str, *, names_state: bool) -> tuple[Toponym, ...]:
    """Candidates of a name; after a comma or a party "Me." is Maine and "Cal" California."""
    state = gazetteer.abbreviation(text) if names_state else None
    return (state,) if state else gazetteer.lookup(text)


def _is_state(view: TokenView, start: int) -> bool:
    """Whether a name follows the word for a state: "the Republic of Artsakh"."""
    of = start - 2 if view.lower_word(start - 1) == "the" else start - 1
    return view.lower_word(of) == "of" and view.lower_word(of - 1) in STATE_HEADS


def _allowed_kinds(view: TokenView, start: int, end: int) -> frozenset[str] | None:
    """Which kinds of place the words beside a name allow: "Oregon state", "the city of Oregon"."""
    after = view.lower_word(end)
    before = view.lower_word(start - 2) if view.lower_word(start - 1) == "of" else ""
    if after in patterns.PLURAL_ADMIN or after in patterns.ADMIN_WORDS or before in patterns.ADMIN_WORDS:
        return patterns.ADMIN_KINDS
    return patterns.CITY_KINDS if before in patterns.SETTLEMENT_WORDS else None


def _link_containers(view: TokenView, spans: list[ToponymSpan]) -> None:
    for left, right in zip(spans, spans[1:], strict=False):
        areas = tuple(place for place in right.candidates if place.is_area)
        if view.lower[left.end : right.start] in (["of"], ["of", "the"]) and _is_general(view, left):
            left.candidates = tuple(p for p in left.candidates if any(contains(area, p) for area in areas))
            left.container = right if left.candidates else None
            continue
        if view.words[left.end : right.start] not in ([","], ["("]):
            continue
        if not areas or (areas[0].kind == left.candidates[0].kind and not right.is_short):
            continue  # a list: "Oregon, Washington"
        is_state = right.is_short and areas[0].kind == "admin1"
        if contains(areas[0], left.candidates[0]) or (
            (is_state or _closes_apposition(view, right.end))
            and any(contains(area, place) for area in areas for place in left.candidates)
        ):
            left.container = right
        elif is_state and view.words[left.end] == ",":
            left.candidates = areas  # a town that the gazetteer lacks in that state: the state is as near as it gets
        else:
            continue
        left.evidence += weights.IN_REGION
        right.evidence += weights.IN_REGION


def _is_general(view: TokenView, span: ToponymSpan) -> bool:
    """Whether many states have a part of that name, so that its owner tells which: "the Northern District of Texas"."""
    words = view.lower[span.start : span.end]
    return words[-1] in patterns.ADMIN_WORDS and all(word in patterns.DIRECTIONS for word in words[:-1])


def _closes_apposition(view: TokenView, end: int) -> bool:
    """Whether a region after a comma ends there: not so in "In Geneva, U.S. diplomats met"."""
    return end == len(view.words) or view.tokens[end].pos_ in patterns.CLOSING_TAGS
