"""When an event happened, as its own sentence dates it.

What belongs here: choosing among the sentence's time expressions. What does not: normalising them (`times/`), the day
that carries over from other sentences (`story.py`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from pipelines.immutable import dataclass
from pipelines.nlp.clauses.government import precedes_clause
from pipelines.nlp.events.chains import (
    BOUNDS,
    clause_chain,
    edge_rank,
    is_aimed_at,
    is_bare_participle,
    is_bound,
    only_names,
    report_rank,
)
from pipelines.nlp.events.counted_dates import counted_days, is_only_counted_in
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.telling import (
    BEFORE,
    Telling,
    adjunct_preposition,
    first_form,
    is_background,
    is_definite,
    is_perfect,
    is_present,
    is_split_passive,
    is_told_in_past,
    own_finite,
    telling,
)
from pipelines.nlp.parsed import Doc, Token
from pipelines.records import EventDateSource, Modality, Precision, TimeExpression

_MANY = frozenset("several many dozens hundreds thousands scores times repeatedly".split())
_LONG = frozenset(("month", "year", "decade", "century"))
_SAME_TIME = frozenset(("when", "as", "while", "where"))
_CLIMB = 12
_WEEKS_AGO = 3  # words
_DAY_BEFORE = re.compile(r"(?<![\w.,])(\d{1,2})\s*(?:and|to|&|-|–|—)\s*$")
_DAY_BEFORE_CHARS = 10
# "This morning", "Tuesday evening", "9 May, 10 a.m.", "tonight"; "7:30 p.m." names none.
_NAMES_DAY = re.compile(
    r"\b(?:(?i:this|that|last|next|today|tonight|overnight)|(?:[A-Z][a-z]+|(?i:to|yester))(?:day|morrow))\b"
    r"|[A-Z][a-z]{2,}\.?\s+\d|\d\s+[A-Z][a-z]{2}|\d[-/]\d"
)


@dataclass(frozen=True, slots=True)
class EventDate:
    """The days an event may have happened on."""

    start: date | None
    end: date | None
    precision: Precision | None
    source: EventDateSource
    is_ongoing: bool = False  # it began then and has not ended
    is_counted: bool = False  # back from what the sentence tells: "a year after"


NO_DATE = EventDate(None, None, None, EventDateSource.NONE)


class EventDateReader:
    """Reads the dates that a Doc's sentences give their own events."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.published: date | None = doc._.context.published_date if doc._.context is not None else None
        self.times: dict[int, list[tuple[Token, TimeExpression]]] = {}
        day_told: date | None = None
        for time in doc._.time_expressions or ():
            if time.type not in ("DATE", "TIME") or time.date_start is None:
                continue
            if is_only_counted_in(doc.text, time.start_char):
                continue
            if self._is_of_any_day(time):
                if day_told is None:
                    continue
                time = replace(time, date_start=day_told, date_end=day_told)
            elif time.precision == Precision.DAY and self._is_past(time):
                day_told = time.date_end
            span = doc.char_span(time.start_char, time.end_char, alignment_mode="expand")
            if span is not None:
                exact = self._on_its_day(_with_day_before(doc.text, time))
                self.times.setdefault(span.root.sent.start, []).append((span.root, exact))

    def _on_its_day(self, time: TimeExpression) -> TimeExpression:
        """ "Three weeks ago" is the day so many weeks before the publication, though the expression's value is its week."""
        first, words = time.date_start, time.text.lower().split()
        is_exact = time.precision == Precision.WEEK and words[-1] == "ago" and len(words) == _WEEKS_AGO
        if not is_exact or time.modifier or first is None or self.published is None:
            return time
        day = first + timedelta(days=self.published.weekday())
        return replace(time, date_start=day, date_end=day, precision=Precision.DAY)

    def _is_of_any_day(self, time: TimeExpression) -> bool:
        """Whether a time is an hour of a day that is not named: "at about 11 o'clock" is of the day that the story is on.

        That over an entry of a running report is of the day of publication.
        """
        if time.type != "TIME" or time.date_start != self.published or _NAMES_DAY.search(time.text) is not None:
            return False
        return time.start_char > 0 and self.doc.text[time.start_char - 1] != "\n"

    def told(self, draft: Draft, is_speech: bool) -> EventDate | None:
        """The date that the event's own phrase or clause, or a clause it depends on, states; None where it states none.

        Args:
            draft: the draft, with its operators applied.
            is_speech: whether the event is done in words, so that the day of saying is its own.
        """
        anchor = draft.site.token
        chain = clause_chain(anchor)
        spoken = None if is_speech else _said_rank(draft, chain)
        edge = edge_rank(chain)
        ranks = {token.i: rank for rank, token in enumerate(chain)}
        best, best_head, best_key = None, anchor, (len(chain) + 1, 0)
        is_beyond = False
        is_told_now = telling(draft) == Telling.STATE and is_present(own_finite(draft.top))
        for head, time in self.times.get(anchor.sent.start, ()):
            rank = self.rank(head, ranks, anchor)
            if rank is None or (draft.is_composed and not self._is_past(time)):
                continue  # the time of what is agreed to or asked for
            if spoken is not None and rank >= spoken:
                continue  # the day of saying is not the day of the deed
            if is_told_now and self._is_over(time):
                continue  # "wants them over the leak of 2010"
            if edge is not None and rank >= edge and not _is_also_of(time, chain[edge - 1]):
                is_beyond = True  # "closed it on Monday after rebels attacked": the attack was before
                continue
            if (rank, abs(head.i - anchor.i)) < best_key:
                best, best_head, best_key = time, head, (rank, abs(head.i - anchor.i))
        if best is None or best_key[0] > 0:
            # "Two weeks after the vote, thousands marched last night, and police beat them": the day named is the nearer.
            is_on_day = best is not None and best.precision == Precision.DAY
            days = counted_days(chain[: best_key[0]] if is_on_day else chain, self.published, self._days_of(anchor))
            if days is not None:
                return EventDate(days.start, days.end, days.precision, EventDateSource.TEXT, is_counted=True)
        if best is None:
            return NO_DATE if is_beyond or _is_counted_from(draft.site.top) else self._since(draft)
        preposition = adjunct_preposition(draft.top)
        if best_key[0] > 0 and preposition is not None and is_definite(draft.top):
            return _bounded(best, preposition)
        if best_key[0] > 0 and is_background(draft):
            return NO_DATE
        if self.is_read_ahead(best_head, best, draft, is_speech):
            return _year_before(best) if best.precision == Precision.MONTH else None
        end = best.date_end
        if best.precision == Precision.WEEK and end is not None and self.published is not None and self._is_done(draft):
            end = min(end, max(self.published, best.date_start or end))  # "this week": nothing later than today is done
        return EventDate(best.date_start, end, best.precision, EventDateSource.TEXT)

    def _days_of(self, anchor: Token) -> list[date]:
        """The single days that a sentence names."""
        times = (time for _, time in self.times.get(anchor.sent.start, ()))
        return [t.date_start for t in times if t.precision == Precision.DAY and t.date_start is not None]

    def is_read_ahead(self, head: Token, time: TimeExpression, draft: Draft, is_speech: bool) -> bool:
        """Whether a time is one to come though the sentence tells in the past what was done.

        Args:
            head: the head of the time expression.
            time: the time.
            draft: the event.
            is_speech: whether it is done in words: "promised it for 2014" was said before, "called a strike for Friday" is then.
        """
        if self.published is None or time.date_start is None or time.date_start <= self.published:
            return False
        return self._is_done(draft) and (is_speech or not is_aimed_at(head, draft.site.token))

    def _is_done(self, draft: Draft) -> bool:
        is_actual = draft.modality == Modality.ACTUAL and not draft.is_composed
        return is_actual and is_told_in_past(draft.site.top)

    def _is_over(self, time: TimeExpression) -> bool:
        last = time.date_end or time.date_start
        return self.published is not None and last is not None and last < self.published

    def _since(self, draft: Draft) -> EventDate | None:
        """When what has gone on ever since began; of what has been going on, or done again and again, all days until now."""
        anchor = own_finite(draft.top)
        if self.published is None or not is_perfect(anchor):
            return None
        for head, time in self.times.get(anchor.sent.start, ()):
            mark = next((t for t in _path(head, anchor) if t.lower_ == "since" or _has_since(t)), None)
            if mark is not None and time.date_start is not None and time.date_start < self.published:
                noun = draft.site.noun
                is_counted = noun is None and _is_counted(draft.top)
                is_one = noun is not None and noun.tag_ in ("NN", "NNP")  # a war that began then
                end = self.published if is_counted or _is_being_done(anchor) and not is_one else time.date_end
                return EventDate(time.date_start, end, time.precision, EventDateSource.TEXT, is_ongoing=True)
        return None

    def _is_past(self, time: TimeExpression) -> bool:
        last = time.date_end or time.date_start
        return self.published is not None and last is not None and last <= self.published

    def rank(self, head: Token, ranks: dict[int, int], anchor: Token) -> int | None:
        """How near in the tree a time stands to the event: 0 in its own phrase; None in a clause of another predicate."""
        if only_names(head, anchor):
            return None
        current = head
        for _ in range(_CLIMB):
            if current.i in ranks:
                rank = ranks[current.i]
                return rank + 1 if precedes_clause(head, current) else rank
            if current is not head and current.pos_ == "VERB" and current.dep_ not in ("aux", "auxpass"):
                return self._rank_of_clause(current, ranks, anchor)
            if is_bound(current):
                return None
            if current.head is current:
                return None
            current = current.head
        return None

    def _rank_of_clause(self, verb: Token, ranks: dict[int, int], anchor: Token) -> int | None:
        """The time of a clause that hangs on the event is its own where that clause is about it or about the same moment.

        A participle or relative clause on the event's noun is ("the bombing that hit the town on Monday"), and so is
        "arrested him when he returned in March".
        """
        if is_split_passive(verb):
            return ranks.get(verb.head.i)
        if verb.dep_ in ("xcomp", "ccomp") and verb.tag_ == "VB" and verb.head.tag_ in ("VBD", "VBN"):
            rank = ranks.get(verb.head.i)  # "helped workers obtain their pay last year": both were then
            return None if rank is None else rank + 1
        if verb.dep_ == "acl" and verb.head.i == anchor.i:
            return ranks.get(verb.head.i)
        if verb.dep_ == "relcl" and any(
            c.dep_ in ("nsubj", "nsubjpass") and c.tag_ in ("WDT", "WP") for c in verb.children
        ):
            noun = verb.head
            within = noun.head if noun.dep_ == "pobj" and noun.head.lower_ in ("in", "during") else noun
            return (
                ranks.get(within.head.i if within is not noun else noun.i)
                if noun.i in ranks or within is not noun
                else None
            )
        if verb.dep_ == "advcl" and any(c.lower_ in _SAME_TIME and c.dep_ in ("advmod", "mark") for c in verb.children):
            rank = ranks.get(verb.head.i)
            return None if rank is None else rank + 1
        return None


