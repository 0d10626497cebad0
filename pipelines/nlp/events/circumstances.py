"""When and where an event happened, and how many it touched, from the clause that tells it.

What belongs here: choosing among the time expressions, places and counts that other components found. What does not:
normalising them (`times/`, `places/`, `quantities/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from spacy.tokens import Doc, Token

from pipelines.nlp.clauses.component import collapsed_subject
from pipelines.nlp.clauses.phrases import coordinated
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.matcher import UNDERGO
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.records import EventDateSource, Modality, Place, Precision, Quantity, TimeExpression

_PLACE_PREPOSITIONS = frozenset(
    ("in", "at", "near", "outside", "inside", "around", "across", "throughout", "off", "within")
)
# "the streets of Podgorica": of these the of-phrase names the place, of others ("the president of France") it does not.
_SCENE_NOUNS = frozenset(
    "street city town village port province region capital district suburb outskirt centre center area island coast"
    " square".split()
)
# "the road to Tivat": near it.
_WAY_NOUNS = frozenset("road highway motorway railway route street bridge crossing".split())
_WITHIN_PHRASE = frozenset(
    ("acl", "prep", "pobj", "dobj", "advmod", "attr", "nsubj", "nsubjpass", "conj", "agent", "compound")
)
_PLACE_CLIMB = 5  # phrases up
_AFTER, _BEFORE = frozenset(("after", "following", "since")), frozenset(("before",))
_BACKGROUND_DAYS = 365  # an event that ended longer ago than this is told as history


@dataclass(frozen=True, slots=True)
class EventDate:
    """The days an event may have happened on."""

    start: date | None
    end: date | None
    precision: Precision | None
    source: EventDateSource


NO_DATE = EventDate(None, None, None, EventDateSource.NONE)


class CircumstanceReader:
    """Reads dates, places and counts of one Doc's events."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self._published = doc._.context.published_date if doc._.context is not None else None
        self._times: dict[int, list[tuple[Token, TimeExpression]]] = {}
        for time in doc._.time_expressions or ():
            if time.type in ("DATE", "TIME") and time.date_start is not None:
                self._file(self._times, time)
        self._places: dict[int, list[tuple[Token, Place]]] = {}
        for place in doc._.places or ():
            self._file(self._places, place)

    def _file(self, index: dict, row: TimeExpression | Place) -> None:
        span = self.doc.char_span(row.start_char, row.end_char, alignment_mode="expand")
        if span is not None:
            index.setdefault(span.root.sent.start, []).append((span.root, row))

    def date(self, draft: Draft) -> EventDate:
        """The event's date: a time of its own phrase or clause, of the clauses it depends on, or the publication's."""
        anchor = draft.site.token
        chain = _clause_chain(anchor)
        ranks = {token.i: rank for rank, token in enumerate(chain)}
        best, best_key = None, (len(chain) + 1, 0)
        for head, time in self._times.get(anchor.sent.start, ()):
            rank = self._rank(head, ranks, anchor)
            if draft.is_composed and not self._is_past(time):
                continue  # the time of what is agreed to or asked for
            if anchor.tag_ == "VBD" and head.head.lower_ == "since" and not head.is_ancestor(anchor):
                continue  # "in office since March, refused": the past tense happens once, it does not last since then
            if rank is not None and (rank, abs(head.i - anchor.i)) < best_key:
                best, best_key = time, (rank, abs(head.i - anchor.i))
        preposition = _adjunct_preposition(draft.top)
        if best is not None:
            if best_key[0] > 0 and preposition is not None and _is_definite(draft.top):
                return _bounded(best, preposition)
            if best_key[0] > 0 and _is_background(draft):
                return NO_DATE
            return EventDate(best.date_start, best.date_end, best.precision, EventDateSource.TEXT)
        if self._published is None or preposition is not None and _is_definite(draft.top):
            return NO_DATE
        if draft.modality == Modality.ACTUAL and not _is_background(draft):
            return EventDate(self._published, self._published, Precision.DAY, EventDateSource.PUBLICATION)
        return NO_DATE

    def _is_past(self, time: TimeExpression) -> bool:
        last = time.date_end or time.date_start
        return self._published is not None and last is not None and last <= self._published

    def _rank(self, head: Token, ranks: dict[int, int], anchor: Token) -> int | None:
        """How near in the tree a time stands to the event: 0 in its own phrase; None in a clause of another predicate."""
        current = head
        for _ in range(12):
            if current.i in ranks:
                return ranks[current.i]
            if current is not head and current.pos_ == "VERB" and current.dep_ not in ("aux", "auxpass"):
                # The time of a clause that hangs on ours is not ours, but for a participle that supports the noun.
                return ranks.get(current.head.i) if current.dep_ == "acl" and current.head.i == anchor.i else None
            if current.head is current:
                return None
            current = current.head
        return None

    def modality(self, draft: Draft, when: EventDate) -> Modality:
        """The draft's modality, told as history where it lies a year back or is only referred to."""
        if draft.site.support == UNDERGO and _is_background(draft):
            return Modality.HISTORICAL  # whoever will face it, it is there: "to face the sanctions imposed"
        if draft.modality == Modality.ACTUAL:
            if _is_background(draft):
                return Modality.HISTORICAL
            if self._published is not None and when.end is not None:
                if when.end < self._published - timedelta(days=_BACKGROUND_DAYS):
                    return Modality.HISTORICAL
                if when.start is not None and when.start > self._published and when.source == EventDateSource.TEXT:
                    return Modality.FUTURE
        return draft.modality

    def place(self, draft: Draft) -> Place | None:
        """The place named in the event's own phrase or clause by a preposition of place."""
        anchor = draft.trigger if draft.is_composed else draft.site.token
        if draft.is_composed and anchor is draft.site.token:
            return None  # where it will be is not where it is announced
        chain = _clause_chain(anchor)[:4]
        ranks = {token.i: rank for rank, token in enumerate(chain)}
        found: list[tuple[int, int, Place]] = []
        for head, place in self._places.get(anchor.sent.start, ()):
            preposition = _preposition_of(head)
            if preposition is None:
                continue
            word = preposition.lower_
            is_of_scene = word == "of" and preposition.head.lemma_.lower() in _SCENE_NOUNS
            is_way = preposition.i > 0 and preposition.nbor(-1).lemma_.lower() in _WAY_NOUNS
            is_at_end = word == "to" and (draft.mode == "visit" or is_way)
            if word not in _PLACE_PREPOSITIONS and not is_of_scene and not is_at_end:
                continue
            rank = _steps_up(preposition.head, ranks)
            if rank is not None:
                found.append((rank, abs(head.i - anchor.i), place))
        return min(found, key=lambda item: item[:2])[2] if found else None

    def count(self, parties: list[PartyPhrase]) -> int | None:
        """The count that a phrase among parties states: "48" of "48 people"."""
        for start, end, quantity in self.doc.user_data.get("quantity_tokens", ()):
            if quantity.kind == "count" and any(
                p.start <= start and start < p.end or start < p.start <= end for p in parties
            ):
                return _whole(quantity)
        return None


