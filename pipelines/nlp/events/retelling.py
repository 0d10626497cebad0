"""The same act told again elsewhere in the document.

What belongs here: which other telling is of the same act. What does not: what is taken over from it (`story.py`,
`scene.py`), acts told twice in one sentence (`repetitions.py`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from heapq import merge
from itertools import islice

from pipelines.immutable import dataclass
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.event_dates import EventDate
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.telling import Telling, is_definite
from pipelines.records import Modality, Place

_ONE_ACT = 3
_MOST_NEAR = 200  # tellings compared with one; a list of thousands of like acts would be compared each with all
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))

_Kind = tuple[str, bool, Modality]  # tellings of one act are of one type, and both denied or planned, or neither
_Postings = dict[tuple["_Kind", object], list["_Entry"]]


@dataclass(slots=True)
class Told:
    """An event as told once: its draft with what its own sentence says of day and place."""

    draft: Draft
    when: EventDate | None
    place: Place | None
    telling: Telling
    is_speech: bool  # done in words, so that the day of saying is its own


class Retellings:
    """Finds other tellings of the acts of one Doc."""

    def __init__(self, lexicon: EventLexicon) -> None:
        """
        Args:
            lexicon: the event lexicons, for nouns that name an act.
        """
        self.lexicon = lexicon
        self._index: _Index | None = None

    def again(self, told: Told, others: list[Told], wanted: Callable[[Told], bool]) -> Told | None:
        """The nearest of the other tellings that is of the same act: of its parties and word, or of the act it names.

        Args:
            told: the event.
            others: the events of the document, in each call the same list.
            wanted: which of them will do.
        """
        if self._index is None or self._index.tellings is not others:
            self._index = _Index(others)
        found = self._index.nearest(told, wanted)
        if found is not None or not self._names_act(told.draft):
            return found
        here = told.draft.site.token.i
        before = (
            o
            for o in reversed(self._index.of_type(told.draft.event_type))
            if o.telling == Telling.NEWS and o.draft.site.token.i < here and wanted(o)
        )
        return next(before, None)

    def of_type(self, event_type: str, others: list[Told]) -> list[Told]:
        """The tellings of acts of a type, in the document's order; `others` in each call the same list."""
        if self._index is None or self._index.tellings is not others:
            self._index = _Index(others)
        return self._index.of_type(event_type)

    def _names_act(self, draft: Draft) -> bool:
        """Whether a clause tells of an act that the text has told of: "died in the attack", "the raid had killed ten"."""
        verb = draft.site.top
        for child in verb.children:
            nouns = [child] if child.dep_ in _SUBJECTS else []
            if child.dep_ in ("prep", "agent") and child.lower_ in ("in", "during", "by"):
                nouns = [c for c in child.children if c.dep_ == "pobj"]
            for noun in nouns:
                frames = self.lexicon.frames.get((lemma_of(noun), "noun"), ())
                if is_definite(noun) and any(f.event_type == draft.event_type for f in frames):
                    return True
        return False


@dataclass(frozen=True, slots=True)
class _Entry:
    """A telling with what is compared of it; `at` is its token and its number in the document's list."""

    told: Told
    at: tuple[int, int]
    actors: frozenset[object]
    recipients: frozenset[object]
    words: frozenset[str]


