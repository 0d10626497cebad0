"""What the document tells of an event outside its own sentence: the day the story is on, and the same act told again.

What belongs here: carrying a day from sentence to sentence and from one telling of an act to another. What does not: the
event's own sentence (`event_dates.py`), places (`scene.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc, Span, Token

from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.choice import load_weights
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.event_dates import NO_DATE, EventDate, EventDateReader
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.operators import SAYINGS
from pipelines.nlp.events.settling import DAY, WEIGHTS_FILE, Options
from pipelines.nlp.events.telling import (
    Telling,
    has_past_perfect,
    is_definite,
    is_perfect,
    is_split_passive,
    setting_of,
)
from pipelines.records import EventDateSource, Modality, Place, Precision

_ONE_ACT = 3
_NEAR_TOKENS = 60
STORY_DAYS = 14  # a day longer before the publication is no story's day
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_PAST_FORMS = frozenset(("VBD", "VBN"))


@dataclass(slots=True)
class Told:
    """An event as told once: its draft with what its own sentence says of day and place."""

    draft: Draft
    when: EventDate | None
    place: Place | None
    telling: Telling


class Story:
    """The days and the retold acts of one Doc."""

    def __init__(self, doc: Doc, dates: EventDateReader, lexicon: EventLexicon) -> None:
        self.published = dates.published
        self.lexicon = lexicon
        self.weights = load_weights(WEIGHTS_FILE).get(DAY, {})
        self._days: dict[bool, list[tuple[int, date]]] = {True: [], False: []}  # of sayings, of deeds: sentence, day
        self._entries = _dated_entries(doc, dates)
        self._pasts: list[tuple[int, int]] = []  # token ranges after a sentence of long ago, to its paragraph's end
        for sent in doc.sents:
            for head, time in dates.times.get(sent.start, ()):
                verb = _main_verb(head) if self.published is not None else None
                if verb is None or time.date_start is None:
                    continue
                if time.precision == Precision.DAY and 0 <= self._age(time.date_start) <= STORY_DAYS:
                    self._days[self._is_saying(verb)].append((sent.start, time.date_start))
                elif self._age(time.date_end or time.date_start) > STORY_DAYS:
                    self._pasts.append((sent.end, _paragraph_end(sent)))

    def _age(self, day: date) -> int:
        return (self.published - day).days if self.published is not None else 0

    def is_in_past(self, draft: Draft) -> bool:
        """Whether a draft is told in a passage on the past: after a sentence dated long ago, before a day of the story."""
        at = draft.site.token.sent.start
        inside = [start for start, end in self._pasts if start <= at < end]
        return bool(inside) and not any(inside[-1] <= start <= at for days in self._days.values() for start, _ in days)

    def _is_saying(self, verb: Token) -> bool:
        key = (lemma_of(verb), "verb")
        if any(operator.effect in SAYINGS for operator in self.lexicon.operators.get(key, ())):
            return True
        types = {f.event_type for f in self.lexicon.frames.get(key, ()) if f.event_type}
        return bool(types) and all(self.lexicon.traits_of(t, None).is_speech for t in types)

    def again(self, told: Told, others: list[Told]) -> Told | None:
        """The nearest of the other tellings that is of the same act: of its parties and word, or of the act it names."""
        found = retold(told, others)
        if found is not None or not self._names_act(told.draft):
            return found
        before = [
            o
            for o in others
            if o.draft.event_type == told.draft.event_type
            and o.telling == Telling.NEWS
            and o.draft.site.token.i < told.draft.site.token.i
        ]
        return before[-1] if before else None

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

    def settle(self, told: Told, others: list[Told]) -> EventDate:
        """The date of an event that its own sentence does not date.

        Args:
            told: the event.
            others: the events of the document, by position.
        """
        draft = told.draft
        entry = next((day for start, end, day in self._entries if start <= draft.site.token.i < end), None)
        if entry is not None and draft.modality == Modality.ACTUAL and not has_past_perfect(draft.top):
            return _on(entry, EventDateSource.TEXT)
        options = self.options(told, others)
        told.draft.settled[DAY] = options.all()
        return options.best(self.weights).value or NO_DATE

    def options(self, told: Told, others: list[Told]) -> Options[EventDate]:
        """The days that an event may lie on by what the rest of the document tells.

        Args:
            told: the event.
            others: the events of the document, by position.
        """
        draft = told.draft
        setting = setting_of(draft, told.telling, self.lexicon)
        if told.when is not None:
            setting.append("undatable")  # its sentence gives a time that is not its own
        if self.is_in_past(draft):
            setting.append("in-past")
        options: Options[EventDate] = Options(lambda when: (when.start, when.end), setting)
        again = self.again(told, [o for o in others if o.when is not None and o.when.source == EventDateSource.TEXT])
        if again is not None:
            options.add("again", again.when)
        if self.published is None:
            return options
        options.add("published", _on(self.published, EventDateSource.PUBLICATION))
        for source, (at, day) in self._story_days(draft):
            options.add(source, _on(day, EventDateSource.TEXT), self._seen_of(day, at, draft))
        return options

    def _story_days(self, draft: Draft) -> list[tuple[str, tuple[int, date]]]:
        """The days of the story around a draft: the last before it of its kind and of the other, the first, the most told."""
        is_speech = self.lexicon.traits_of(draft.event_type, draft.mode).is_speech
        found = []
        for source, days in (("latest", self._days[is_speech]), ("other", self._days[not is_speech])):
            at = bisect_right(days, draft.site.token.i, key=lambda day: day[0]) - 1
            if at >= 0:
                found.append((source, days[at]))
        told = sorted(self._days[True] + self._days[False])
        if told:
            counts = Counter(day for _, day in told)
            most = max(told, key=lambda item: counts[item[1]])
            found += [("first", told[0]), ("most", most)]
        return found

    def _seen_of(self, day: date, at: int, draft: Draft) -> list[str]:
        """How long before the publication a day lies, how near to the draft it is told, and whether the story has others."""
        age = self._age(day)
        found = ["today" if age == 0 else "eve" if age == 1 else "week" if age < 7 else "earlier"]
        sent = draft.site.token.sent
        if at == sent.start:
            found.append("sentence")
        elif sent.start - _NEAR_TOKENS <= at < sent.start:
            found.append("near")
        elif at > sent.start:
            found.append("later")
        days = {day for days in self._days.values() for _, day in days}
        found.append("only" if len(days) == 1 else "among")
        return found


def _on(day: date, source: EventDateSource) -> EventDate:
    return EventDate(day, day, Precision.DAY, source)


def retold(told: Told, others: list[Told]) -> Told | None:
    """The nearest other telling of the same act: equal type, and equal word or party where the text may mean it."""
    draft = told.draft
    best, best_key = None, (0, 0)
    for other in others:
        if (
            other is told
            or other.draft.event_type != draft.event_type
            or other.draft.site.token.i == draft.site.token.i
        ):
            continue
        score = _likeness(draft, other.draft)
        key = (score, -abs(other.draft.site.token.i - draft.site.token.i))
        if score >= _ONE_ACT and (best is None or key > best_key):
            best, best_key = other, key
    return best


def _likeness(draft: Draft, other: Draft) -> int:
    """How much two drafts of one type have in common: 3 or more where they are one act."""
    if draft.is_negated != other.is_negated or draft.modality != other.modality:
        return 0
    actors, recipients = _shared(draft.actors, other.actors), _shared(draft.recipients, other.recipients)
    if actors < 0 or recipients < 0:
        return 0  # another's act, or done to others
    words, others = ({lemma_of(d.trigger), lemma_of(d.site.token)} for d in (draft, other))
    noun = draft.site.noun
    is_known = noun is not None and is_definite(noun)
    return 2 * bool(words & others) + actors + recipients + is_known


def _shared(one: list, other: list) -> int:
    """1 where two lists of parties share one, 0 where one of them is empty, -1 where they are others."""
    first, second = ({p.identity for p in side if p.is_party} for side in (one, other))
    if not first or not second:
        return 0
    return 1 if first & second else -1


def _dated_entries(doc: Doc, dates: EventDateReader) -> list[tuple[int, int, date]]:
    """Paragraphs that open with place and day, as entries of a list of incidents do ("Chad, 9 March 2023: ..."), and the day."""
    found: list[tuple[int, int, date]] = []
    for sent in doc.sents:
        times = dates.times.get(sent.start, ())
        if len(times) != 1 or sent[-1].text != ":" or any(t.pos_ in ("VERB", "AUX") for t in sent):
            continue
        opens = sent.start == 0 or "\n" in doc[sent.start - 1].text or "\n" in sent[0].text
        day = times[0][1]
        if opens and day.precision == Precision.DAY and day.date_start is not None:
            found.append((sent.end, _paragraph_end(doc[sent.end : sent.end + 1]), day.date_start))
    return found


def _paragraph_end(sent: Span) -> int:
    """Where the paragraph of a sentence ends, as a token index."""
    doc = sent.doc
    return next((t.i for t in doc[sent.end - 1 :] if "\n" in t.text), len(doc))


def _main_verb(head: Token) -> Token | None:
    """The verb in the past that a time hangs on, where it is the sentence's main one or coordinated with it."""
    current = head
    for _ in range(8):
        if current.head is current:
            break
        current = current.head
        if current.pos_ in ("VERB", "AUX"):
            break
        if current.lower_ in ("after", "before", "since", "until", "till", "from", "following"):
            return None
    verb = current
    if verb.tag_ not in _PAST_FORMS or has_past_perfect(verb) or is_perfect(verb):
        return None
    top = verb
    while (top.dep_ in ("conj", "ccomp") or is_split_passive(top)) and top.head is not top:
        top = top.head
    return verb if top.dep_ == "ROOT" else None
