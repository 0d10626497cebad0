"""The country a document's events are in, for actors whose phrase names none ("police", "the rebels").

What belongs here: the scene of a sentence, of the passage around it, and the one country that a story is about. What does
not: coordinates (`places`), who takes the country (`component.py`, `citizens.py`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.nlp.actors.patterns import SUPRANATIONAL_CODES
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.coreference.story_country import StoryCountries, is_language, repeats_title
from pipelines.nlp.parsed import Doc

if TYPE_CHECKING:
    from pipelines.nlp.coreference.country_vote import CountryVote

_DOMINANCE = 0.6  # share of the weights of a document's countries
_LEAD = 1.7  # or so many times the weight of the second
_HALF = 0.5  # and half of all or so much
_MIN_LEAD = 2.0
_LEAST = 1.0  # less is one word that may be a town
_LEADING = 1.2  # times the weight of the second, for bodies of a state alone
_LEADING_STORY = 1.01  # in a whole story, whose first sentence counts most
_CLEAR_SHARE = 0.7  # of a story that is about one country alone
_CLEAR_LEAD = 2.5  # or so many times the weight of the second
_CLEAR_WEIGHT = 3.0
_CLEAR_SENTENCES = 2
_PARTIES_OF_PAIR = 2
_SECOND_SHARE = 0.3  # of the weight of the first of two countries that a story is about
_THIRD_SHARE = 0.5  # at most, of the weight of the second
_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
SCENE_PREPOSITIONS = frozenset("in at inside near outside across throughout around".split())
# A place after these is where someone goes, comes from or looks to: no scene of the sentence's own bodies.
_ELSEWHERE = frozenset("to from with against toward towards over about for into via between on".split())
_BEFORE_PLACE = 3  # tokens in which the preposition of a place stands


class CountryOfEvents:
    """Country by sentence, from the places named in it, and the main country of the document."""

    def __init__(self, doc: Doc, names: list[MentionSpan], sentence_of: list[int], story: StoryCountries) -> None:
        self.sentence_of = sentence_of
        self.named: dict[int, set[str]] = {}  # countries of places and peoples, by sentence
        self.inside: dict[int, set[str]] = {}  # of places after "in", by sentence
        self._elsewhere: dict[int, set[str]] = {}  # of places after "to", "from" and so on, by sentence
        self._bodies: dict[int, set[str]] = {}  # of people and organisations, by sentence
        # Sentence, first token and country of each place and people that a sentence can be set at: "China's embassy" is not.
        self._places: list[tuple[int, int, str]] = []
        counts: Counter[str] = Counter()
        for position, mention in enumerate(names):
            code = mention.country
            if not code or code in SUPRANATIONAL_CODES:
                continue
            if is_language(doc, mention):
                continue
            sentence = sentence_of[mention.start]
            if not repeats_title(names, position):
                counts[code] += 1
            if mention.label in _PLACE_LABELS or mention.label == "NORP":
                self._note_place(doc, mention, sentence, code)
            else:
                self._bodies.setdefault(sentence, set()).add(code)
        self.main = main_country(story)
        self.leading = self.main or _leading(story)
        self.main_count = counts[self.main] if self.main else 0
        self._is_repeated = self.leading is not None and _is_set_in(story, self.leading)
        self.clear = _clear(story)
        self.pair = _pair(story) if self.clear is None else ()  # the two countries that the story is about
        self.story = story
        self.vote: CountryVote | None = None  # once every name has its country
        self._setting = {start for _, start, _ in self._places}
        if len(counts) == 1 and any(self.inside.values()):
            self.clear = self.main  # no other country is named, and the story says that something is in this one

    def _note_place(self, doc: Doc, mention: MentionSpan, sentence: int, code: str) -> None:
        before = [t.lower_ for t in doc[max(0, mention.start - _BEFORE_PLACE) : mention.start]]
        self.named.setdefault(sentence, set()).add(code)
        if not _owns(doc, mention):
            self._places.append((sentence, mention.start, code))
        if mention.label == "NORP":
            return
        if "in" in before[-2:]:
            self.inside.setdefault(sentence, set()).add(code)
        nearest = next((w for w in reversed(before) if w in SCENE_PREPOSITIONS or w in _ELSEWHERE), "")
        if nearest in _ELSEWHERE:
            self._elsewhere.setdefault(sentence, set()).add(code)

    def at(self, i: int) -> str | None:
        """The country around a token, or None where several compete."""
        sentence = self.sentence_of[i]
        codes = self.named.get(sentence, set())
        if self.leading and self.leading not in codes:
            codes = self._reached(sentence, i)
        if len(codes) > 1 and (here := codes - self._elsewhere.get(sentence, set())):
            codes = here if len(here) == 1 and here == self.inside.get(sentence) else codes
        codes = codes or self._bodies.get(sentence, set()) or self.inside.get(sentence - 1, set())
        if len(codes) == 1:
            return next(iter(codes))
        return self.leading if not codes or self.leading in codes else None

    def _reached(self, sentence: int, i: int) -> set[str]:
        """The countries that a sentence of a story about another one has named before a token, or as its scene."""
        so_far = {code for number, start, code in self._places if number == sentence and start < i}
        return (so_far - self._elsewhere.get(sentence, set())) | self.inside.get(sentence, set())

    def before(self, i: int) -> str | None:
        """The main country, unless a token's sentence has named others before it."""
        codes = {code for sentence, start, code in self._places if sentence == self.sentence_of[i] and start < i}
        return self.leading if not codes or self.leading in codes else None

    def countries_in(self, sentence: int) -> set[str]:
        """The countries that a sentence names, or names people and bodies of."""
        return self.named.get(sentence, set()) | self._bodies.get(sentence, set())

    def sets_scene(self, start: int) -> bool:
        """Whether the place or people named from a token on can set its sentence: "in China" does, "China's embassy" not."""
        return start in self._setting

    def certain(self, i: int) -> str | None:
        """The country the events of a token's sentence are said to be in, or the main one when it is named repeatedly."""
        codes = self.inside.get(self.sentence_of[i], set())
        if len(codes) == 1:
            return next(iter(codes))
        return self.main if self.main_count > 1 and not codes else None

    def of_people(self, i: int, *, is_name: bool = False) -> str | None:
        """The country of people who are of the place: of a story about one, else the main one where no other is near.

        None where the sentence tells of another scene. A name is also compared with the sentence before, where its bearer may
        have been introduced.
        """
        sentence = self.sentence_of[i]
        codes = self.inside.get(sentence, set())
        if self.clear:
            return self.clear if not codes or codes == {self.clear} else None
        sentences = (sentence - 1, sentence) if is_name else (sentence,)
        near = {c for s in sentences for c in self.named.get(s, set()) | self._bodies.get(s, set())}
        return self.leading if self._is_repeated and near <= {self.leading} else None

    def of_mission(self, i: int) -> str | None:
        """The state that a mission told of without its state is from: the one named besides its host's, else the story's."""
        sentence = self.sentence_of[i]
        inside = self.inside.get(sentence, set())
        host = next(iter(inside)) if len(inside) == 1 else self.leading
        if host is None:
            return None
        for number in (sentence, sentence - 1):
            others = (self.named.get(number, set()) | self._bodies.get(number, set())) - {host}
            if others:
                return next(iter(others)) if len(others) == 1 else None
        return self.leading if self.leading != host else None