def _whole(quantity: Quantity) -> int | None:
    return int(quantity.value) if quantity.value >= 1 and quantity.value == int(quantity.value) else None


def _clause_chain(anchor: Token) -> list[Token]:
    """The event's token and the tokens whose time it shares: its support, what governs it, the clause it reports on."""
    chain = [anchor]
    current = anchor
    for _ in range(10):
        head, dep = current.head, current.dep_
        if head is current:
            break
        if dep == "relcl":
            # "during which they sought": the clause shares the time of its antecedent; "who invaded it" does not.
            # So does "October, when a court sentenced him" and "Kara, where police fired tear gas".
            is_of_time = any(
                c.dep_ == "prep" and any(g.lower_ == "which" for g in c.children) for c in current.children
            )
            if not is_of_time and not any(c.lower_ in ("when", "where") for c in current.children):
                break
        elif dep == "ccomp" and current.pos_ == "VERB" and head.pos_ == "NOUN":
            break
        chain.append(head)
        current = head
    return chain


def _preposition_of(token: Token) -> Token | None:
    """The preposition over a place: over its list, its apposition or the larger place it stands in."""
    current = token
    for _ in range(4):
        if current.dep_ == "pobj":
            return current.head
        if current.dep_ not in ("conj", "appos", "compound", "nmod", "poss"):
            return None
        current = current.head
    return None


def _steps_up(token: Token, ranks: dict[int, int]) -> int | None:
    """Rank of the first token of the event's clause above a phrase of place; None where another clause comes first."""
    current = token
    for step in range(_PLACE_CLIMB):
        if current.i in ranks:
            return ranks[current.i] + step
        if current.dep_ not in _WITHIN_PHRASE or current.head is current:
            return None
        current = current.head
    return None


def _adjunct_preposition(token: Token) -> str | None:
    """ "after" of "after the invasion": a noun that only dates the clause it stands in."""
    first = token
    while first.dep_ == "conj":
        first = first.head
    if first.pos_ in ("NOUN", "PROPN") and first.dep_ == "pobj":
        word = first.head.lower_
        if word in _AFTER or word in _BEFORE:
            return word
    return None


def _is_definite(token: Token) -> bool:
    """Known to the reader already: "the invasion", "Russia's invasion", "its invasion"."""
    heads = coordinated(token)
    return any(
        c.dep_ == "poss" or (c.dep_ == "det" and c.lower_ in ("the", "this", "that", "last"))
        for h in heads
        for c in h.children
    )


def _is_background(draft: Draft) -> bool:
    token = draft.top
    if _adjunct_preposition(token) is not None and _is_definite(token):
        return True
    # "Western-imposed sanctions": a participle before its noun refers to what is known, it does not report
    if token.dep_ == "amod" and token.pos_ == "VERB" and collapsed_subject(token) is None:
        return True
    noun = draft.site.noun
    return noun is not None and any(c.dep_ == "amod" and c.tag_ == "VBN" and any(c.lefts) for c in noun.lefts)


def _bounded(time: TimeExpression, preposition: str) -> EventDate:
    """The days before or after a clause's own time, for what it happened after or before."""
    one_day = timedelta(days=1)
    if preposition in _BEFORE:
        start = (
            time.date_start if time.precision == Precision.DAY else (time.date_end + one_day if time.date_end else None)
        )
        return EventDate(start, None, time.precision, EventDateSource.TEXT)
    assert time.date_start is not None
    end = time.date_start if time.precision == Precision.DAY else time.date_start - one_day
    return EventDate(None, end, time.precision, EventDateSource.TEXT)
