"""Every time that an event's sentence names, with how it stands to the event: the days that the sentence may give it.

What belongs here: what is to be seen of a time in the event's sentence. What does not: which of them its grammar gives the event
(`event_dates.py`), the times of other sentences (`story.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.nlp.clauses.government import is_divided
from pipelines.nlp.events.chains import (
    bound_over,
    clause_chain,
    later_rank,
    only_names,
    ranks_of,
    reason_rank,
    report_rank,
)
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.event_dates import EventDate, EventDateReader, is_others
from pipelines.nlp.events.telling import first_form, is_present, own_finite
from pipelines.nlp.parsed import Token
from pipelines.records import EventDateSource, TimeExpression

_BACKGROUND_DAYS = 365
_FAR = 12  # tokens
Offer = tuple[str, EventDate, list[str]]


class SentenceTimes:
    """The times of the sentences of one Doc, as options for the dates of their events."""

    def __init__(self, dates: EventDateReader) -> None:
        """
        Args:
            dates: reader of what a sentence's grammar says.
        """
        self.dates = dates

    def offers(self, draft: Draft, is_speech: bool) -> Iterator[Offer]:
        """Source, day or days, and what is seen of each time of a draft's sentence.

        Args:
            draft: the draft.
            is_speech: whether the event is done in words, so that the day of saying is its own.
        """
        anchor = draft.site.token
        chain = clause_chain(anchor)
        ranks = ranks_of(chain)
        spoken = None if is_speech else report_rank(chain)
        reason, later = None if draft.is_composed else reason_rank(chain), later_rank(chain)
        finite = own_finite(draft.top)
        is_until_now = is_present(finite) or first_form(finite).lower_ in ("has", "have", "'ve", "’ve")
        times = self.dates.times.get(anchor.sent.start, ())
        nearest = min((abs(head.i - anchor.i) for head, _ in times), default=0)
        for head, time in times:
            if self.dates.is_read_ahead(head, time, draft, is_speech):
                continue  # what was done is not yet to come
            if is_divided(anchor, head):
                continue  # "promised an inquiry; its report was handed over in December"
            rank = self.dates.rank(head, ranks, anchor)
            if rank is not None and is_others(rank, time, reason, later):
                continue
            seen = [f"rank{min(rank, 2)}" if rank is not None else "apart", *self._seen_of(time)]
            if rank is None and is_until_now and self._age(time) > 0 and _is_of_noun(head):
                continue  # "wants a cut undone that was passed in March", "has declined to annul the protocol of 2004"
            if spoken is not None and rank is not None and rank >= spoken:
                seen.append("saying")
            if only_names(head, anchor):
                seen.append("names")
            bound = bound_over(head)
            if bound is not None:
                seen.append(f"bound={bound}")
            if len(times) == 1:
                seen.append("sole")
                if self._age(time) > _BACKGROUND_DAYS:
                    seen.append("sole-old")
                if rank is None and bound is None:
                    seen.append("sole-apart")
            elif abs(head.i - anchor.i) == nearest:
                seen.append("nearest")
            if abs(head.i - anchor.i) > _FAR:
                seen.append("far")
            seen.append("precedes" if head.i < anchor.i else "follows")
            yield "sentence", EventDate(time.date_start, time.date_end, time.precision, EventDateSource.TEXT), seen
            if bound == "since" and self.dates.published is not None and self._age(time) > 0:
                yield (
                    "since",
                    EventDate(time.date_start, self.dates.published, time.precision, EventDateSource.TEXT),
                    seen[:1],
                )

    def _age(self, time: TimeExpression) -> int:
        last = time.date_end or time.date_start
        return (self.dates.published - last).days if self.dates.published is not None and last is not None else 0

    def _is_ahead(self, time: TimeExpression) -> bool:
        """Whether a time is still to come; "earlier this year" has begun."""
        first = time.date_start or time.date_end
        return self.dates.published is not None and first is not None and first > self.dates.published

    def _seen_of(self, time: TimeExpression) -> list[str]:
        age = self._age(time)
        found = [time.precision.value if time.precision is not None else "vague"]
        if self._is_ahead(time):
            found.append("ahead")
        elif age > _BACKGROUND_DAYS:
            found.append("old")
        return found


def _is_of_noun(head: Token) -> bool:
    """Whether a time stands in a clause that tells of a noun: "a law passed in April", "the protocol it signed in 2004"."""
    current = head
    while current.head is not current:
        current = current.head
        if current.pos_ in ("VERB", "AUX"):
            return current.dep_ in ("relcl", "acl")
    return False


def has_time(draft: Draft, dates: EventDateReader) -> bool:
    """Whether a draft's sentence names any time."""
    return bool(dates.times.get(draft.site.token.sent.start))
