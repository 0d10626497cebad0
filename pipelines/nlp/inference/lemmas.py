"""spaCy's rule lemmatizer as a table: the lemma of a word with its tag is found once, then looked up.

What belongs here: applying the rules of a loaded `EnglishLemmatizer`. What does not: lemmas that its rules get wrong
(`pipelines/nlp/lemmas`). Why: the lemmatizer looks for each form in a list of 40,000 nouns from its beginning, and asks each time
anew whether a word is a base form.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from spacy.attrs import LEMMA, MORPH, ORTH, POS
from spacy.lang.en import EnglishLemmatizer
from spacy.tokens import Doc

_ATTRIBUTES = [LEMMA, ORTH, POS, MORPH]
# More words than any news text has at a time; the words of a long run must not pile up.
_MAX_WORDS = 50_000


class LemmaTable:
    """Sets the lemmas that an `EnglishLemmatizer` would set."""

    def __init__(self, lemmatizer: Any) -> None:
        """
        Args:
            lemmatizer: one that `is_by_rules`; its lists of words become tables, which answer the same at once.
        """
        # What `pipelines/nlp/lemmas` asks of a lemmatizer.
        self.mode, self.lookups, self.rule_lemmatize = lemmatizer.mode, lemmatizer.lookups, lemmatizer.rule_lemmatize
        self._strings = lemmatizer.vocab.strings
        self._lemmas: dict[tuple[int, ...], str] = {}
        index = self.lookups.get_table("lemma_index")
        for part_of_speech, words in index.items():
            index[part_of_speech] = dict.fromkeys(words)

    def __call__(self, doc: Doc) -> Doc:
        if not len(doc):
            return doc
        rows = list(zip(*doc.to_array(_ATTRIBUTES).T.tolist(), strict=True))
        # What the attribute ruler has set stays. A string of a memory zone goes with it, so each document adds its own.
        places = {row: index for index, row in enumerate(rows)}
        lemmas = {row: row[0] or self._strings.add(self._lemma(doc, at, row[1:])) for row, at in places.items()}
        values: Any = np.array([[lemmas[row]] for row in rows], dtype=np.uint64)
        doc.from_array([LEMMA], values)
        return doc

    def _lemma(self, doc: Doc, at: int, word: tuple[int, ...]) -> str:
        lemma = self._lemmas.get(word)
        if lemma is None:
            if len(self._lemmas) >= _MAX_WORDS:
                self._lemmas.clear()
            lemma = self._lemmas[word] = self.rule_lemmatize(doc[at])[0]
        return lemma


def is_by_rules(component: Any) -> bool:
    """Whether a component is the English lemmatizer with its rules, setting lemmas only where there are none."""
    return type(component) is EnglishLemmatizer and component.mode == "rule" and not component.overwrite
