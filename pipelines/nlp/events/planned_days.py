"""The days of what is to come and nobody is said to have agreed to: "the ministers will meet in June".

What belongs here: the time ahead in the clause of a plan. What does not: when something was promised or called for
(`event_dates.py`), which events are plans (`recoding.py`).
"""

from __future__ import annotations

from pipelines.nlp.events.chains import clause_chain, ranks_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.event_dates import EventDate, EventDateReader
from pipelines.records import EventDateSource


def planned_date(draft: Draft, dates: EventDateReader) -> EventDate | None:
    """The first time to come that a plan's own clause names; None for other events.

    Args:
        draft: the event.
        dates: the times of its document.
    """
    if not draft.is_plan or dates.published is None:
        return None
    anchor = draft.site.token
    ranks = ranks_of(clause_chain(anchor))
    for head, time in dates.times.get(anchor.sent.start, ()):
        is_ahead = time.date_start is not None and time.date_start > dates.published
        if is_ahead and dates.rank(head, ranks, anchor) == 0:
            return EventDate(time.date_start, time.date_end, time.precision, EventDateSource.TEXT)
    return None
