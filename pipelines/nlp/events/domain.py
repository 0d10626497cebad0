"""What a passage is about: politics, or sport, markets, science, products, show business, weather, accidents, crime.

What belongs here: counting the evidence around a sentence and comparing it. What does not: which words tell of which domain
(`lexicons/domain_words.csv`), what is done with the answer (`rows.py`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from enum import Enum
from itertools import accumulate

from spacy.vocab import Vocab

from pipelines.immutable import dataclass
from pipelines.nlp.events.lexicon import read_rows
from pipelines.nlp.events.patterns import POLITICAL_SECTORS
from pipelines.nlp.parsed import Doc, Span

POLITICAL = "political"
_WINDOW = 60  # tokens on either side of a sentence that belong to its passage
_LEAST_OTHER = 4  # weight of the words of another domain that make a passage be of it
_LEAST_POLITICAL = 10  # weight of the words and names that make a document political
_LEAST_DISASTER = 6  # weight of the words of a disaster that explain harm which no one is said to have done
_DISASTERS = ("weather", "accident")
_NAME = 2  # weight of a name with a political sector
_EVERYDAY = frozenset(("JUD", "COP"))  # sectors that crime without politics names too
_MOST_LEAN = 3.0
_OUTWEIGHS = 2.0  # how many times as much evidence one kind must have as the other


class Domain(Enum):
    """What a passage is about."""

    POLITICAL = "political"
    DISASTER = "disaster"  # weather and accidents: no politics, but what a state does there is an event (`rows.py`)
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DomainLexicon:
    """The domains, and by lemma hash its weight in each domain that it is a word of."""

    domains: tuple[str, ...]
    words: dict[int, tuple[tuple[str, int], ...]]


def load_domain_lexicon(vocab: Vocab) -> DomainLexicon:
    """Read `domain_words.csv`.

    Args:
        vocab: vocabulary of the pipeline, for look-up by lemma hash.

    Raises:
        LexiconError: the file cannot be read.
    """
    words: dict[int, dict[str, int]] = {}
    for _, row in read_rows("domain_words.csv"):
        words.setdefault(vocab.strings.add(row["lemma"]), {})[row["domain"]] = int(row["weight"])
    domains = dict.fromkeys(domain for weights in words.values() for domain in weights)
    return DomainLexicon(tuple(domains), {lemma: tuple(weights.items()) for lemma, weights in words.items()})


class DomainReader:
    """Tells what the passages of one Doc are about."""

    def __init__(self, doc: Doc, lexicon: DomainLexicon) -> None:
        self._length = len(doc)
        weights: dict[str, dict[int, int]] = {POLITICAL: {}}  # by domain and token
        words = lexicon.words
        for at, found in [(at, words[lemma]) for at, lemma in enumerate(doc.lemmas) if lemma in words]:
            for name, weight in found:
                weights.setdefault(name, {})[at] = weight
        named = set()
        for mention in doc._.mentions or ():
            sector = mention.sector or (mention.entity.sector if mention.entity is not None else None)
            if mention.is_name and sector in POLITICAL_SECTORS - _EVERYDAY:
                named.add(mention.start)
        political = weights[POLITICAL]
        for at in named:
            political[at] = political.get(at, 0) + _NAME
        self._weights = {name: _Weights(of_words) for name, of_words in weights.items()}
        self._political = self._weights[POLITICAL]
        self._others = [of_words for name, of_words in self._weights.items() if name != POLITICAL]
        self._whole = self._evidence(0, self._length)
        self._passages: dict[int, tuple[int, int]] = {}  # the evidence around each sentence, by its start

    def of(self, sent: Span) -> Domain:
        """What the passage around a sentence is about: other than politics where both it and the document are."""
        all_political, all_other = self._whole
        if all_political >= _LEAST_POLITICAL and all_political >= _OUTWEIGHS * all_other:
            return Domain.POLITICAL
        if all_other <= all_political:
            return Domain.UNKNOWN
        political, other = self._around(sent)
        if other < _LEAST_OTHER or other < _OUTWEIGHS * political:
            return Domain.UNKNOWN
        return Domain.DISASTER if max(self._of_disasters(sent)) == other else Domain.OTHER

    def tells_disaster(self, sent: Span) -> bool:
        """Whether the passage around a sentence is about a natural disaster or an accident, whoever else is named."""
        return max(self._of_disasters(sent)) >= _LEAST_DISASTER

    def _of_disasters(self, sent: Span) -> list[int]:
        """The weight of the words of each kind of disaster in the passage around a sentence."""
        start, end = self._passage(sent)
        return [self._weights[name].between(start, end) if name in self._weights else 0 for name in _DISASTERS]

    def lean(self, sent: Span) -> tuple[float, float]:
        """How far the passage around a sentence and the document lean to politics: logarithms of the evidence for it over that
        for the other domain that has most, between -3 and 3; 0 where they are even.
        """
        return _log_ratio(*self._around(sent)), _log_ratio(*self._whole)

    def _around(self, sent: Span) -> tuple[int, int]:
        """The evidence in the passage around a sentence."""
        known = self._passages.get(sent.start)
        if known is None:
            known = self._evidence(*self._passage(sent))
            self._passages[sent.start] = known
        return known

    def _passage(self, sent: Span) -> tuple[int, int]:
        return max(0, sent.start - _WINDOW), min(self._length, sent.end + _WINDOW)

    def _evidence(self, start: int, end: int) -> tuple[int, int]:
        """The weight of political words and names in [start, end), and of the other domain that has most."""
        others = [weights.between(start, end) for weights in self._others]
        return self._political.between(start, end), max(others, default=0)


class _Weights:
    """The weights of some tokens, to be summed over any stretch of the document."""

    def __init__(self, weights: dict[int, int]) -> None:
        self._places = sorted(weights)
        self._sums = list(accumulate((weights[at] for at in self._places), initial=0))

    def between(self, start: int, end: int) -> int:
        """The sum over tokens [start, end)."""
        return self._sums[bisect_left(self._places, end)] - self._sums[bisect_left(self._places, start)]


def _log_ratio(political: int, other: int) -> float:
    return max(-_MOST_LEAN, min(_MOST_LEAN, math.log((1 + political) / (1 + other))))
