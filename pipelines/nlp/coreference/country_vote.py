"""The country of nameless people and bodies whose phrase tells none: a vote of all that the document says of countries.

What belongs here: the countries that may be meant, what speaks for each, and the choice by fitted weights. What does not: the
weight of a country in the story (`story_country.py`), the scene of a sentence (`home.py`), which parties ask (`presumed.py`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property
from math import fsum

from pipelines.nlp.actors.patterns import SUPRANATIONAL_CODES
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.coreference.discourse import SUBJECT_DEPS
from pipelines.nlp.coreference.home import SCENE_PREPOSITIONS, CountryOfEvents
from pipelines.nlp.parsed import Doc, Token

WEIGHTS_FILE = "country_weights.csv"
ROLE = "country"
NOTHING = "nothing"  # the evidence of having no country
_RANKED = 6  # of a story's countries that may be meant
# What the rules say stands unless another country weighs so much more. With 0 three parties more of 938 are wrong, with 1.5 none.
_MARGIN = 1.0
_LEAD = 0.6  # before the second, of a country where the rules give none
_NEARLY = 1.05
_LAST_RANK = 3
_SHARES = 5  # steps of a country's share of all weights
_BACK = 2  # sentences before in which a country may have been named
_KINDS = {"GPE": "place", "LOC": "place", "FAC": "place", "NORP": "people", "ORG": "body"}
_OWNED = frozenset({"place", "people"})

Weights = Mapping[str, float]
Options = dict[str | None, set[str]]


class CountryVote:
    """The vote in one document; `asked` keeps what the rules said where it was held, by token."""

    def __init__(self, doc: Doc, mentions: Iterable[MentionSpan], home: CountryOfEvents, weights: Weights) -> None:
        """
        Args:
            doc: the document.
            mentions: all its mentions with their countries, by position.
            home: the country of each sentence and the weights of those of the story.
            weights: how much each piece of evidence counts.
        """
        self.doc = doc
        self.home = home
        self.weights = weights
        self.asked: dict[int, str | None] = {}
        self._names = [m for m in mentions if m.is_name and m.country and m.country not in SUPRANATIONAL_CODES]
        self._sentences = [home.sentence_of[m.start] for m in self._names]

    @cached_property
    def _of_story(self) -> dict[str, set[str]]:
        return _evidence_of_story(self.home)

    def choose(self, i: int, rules: str | None) -> str | None:
        """The country of the nameless party of a token.

        Args:
            i: the head of its phrase.
            rules: the country that the scene alone gives it, which has a voice too.

        Returns:
            The country of most weight, where it weighs clearly more than what the rules say; else that.
        """
        self.asked[i] = rules
        options = self.options(i, rules)
        weights = self.weights
        scores = {c: round(fsum([weights[e] for e in found if e in weights]), 9) for c, found in options.items()}
        ranked = sorted(scores, key=lambda c: (-scores[c], c != rules, c or ""))
        best = ranked[0]
        if best is None or scores[best] < scores[rules] + _MARGIN:
            return rules
        second = next((c for c in ranked[1:] if c is not None), None)
        if rules is None and second is not None and scores[best] < scores[second] + _LEAD:
            return None  # two countries are equally near
        if rules is None and self.home.clear is None and not self.home.story.is_long:
            return None  # what a few sentences name once need not be whose the people are
        return best

    def options(self, i: int, rules: str | None) -> Options:
        """The countries that may be meant, none included, each with what speaks for it."""
        found: Options = {code: set(evidence) for code, evidence in self._of_story.items()}
        found[None] = {NOTHING}
        sentence = self.home.sentence_of[i]
        here = set(self.home.inside.get(sentence, ()))
        for code in here:
            found.setdefault(code, set()).add("inside")
        for mention in self._near(sentence):
            code = mention.country or ""
            back = sentence - self.home.sentence_of[mention.start]
            evidence = found.setdefault(code, set())
            if back:
                evidence.add(f"back={back}")
                continue
            here.add(code)
            side = "before" if mention.start < i else "after"
            evidence.add(f"{self._kind(mention)}={side}")
            root = self.doc[mention.start : mention.end].root
            if root.dep_ in SUBJECT_DEPS:
                evidence.add(f"subject={side}")
            if _is_scene_of(root, self.doc[i]):
                evidence.add("scene")
        for code in here:
            found[code].add("here")
        self._add_sentence_before(found, sentence, is_alone=not here)
        found.setdefault(rules, set()).add("rules")
        return found

    def opening(self, i: int) -> str | None:
        """The country that a sentence opens with as its scene, where a token is its subject: "In Warsaw the ministry said"."""
        subject = self.doc[i]
        if subject.dep_ not in SUBJECT_DEPS:
            return None
        for mention in self._near(self.home.sentence_of[i]):
            place = self.doc[mention.start : mention.end].root
            preposition = place.head
            if place.dep_ != "pobj" or place.i > i or preposition.i != subject.sent.start:
                continue
            if preposition.lower_ in SCENE_PREPOSITIONS and preposition.head.i == subject.head.i:
                return mention.country
        return None

    def _near(self, sentence: int) -> list[MentionSpan]:
        """The names with a country in a sentence and the two before it."""
        return self._names[bisect_left(self._sentences, sentence - _BACK) : bisect_left(self._sentences, sentence + 1)]

    def _kind(self, mention: MentionSpan) -> str:
        """What a name is; a state's that only says whose the next word is ("China's embassy") sets nothing there."""
        kind = _KINDS.get(mention.label, "person")
        if kind in _OWNED and not self.home.sets_scene(mention.start):
            return "owner"
        return kind

    def _add_sentence_before(self, found: Options, sentence: int, *, is_alone: bool) -> None:
        before = self.home.countries_in(sentence - 1)
        for code in before:
            evidence = found.setdefault(code, set())
            if len(before) == 1:
                evidence.add("sole_before")
            if is_alone:
                evidence.add("before_none_here")
        for code in self.home.inside.get(sentence - 1, ()):
            found.setdefault(code, set()).add("inside_before")


def _is_scene_of(place: Token, party: Token) -> bool:
    """Whether a place is where the party's own verb or words put it: "students marched in Belgium", "those held in Oslo"."""
    preposition = place.head
    if place.dep_ != "pobj" or preposition.lower_ not in SCENE_PREPOSITIONS:
        return False
    if any(t.i == party.i for t in preposition.ancestors):
        return True
    return preposition.head.pos_ in ("VERB", "AUX") and any(t.i == preposition.head.i for t in party.ancestors)


def _evidence_of_story(home: CountryOfEvents) -> dict[str, set[str]]:
    """What the whole text says for each of its countries."""
    found: dict[str, set[str]] = {}
    story = home.story
    ranked = story.ranked()
    total = fsum(weight for weight, _ in ranked) or 1.0
    for weight, code in ranked[:_RANKED]:
        rank = sum(other > _NEARLY * weight for other, _ in ranked)  # those nearly as heavy have the same
        share = min(int(weight / total * _SHARES), _SHARES - 1)
        found[code] = {f"rank={min(rank, _LAST_RANK)}", f"share={share}"}
    for name, set_in in (("leading", home.leading), ("clear", home.clear)):
        if set_in is not None:
            found.setdefault(set_in, set()).add(name)
    for code in story.datelines:
        found.setdefault(code, set()).add("dateline")
    return found
