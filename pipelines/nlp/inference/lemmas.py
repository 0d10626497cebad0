"""spaCy's rule lemmatizer as a table: the lemma of a word with its tag is found once, then looked up.

What belongs here: applying the rules of a loaded `EnglishLemmatizer`. What does not: lemmas that its rules get wrong
(`pipelines/nlp/lemmas`). Why: the lemmatizer looks for each form in a list of 40,000 nouns from its beginning, and asks each time
anew whether a word is a base form.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

import numpy as np
from spacy.attrs import LEMMA, MORPH, ORTH, POS
from spacy.lang.en import EnglishLemmatizer
from spacy.tokens import Doc, Token

_TABLES = ("lemma_index", "lemma_exc", "lemma_rules")
_ATTRIBUTES = [LEMMA, ORTH, POS, MORPH]
# More words than any news text has at a time; the words of a long run must not pile up.
_MAX_WORDS = 50_000


class _Form(Enum):
    """What a kind of word makes of a word as written."""

    SAME = auto()
    LOWER = auto()
    BY_RULES = auto()


class LemmaTable:
    """Sets the lemmas that an `EnglishLemmatizer` would set."""

    def __init__(self, lemmatizer: Any) -> None:
        """
        Args:
            lemmatizer: one that `is_by_rules`; its lists of words become tables, which answer the same at once.
        """
        # What `pipelines/nlp/lemmas` asks of a lemmatizer.
        self.mode, self.lookups, self.rule_lemmatize = lemmatizer.mode, lemmatizer.lookups, lemmatizer.rule_lemmatize
        self._is_base_form = lemmatizer.is_base_form
        self._strings = lemmatizer.vocab.strings
        self._lemmas: dict[tuple[int, ...], str] = {}
        self._forms: dict[tuple[int, ...], _Form] = {}
        index = self.lookups.get_table("lemma_index")
        for part_of_speech, words in index.items():
            index[part_of_speech] = dict.fromkeys(words)

    def __call__(self, doc: Doc) -> Doc:
        if not len(doc):
            return doc
        given, *columns = doc.to_array(_ATTRIBUTES).T.tolist()
        if len(self._lemmas) >= _MAX_WORDS:
            self._lemmas.clear()
        known = self._lemmas
        words = enumerate(zip(*columns, strict=True))
        lemmas = [known.get(word) or self._lemma(doc, at, word) for at, word in words]
        # A string of a memory zone goes with it, so each document adds its own. What the attribute ruler has set stays.
        numbers = [lemma or number for lemma, number in zip(given, map(self._strings.add, lemmas), strict=True)]
        values: Any = np.array(numbers, dtype=np.uint64)
        doc.from_array([LEMMA], values)
        return doc

    def _lemma(self, doc: Doc, at: int, word: tuple[int, ...]) -> str:
        orth, *kind = word
        form = self._forms.get(tuple(kind)) or self._know(doc[at], tuple(kind))
        if form is _Form.BY_RULES:
            lemma = self.rule_lemmatize(doc[at])[0]
        else:
            lemma = self._strings[orth]
            lemma = lemma.lower() if form is _Form.LOWER else lemma
        self._lemmas[word] = lemma
        return lemma

    def _know(self, token: Token, kind: tuple[int, ...]) -> _Form:
        """The form that all words of a part of speech and morphology have alike, if the rules know no more of them."""
        part_of_speech = token.pos_.lower()
        has_rules = any(self.lookups.get_table(table, {}).get(part_of_speech) for table in _TABLES)
        if part_of_speech in ("", "eol", "space"):
            form = _Form.BY_RULES  # which also tell that tags are missing
        elif self._is_base_form(token):
            form = _Form.LOWER
        elif has_rules:
            form = _Form.BY_RULES
        else:
            form = _Form.SAME if part_of_speech == "propn" else _Form.LOWER
        self._forms[kind] = form
        return form


def is_by_rules(component: Any) -> bool:
    """Whether a component is the English lemmatizer with its rules, setting lemmas only where there are none."""
    return type(component) is EnglishLemmatizer and component.mode == "rule" and not component.overwrite
