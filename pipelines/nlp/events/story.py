"""When an event happened, among all days that the document gives it: its sentence's, those of the story, of another telling.

What belongs here: carrying a day from sentence to sentence and from one telling of an act to another. What does not: the
event's own sentence (`event_dates.py`, `sentence_times.py`), which telling is of the same act (`retelling.py`), places
(`scene.py`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import replace
from datetime import date

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.chains import verb_over_document
from pipelines.nlp.events.choice import load_weights
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.event_dates import NO_DATE, EventDate, EventDateReader
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.operators import SAYINGS
from pipelines.nlp.events.retelling import Retellings, Told
from pipelines.nlp.events.running_reports import is_running_report
from pipelines.nlp.events.sentence_times import SentenceTimes
from pipelines.nlp.events.setting import SettingReader, is_told_on, together
from pipelines.nlp.events.settling import DAY, WEIGHTS_FILE, Options
from pipelines.nlp.events.telling import (
    Telling,
    first_form,
    has_past_perfect,
    is_perfect,
    is_split_passive,
    own_finite,
    takes_up_story,
)
from pipelines.nlp.parsed import Doc, Token
from pipelines.records import EventDateSource, Modality, Precision

_NEAR_TOKENS = 60
_STORY_LENGTH = 4  # days: "over the weekend" is one of the story, "last week" is none
_LONG_AGO = 365  # days
STORY_DAYS = 14  # a day longer before the publication is no story's day
_BOUNDING = frozenset(("after", "before", "since", "until", "till", "from", "following"))
_PAST_FORMS = frozenset(("VBD", "VBN"))
_COMPLEMENTS = frozenset(("xcomp", "acomp", "oprd"))


class Story:
    """The days of one Doc."""

    def __init__(self, doc: Doc, dates: EventDateReader, lexicon: EventLexicon, describer: ActorDescriber) -> None:
        self.published = dates.published
        self.describer = describer
        self.lexicon = lexicon
        self.retellings = Retellings(lexicon)
        self.settings = SettingReader(doc, dates, lexicon)
        self.weights = load_weights(WEIGHTS_FILE).get(DAY, {})
        self._times = SentenceTimes(dates)
        self._days: dict[bool, list[tuple[int, EventDate]]] = {
            True: [],
            False: [],
        }  # of sayings, of deeds: sentence, day
        breaks = [*(token.i for token in doc if "\n" in token.text), len(doc)]
        self._entries = _dated_entries(doc, dates, breaks)
        self._pasts: list[tuple[int, int]] = []  # token ranges after a sentence of long ago, to its paragraph's end
        # Every time: its sentence's start, its paragraph's end, its days, and whether it dates what the sentence tells.
        self._named: list[tuple[int, int, EventDate, bool]] = []
        self._settled: list[tuple[Told, EventDate]] = []  # the events so far, with their dates
        self._line_end = -_NEAR_TOKENS  # where the last one stands of a line of events that follow on each other
        for sent in doc.sents:
            for head, time in dates.times.get(sent.start, ()):
                if time.date_start is None:
                    continue
                when = EventDate(time.date_start, time.date_end, time.precision, EventDateSource.TEXT)
                verb = _main_verb(head) if self.published is not None else None
                dates_line = verb is not None or _opens_past(head)
                self._named.append((sent.start, _paragraph_end(sent.end, breaks), when, dates_line))
                if verb is None:
                    if self._age(time.date_end or time.date_start) > _LONG_AGO and _opens_past(head):
                        self._pasts.append((sent.end, _paragraph_end(sent.end, breaks)))
                    continue
                if _is_short(when) and self._is_of_story(when):
                    self._days[self._is_saying(verb)].append((sent.start, replace(when, precision=Precision.DAY)))
                elif self._age(time.date_end or time.date_start) > STORY_DAYS:
                    self._pasts.append((sent.end, _paragraph_end(sent.end, breaks)))
        self._told_days = sorted(self._days[True] + self._days[False], key=lambda item: (item[0], item[1].start))
        # Asked for every event; a document may have thousands of both.
        self._day_counts = Counter(day for _, day in self._told_days)
        self._most_told = max(self._told_days, key=lambda item: self._day_counts[item[1]], default=None)
        self._genre_seen = self._genre()
        if is_running_report(doc.text) and "story=earlier" not in self._genre_seen:
            self._genre_seen.append("running")  # not hour by hour what took place long ago

    def _age(self, day: date) -> int:
        return (self.published - day).days if self.published is not None else 0

    def _is_of_story(self, when: EventDate) -> bool:
        return when.start is not None and when.end is not None and 0 <= self._age(when.end) <= STORY_DAYS

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

    def settle(self, told: Told, others: list[Told]) -> EventDate:
        """The date of an event; to be asked for every event of the document in turn.

        Args:
            told: the event.
            others: the events of the document, by position.
        """
        draft = told.draft
        entry = next((day for start, end, day in self._entries if start <= draft.site.token.i < end), None)
        if (
            entry is not None
            and not _is_dated(told)
            and draft.modality == Modality.ACTUAL
            and not has_past_perfect(draft.top)
        ):
            return _on(entry, EventDateSource.TEXT)
        options = self.options(told, others)
        last = self.last_day(draft)
        if last is not None:
            options.keep(
                lambda when: when.source == EventDateSource.TEXT and when == told.when or _began_by(when, last)
            )
        told.draft.settled[DAY] = options.all()
        when = options.best(self.weights).value or NO_DATE
        if when.start is not None:
            self._settled.append((told, when))
        if self._runs_on(draft) and not _is_dated(told) or takes_up_story(draft.site.token.sent):
            self._line_end = draft.site.token.i
        return when

    def _runs_on(self, draft: Draft) -> bool:
        """Whether an event is told next in a line of events, one of which took up another ("After the debate")."""
        return draft.site.token.sent.start - self._line_end < _NEAR_TOKENS

    def last_day(self, draft: Draft) -> date | None:
        """The last day of a long gone state of which a party is an organ: "Soviet troops", in a document of 2003.

        It bounds what is carried to the event, the publication among it; a time in its own sentence stands.
        """
        if self.published is None:
            return None
        doc, on = draft.site.token.doc, self.published
        ends = [self.describer.state_end(doc[p.start : p.end].text, on=on) for p in draft.parties()]
        return min((end for end in ends if end is not None), default=None)

    def options(self, told: Told, others: list[Told]) -> Options[EventDate]:
        """The days that an event may lie on by what its sentence and the rest of the document tell.

        Args:
            told: the event.
            others: the events of the document, by position.
        """
        draft = told.draft
        setting = [*self.settings.of(draft, told.telling), *self.settings.fine(draft, told.telling), *self._genre_seen]
        if told.when is not None and not _is_dated(told):
            setting.append("undatable")  # its sentence gives a time that is not its own
            if told.when.is_long_ago:
                setting.append("long-ago")
        if self.is_in_past(draft):
            setting.append("in-past")
        setting += together(setting)
        options: Options[EventDate] = Options(lambda when: (when.start, when.end), setting)
        if _is_dated(told) and told.when is not None:
            options.add("own", told.when, ["counted"] if told.when.is_counted else [])
        for source, when, seen in self._times.offers(draft, told.is_speech):
            if "precedes" in seen and "deed" in setting and not draft.is_followed and not _is_dated(told):
                seen.append("before-deed")
            options.add(source, when, seen)
        again = self.retellings.again(told, others, _is_dated)
        if again is not None and again.when is not None:
            later = again.draft.site.token.i > draft.site.token.i
            seen = ["later" if later else "before", _size(again.when)]
            if not self._is_of_story(again.when):
                seen.append("old")
            options.add("again", again.when, seen)
        self._add_previous(options, draft, is_next=_is_next(told, setting))
        self._add_passage(options, draft, is_told_on=is_told_on(setting))
        if self.published is None:
            return options
        options.add("published", _on(self.published, EventDateSource.PUBLICATION))
        for source, (at, day) in self._story_days(draft):
            options.add(source, day, self._seen_of(day, at, draft))
        return options

    def _add_previous(self, options: Options[EventDate], draft: Draft, *, is_next: bool) -> None:
        """The date of the event told before: what is told next has often happened then too.

        Args:
            options: the options of an event.
            draft: the event.
            is_next: whether it is told as the story's next.
        """
        if not self._settled:
            return
        told, when = self._settled[-1]
        sent, before = draft.site.token.sent, told.draft.site.token
        place = "sentence" if before.i >= sent.start else "near" if sent.start - before.i < _NEAR_TOKENS else "far"
        seen = [place, when.source.value, _size(when)]
        if told.telling == Telling.NEWS:
            seen.append("news")
        if is_perfect(told.draft.top) != is_perfect(draft.top):
            seen.append("other-tense")
        if {a.identity for a in told.draft.actors} & {a.identity for a in draft.actors}:
            seen.append("actor")
        if told.draft.event_type == draft.event_type:
            seen.append("type")
        if is_next and self._runs_on(draft) and _is_short(when) and self._is_of_story(when):
            seen.append("runs-on")
        options.add("previous", when, seen)

    def _add_passage(self, options: Options[EventDate], draft: Draft, *, is_told_on: bool) -> None:
        """The time named last before the event's sentence, where that is in the same paragraph.

        Args:
            options: the options of an event.
            draft: the event.
            is_told_on: whether it is told as the next in an account (`setting.is_told_on`).
        """
        sent = draft.site.token.sent
        found = [item for item in self._named if item[0] < sent.start < item[1]]
        if not found:
            return
        at, _, when, dates_line = found[-1]
        age = self._age(when.end or when.start or self.published) if self.published is not None else 0
        seen = [_size(when), "story" if 0 <= age <= STORY_DAYS else "ahead" if age < 0 else "past"]
        if at == sent.doc[sent.start - 1].sent.start:
            seen.append("near")
        if is_told_on and age >= 0 and dates_line and self._told_days:
            seen.append("told-on")
        elif is_told_on and when.precision == Precision.DAY and self._is_of_story(when):
            seen.append("told-on-day")
        options.add("passage", when, seen)

    def _genre(self) -> list[str]:
        """On which day, counted from the publication, the text has most of its story."""
        if not self._told_days:  # without a publication no day is one of the story
            return ["story=none", "lead-undated"] if self.published is not None else ["story=none"]
        ages = Counter(self._rough_age(day) for _, day in self._told_days)
        first = self._rough_age(self._told_days[0][1])
        most = max(ages, key=lambda age: ages[age])
        found = [f"story={('today', 'eve', 'earlier')[most]}", f"opens={('today', 'eve', 'earlier')[first]}"]
        if self._told_days[0][0] >= self.settings.lead_end:
            found.append("lead-undated")
        return found

    def _rough_age(self, when: EventDate) -> int:
        return min(self._age(when.end), 2) if when.end is not None else 2

    def _story_days(self, draft: Draft) -> list[tuple[str, tuple[int, EventDate]]]:
        """The days of the story around a draft: the last before it and the next of each kind, the first, the most told."""
        is_speech = self.lexicon.traits_of(draft.event_type, draft.mode).is_speech
        found = []
        for source, days in (("latest", self._days[is_speech]), ("other", self._days[not is_speech])):
            at = bisect_right(days, draft.site.token.i, key=lambda day: day[0]) - 1
            if at >= 0:
                found.append((source, days[at]))
        for source, days in (("next", self._days[is_speech]), ("next-other", self._days[not is_speech])):
            at = bisect_right(days, draft.site.token.i, key=lambda day: day[0])
            if at < len(days):
                found.append((source, days[at]))
        if self._most_told is not None:
            found += [("first", self._told_days[0]), ("most", self._most_told)]
        return found

    def _seen_of(self, when: EventDate, at: int, draft: Draft) -> list[str]:
        """How long before the publication a day lies, how near to the draft it is told, and whether the story has others."""
        age = self._age(when.end) if when.end is not None else 0
        found = ["today" if age == 0 else "eve" if age == 1 else "week" if age < 7 else "earlier"]
        sent = draft.site.token.sent
        if at == sent.start:
            found.append("sentence")
        elif sent.start - _NEAR_TOKENS <= at < sent.start:
            found.append("near")
        elif at > sent.start:
            found.append("later")
        if at < self.settings.lead_end:
            found.append("told-in-lead")
        found.append("only" if len(self._day_counts) == 1 else "among")
        if self._day_counts[when] * 2 > len(self._told_days):
            found.append("major")
        return found


def _is_dated(told: Told) -> bool:
    return told.when is not None and told.when.source == EventDateSource.TEXT


def _is_next(told: Told, setting: list[str]) -> bool:
    """Whether an event is told as the next of a line: in the simple past, in a sentence without a time."""
    finite = own_finite(told.draft.top)
    is_simple_past = first_form(finite).tag_ == "VBD" and not is_perfect(finite)
    return is_simple_past and told.telling == Telling.NEWS and "undated" in setting


def _is_short(when: EventDate) -> bool:
    if when.start is None or when.end is None:
        return False
    return when.precision == Precision.DAY or 0 < (when.end - when.start).days < _STORY_LENGTH


def _began_by(when: EventDate, day: date) -> bool:
    return when.start is None or when.start <= day


def _size(when: EventDate) -> str:
    return when.precision.value if when.precision is not None else "vague"


def _on(day: date, source: EventDateSource) -> EventDate:
    return EventDate(day, day, Precision.DAY, source)


def _dated_entries(doc: Doc, dates: EventDateReader, breaks: list[int]) -> list[tuple[int, int, date]]:
    """Paragraphs that open with place and day, as entries of a list of incidents do ("Chad, 9 March 2023: ..."), and the day."""
    found: list[tuple[int, int, date]] = []
    for sent in doc.sents:
        times = dates.times.get(sent.start, ())
        if len(times) != 1 or sent[-1].text != ":" or any(t.pos_ in ("VERB", "AUX") for t in sent):
            continue
        opens = sent.start == 0 or "\n" in doc[sent.start - 1].text or "\n" in sent[0].text
        day = times[0][1]
        if opens and day.precision == Precision.DAY and day.date_start is not None:
            found.append((sent.end, _paragraph_end(min(sent.end + 1, len(doc)), breaks), day.date_start))
    return found


def _paragraph_end(end: int, breaks: list[int]) -> int:
    """Where the paragraph of a sentence ends, as a token index; `breaks` has all line breaks and the document's end."""
    return breaks[min(bisect_left(breaks, end - 1), len(breaks) - 1)]


