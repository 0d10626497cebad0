"""spaCy's rule lemmatizer as a table: what a word of a part of speech and morphology comes from is worked out once.

What belongs here: looking lemmas up for a whole Doc. What does not: rules. Why: spaCy searches the list of all known verbs or
nouns, from its beginning, for each form that a new word may come from, which takes a millisecond a word.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from spacy.attrs import LEMMA, MORPH, ORTH, POS
from spacy.lang.en.lemmatizer import EnglishLemmatizer
from spacy.pipeline import Lemmatizer
from spacy.tokens import Doc

_ATTRIBUTES = [ORTH, POS, MORPH, LEMMA]
# More words than any news text has at a time; the words of a long run must not pile up.
_MAX_KEPT = 50_000


class LemmaTable:
    """Sets the lemmas that a rule `Lemmatizer` would set."""

    def __init__(self, lemmatizer: Any) -> None:
        """
        Args:
            lemmatizer: a `Lemmatizer` that `is_of_rules`.
        """
        self._lemmatizer = lemmatizer
        self._strings = lemmatizer.vocab.strings
        self._lemmas: dict[tuple[int, int, int], str] = {}
        index = lemmatizer.lookups.get_table("lemma_index", {})
        for pos, words in list(index.items()):
            index[pos] = frozenset(words)

    @property
    def rules(self) -> Any:
        """The lemmatizer whose rules these are."""
        return self._lemmatizer

    def __call__(self, doc: Doc) -> Doc:
        rows = doc.to_array(_ATTRIBUTES)
        lemmas = [
            given or self._lemma(doc, index, (word, pos, morph))
            for index, (word, pos, morph, given) in enumerate(rows.tolist())
        ]
        if lemmas:
            values: Any = np.array(lemmas, dtype=np.uint64)
            doc.from_array([LEMMA], values)
        return doc

    def _lemma(self, doc: Doc, index: int, key: tuple[int, int, int]) -> int:
        lemma = self._lemmas.get(key)
        if lemma is None:
            if len(self._lemmas) >= _MAX_KEPT:
                self._lemmas.clear()
                self._lemmatizer.cache.clear()
            lemma = self._lemmas[key] = self._lemmatizer.lemmatize(doc[index])[0]
        # Kept as a text: a memory zone takes its strings along when it ends.
        return int(self._strings.add(lemma))


def is_of_rules(component: Any) -> bool:
    """Whether a component finds lemmas by a word, its part of speech and morphology, and keeps those set before."""
    if type(component) not in (Lemmatizer, EnglishLemmatizer):
        return False
    lemmatizer: Any = component
    return bool(lemmatizer.mode == "rule" and not lemmatizer.overwrite)
