"""Sentence starts that the layout of a news text gives away, and the tokenizer's repairs.

What belongs here: what must be settled before the parser runs. What does not: repairs of the parse itself
(`clauses/component.py` reads around them). Read next: `patterns.py`, `run_on.py`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

import numpy as np
from spacy.attrs import IDX, IS_SPACE, ORTH, SENT_START, SPACY
from spacy.lang.en import EnglishDefaults
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import compile_infix_regex

from pipelines.nlp.actors.lexicon import LEXICONS, read_rows
from pipelines.nlp.actors.titles import TITLE_ABBREVIATIONS
from pipelines.nlp.document_data import text_of
from pipelines.nlp.inference.tokenizer import keep_searches
from pipelines.nlp.repairs.endless import cuts
from pipelines.nlp.repairs.patterns import (
    DATELINE,
    DATELINE_REACH,
    JOINED_PREFIXES,
    JOINED_WORDS,
    LEADING_DATE,
    TERMINAL_PUNCTUATION,
)
from pipelines.nlp.repairs.run_on import NO_NAME_ENDING, RUN_ON_INFIXES, run_ons

_NO_START = np.uint64(2**64 - 1)  # -1
_FIRST_WORDS = 4  # of a lead, in which no other sentence starts
STATES = LEXICONS / "places_abbreviations.csv"
STATE_COLUMNS = ("abbreviation", "country", "admin1_code", "is_standalone")


def repair_tokenizer(nlp: Language) -> None:
    """Have the tokenizer keep "re-elected" and "cease-fire" whole, and "Insp.", and split "2015.Mali" at its stop."""
    tokenizer: Any = nlp.tokenizer
    defaults: Any = nlp.Defaults
    for word in (*JOINED_WORDS, *(word.capitalize() for word in JOINED_WORDS)):
        tokenizer.add_special_case(word, [{ORTH: word}])
    # Of the states' abbreviations those that are no word: a sentence may end in "Man." or "me."
    states = (row["abbreviation"] for _, row in read_rows(STATES, STATE_COLUMNS) if row["is_standalone"] == "1")
    for short in (*(f"{word.capitalize()}." for word in sorted(TITLE_ABBREVIATIONS)), *states):
        if short.endswith("."):
            tokenizer.add_special_case(short, [{ORTH: short}])
    unless = "".join(rf"(?<!\b{prefix})" for prefix in JOINED_PREFIXES + tuple(p.title() for p in JOINED_PREFIXES))
    infixes = []
    for pattern in defaults.infixes:
        if "(?:-" in pattern:
            pattern = unless + pattern
        elif r")\.(?=" in pattern or r"])\.(?=" in pattern:
            pattern += NO_NAME_ENDING
        infixes.append(pattern)
    finditer = compile_infix_regex([*RUN_ON_INFIXES, *infixes]).finditer
    keep_searches(tokenizer, finditer, are_infixes_signs=issubclass(defaults, EnglishDefaults))


class RepairsComponent:
    """Set sentence starts at paragraphs, after datelines, finished lines and stops without a space; and in what has
    no end; the parser keeps them."""

    def __call__(self, doc: Doc) -> Doc:
        values: Any = doc.to_array([SENT_START])  # token by token spaCy asks each time whether the doc is parsed
        for run_on in run_ons(doc):
            values[run_on.closing : run_on.start] = _NO_START
            values[run_on.start] = 1
        starts, leads = self.predict(doc)
        for lead in leads:  # "MARIDI, May 4 - Four ministers": the parser ends a sentence behind "Four"
            values[lead + 1 : _end_of_first_words(doc, lead)] = _NO_START
        values[[*starts, *cuts(doc, starts)]] = 1
        return doc.from_array([SENT_START], values)

    def predict(self, doc: Doc) -> tuple[list[int], list[int]]:
        """Token indexes at which a sentence surely starts, and those of them that stand behind a dateline."""
        starts: list[int] = []
        leads: list[int] = []
        spaces = np.flatnonzero(doc.to_array(IS_SPACE))
        openings = [int(i) + 1 for i in spaces if _ends_line(doc, int(i))]
        layout = _Layout(doc)
        if len(doc) and not doc[0].is_space:
            openings.insert(0, 0)
        for start in openings:
            while start < len(doc) and doc[start].is_space:
                start += 1
            if start == len(doc) or (starts and starts[-1] >= start):
                continue
            starts.append(start)
            after = layout.after_dateline(start)
            if after is not None:
                starts.append(after)
                leads.append(after)
        return starts, leads


def _end_of_first_words(doc: Doc, start: int) -> int:
    """The token behind the first words of a sentence, or behind the stop among them."""
    end = min(start + _FIRST_WORDS, len(doc))
    return next((i + 1 for i in range(start, end) if doc[i].text[-1] in TERMINAL_PUNCTUATION), end)


def _ends_line(doc: Doc, index: int) -> bool:
    """Whether white space ends a paragraph, or a line whose sentence is finished."""
    breaks = doc[index].text.count("\n")
    if breaks > 1 or index == 0:
        return True
    return breaks == 1 and doc[index - 1].text[-1] in TERMINAL_PUNCTUATION


class _Layout:
    """Where the tokens of a Doc stand in its text: a story has many openings, and spaCy makes an object for each token it is
    asked for.
    """

    def __init__(self, doc: Doc) -> None:
        self._text = text_of(doc)
        columns: Any = doc.to_array([IDX, SPACY])
        self._begins: list[int] = columns[:, 0].tolist()
        self._ends: list[int] = [*self._begins[1:], len(self._text)]  # with the space behind
        self._spaces: list[int] = columns[:, 1].tolist()

    def after_dateline(self, start: int) -> int | None:
        """The token behind the dateline that begins at a token, None where none does."""
        begins = self._begins
        offset = begins[start]
        end = bisect_left(begins, offset + DATELINE_REACH, start)
        break_ = self._text.find("\n", offset, self._ends[end - 1])
        if break_ >= 0:
            end = bisect_right(begins, break_, start) - 1
        match = DATELINE.match(self._text, offset, self._ends[end - 1] - self._spaces[end - 1]) if end > start else None
        if not match:
            return None
        text = LEADING_DATE.sub("", match.group()).replace("[", "(")
        place = text.split("(")[0].split(",")[0].rstrip(" -–—:")
        has_dash = "--" in text or "—" in text or (" – " in match.group() and self._text[match.end()].isupper())
        if not ("(" in text or (place.isupper() and ":" not in text) or (has_dash and ":" not in text)):
            return None
        for index in range(start + 1, end):
            if begins[index] >= match.end():
                return index
        return None
