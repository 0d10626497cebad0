"""What the document as a whole tells of each possible name: its label.

What belongs here: evidence from all places where a string stands (a title before it, "said" after it, the model's label, the
full name it is the last word of), added up to one label a string, since a document means one thing by one name. What does
not: the boundaries of names (`runs.py`, `pieces.py`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping

from pipelines.nlp.actors.phrase_index import Kind
from pipelines.nlp.names.patterns import (
    COMMON_CAPITALISED,
    FUNCTION_WORDS,
    HUMAN_VERBS,
    LOCATIVE_PREPOSITIONS,
    MONEY_NOUNS,
    NAME_LABELS,
    NO_ACRONYMS,
    PERSON_TAILS,
    PERSON_VERBS,
    PLACE_GIVEN_NAMES,
    PLACE_OWNERS,
)
from pipelines.nlp.names.pieces import DATE, PLACE_KINDS, Piece
from pipelines.nlp.names.table import TokenTable

ACRONYM = re.compile(r"^(?:[A-Z]{2,7}s?|(?:[A-Z]\.){2,6}|[A-Z]{1,4}[-/&][A-Z0-9]{1,4})$")
INITIAL = re.compile(r"^[A-Z]\.?$")
Scores = defaultdict[str, float]  # by label
_THRESHOLD = 1.0


class Evidence:
    """Scores of labels for each string of a document's free pieces."""

    def __init__(
        self, table: TokenTable, pieces: list[Piece], given_names: dict[str, str], towns: Mapping[str, str]
    ) -> None:
        self.table = table
        self.towns = towns
        self.given_names = given_names
        self.scores: dict[str, Scores] = defaultdict(lambda: defaultdict(float))
        self.surnames: dict[str, str] = {}  # last word of a person's full name -> the full name
        self.titled: set[str] = set()  # surnames of people whom the document names with a title
        self.first_names: set[str] = set()  # of people whom the document names in full
        self.model_votes: dict[str, Counter[str]] = defaultdict(Counter)
        for piece in pieces:
            self._add(piece)
        for piece in pieces:
            self._learn_organisation(piece)
        self.is_complete = False  # surnames are known
        for piece in pieces:
            self._learn_person(piece)
        self.is_complete = True

    def key(self, piece: Piece) -> str:
        """The string of a piece, folded."""
        return " ".join(self.table.folded[piece.start : piece.end])

    def label(self, piece: Piece) -> str | None:
        """The label of a piece in this document, or None when nothing speaks for a name."""
        key = self.key(piece)
        if piece.is_sure and piece.label:
            return "PERSON" if self._is_surname(piece, key) else piece.label
        scores = dict(self.scores[key])
        if key in self.surnames and piece.entry is None:
            # Who was named with a title is meant by the surname, whatever the model makes of it elsewhere.
            scores["PERSON"] = scores.get("PERSON", 0.0) + (8 if key in self.titled else 4)
        elif key in self.first_names and piece.entry is None:
            scores["PERSON"] = scores.get("PERSON", 0.0) + 2.5
        if not scores:
            return None
        label, score = max(scores.items(), key=lambda item: (item[1], item[0]))
        return label if score >= _THRESHOLD else None

    def _is_surname(self, piece: Piece, key: str) -> bool:
        """A place's name that is the surname of someone the document names in full, where no place is meant."""
        if (
            key not in self.surnames
            or piece.entry is None
            or piece.entry.kind not in PLACE_KINDS
            or not self.is_complete
        ):
            return False
        table, end = self.table, piece.end
        if piece.start and table.folded[piece.start - 1] in LOCATIVE_PREPOSITIONS | {"of", ","}:
            return False
        return not (end < len(table.texts) and (table.texts[end] == "," or DATE.match(table.texts[end])))

    def _add(self, piece: Piece) -> None:
        key = self.key(piece)
        scores = self.scores[key]
        if piece.label:
            scores[piece.label] = max(scores[piece.label], 6 if piece.is_sure else 3)
        if piece.entry is not None:
            return
        self._add_model_vote(piece, key, scores)
        if piece.end - piece.start == 1:
            self._add_single(piece, scores)
        else:
            self._add_multiple(piece, scores)
        self._add_context(piece, scores)

    def _add_model_vote(self, piece: Piece, key: str, scores: Scores) -> None:
        kinds = self.table.doc.kinds[piece.start : piece.end]
        labels = NAME_LABELS.intersection(kinds)
        if len(labels) != 1:
            return
        (label,) = labels
        whole = kinds.count(label) == len(kinds)
        votes = self.model_votes[key]
        if votes[label] < 3:
            votes[label] += 1
            scores[label] += 1.5 if whole else 0.75

    def _add_single(self, piece: Piece, scores: Scores) -> None:
        text, folded = self.table.texts[piece.start], self.table.folded[piece.start]
        if ACRONYM.match(text) and text not in NO_ACRONYMS:
            scores["ORG"] = max(scores["ORG"], 1.5)
        if folded in self.given_names:
            scores["PERSON"] += 0.75
        elif folded in self.towns and len(folded) > 3:
            scores["GPE"] = max(scores["GPE"], 0) + 1.5
        if folded in COMMON_CAPITALISED or folded in FUNCTION_WORDS or text in NO_ACRONYMS:
            for label in list(scores):
                scores[label] -= 4

    def _add_multiple(self, piece: Piece, scores: Scores) -> None:
        table = self.table
        first = table.folded[piece.start]
        size = piece.end - piece.start
        if piece.label not in (None, "PERSON"):
            return
        if first in self.given_names or (size == 2 and first in PLACE_GIVEN_NAMES):
            scores["PERSON"] = max(scores["PERSON"], 0) + 2.5
        elif INITIAL.match(table.texts[piece.start]):
            scores["PERSON"] += 2
        if table.folded[piece.end - 1] in PERSON_TAILS or any(
            INITIAL.match(table.texts[i]) for i in range(piece.start + 1, piece.end - 1)
        ):
            scores["PERSON"] += 1.5
        if all(table.upper[i] for i in range(piece.start, piece.end)):
            scores["PERSON"] -= 2
        elif size <= 3 and not any(table.folded[i] in COMMON_CAPITALISED for i in range(piece.start, piece.end)):
            scores["PERSON"] += 0.6

    def _add_context(self, piece: Piece, scores: Scores) -> None:
        table = self.table
        end, size = piece.end, len(table.texts)
        after = table.texts[end] if end < size else ""
        if end + 2 < size and after == "," and table.texts[end + 1].isdigit() and table.texts[end + 2] in (",", "."):
            scores["PERSON"] += 3
        if end + 2 < size and after == "(" and (name := table.names.get(end + 1)):
            is_country = name.entry.kind in (Kind.COUNTRY, Kind.REGION)
            if is_country and name.end < size and table.texts[name.end] == ")":
                scores["PERSON"] += 3
        if piece.end - piece.start > 1 and (_is_described_as_person(table, end) or _is_in_apposition(table, piece)):
            scores["PERSON"] += 2
        following = table.doc.tokens[end] if end < size else None
        if following is not None and following.pos_ == "VERB" and following.lemma_ in PERSON_VERBS:
            scores["PERSON"] += 1.5 if following.lemma_ in HUMAN_VERBS else 0.75
        if piece.start > 0:
            before = table.folded[piece.start - 1]
            if before in LOCATIVE_PREPOSITIONS:
                weight = 1.0 if before == "in" else 0.5
                if scores["GPE"] < 4:
                    scores["GPE"] += weight
            elif before == "of" and piece.start > 1 and table.folded[piece.start - 2] in PLACE_OWNERS:
                scores["GPE"] += 2.5
            elif before == "the" and ACRONYM.match(table.texts[piece.start]):
                scores["ORG"] += 0.5
        if after in ("'s", "’s") and end + 1 < size and table.folded[end + 1] in MONEY_NOUNS:
            scores["ORG"] += 1.5
        elif after.lower() in MONEY_NOUNS or (piece.start > 1 and table.folded[piece.start - 2] in MONEY_NOUNS):
            scores["ORG"] += 1
        if end + 1 < size and after == "-" and table.folded[end + 1] == "based":
            scores["GPE"] += 2

    def _learn_organisation(self, piece: Piece) -> None:
        """The first word of a sure organisation's name may stand for it: "Kibo Mining Plc" is Kibo later."""
        if piece.label == "ORG" and piece.is_sure and piece.entry is None and piece.end - piece.start > 1:
            first = self.table.folded[piece.start]
            if first in self.scores and first not in self.given_names:
                self.scores[first]["ORG"] += 2.5

    def _learn_person(self, piece: Piece) -> None:
        """Remember the surname of a full personal name."""
        table = self.table
        end = piece.end
        while end - piece.start > 1 and table.folded[end - 1] in PERSON_TAILS:
            end -= 1
        is_person = self.label(piece) == "PERSON"
        if piece.title is not None and is_person:
            self.surnames.setdefault(table.folded[end - 1], self.key(piece))
        if end - piece.start < 2:
            return
        if is_person:
            self.surnames[table.folded[end - 1]] = self.key(piece)
            if piece.title is not None:
                self.titled.add(table.folded[end - 1])
            if table.folded[piece.start] in self.given_names:
                self.first_names.add(table.folded[piece.start])
            joined = table.texts[end - 2] == "-"
            if joined:
                start = end - 3
                self.surnames[" ".join(table.folded[start:end])] = self.key(piece)