def _owns(doc: Doc, mention: MentionSpan) -> bool:
    """Whether a country's name belongs to the next word alone: "China's embassy", "the Ecuadorian minister".

    Many of a people are a party of their own, by whose side a government is theirs: "Colombian rebels said the government".
    """
    following = doc[mention.end] if mention.end < len(doc) else None
    if following is None:
        return False
    if following.tag_ == "POS":
        return True
    return mention.label == "NORP" and following.pos_ in ("ADJ", "NOUN", "PROPN") and following.tag_ != "NNS"


def main_country(story: StoryCountries) -> str | None:
    """The country a document is mostly about; None where another comes near."""
    ranked = story.ranked()
    if not ranked or ranked[0][0] < _LEAST:
        return None
    weight, code = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    share = weight / sum(w for w, _ in ranked)
    is_main = share >= _DOMINANCE or (weight >= _LEAD * second and (share >= _HALF or weight >= _MIN_LEAD))
    return code if is_main else None


def _is_set_in(story: StoryCountries, code: str) -> bool:
    """Whether a story comes from a country by its dateline, or names it more than once."""
    return code in story.datelines or len(story.sentences[code]) >= _CLEAR_SENTENCES


def _leading(story: StoryCountries) -> str | None:
    """The country that comes first in a text about several; None where the first is named once or, in a short text, the
    second is nearly as near.
    """
    ranked = story.ranked()
    if not ranked or not _is_set_in(story, ranked[0][1]):
        return None
    weight, code = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    return code if weight >= (_LEADING_STORY if story.is_long else _LEADING) * second else None


def _clear(story: StoryCountries) -> str | None:
    """The country that a story is about alone: it has nearly all names, or far more than any other, in several sentences."""
    ranked = story.ranked()
    if not ranked:
        return None
    weight, code = ranked[0]
    if not _is_set_in(story, code):
        return None
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    is_alone = weight >= _CLEAR_SHARE * sum(w for w, _ in ranked) or weight >= _CLEAR_LEAD * second
    return code if (weight >= _CLEAR_WEIGHT and is_alone) or not second else None


def _pair(story: StoryCountries) -> tuple[str, ...]:
    """The two countries that a story is about, each in several sentences, and any third far less."""
    ranked = story.ranked()
    if len(ranked) < _PARTIES_OF_PAIR or any(not _is_set_in(story, code) for _, code in ranked[:2]):
        return ()
    (first, one), (second, other) = ranked[:2]
    third = ranked[2][0] if len(ranked) > _PARTIES_OF_PAIR else 0.0
    return (one, other) if second >= _SECOND_SHARE * first and third <= _THIRD_SHARE * second else ()
