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
from pipelines.nlp.clauses.misparses import clause_of_time
from pipelines.nlp.events.chains import (
    BOUNDS,
    clause_chain,
    edge_rank,
    follows_comma,
    is_aimed_at,
    is_bare_participle,
    is_bound,
    is_parenthesis,
    later_rank,
    only_names,
    ranks_of,
    reason_rank,
    report_rank,
    verb_over_document,
)
from pipelines.nlp.events.counted_dates import counted_days, is_only_counted_in
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.ongoing import lasting, since
from pipelines.nlp.events.telling import (
    BEFORE,
    Telling,
    adjunct_preposition,
    is_background,
    is_definite,
    is_present,
    is_split_passive,
    is_told_in_past,
    own_finite,
    telling,
)
from pipelines.nlp.parsed import Doc, Token
from pipelines.records import EventDateSource, Modality, Precision, TimeExpression

_LONG = frozenset(("month", "year", "decade", "century"))
_SAME_TIME = frozenset(("when", "as", "while", "where"))
_YEARS = frozenset((Precision.YEAR, Precision.DECADE, Precision.CENTURY))
_CLIMB = 12
_WEEKS_AGO = 3  # words
_DAY_BEFORE = re.compile(r"(?<![\w.,])(\d{1,2})\s*(?:and|to|&|-|–|—)\s*$")
_DAY_BEFORE_CHARS = 10
# "This morning", "Tuesday evening", "9 May, 10 a.m.", "tonight"; "7:30 p.m." names none.
_NAMES_DAY = re.compile(
    r"\b(?:(?i:this|that|last|next|today|tonight|overnight)|(?:[A-Z][a-z]+|(?i:to|yester))(?:day|morrow))\b"
    r"|[A-Z][a-z]{2,}\.?\s+\d|\d\s+[A-Z][a-z]{2}|\d[-/]\d"
)
_LONG_AGO = re.compile(r"(?i)\b(?:years?|decades?|centur(?:y|ies)|generations?)\s+ago$")


@dataclass(frozen=True, slots=True)
class EventDate:
    """The days an event may have happened on."""

    start: date | None
    end: date | None
    precision: Precision | None
    source: EventDateSource
    is_ongoing: bool = False  # it began then and has not ended
    is_counted: bool = False  # back from what the sentence tells: "a year after"
    is_long_ago: bool = False  # on no day that is told: "decades ago"


NO_DATE = EventDate(None, None, None, EventDateSource.NONE)
LONG_AGO = replace(NO_DATE, is_long_ago=True)


