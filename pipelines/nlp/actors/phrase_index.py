"""The index that finds the phrases of the lexicons in a sequence of words.

What belongs here: phrases with what they name, and the longest-match look-up. What does not: where phrases come from
(`lexicon.py`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from pipelines.immutable import dataclass
from pipelines.nlp.actors.patterns import TOKEN


class Kind(StrEnum):
    """What a lexicon phrase names; the order is the trust in it when two kinds share a phrase."""

    COUNTRY = "country"
    DEMONYM = "demonym"  # adjective or singular person
    PEOPLE = "people"  # plural noun
    CAPITAL = "capital"
    ORGANISATION = "organisation"
    SEAT = "seat"
    REGION = "region"
    LEADER = "leader"
    CITY = "city"
    NOUN = "noun"


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase of the lexicons.

    `key` is the canonical entity key of what it names (empty for nouns); `role` and `is_title` are of nouns alone; `since`
    and `until` bound a leader's office, or the time of a state under that name; `is_shared` says that bodies of other
    states have the name too. An entry that `is_then` is named by the phrase between `since` and `until` only, and comes
    before all others there.
    """

    kind: Kind
    name: str
    key: str = ""
    label: str = ""
    country: str | None = None
    sector: str | None = None
    role: str = ""
    is_title: bool = False
    is_acronym: bool = False
    is_shared: bool = False
    since: date | None = None
    until: date | None = None
    is_then: bool = False

    def holds(self, on: date | None) -> bool:
        """Whether its phrase names it in a document of a day; None: in one without a date."""
        if not self.is_then:
            return True
        return on is not None and (self.since or date.min) <= on <= (self.until or date.max)

    @property
    def state_end(self) -> date | None:
        """The last day of the state that the phrase names, where that is gone or has another name now."""
        return self.until if self.kind in _STATES else None


_STATES = frozenset({Kind.COUNTRY, Kind.DEMONYM, Kind.PEOPLE, Kind.REGION})


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found at words [start, end)."""

    start: int
    end: int
    entry: Entry


@lru_cache(maxsize=32_768)
def fold(word: str) -> str:
    """A word without case and accents, the form the index compares."""
    if word.isascii():
        return word.lower().replace("’", "'")
    decomposed = unicodedata.normalize("NFKD", word.replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=16_384)
def split_words(text: str) -> tuple[str, ...]:
    """Cut a text as the index cuts its phrases."""
    return tuple(TOKEN.findall(text))


class PhraseIndex:
    """Longest-match look-up of phrases in a sequence of words.

    A name must begin with a capital in the text and an acronym must be written in capitals; nouns match in any case.
    """

    def __init__(self) -> None:
        # First word -> second word, None where there is none -> lengths of the phrases that begin so, longest first. Most words
        # that begin a phrase, such as "the", are not followed by its second.
        self._lengths: dict[str, dict[str | None, tuple[int, ...]]] = {}
        self._entries: dict[tuple[str, ...], list[tuple[tuple[str, ...], Entry]]] = {}

    def add(self, phrase: str, entry: Entry, *, is_first: bool = False) -> None:
        """Add a phrase; of two entries with the same phrase the first one added wins, or the one that `is_first`."""
        words = split_words(phrase)
        folded = tuple(fold(w) for w in words)
        same = self._entries.setdefault(folded, [])
        if is_first:
            same.insert(0, (words, entry))
        elif any((w == words or not e.is_acronym) and not e.is_then for w, e in same):
            return
        else:
            same.append((words, entry))
        of_second = self._lengths.setdefault(folded[0], {None: ()})
        second = folded[1] if len(folded) > 1 else None
        of_second[second] = tuple(sorted({*of_second.get(second, ()), len(folded)}, reverse=True))

    def entries(self) -> Iterator[tuple[tuple[str, ...], Entry]]:
        """The words of each phrase as they were added, and what it names.

        Yields:
            Words and entry, in no order that means anything.
        """
        return chain.from_iterable(self._entries.values())

    def beginnings(self, folded: Sequence[str]) -> list[int]:
        """Where a phrase may begin: the words that are one, or begin one whose second word follows.

        Args:
            folded: `fold` of each word of a text.
        """
        lengths, last = self._lengths, len(folded) - 1
        return [
            at
            for at, word in enumerate(folded)
            if word in lengths and ((of_second := lengths[word])[None] or (at < last and folded[at + 1] in of_second))
        ]

    def match_at(
        self, words: Sequence[str], at: int, folded: Sequence[str] | None = None, *, on: date | None = None
    ) -> Match | None:
        """The longest phrase that begins at a word, or None.

        Args:
            words: the words of a text, cut by `split_words`.
            at: index of the first word of the phrase.
            folded: `fold` of each word, where the caller has it.
            on: the day the text was written, for names that meant something else then; None: what they mean today.
        """
        of_second = self._lengths.get(folded[at] if folded is not None else fold(words[at]))
        if of_second is None:
            return None
        room = len(words) - at
        lengths = of_second[None]
        if room > 1 and len(of_second) > 1:
            lengths = of_second.get(folded[at + 1] if folded is not None else fold(words[at + 1]), ()) + lengths
        for length in lengths:
            if length > room:
                continue
            key = (
                tuple(folded[at : at + length])
                if folded is not None
                else tuple(fold(w) for w in words[at : at + length])
            )
            for exact, entry in self._entries.get(key, ()):
                if entry.holds(on) and _is_written_so(words, at, exact, entry):
                    return Match(at, at + length, entry)
        return None

    def find(self, words: Sequence[str], *, on: date | None = None) -> list[Match]:
        """All longest matches from left to right, none overlapping another; `on` as in `match_at`."""
        folded = list(map(fold, words))
        found, end = [], 0
        for at in self.beginnings(folded):
            if at >= end and (match := self.match_at(words, at, folded, on=on)):
                found.append(match)
                end = match.end
        return found


def _is_written_so(words: Sequence[str], at: int, exact: tuple[str, ...], entry: Entry) -> bool:
    """A name begins with a capital, an acronym is in capitals throughout; nouns in any case."""
    if entry.kind is Kind.NOUN:
        return True
    if entry.is_acronym:
        return tuple(words[at : at + len(exact)]) == exact
    return words[at][0].isupper() or not exact[0][0].isupper()
