"""Counts: how many people an event killed, wounded, arrested or displaced, and how many took part in it.

What belongs here: which event a number of people is of. What does not: finding them (`tolls.py`).

A count is of the event that its word tells or stands in a clause with; else of the one act that the sentence before tells.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.roles import role_rule
from pipelines.nlp.events.tolls import Toll, TollReader
from pipelines.nlp.parsed import Doc, Span, Token

_OCCASIONS = frozenset("when after as while during in by from at on following since".split())
_ONE_PERSON = frozenset("him her one he she man woman boy girl person".split())
_DISASTERS = ("storms", "disease")  # noun classes of what kills without anyone acting
_HIGHER = 6  # governors that are looked through
_LINKS = frozenset(
    ("conj", "advcl", "relcl", "acl", "xcomp", "ccomp", "parataxis", "pcomp", "prep", "agent", "pobj", "nsubj")
)


class EventCounts:
    """Gives each event of one Doc its counts."""

    def __init__(self, doc: Doc, clauses: ClauseReader, lexicon: EventLexicon) -> None:
        """
        Args:
            doc: the document, with its quantities.
            clauses: reader of the document's clauses.
            lexicon: the event lexicons.
        """
        classes = (lexicon.noun_classes.get(name, frozenset()) for name in _DISASTERS)
        self.doc = doc
        disasters = frozenset().union(*classes)
        self._by_sentence: dict[int, list[Toll]] = {}
        for toll in TollReader(doc, clauses, disasters).tolls():
            self._by_sentence.setdefault(toll.word.sent.start, []).append(toll)
        self._sentences = [sent.start for sent in doc.sents] if self._by_sentence else []

    def assign(self, drafts: list[Draft], sent: Span) -> None:
        """Write into the drafts of a sentence the counts that it and the next sentence tell of them."""
        here = self._by_sentence.get(sent.start, ())
        for toll in here:
            for draft in _tellers(toll, drafts):
                _add(draft, toll)
        for toll in self._next(sent):
            if toll.has_agent or toll.kind == "crowd_size" or _linked_noun(toll.word) is not None:
                continue
            able = [d for d in drafts if _can_have(d, toll)]
            is_open = not any(toll.kind in d.counts for d in drafts)
            if is_open and len({d.event_type for d in able}) == 1 and not any(map(self._counts_victims, able)):
                _add(able[0], toll)

    def _counts_victims(self, draft: Draft) -> bool:
        """Whether an event says itself whom it hit: one person, or a number of them."""
        for party in draft.recipients:
            head = self.doc[party.head]
            named = party.mention is not None and party.mention.label == "PERSON"
            if named or head.lower_ in _ONE_PERSON or any(t.pos_ == "NUM" for t in self.doc[party.start : party.end]):
                return True
        return False

    def _next(self, sent: Span) -> Iterable[Toll]:
        if not self._by_sentence or sent.end >= len(sent.doc):
            return ()
        return self._by_sentence.get(sent.end, ())


def _tellers(toll: Toll, drafts: list[Draft]) -> list[Draft]:
    """The drafts that a toll of their sentence is of: those at its word, else those nearest to it in the tree."""
    able = [d for d in drafts if _can_have(d, toll)]
    near = [
        d
        for d in able
        if toll.word.i in (d.site.token.i, d.trigger.i) or _holds(d, toll.word) or _is_linked(d.site.token, toll.word)
    ]
    return near or (able if len(able) == 1 and not toll.has_agent else [])


def _can_have(draft: Draft, toll: Toll) -> bool:
    return toll.kind in role_rule(draft.event_type, draft.mode).counts and not draft.is_negated


def _holds(draft: Draft, word: Token) -> bool:
    """Whether a verb that says the count is the support of the event's noun: "the attack left nine dead"."""
    return draft.site.verb is not None and draft.site.verb.token.i == word.i


def _is_linked(site: Token, word: Token) -> bool:
    """Whether two predicates tell one act: one hangs on the other by clauses, or on the other's subject or adjunct.

    Of two that are only coordinated, the count is of what was told before it ("attacked the village and killed 12").
    """
    above_site, above_word = _way_up(site), _way_up(word)
    if site.i in above_word:
        return True
    if word.i in above_site:
        return _is_occasion(above_site[above_site.index(word.i) - 1 :][0], word)
    return site.i < word.i and not set(above_site).isdisjoint(above_word)


def _is_occasion(below: int, word: Token) -> bool:
    """Whether what hangs on a count's word says when or by what it came about: "when rebels attacked", "in a raid"."""
    token = word.doc[below]
    if token.dep_ == "advcl":
        return any(c.lower_ in _OCCASIONS for c in token.children)
    if token.dep_ in ("prep", "agent"):
        return token.lower_ in _OCCASIONS
    return token.dep_ in ("nsubj", "conj", "relcl", "acl")


def _way_up(token: Token) -> list[int]:
    """A predicate and those that it hangs on by clauses, or as subject or adjunct, lowest first."""
    found = [token.i]
    if token.pos_ == "NOUN" and token.dep_ == "dobj":  # "the shooting caused the deaths of 12"
        token = token.head
        found.append(token.i)
    for _ in range(_HIGHER):
        if token.dep_ not in _LINKS or token.head.i == token.i or (token.dep_ == "ccomp" and token.head.pos_ == "NOUN"):
            break
        token = token.head
        found.append(token.i)
    return found


def _linked_noun(word: Token) -> Token | None:
    """The noun by which a count's own clause says in what people were killed: "in a raid on"."""
    if word.pos_ not in ("VERB", "AUX"):
        return None
    for child in word.children:
        if child.dep_ in ("prep", "agent") and child.lower_ in ("in", "by", "during"):
            for inner in child.children:
                if inner.dep_ == "pobj" and inner.pos_ == "NOUN":
                    return inner
    return None


def _add(draft: Draft, toll: Toll) -> None:
    draft.counts[toll.kind] = max(draft.counts.get(toll.kind, 0), toll.value)
