"""Extents: which tokens belong to a party's phrase, and the name that stands in apposition to its head.

What belongs here: the span of a phrase, appositions, names after titles, tokens of dates and times. What does not: who the phrase
stands for (`parties.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.clauses.phrases import coordinated, first_object
from pipelines.nlp.events.patterns import STATE_SECTORS
from pipelines.nlp.parsed import Doc, Token

_NAME_PARTS = ("compound", "amod", "nmod", "poss", "nummod", "det", "quantmod", "case", "punct", "advmod")
_TITLE_TAIL = 12  # tokens from a title to the name after its owner
_PLACES = ("GPE", "LOC", "FAC")
_CLOCK = re.compile(r"\d{1,2}[.:h]\d{2}(?:[ap]\.?m\.?)?")
_LONGEST_PHRASE = 24  # tokens; a longer "phrase" is a parse gone wrong


class ExtentReader:
    """Reads the extents of one Doc's party phrases."""

    def __init__(self, doc: Doc, mentions: Mapping[int, MentionSpan]) -> None:
        """
        Args:
            doc: the document.
            mentions: the shortest mention over each token index.
        """
        self.doc = doc
        self._mentions = mentions
        self.times = _time_tokens(doc)
        self._spans: dict[int, tuple[int, int]] = {}  # by head

    def _mention(self, token: Token) -> MentionSpan | None:
        return self._mentions.get(token.i)

    def is_aged(self, token: Token) -> bool:
        """ "The 54-year-old": words of time for a person."""
        mention = self._mention(token)
        return token.lower_ == "old" and mention is not None and mention.label == "PERSON"

    def is_apposition(self, head: Token) -> bool:
        """ "the foreign minister, X," parsed as a list: a person's name right after a title and a comma, with no "and"."""
        first = head.head
        if first.tag_ in ("NNS", "NNPS") and any(child.dep_ == "conj" for child in head.children):
            return False  # "two senators, Ada Roe and Ben Lund"
        if any(child.dep_ == "cc" and child.i < head.i for child in first.children):
            between = self.doc[first.i + 1 : head.left_edge.i]
            if len(between) != 1 or between[0].text != ",":
                return False
        mention, before = self._mention(head), self._mention(first)
        if (
            mention is None
            or mention.label != "PERSON"
            or (before is not None and before.label == "PERSON" and before.is_name)
        ):
            return False
        return self.doc[head.left_edge.i - 1].text == "," and first.pos_ in ("NOUN", "PROPN")

    def is_apposed(self, child: Token) -> bool:
        """Whether a child of a head stands in apposition to it, whatever the parser calls it."""
        return (child.dep_ == "appos" and not self.is_listed(child)) or (
            child.dep_ == "conj" and self.is_apposition(child)
        )

    def is_listed(self, apposition: Token) -> bool:
        """A list of names parsed as an apposition: "the UN, the UK and Ghana", with a conjunct behind and another entity.

        A place in a larger one ("Lyon, France and Turin") is no list, nor a body told by a person's name.
        """
        if apposition.dep_ != "appos" or self.doc[apposition.left_edge.i - 1].text != ",":
            return False
        members = coordinated(apposition)
        if len(members) == 1 or not any(child.dep_ == "cc" for member in members for child in member.children):
            return False
        first, second = self._mention(apposition.head), self._mention(apposition)
        if first is None or second is None or not (first.is_name and second.is_name):
            return False
        if first.entity is second.entity or (first.label == "PERSON") != (second.label == "PERSON"):
            return False
        if "GPE" in (first.label, second.label):
            return first.country is not None and second.country is not None and first.country != second.country
        return True

    def beside_apposition(self, head: Token) -> list[Token]:
        """Heads coordinated with a name that the parser hangs on what the name is called, or before it, as a part of it.

        "Ada Roe, the mayor's chief of staff, and Ben Lund were fined"; "Deputy Ada Roe and Minister Ben Lund".
        """
        found: list[Token] = []
        first = self._mention(head)
        if first is None or not first.is_name:
            return found
        for child in head.children:
            if child.dep_ == "appos" and not self.is_listed(child) and self._is_called(child, first):
                found += [other for other in coordinated(child)[1:] if self._is_other(other, first)]
            elif child.dep_ in ("nmod", "compound") and self._is_other(child, first, label=first.label):
                found += [child] if any(c.dep_ == "cc" for c in child.children) else []
        return found

    def beside_state(self, head: Token) -> list[Token]:
        """Heads coordinated with a body of a state that the parser hangs on the state: "the government of Mali and rebels".

        Many people, and they are no place that the body could be of as well.
        """
        body = self._mention(head)
        if head.tag_ != "NN" or body is None or body.sector not in STATE_SECTORS:
            return []
        for child in head.rights:
            state = first_object(child) if child.dep_ == "prep" and child.lower_ == "of" else None
            if state is None:
                continue
            if self._state_before(state) is not None:
                return [state]
            if self._is_place(state):
                others = [t for t in coordinated(state)[1:] if t.tag_ in ("NNS", "NNPS")]
                return [t for t in others if not self._is_place(t)]
        return []

    def _state_before(self, people: Token) -> Token | None:
        """The state that the parser takes for what people are called by: "of Mali and Tuareg rebels"."""
        if people.tag_ != "NNS" or people.dep_ != "pobj":
            return None
        first = next(iter(people.lefts), None)
        if first is None or first.dep_ not in ("nmod", "compound") or not self._is_place(first):
            return None
        return first if any(c.dep_ == "cc" for c in first.rights) else None

    def _is_place(self, token: Token) -> bool:
        mention = self._mention(token)
        return mention is not None and mention.is_name and mention.label in _PLACES

    def members(self, head: Token) -> list[Token]:
        """The names that a plural is spelt out by: "two senators, Ada Roe and Ben Lund"."""
        if head.tag_ not in ("NNS", "NNPS"):
            return []
        for child in head.children:
            if (
                child.dep_ in ("appos", "conj")
                and child.i > head.i
                and self.doc[child.left_edge.i - 1].text in (",", ":")
            ):
                names = [t for t in coordinated(child) if (m := self._mention(t)) is not None and m.is_name]
                if len(names) > 1 and len(names) == len(coordinated(child)):
                    return names
        return []

    def _is_called(self, apposition: Token, first: MentionSpan) -> bool:
        mention = self._mention(apposition)
        return mention is None or mention.entity is first.entity or not mention.is_name

    def _is_other(self, token: Token, first: MentionSpan, *, label: str | None = None) -> bool:
        """Whether a token heads a name that stands for somebody else."""
        mention = self._mention(token)
        if mention is None or not mention.is_name or mention.label not in ("PERSON", "ORG", "GPE"):
            return False
        return mention.entity is not first.entity and (label is None or mention.label == label == "PERSON")

    def apposed_name(self, head: Token) -> MentionSpan | None:
        """The name in apposition to a head that is none, before or behind it: "the minister, Ade Bello"."""
        mention = self._mention(head)
        if mention is not None and mention.is_name and mention.label == "PERSON":
            return None
        for child in head.children:
            if self.is_apposed(child):
                name = self._mention(child)
                if name is not None and name.is_name and name.label in ("PERSON", "ORG"):
                    return name
        return self._name_after_title(head)

    def _name_after_title(self, head: Token) -> MentionSpan | None:
        """The name that ends the phrase of a title of the same person: "the governor of Lagos, Ade Bello"."""
        mention = self._mention(head)
        if mention is None or mention.is_name or mention.entity is None or mention.entity.label != "PERSON":
            return None
        for i in range(head.i + 1, min(head.i + _TITLE_TAIL, head.sent.end)):
            if self.doc[i].pos_ in ("VERB", "AUX"):
                return None
            name = self._mentions.get(i)
            if name is not None and name.is_name and name.entity is mention.entity:
                return name
        return None

    def span(self, head: Token) -> tuple[int, int]:
        """Tokens of a party's phrase: modifiers, head, its of-phrase and a name in apposition, without a leading article."""
        known = self._spans.get(head.i)
        if known is None:
            known = self._spans[head.i] = self._find_span(head)
        return known

    def _find_span(self, head: Token) -> tuple[int, int]:
        start, end = head.i, head.i + 1
        mention = self._mention(head)
        if mention is not None and mention.is_name:
            start, end = min(start, mention.start), max(end, mention.end)
        others = {token.i for token in self.beside_apposition(head)}
        state = self._state_before(head)
        if state is not None and head in self.beside_state(head.head.head):
            others.add(state.i)
            start = min((c.left_edge.i for c in state.rights if c.dep_ == "conj"), default=start)  # "and Tuareg rebels"
        for child in head.children:
            if child.i < head.i and child.dep_ in _NAME_PARTS and child.i not in others:
                start = min(start, child.left_edge.i)
            elif child.i > head.i:
                is_of = child.dep_ == "prep" and child.lower_ == "of" and not _opens_clause(child)
                is_name = self.is_apposed(child)
                if is_name:
                    name = self._mention(child)
                    is_name = name is not None and name.is_name
                if is_of or is_name:
                    edge = self._span_end_of_phrase(head, child) if is_of else self._span_end_of_name(child)
                    if edge - head.i <= _LONGEST_PHRASE:
                        end = max(end, edge)
        if (name := self._name_after_title(head)) is not None:
            end = max(end, name.end)
        start = max(start, end - _LONGEST_PHRASE, head.sent.start)
        while start < head.i and (
            self.doc[start].dep_ in ("det", "punct") or self.doc[start].is_space or self._is_time(start, head)
        ):
            start += 1
        words = {token.text for token in self.doc[start:end]}
        if words & {"”", "''"} and not words & {"“", "``"} and self.doc[start - 1].text in ("“", "``"):
            start -= 1  # keep the opening mark of a quoted modifier
        return start, end

    def _is_time(self, i: int, head: Token) -> bool:
        """A clock time that opens an entry of a live report: "13.40 Acting president's office"."""
        return (i in self.times and not self.is_aged(head)) or _CLOCK.fullmatch(self.doc[i].lower_) is not None

    def _span_end_of_phrase(self, head: Token, preposition: Token) -> int:
        """The end of an of-phrase, before what is coordinated with the head itself."""
        end = preposition.right_edge.i + 1
        for other in self.beside_state(head)[:1]:
            state = self._state_before(other)
            end = min(end, other.left_edge.i if state is None else state.i + 1)
            while end > preposition.i + 1 and self.doc[end - 1].dep_ in ("cc", "punct"):
                end -= 1
        return end

    def _span_end_of_name(self, token: Token) -> int:
        mention = self._mention(token)
        return max(token.i + 1, mention.end) if mention is not None else token.i + 1


def _opens_clause(preposition: Token) -> bool:
    """Whether a preposition has a clause as its object: "accused the ruling party | of rigging the vote"."""
    return any(child.dep_ == "pcomp" for child in preposition.rights)


def _time_tokens(doc: Doc) -> set[int]:
    """Indexes of tokens that belong to a date or a time."""
    found = {i for ent in doc.ents if ent.label_ in ("DATE", "TIME") for i in range(ent.start, ent.end)}
    for time in doc._.time_expressions or ():
        span = doc.char_span(time.start_char, time.end_char, alignment_mode="expand")
        if span is not None:
            found.update(range(span.start, span.end))
    return found