def _said_rank(draft: Draft, chain: list[Token]) -> int | None:
    """Where in a chain of clauses someone's account of an act begins: "said that", "accused it of shelling the town"."""
    told = report_rank(chain)
    if told is None and draft.attributed_to is not None and not draft.is_composed:
        speaker = chain[0].doc[draft.attributed_to.head]
        return next((rank for rank, token in enumerate(chain) if rank and token.i == speaker.head.i), None)
    return told


def _is_also_of(time: TimeExpression, clause: Token) -> bool:
    """Whether a time holds of what came before too: "resigned in 1964 after the court dismissed him" is mostly of one year."""
    return time.precision == Precision.YEAR and not is_bare_participle(clause)


def _with_day_before(text: str, time: TimeExpression) -> TimeExpression:
    """A day with the one that is written before it: the 7th and 8th of "on 7 and 8 February"."""
    day = time.date_start
    found = _DAY_BEFORE.search(text, max(time.start_char - _DAY_BEFORE_CHARS, 0), time.start_char)
    if time.precision != Precision.DAY or day is None or found is None or not text[time.start_char].isdigit():
        return time
    first = int(found[1])
    return replace(time, date_start=day.replace(day=first)) if 0 < first < day.day else time


def _is_counted_from(verb: Token) -> bool:
    """Whether a clause lies a long time from another event: "five years after the war", "months before he fell"."""
    return any(
        noun.lemma_.lower() in _LONG
        for bound in verb.children
        if bound.dep_ in ("prep", "advcl") or bound.lower_ in BOUNDS
        for noun in (*bound.children, *(g for c in bound.children for g in c.children))
        if noun.dep_ == "npadvmod"
    )