class EventDateReader:
    """Reads the dates that a Doc's sentences give their own events."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.published: date | None = doc._.context.published_date if doc._.context is not None else None
        self.times: dict[int, list[tuple[Token, TimeExpression]]] = {}
        self.durations: dict[int, list[tuple[Token, TimeExpression]]] = {}
        self.long_ago: dict[int, list[Token]] = {}  # "years ago", "some decades ago"
        day_told: date | None = None
        for time in doc._.time_expressions or ():
            if time.type == "DURATION" and self.published is not None:
                span = doc.char_span(time.start_char, time.end_char, alignment_mode="expand")
                if span is not None:
                    self.durations.setdefault(span.root.sent.start, []).append((span.root, time))
            if time.value == "PAST_REF" and _LONG_AGO.search(time.text) is not None:
                span = doc.char_span(time.start_char, time.end_char, alignment_mode="expand")
                if span is not None:
                    self.long_ago.setdefault(span.root.sent.start, []).append(span.root)
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
        reason, later = None if draft.is_composed else reason_rank(chain), later_rank(chain)
        ranks = ranks_of(chain)
        best, best_head, best_key = None, anchor, (len(chain) + 1, False, 0)
        is_beyond = False
        is_told_now = telling(draft) == Telling.STATE and is_present(own_finite(draft.top))
        for head, time in self.times.get(anchor.sent.start, ()):
            rank = self.rank(head, ranks, anchor)
            if rank is None and is_speech:
                rank = _document_rank(head, ranks)
            if rank is None or (draft.is_composed and not self._is_past(time)):
                continue  # the time of what is agreed to or asked for
            if is_others(rank, time, reason, later):
                is_beyond = True
                continue
            if spoken is not None and rank >= spoken:
                continue  # the day of saying is not the day of the deed
            if is_told_now and self._is_over(time):
                continue  # "wants them over the leak of 2010"
            if edge is not None and rank >= edge and not _is_also_of(time, chain[edge - 1]):
                is_beyond = True  # "closed it on Monday after rebels attacked": the attack was before
                continue
            key = (rank, _is_of_party(head), abs(head.i - anchor.i))
            is_finer = rank == best_key[0] and _is_within(time, best)  # "last year in autumn"
            is_coarser = rank == best_key[0] and best is not None and _is_within(best, time)
            if is_finer or key < best_key and not is_coarser:
                best, best_head, best_key = time, head, key
        if best is None or best_key[0] > 0:
            # "Two weeks after the vote, thousands marched last night, and police beat them": the day named is the nearer.
            is_on_day = best is not None and best.precision == Precision.DAY
            days = counted_days(chain[: best_key[0]] if is_on_day else chain, self.published, self._days_of(anchor))
            if days is not None:
                return EventDate(days.start, days.end, days.precision, EventDateSource.TEXT, is_counted=True)
        if best is None and any(
            self.rank(head, ranks, anchor) is not None for head in self.long_ago.get(anchor.sent.start, ())
        ):
            return LONG_AGO
        if best is None:
            return NO_DATE if is_beyond or _is_counted_from(draft.site.top) else self._until_now(draft)
        preposition = adjunct_preposition(draft.top)
        if best_key[0] > 0 and preposition is not None and is_definite(draft.top):
            return _bounded(best, preposition)
        if best_key[0] > 0 and (is_background(draft) or draft.is_followed):
            return NO_DATE
        if self.is_read_ahead(best_head, best, draft, is_speech):
            return _year_before(best) if best.precision == Precision.MONTH and self._is_done(draft) else None
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
        if is_speech and draft.modality == Modality.ACTUAL and is_present(own_finite(draft.top)):
            return True  # "is calling for a strike on Monday"
        return self._is_done(draft) and (is_speech or not is_aimed_at(head, draft.site.token))

    def _is_done(self, draft: Draft) -> bool:
        is_actual = draft.modality == Modality.ACTUAL and not draft.is_composed
        return is_actual and is_told_in_past(draft.site.top)

    def _is_over(self, time: TimeExpression) -> bool:
        last = time.date_end or time.date_start
        return self.published is not None and last is not None and last < self.published

    def _until_now(self, draft: Draft) -> EventDate | None:
        """What has gone on since a day or for some time ("have been shelling the town for three days")."""
        if self.published is None:
            return None
        start = draft.site.token.sent.start
        found = since(draft, self.times.get(start, ()), self.published)
        if found is None and draft.modality == Modality.ACTUAL:
            found = lasting(draft, self.durations.get(start, ()), self.published)
        return EventDate(*found, EventDateSource.TEXT, is_ongoing=True) if found is not None else None

    def _is_past(self, time: TimeExpression) -> bool:
        last = time.date_end or time.date_start
        return self.published is not None and last is not None and last <= self.published

    def rank(self, head: Token, ranks: dict[int, int], anchor: Token) -> int | None:
        """How near in the tree a time stands to the event: 0 in its own phrase; None in a clause of another predicate."""
        if only_names(head, anchor):
            return None
        clause = clause_of_time(head)
        if clause is not None:
            return ranks.get(clause.i)
        current = head
        phrase = head  # the last phrase of the time that stands behind a comma
        for _ in range(_CLIMB):
            if current.i in ranks:
                rank = ranks[current.i]
                return rank + 1 if precedes_clause(head, current) else rank
            if current.dep_ in ("prep", "npadvmod") and follows_comma(current):
                phrase = current
            is_clause = current is not head and current.pos_ == "VERB" and current.dep_ not in ("aux", "auxpass")
            if is_clause and not (follows_comma(phrase) and is_parenthesis(current)):
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
        if verb.dep_ == "acl":
            # "A massacre committed in 2001, in which soldiers shot monks": what the clause tells was then too.
            is_told_of = any(c.dep_ == "relcl" and c.i in ranks for c in verb.head.children)
            return ranks.get(verb.head.i) if verb.head.i == anchor.i or is_told_of else None
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


def _is_of_party(head: Token) -> bool:
    """Whether a time tells which party it is, in words before a noun: "the loser of Sunday's vote clashed with ..."."""
    current = head
    is_possessive = False
    for _ in range(_CLIMB):
        if current.head is current or current.pos_ in ("VERB", "AUX"):
            return False
        is_possessive = is_possessive or current.dep_ == "poss"
        if current.dep_ in ("nsubj", "nsubjpass"):
            return is_possessive
        current = current.head
    return False


def _said_rank(draft: Draft, chain: list[Token]) -> int | None:
    """Where in a chain of clauses someone's account of an act begins: "said that", "accused it of shelling the town"."""
    told = report_rank(chain)
    if told is None and draft.attributed_to is not None and not draft.is_composed:
        speaker = chain[0].doc[draft.attributed_to.head]
        return next((rank for rank, token in enumerate(chain) if rank and token.i == speaker.head.i), None)
    return told


def is_others(rank: int, time: TimeExpression, reason: int | None, later: int | None) -> bool:
    """Whether a time is of what was done because of the act, or of the month or year before it.

    "Accused it on Monday of using force", "were arrested in November, but all charges were eventually dropped".

    Args:
        rank: how near in the tree the time stands to the event.
        time: the time.
        reason: where in its chain of clauses stands what it was the reason for (`chains.reason_rank`); a year may be of both.
        later: where stands what came before it (`chains.later_rank`); a day may be of both.
    """
    is_before = later is not None and rank >= later and time.precision != Precision.DAY
    is_for = reason is not None and rank >= reason and time.precision not in _YEARS
    return is_before or is_for


def _document_rank(head: Token, ranks: dict[int, int]) -> int | None:
    """Where in a chain stands what was said in a document of that time: "defended it in a letter released last month"."""
    verb = verb_over_document(head.head if head.head.pos_ == "VERB" else head.head.head)
    return ranks.get(verb.i) if verb is not None else None


def _is_also_of(time: TimeExpression, clause: Token) -> bool:
    """Whether a time holds of what came before too: "resigned in 1964 after the court dismissed him" is mostly of one year."""
    return time.precision == Precision.YEAR and not is_bare_participle(clause)


def _is_within(time: TimeExpression, other: TimeExpression | None) -> bool:
    """Whether a time is part of another: the autumn in "last year in autumn"."""
    if other is None or None in (time.date_start, time.date_end, other.date_start, other.date_end):
        return False
    assert time.date_start and time.date_end and other.date_start and other.date_end
    days, others = (time.date_end - time.date_start).days, (other.date_end - other.date_start).days
    return other.date_start <= time.date_start and time.date_end <= other.date_end and days < others


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