def _opens_past(head: Token) -> bool:
    """Whether a time of long ago is where a sentence in the past begins or ends, though another phrase has it: "After the 2018
    election, she became chair", "was convicted of fraud, stemming from his years as mayor, in 2011".
    """
    root = head.sent.root
    if root.tag_ not in _PAST_FORMS or has_past_perfect(root) or is_perfect(root):
        return False
    current = head
    for _ in range(8):
        if current.i == root.i:
            return current.i != head.i
        if current.dep_ in ("relcl", "ccomp", "appos") or (current.dep_ == "acl" and current.tag_ != "VBG"):
            return False
        if current.lower_ in _BOUNDING and head.i > root.i:
            return False  # "was arrested after the attack of 2018"
        current = current.head
    return False


def _main_verb(head: Token) -> Token | None:
    """The verb in the past that a time hangs on, where it is the sentence's main one or coordinated with it."""
    current = head
    for _ in range(8):
        if current.head is current:
            break
        current = current.head
        if current.pos_ in ("VERB", "AUX"):
            break
        if current.lower_ in _BOUNDING:
            return None
    verb = verb_over_document(current) or current
    while verb.dep_ in _COMPLEMENTS and verb.head.pos_ in ("VERB", "AUX") and verb.tag_ in ("VBG", "VBN"):
        verb = verb.head  # "stayed closed on Tuesday", "began marching on Tuesday"
    if verb.tag_ not in _PAST_FORMS or has_past_perfect(verb) or is_perfect(verb):
        return None
    top = verb
    while (top.dep_ in ("conj", "ccomp") or is_split_passive(top)) and top.head is not top:
        top = top.head
    return verb if top.dep_ == "ROOT" else None