def _is_being_done(verb: Token) -> bool:
    """Whether a clause tells what goes on until now: "have been holding rallies since May"; "had been" may be over."""
    return verb.tag_ == "VBG" and first_form(verb).lower_ in ("has", "have", "'ve", "’ve")


def _is_counted(verb: Token) -> bool:
    """Whether a clause counts what was done or whom it was done to: "has closed several papers", "100 have been held"."""
    told_of = [c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass", "dobj", "npadvmod")]
    told_of += [c for to in verb.children if to.dep_ == "dative" for c in to.children]
    return any(g.dep_ == "nummod" or g.lower_ in _MANY for c in told_of for g in c.subtree)


def _path(head: Token, top: Token) -> list[Token]:
    """The tokens from a time up to a predicate, without it; empty where the time does not hang on it."""
    path: list[Token] = []
    current = head
    for _ in range(_CLIMB):
        if current.i == top.i:
            return path
        path.append(current)
        if current.head is current:
            break
        current = current.head
    return []


def _has_since(verb: Token) -> bool:
    return verb.pos_ in ("VERB", "AUX") and any(c.dep_ == "mark" and c.lower_ == "since" for c in verb.children)


def _year_before(time: TimeExpression) -> EventDate:
    """The same month of the year before."""
    assert time.date_start is not None
    start = time.date_start.replace(year=time.date_start.year - 1)
    end = start.replace(day=monthrange(start.year, start.month)[1])
    return EventDate(start, end, time.precision, EventDateSource.TEXT)


def _bounded(time: TimeExpression, preposition: str) -> EventDate:
    """The days before or after a clause's own time, for what it happened after or before; of a month or year the same."""
    if preposition not in BEFORE and time.precision != Precision.DAY:
        return EventDate(time.date_start, time.date_end, time.precision, EventDateSource.TEXT)
    one_day = timedelta(days=1)
    if preposition in BEFORE:
        start = (
            time.date_start if time.precision == Precision.DAY else (time.date_end + one_day if time.date_end else None)
        )
        return EventDate(start, None, time.precision, EventDateSource.TEXT)
    assert time.date_start is not None
    end = time.date_start if time.precision == Precision.DAY else time.date_start - one_day
    return EventDate(None, end, time.precision, EventDateSource.TEXT)