def _is_described_as_person(table: TokenTable, at: int) -> bool:
    """Whether a title in apposition follows: ", the Finnish trade minister,", ", Peru's president,"."""
    if at + 2 >= len(table.texts) or table.texts[at] != ",":
        return False
    if table.folded[at + 1] not in ("a", "an", "the", "his", "her", "their") and at + 1 not in table.names:
        return False
    for i in range(at + 2, min(at + _MAX_APPOSITION, len(table.texts))):
        if table.texts[i] in (",", ".", ";"):
            return False
        noun = table.nouns.get(i)
        if noun is not None and noun.entry.is_title and table.texts[noun.end : noun.end + 1] in ([","], ["."]):
            return True
    return False


def _is_in_apposition(table: TokenTable, piece: Piece) -> bool:
    """Whether a name between commas tells who a title before it means: "the Finnish mayor, Aino Salo, said"."""
    comma = piece.start - 1
    if (
        comma < 2
        or table.texts[comma] != ","
        or piece.end >= len(table.texts)
        or table.texts[piece.end] not in (",", ".")
    ):
        return False
    for i in range(max(0, comma - _MAX_TITLE), comma):
        noun = table.nouns.get(i)
        if noun is not None and noun.end == comma and noun.entry.is_title:
            return any(
                table.folded[k] in ("the", "a", "an", "his", "her", "their", "'s", "’s")
                for k in range(max(0, i - 4), i)
            )
    return False


_MAX_APPOSITION = 7  # tokens
_MAX_TITLE = 4  # tokens of a title
