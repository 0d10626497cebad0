"""What a quantity measures and when: the noun phrase ("bilateral trade") and the time expression of its clause.

What belongs here: reading the parse around a quantity. What does not: finding quantities (`component.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from pipelines.nlp.parsed import Doc, Token
from pipelines.nlp.quantities import patterns
from pipelines.records import TimeExpression

_CLIMB = 6  # heads from a quantity up to what it measures
_MODIFIERS = 8  # longest run of modifiers before a measured noun, tokens
_TIMES = 4  # time expressions looked at on either side of a quantity
_TIME_TOKENS = 80  # how far from a quantity its time may stand


def measured_phrase(doc: Doc, start: int, end: int) -> str | None:
    """The noun phrase that the quantity of the tokens [start, end) measures, or None.

    Tried in this order: the phrase it is a part of ("half of the imports"), the noun it modifies ("a 25% tariff"), the noun
    it belongs to ("a fine of $5m", "a deal worth $5m"), what the verb says it of ("exports rose by 5%", "the bank cut its
    rate to 5%").
    """
    root = doc[start:end].root
    noun = _part_of(doc, end) or _modified(doc, root, end) or _worth(doc, start) or _governing(root, start, end)
    if noun is None or noun.ent_type_ in ("DATE", "TIME", "PERSON") or noun.lemma_.lower() in patterns.NOT_MEASURED:
        return None
    return _phrase_text(noun, start, end)


def _part_of(doc: Doc, end: int) -> Token | None:
    if end + 1 >= len(doc) or doc[end].lower_ not in patterns.MEASURED_PREPOSITIONS:
        return None
    objects = [token for token in doc[end].children if token.dep_ == "pobj"]
    if not objects or objects[0].ent_type_ in ("DATE", "TIME") or objects[0].pos_ not in ("NOUN", "PROPN"):
        return None
    return objects[0] if doc[end].lower_ == "of" or objects[0].pos_ == "NOUN" else None


def _modified(doc: Doc, root: Token, end: int) -> Token | None:
    if root.dep_ in ("nummod", "compound", "amod", "nmod", "quantmod") and root.head.i >= end:
        noun = root.head
        while noun.dep_ in ("compound", "nmod") and noun.head.i > noun.i:
            noun = noun.head
        return noun if noun.pos_ in ("NOUN", "PROPN") else None
    if end < len(doc) and doc[end].tag_ in patterns.NOUN_TAGS and doc[end - 1].tag_ not in patterns.PLURAL_TAGS:
        last = end
        while last + 1 < min(end + _CLIMB, len(doc)) and doc[last + 1].tag_ in patterns.NOUN_TAGS:
            last += 1
        return doc[last] if doc[last].ent_type_ not in ("DATE", "TIME") else None
    return None


def _worth(doc: Doc, start: int) -> Token | None:
    if start == 0 or doc[start - 1].lower_ not in ("worth", "totalling", "totaling"):
        return None
    head = doc[start - 1].head
    return head if head.pos_ in ("NOUN", "PROPN") and head.i < start else None


def _governing(root: Token, start: int, end: int) -> Token | None:
    token = root
    for _ in range(_CLIMB):
        head = token.head
        if head.i == token.i:
            return None
        if head.pos_ in ("NOUN", "PROPN") and head.i < start:
            return _changed(head) if token.lower_ in patterns.AMOUNT_PREPOSITIONS else None
        if head.pos_ in ("VERB", "AUX"):
            return None if token.dep_ in ("nsubj", "nsubjpass") else _said_of(head, start, end)
        token = head
    return None


def _changed(noun: Token) -> Token:
    """The thing that a noun of change is about: of "an increase of 5% in exports", exports."""
    if noun.lemma_ not in patterns.CHANGE_NOUNS:
        return noun
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ in ("in", "of"):
            things = [token for token in child.children if token.dep_ == "pobj" and token.pos_ in ("NOUN", "PROPN")]
            if things and not any(
                token.like_num or token.ent_type_ == "DATE" for token in (things[0], *things[0].lefts)
            ):
                return things[0]
    return noun


def _said_of(verb: Token, start: int, end: int) -> Token | None:
    """The object that a verb changes, or the subject that it gives an amount to."""
    if verb.lemma_ in patterns.CHANGING_VERBS:
        for child in verb.children:
            if child.dep_ in ("dobj", "nsubjpass") and child.pos_ in ("NOUN", "PROPN") and not start <= child.i < end:
                return child
    if verb.lemma_ not in patterns.MEASURING_VERBS:
        return None
    for _ in range(_CLIMB):
        for child in verb.children:
            if child.dep_ in ("nsubj", "nsubjpass") and not start <= child.i < end:
                if child.tag_ in ("WDT", "WP"):
                    return verb.head if verb.dep_ == "relcl" else None
                return child if child.pos_ in ("NOUN", "PROPN") else None
        if verb.dep_ in ("acl", "relcl") and verb.head.pos_ in ("NOUN", "PROPN"):
            return verb.head
        if verb.dep_ not in patterns.CLIMBING or verb.head.i == verb.i:
            return None
        verb = verb.head
    return None


def _phrase_text(noun: Token, start: int, end: int) -> str | None:
    """The noun with its modifiers and its of-phrase, without determiner; a sentence's first word loses its capital."""
    doc = noun.doc
    first = noun.i
    while first > max(0, noun.i - _MODIFIERS) and _is_modifier(doc, first - 1, noun) and not start <= first - 1 < end:
        first -= 1
    while first < noun.i and (doc[first].is_punct or doc[first].lower_ in patterns.LEFT_OUT):
        first += 1
    last = noun.i + 1
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ == "of" and child.i == last and last not in range(start, end):
            things = [token for token in child.children if token.dep_ == "pobj"]
            if things and things[0].right_edge.i - child.i < _CLIMB and not child.i < start <= things[0].right_edge.i:
                last = things[0].i + 1
    text = doc[first:last].text
    if noun.lower_ in patterns.AMOUNT_WORDS or text[0].isdigit():
        return None
    is_lowered = doc[first].is_sent_start and doc[first].pos_ != "PROPN" and not doc[first].is_upper
    return text[0].lower() + text[1:] if is_lowered else text


def _is_modifier(doc: Doc, at: int, noun: Token) -> bool:
    token = doc[at]
    if (
        token.is_space
        or token.tag_ in ("DT", "PRP$", "CD", "IN")
        or token.like_num
        or token.lower_ in patterns.AMOUNT_WORDS
    ):
        return False
    return token.dep_ in patterns.MODIFIER_DEPENDENCIES and noun.left_edge.i <= at


class Calendar:
    """The dated time expressions of a document, to look up the one that a quantity belongs to."""

    def __init__(self, doc: Doc, times: Sequence[TimeExpression], starts: Sequence[int]) -> None:
        self.doc = doc
        self.dated = [
            (max(0, bisect_right(starts, time.start_char) - 1), time)
            for time in times
            if time.type == "DATE" and time.date_start
        ]
        self.tokens = [token for token, _ in self.dated]

    def dates_of(self, start: int, end: int) -> tuple[date | None, date | None]:
        """First and last day of the time expression of a quantity's clause, else of its sentence, else None twice."""
        if not self.dated:
            return None, None
        sent = self.doc[start].sent
        low, high = bisect_right(self.tokens, sent.start - 1), bisect_right(self.tokens, sent.end - 1)
        at = bisect_right(self.tokens, start)
        around = self.dated[max(low, at - _TIMES) : min(high, at + _TIMES)]
        near = [
            dated
            for dated in around
            if abs(dated[0] - start) < _TIME_TOKENS and not self._is_compared(dated[0], start, end)
        ]
        if not near:
            return None, None
        verb = _verb_of(self.doc[start])
        _, time = min(
            near, key=lambda dated: (_verb_of(self.doc[dated[0]]) != verb, _distance(dated[0], start, end), dated[0])
        )
        return time.date_start, time.date_end

    def _is_compared(self, time: int, start: int, end: int) -> bool:
        """Whether a comparison parts a time from a quantity: "5% from 3% in 2020" says nothing of the 5%."""
        between = self.doc[end:time] if time >= end else self.doc[time:start]
        return any(token.lower_ in patterns.COMPARATORS for token in between)


def _verb_of(token: Token) -> int:
    for _ in range(_CLIMB):
        if token.pos_ in ("VERB", "AUX"):
            break
        token = token.head
    return token.i


def _distance(time: int, start: int, end: int) -> float:
    """Tokens between a time and a quantity; a time that follows is half a token nearer: from $4m in 2020 to $5m in 2021."""
    return start - time if time < start else time - end + 0.5
