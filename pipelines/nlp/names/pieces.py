"""The pieces a run of capitalised words is made of: possible names, with what their own words say.

What belongs here: cutting a run by the lexicons, titles and the last words of organisations, places and events. What does
not: where a run begins and ends (`runs.py`), labels that only the document can tell (`evidence.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.nlp.actors.patterns import STATE_HEADS
from pipelines.nlp.actors.phrase_index import Entry, Kind
from pipelines.nlp.names.patterns import (
    CERTAIN_EVENT_TAILS,
    COMMON_CAPITALISED,
    COMPASS,
    EVENT_TAILS,
    FACILITY_TAILS,
    FUNCTION_WORDS,
    HONORIFICS,
    LOC_HEADS,
    LOC_TAILS,
    LOCATIVE_PREPOSITIONS,
    ORG_HEADS,
    ORG_TAILS,
    PLACE_GIVEN_NAMES,
    PUBLIC_BODY_TAILS,
    RELIGIONS,
    WEAK_ORG_TAILS,
)
from pipelines.nlp.names.runs import ends_given_name, find_runs
from pipelines.nlp.names.table import Segment, TokenTable
from pipelines.nlp.parsed import INSIDE

DATE = re.compile(r"^(?:19|20)\d\d(?:-\d\d.*)?$")
PLACE_KINDS = frozenset({Kind.COUNTRY, Kind.CAPITAL, Kind.REGION, Kind.CITY})
PEOPLE_KINDS = frozenset({Kind.DEMONYM, Kind.PEOPLE})


@dataclass(slots=True)
class Piece:
    """A possible name, tokens [start, end).

    `label` is set where the piece's own words tell it; `entry` where a lexicon knows it; `title` is the token span of a title
    or honorific before it.
    """

    start: int
    end: int
    label: str | None = None
    entry: Entry | None = None
    title: tuple[int, int] | None = None
    is_sure: bool = False  # words inside prove the label ("Bank of Ghana", "Mr Okoye")


def find_pieces(table: TokenTable, given_names: dict[str, str]) -> list[Piece]:
    """All possible names of a document, by position."""
    pieces: list[Piece] = []
    for segment in table.segments:
        if segment.style != "text":
            pieces.extend(_pieces_of_headline(table, segment, given_names))
            continue
        for start, end in find_runs(table, segment, given_names):
            pieces.extend(_RunParser(table, start, end, given_names).pieces())
    return pieces


class _RunParser:
    """Cuts one run into pieces, from left to right."""

    def __init__(self, table: TokenTable, start: int, end: int, given_names: dict[str, str]) -> None:
        self.table, self.start, self.end, self.given_names = table, start, end, given_names
        self.found: list[Piece] = []
        self.free_start: int | None = None
        self.title: tuple[int, int] | None = self._title_before(start)

    def pieces(self) -> list[Piece]:
        """The pieces of the run."""
        start = self.start
        tail = (self._state_name() or self._own_tail()) if self.end - start > 1 else None
        i = start
        while i < self.end:
            if tail is not None and i == tail.start:
                self._flush(i)
                self._emit(tail)
                i = tail.end
                tail = None
                continue
            i = self._take(i)
        self._flush(self.end)
        return self.found

    def _take(self, i: int) -> int:
        table = self.table
        noun, name = table.nouns.get(i), table.names.get(i)
        if noun and name and name.end > noun.end:
            noun = None
        if noun and noun.entry.sector == "REL" and table.folded[i] in RELIGIONS:
            self._flush(i)
            self._emit(Piece(i, noun.end, "NORP", is_sure=True))
            return noun.end
        if noun and noun.end <= self.end and self._is_title(noun.end, noun.entry):
            self._flush(i)
            self.title = (i, noun.end)
            return noun.end
        if table.folded[i] in HONORIFICS and table.capital[i]:
            self._flush(i)
            self.title = (i, i + 1)
            return i + 1
        if name and name.end <= self.end and not self._is_part_of_person(i, name.end, name.entry):
            self._flush(i)
            self._emit(Piece(i, name.end, name.entry.label, name.entry, is_sure=True))
            return name.end
        if self.free_start is None:
            self.free_start = i
        return i + 1

    def _is_title(self, end: int, entry: Entry) -> bool:
        """A title noun that a name, or the end of the run, follows."""
        if not entry.is_title:
            return False
        if self.free_start is None:
            return True
        if end == self.end and self.table.folded[self.free_start] in self.given_names:
            return False  # a surname: "Rachel Bishop"
        return end == self.end or entry.role != "weak"

    def _is_part_of_person(self, start: int, end: int, entry: Entry) -> bool:
        """A place's or another lexicon name inside a longer personal name: "Paris Whitaker", "Ellen Jordan"."""
        table = self.table
        if entry.kind is Kind.LEADER and end - start > 1 and self.free_start is not None:
            return _model_span(table, start) == (
                self.free_start,
                end,
                "PERSON",
            )  # of the same family: "Hassan bin Laden"
        if entry.role or (entry.kind in (Kind.LEADER, Kind.ORGANISATION, Kind.SEAT) and end - start > 1):
            return False  # a team, or a whole name of its own
        if end < len(table.texts) and DATE.match(table.texts[end]):
            return False  # a dateline
        model = _model_span(table, start)
        if model and model[2] == "PERSON" and model[1] - model[0] > end - start:
            return entry.kind not in PEOPLE_KINDS or self.free_start is not None
        if end - start > 1:
            return False
        first = self.free_start
        if first is not None and end == self.end and self._may_be_given_name(first):
            return entry.kind not in PEOPLE_KINDS
        if first is not None and self.title is not None and end == self.end:
            return entry.kind not in PEOPLE_KINDS and entry.kind is not Kind.ORGANISATION
        if first is None and self.title is not None and self.title[1] == start and end == self.end:
            return entry.kind is Kind.CITY  # "President Salinas"
        if first is None and self._begins_person(start, end):
            return True
        if first is None and table.folded[start] in self.given_names and end < self.end:
            return entry.kind is not Kind.COUNTRY or self._is_free(end)
        return first is not None and entry.kind is Kind.LEADER

    def _begins_person(self, start: int, end: int) -> bool:
        """A place's name behind a title or as a given name, with one unknown word that ends the run: "deputy Geneva Stone"."""
        if (
            end + 1 != self.end
            or not self._is_free(end)
            or not self._may_be_given_name(end)
            or start in self.table.nouns
        ):
            return False
        if self.title is not None and self.title[1] == start:
            return True
        before = self.table.folded[start - 1] if start else ""
        is_name = self.table.folded[start] in PLACE_GIVEN_NAMES and self.table.folded[end] not in EVENT_TAILS
        return is_name and before not in LOCATIVE_PREPOSITIONS | {"the", "of", ","}

    def _may_be_given_name(self, i: int) -> bool:
        """A known given name, or an unknown word right before a place's name ("Delroy Kingston" is a person)."""
        folded = self.table.folded[i]
        if folded in self.given_names:
            return True
        unlikely = folded in COMMON_CAPITALISED or folded in ORG_TAILS or folded in ORG_HEADS or folded in LOC_TAILS
        return not unlikely and not self.table.upper[i] and folded not in COMPASS and len(folded) > 2

    def _is_free(self, i: int) -> bool:
        return i not in self.table.names and i not in self.table.nouns

    def _emit(self, piece: Piece) -> None:
        if self.title is not None and piece.label in (None, "PERSON") and self.title[1] == piece.start:
            piece.title = self.title
            piece.label = "PERSON"
            piece.is_sure = True
        if self.title is None or piece.entry is None or piece.entry.kind not in PEOPLE_KINDS:
            self.title = None
        self.found.append(piece)

    def _flush(self, end: int) -> None:
        if self.free_start is None:
            return
        start, self.free_start = self.free_start, None
        table = self.table
        while (
            end > start
            and not table.capital[end - 1]
            and not table.texts[end - 1].isdigit()
            and not ends_given_name(table, start, end - 2, end)
        ):
            end -= 1
        while end - start > 1 and self._is_filler(start):
            start += 1
        if end > start:
            self._emit(Piece(start, end, *self._own_label(start, end)))

    def _is_filler(self, i: int) -> bool:
        """A capitalised word before a name that is no part of it."""
        folded = self.table.folded[i]
        return folded in COMMON_CAPITALISED and folded not in LOC_HEADS and folded not in COMPASS

    def _own_label(self, start: int, end: int) -> tuple[str | None]:
        """The label that the words of a free piece tell."""
        folded = self.table.folded
        last, size = folded[end - 1], end - start
        if size == 1:
            return (None,)
        if last in EVENT_TAILS:
            return ("EVENT",)
        if last in LOC_TAILS and last not in ("state",):
            return ("FAC" if last in FACILITY_TAILS else "LOC",)
        if folded[start] in LOC_HEADS:
            return ("LOC",)
        if last in ORG_TAILS:
            return ("ORG",)
        return (None,)

    def _organisation_tail(self) -> tuple[int, int, str] | None:
        """The span of an organisation whose last (or first) word says so, within the run."""
        table = self.table
        for i in range(self.start, self.end):
            if table.folded[i] in ORG_HEADS and i + 2 < self.end and table.folded[i + 1] in ("of", "for"):
                start = i
                while start > self.start and self._extends_left(start - 1):
                    start -= 1
                return (self._body_start(start, i), self.end, "ORG")
        for i in range(self.end - 1, self.start, -1):
            if table.folded[i] not in ORG_TAILS or table.folded[i] in WEAK_ORG_TAILS:
                continue
            start = self.start
            while start < i and not self._is_organisation_word(start, table.folded[i]):
                start += self._width(start)
            known = table.names.get(start)
            if start < i and not (known and known.end > i):
                return (start, i + 1, "ORG")
        return None

    def _own_tail(self) -> Piece | None:
        """An event or organisation by its last or first word."""
        found = self._event_tail() or self._organisation_tail()
        return Piece(*found, is_sure=True) if found is not None else None

    def _state_name(self) -> Piece | None:
        """The span of a state by its form, "Republic of Artsakh", where no lexicon has the whole name."""
        table = self.table
        for i in range(self.start, self.end - 2):
            if table.folded[i] not in STATE_HEADS or not table.capital[i] or table.folded[i + 1] != "of":
                continue
            start = i
            while start > self.start and table.capital[start - 1] and not self._ends_title(start):
                start -= 1
            inner = i + 3 if table.folded[i + 2] == "the" else i + 2
            named = table.names.get(inner)
            end = named.end if named is not None else self.end
            known = any(k in table.names and table.names[k].end > i for k in range(start, i + 1))
            if not known and inner < self.end and end <= self.end:
                entry = named.entry if named is not None and named.entry.kind in (Kind.COUNTRY, Kind.REGION) else None
                return Piece(start, end, "GPE", entry, is_sure=True)
        return None

    def _ends_title(self, end: int) -> bool:
        return any(n.end == end and n.entry.is_title for n in self.table.nouns.values())

    def _body_start(self, start: int, head: int) -> int:
        """Where a body of two words begins that the head ends: the "Supreme" of "Supreme Court of Ghana"."""
        for k in range(self.start, start):
            noun = self.table.nouns.get(k)
            if noun is not None and noun.end == head + 1 and not noun.entry.is_title and self.table.capital[k]:
                return k
        return start

    def _event_tail(self) -> tuple[int, int, str] | None:
        """The span of an event whose last word says so and that a lexicon name would break: "Kenya Open"."""
        last = self.end - 1
        if last == self.start or self.table.folded[last] not in CERTAIN_EVENT_TAILS or not self.table.capital[last]:
            return None
        start = self.start
        while start < last and (start in self.table.nouns and self.table.nouns[start].entry.is_title):
            start = self.table.nouns[start].end
        known = self.table.names.get(start)
        return (start, self.end, "EVENT") if start < last and not (known and known.end == self.end) else None

    def _extends_left(self, i: int) -> bool:
        name = self.table.names.get(i)
        return (
            self.table.capital[i]
            and i not in self.table.nouns
            and (name is None or name.entry.kind not in PEOPLE_KINDS)
        )

    def _width(self, i: int) -> int:
        if i in self.table.nouns and self.table.nouns[i].entry.is_title:
            return self.table.nouns[i].end - i
        return self.table.names[i].end - i if i in self.table.names else 1

    def _is_organisation_word(self, i: int, tail: str) -> bool:
        """May an organisation's name that ends in `tail` begin here?"""
        name, noun = self.table.names.get(i), self.table.nouns.get(i)
        if noun and noun.entry.is_title and noun.entry.role != "weak":
            return False
        if self.table.folded[i] in HONORIFICS or not self.table.capital[i]:
            return False
        if name and tail in PUBLIC_BODY_TAILS:
            if name.entry.kind is Kind.CAPITAL and i and self.table.folded[i - 1] == "in" and self.table.capital[i - 1]:
                return False  # "In Quito Congress passed the law"
            return name.entry.kind not in PEOPLE_KINDS and name.entry.kind is not Kind.COUNTRY
        return not (name and name.entry.kind is Kind.LEADER)

    def _title_before(self, start: int) -> tuple[int, int] | None:
        """A lower-case title that ends right before the run: "president Okoye", "opposition leader Okoye"."""
        for width in (4, 3, 2, 1):
            noun = self.table.nouns.get(start - width)
            if noun and noun.end == start and noun.entry.is_title:
                return (noun.start, start)
        return None