class _Index:
    """The tellings of a document by what two of one act must share; a list of thousands is not gone through for each."""

    def __init__(self, tellings: list[Told]) -> None:
        self.tellings = tellings
        self._types: dict[str, list[Told]] = {}
        self._by_actor: _Postings = {}
        self._by_recipient: _Postings = {}
        self._by_word: _Postings = {}
        for number, told in enumerate(tellings):
            entry, kind = _entry(told, number), _kind(told.draft)
            self._types.setdefault(told.draft.event_type, []).append(told)
            for party in entry.actors or (None,):
                self._by_actor.setdefault((kind, party), []).append(entry)
            for party in entry.recipients or (None,):
                self._by_recipient.setdefault((kind, party), []).append(entry)
            for word in entry.words:
                self._by_word.setdefault((kind, word), []).append(entry)
        for postings in (self._by_actor, self._by_recipient, self._by_word):
            for entries in postings.values():
                entries.sort(key=lambda entry: entry.at)

    def of_type(self, event_type: str) -> list[Told]:
        """The tellings of a type, in the document's order."""
        return self._types.get(event_type, [])

    def nearest(self, told: Told, wanted: Callable[[Told], bool]) -> Told | None:
        """The likest other telling of the same act, of equally like ones the nearest; None where there is none."""
        noun = told.draft.site.noun
        known = int(noun is not None and is_definite(noun))
        own, here = _entry(told, 0), told.draft.site.token.i
        most = 2 + bool(own.actors) + bool(own.recipients) + known
        if most < _ONE_ACT:
            return None
        best, best_score = None, _ONE_ACT - 1
        near = self._near(own, _kind(told.draft), may_lack_word=most - 2 >= _ONE_ACT)
        for entry in islice(near, _MOST_NEAR):
            if entry.told is told or entry.at[0] == here:
                continue
            score = _likeness(own, entry) + known
            if score > best_score and wanted(entry.told):
                best, best_score = entry.told, score
                if score >= most:
                    break
        return best

    def _near(self, own: _Entry, kind: _Kind, *, may_lack_word: bool) -> Iterator[_Entry]:
        """Tellings that share what one act must share, whichever of it the fewest share; the nearest first."""
        sides = [
            [postings.get((kind, party), []) for party in (*parties, None)]
            for postings, parties in ((self._by_actor, own.actors), (self._by_recipient, own.recipients))
            if parties
        ]
        if not may_lack_word:
            sides.append([self._by_word.get((kind, word), []) for word in own.words])
        here = own.at[0]
        side = min(sides, key=lambda lists: sum(map(len, lists)))
        return merge(*(_outwards(entries, here) for entries in side), key=lambda e: (abs(e.at[0] - here), e.at[1]))


def _outwards(entries: list[_Entry], here: int) -> Iterator[_Entry]:
    """Entries sorted by token, the nearest to a token first, of equally near ones the first of the list."""
    left = bisect_left(entries, (here, 0), key=lambda entry: entry.at)
    right = left
    while left > 0 or right < len(entries):
        before = here - entries[left - 1].at[0] if left > 0 else None
        after = entries[right].at[0] - here if right < len(entries) else None
        distance = min(d for d in (before, after) if d is not None)
        group = []
        while left > 0 and here - entries[left - 1].at[0] == distance:
            left -= 1
            group.append(entries[left])
        while right < len(entries) and entries[right].at[0] - here == distance:
            group.append(entries[right])
            right += 1
        yield from sorted(group, key=lambda entry: entry.at[1])


def _entry(told: Told, number: int) -> _Entry:
    draft = told.draft
    actors, recipients = (
        frozenset(p.identity for p in side if p.is_party) for side in (draft.actors, draft.recipients)
    )
    words = frozenset((lemma_of(draft.trigger), lemma_of(draft.site.token)))
    return _Entry(told, (draft.site.token.i, number), actors, recipients, words)


def _kind(draft: Draft) -> _Kind:
    return draft.event_type, draft.is_negated, draft.modality


def _likeness(one: _Entry, other: _Entry) -> int:
    """How much two tellings of one kind have in common; 0 where they are of others' acts."""
    actors, recipients = _shared(one.actors, other.actors), _shared(one.recipients, other.recipients)
    if actors < 0 or recipients < 0:
        return -_ONE_ACT  # another's act, or done to others
    return 2 * (not one.words.isdisjoint(other.words)) + actors + recipients


def _shared(one: frozenset[object], other: frozenset[object]) -> int:
    """1 where two sets of parties share one, 0 where one of them is empty, -1 where they are others."""
    if not one or not other:
        return 0
    return -1 if one.isdisjoint(other) else 1
