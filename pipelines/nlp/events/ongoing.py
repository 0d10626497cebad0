"""The days of what has gone on until now: "has banned five papers since May", "have been shelling the town for three days".

What belongs here: when it began, and whether all days until the publication are meant. What does not: what happened on a day
(`event_dates.py`), distances from another event (`counted_dates.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.telling import first_form, is_perfect, is_reported_perfect, own_finite
from pipelines.nlp.parsed import Token
from pipelines.nlp.times.values import containing, moved
from pipelines.records import Precision, TimeExpression

Days = tuple[date, date | None, Precision | None]
Times = Sequence[tuple[Token, TimeExpression]]
_MANY = frozenset("several many dozens hundreds thousands scores times repeatedly".split())
_HAVE = frozenset(("has", "have", "'ve", "’ve"))
_COUNTED = re.compile(r"P(\d+)([DWMYE])")
_UNTIL_NOW = re.compile(r"\b(?:past|last)\b", re.IGNORECASE)
_SPANNING = frozenset(("for", "over", "in", "during", "within"))
_CLIMB = 12


def since(draft: Draft, times: Times, today: date) -> Days | None:
    """When what has gone on ever since began; of what has been going on, or done again and again, all days until now.

    Args:
        draft: the event.
        times: heads and times of its sentence.
        today: the day of publication.
    """
    anchor = own_finite(draft.top)
    if not is_perfect(anchor):
        return None
    for head, time in times:
        mark = next((t for t in _path(head, anchor) if t.lower_ == "since" or _has_since(t)), None)
        if mark is not None and _is_of_clause(mark, anchor) and time.date_start is not None and time.date_start < today:
            noun = draft.site.noun
            is_counted = noun is None and _is_counted(draft.top)
            is_one = noun is not None and noun.tag_ in ("NN", "NNP")  # a war that began then
            end = today if is_counted or _is_being_done(anchor) and not is_one else time.date_end
            return time.date_start, end, time.precision
    return None


def lasting(draft: Draft, durations: Times, today: date) -> Days | None:
    """The days until now of what has been going on for some time, or was done in the past so many days.

    Args:
        draft: the event.
        durations: heads and durations of its sentence.
        today: the day of publication.
    """
    anchor = own_finite(draft.site.token)  # "say he has been refusing food for eleven days"
    for head, time in durations:
        counted = _COUNTED.fullmatch(time.value)
        spanning = next((t for t in _path(head, anchor) if t.lower_ in _SPANNING), None)
        if counted is None or spanning is None or spanning.head is not anchor:
            continue
        if any(c.lower_ == "of" for c in head.children):
            continue  # "the last ten days of the siege" are not the last ten until now
        if not (_UNTIL_NOW.search(time.text) or spanning.lower_ == "for" and _is_being_done(anchor)):
            continue
        begun = moved(today, -int(counted[1]), counted[2])
        period = containing(begun, "D" if counted[2] in "DW" else counted[2]) if begun is not None else None
        if period is not None:
            return period.start, today, period.precision
    return None


def _is_being_done(verb: Token) -> bool:
    """Whether a clause tells what goes on until now: "have been holding rallies since May"; "had been" may be over."""
    return verb.tag_ == "VBG" and (first_form(verb).lower_ in _HAVE or is_reported_perfect(verb))


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


def _is_of_clause(mark: Token, anchor: Token) -> bool:
    """Whether a phrase with "since" bounds a clause: "blamed for the deaths since 2009" says since when people died."""
    path = _path(mark, anchor)[1:]
    return not any(t.dep_ in ("relcl", "acl") or t.dep_ == "prep" and t.lower_ == "for" for t in path)


def _has_since(verb: Token) -> bool:
    return verb.pos_ in ("VERB", "AUX") and any(c.dep_ == "mark" and c.lower_ == "since" for c in verb.children)