def _pieces_of_headline(table: TokenTable, segment: Segment, given_names: dict[str, str]) -> list[Piece]:
    """Of a headline in capitals or title case what a lexicon knows; `headlines.py` adds the names of the text below."""
    pieces, i = [], segment.start
    while i < segment.end:
        name = table.names.get(i)
        if name and name.end <= segment.end and not (name.end - i == 1 and table.folded[i] in FUNCTION_WORDS - {"us"}):
            pieces.append(Piece(i, name.end, name.entry.label, name.entry, is_sure=True))
            i = name.end
        elif segment.style == "title" and table.folded[i] in given_names and _begins_person(table, i, segment.end):
            pieces.append(Piece(i, i + 2, "PERSON"))
            i += 2
        else:
            i += 1
    return pieces


def _begins_person(table: TokenTable, i: int, limit: int) -> bool:
    """A given name in a headline that a word follows which is neither a verb nor known otherwise."""
    after = i + 1
    if after >= limit or not table.capital[after] or after in table.names or after in table.nouns:
        return False
    return table.doc[after].tag_ in ("NNP", "NNPS", "NN", "JJ") and table.folded[after] not in FUNCTION_WORDS


def _model_span(table: TokenTable, i: int) -> tuple[int, int, str] | None:
    """Start, end and label of the model's entity over a token."""
    label, places = table.doc.kinds[i], table.doc.places
    if not label:
        return None
    start, end = i, i + 1
    while places[start] == INSIDE and start > 0:
        start -= 1
    while end < len(places) and places[end] == INSIDE:
        end += 1
    return start, end, label
