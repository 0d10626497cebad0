"""Manner: in what kind of passage and clause a draft is told, as names of evidence for `judgement.py`.

What belongs here: what is to be seen of quotation, tense, modal verbs, clauses over the event, times beside it, whether the
document tells of its writer or asks. What does not: whether that makes it an event (the weights), when it was (`setting.py`).
"""

from __future__ import annotations

from bisect import bisect_right

from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.telling import first_form, own_finite, telling
from pipelines.nlp.parsed import Doc, Span, Token

_CLAUSES = frozenset(("relcl", "acl", "advcl", "ccomp", "xcomp", "csubj", "pcomp", "appos"))
_CLIMB = 6
_PRESENT = frozenset(("VBZ", "VBP"))
_FIRST_PERSON = frozenset("i we me us my our ours mine myself ourselves".split())
_MOST_FIRST, _MOST_ASKED = 3.0, 2.0  # per hundred tokens


class MannerReader:
    """Reads how the events of one Doc are told."""

    def __init__(self, doc: Doc) -> None:
        quotes = sorted((q.start_char, q.end_char) for q in doc._.quotes or () if q.kind == "direct")
        self._starts, self._ends = [start for start, _ in quotes], [end for _, end in quotes]
        self._sentences: dict[int, tuple[bool, bool]] = {}
        share = 100 / max(len(doc.tokens), 1)
        first = sum(not self._is_quoted(t) for t in [t for t in doc.tokens if t.lower_ in _FIRST_PERSON])
        asked = sum(t.text == "?" for t in doc.tokens) if "?" in doc.text else 0
        self._of_document = {"writer": min(first * share, _MOST_FIRST), "asks": min(asked * share, _MOST_ASKED)}

    def of(self, draft: Draft) -> dict[str, float]:
        """The evidence of a draft, with its operators applied: 1 for what is there, else what is measured."""
        top, finite, how = draft.top, own_finite(draft.top), telling(draft).value
        form = "verb" if draft.site.noun is None else "noun"
        tense = first_form(finite).tag_
        names = {f"tell={how}", f"finite={tense}", f"{draft.event_type}.{form}", f"{draft.event_type}.{how}"}
        names.update(f"would:{c.lower_}" for c in finite.children if c.tag_ == "MD")
        by_writer, is_dated = self._sentence(top.sent)
        if self._is_quoted(draft.trigger):
            names.add("quoted")
        elif by_writer:
            names.add("by_writer")
        names.update(_over(top))
        names.add(f"root={top.sent.root.tag_}")
        if form == "verb" and tense in _PRESENT:
            names.add(f"present@{top.dep_}")
        names.update(_subject(draft))
        if is_dated:
            names.add("beside_time")
        if any(t.ent_type_ == "DATE" for c in finite.children for t in (c, *c.children)):
            names.add("dated_clause")
        return self._of_document | dict.fromkeys(names, 1.0)

    def _sentence(self, sent: Span) -> tuple[bool, bool]:
        """Whether a sentence has words for its writer, and a date."""
        known = self._sentences.get(sent.start)
        if known is None:
            by_writer = any(t.lower_ in _FIRST_PERSON for t in sent)
            known = self._sentences[sent.start] = (by_writer, any(t.ent_type_ == "DATE" for t in sent))
        return known

    def _is_quoted(self, token: Token) -> bool:
        at = bisect_right(self._starts, token.idx) - 1
        return at >= 0 and token.idx < self._ends[at]


def _over(token: Token) -> set[str]:
    """The clauses over an event, its own among them."""
    found = set()
    for _ in range(_CLIMB):
        if token.head is token:
            break
        if token.dep_ in _CLAUSES:
            found.add(f"in={token.dep_}")
        token = token.head
    return found


def _subject(draft: Draft) -> set[str]:
    verb = draft.site.verb
    subject = verb.subject if verb is not None else None
    if subject is None:
        return set()
    if subject.lower_ in _FIRST_PERSON:
        return {"subject=first"}
    return {"subject=" + (subject.lower_ if subject.lower_ in ("it", "you", "that", "which") else subject.pos_)}
