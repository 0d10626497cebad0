"""A document's tokens as the places component reads them, computed once.

What belongs here: words, lower-cased words, the label of the name that a token is part of, the surnames of people named.
What does not: any rule about places.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import not_

from pipelines.nlp.parsed import Doc
from pipelines.nlp.places.patterns import BREAKS, COUNTY_WORDS, PERSON_TITLES, POSSESSIVES


class TokenView:
    """Words and names of a Doc, white space left out: a line break inside a name does not part it.

    Indexes here count those words; `tokens` holds each word's token. Names come from doc._.mentions, or from doc.ents
    where no names component ran.
    """

    def __init__(self, doc: Doc) -> None:
        self.tokens = [token for token in doc if not token.is_space]
        self.words = [token.text for token in self.tokens]
        self.lower = [token.lower_ for token in self.tokens]
        # Of each token of the document, and of its end, how many words stand before it.
        position: Sequence[int] = range(len(doc) + 1)
        if len(self.tokens) < len(doc):
            position = list(accumulate(map(not_, [token.is_space for token in doc]), initial=0))
        self.labels = [""] * len(self.words)
        self.bounds = [(0, 0)] * len(self.words)
        names = [(position[start], position[end], label) for start, end, label in _names(doc)]
        for start, end, label in names:
            for index in range(start, end):
                self.labels[index] = label
                self.bounds[index] = (start, end)
        self.surnames = self._collect_surnames(names)

    def word(self, index: int) -> str:
        """The word at an index, "" outside the document."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def lower_word(self, index: int) -> str:
        """The lower-cased word at an index, "" outside the document."""
        return self.lower[index] if 0 <= index < len(self.lower) else ""

    def beginnings(self, start: int, end: int) -> list[str]:
        """The first word of [start, end), the first two and so on, as written, each break between them one space."""
        text = self.words[start]
        found = [text]
        before = self.tokens[start]
        for token in self.tokens[start + 1 : end]:
            is_apart = token.idx > before.idx + len(before.text)
            text = f"{text} {token.text}" if is_apart else text + token.text
            found.append(text)
            before = token
        return found

    def label(self, start: int, end: int) -> tuple[str, bool]:
        """The label of the name over [start, end), "" for none, and whether that is the whole name, a leading "the" aside."""
        labels = set(self.labels[start:end])
        if len(labels) != 1:
            places = labels & {"GPE", "LOC", "FAC"}
            return (min(places), True) if places else ("", True)
        label = labels.pop()
        if not label or (end - start > 1 and self.lower[end - 1] in COUNTY_WORDS):
            return label, True
        name_start, name_end = self.bounds[start]
        if self.lower[name_start] == "the":
            name_start += 1
        broken = end < name_end and self.words[end] in BREAKS
        return label, name_start == start and (name_end == end or broken)

    def _collect_surnames(self, names: list[tuple[int, int, str]]) -> set[str]:
        """Last words of the people whom the document names in full or with a title."""
        surnames = set()
        for start, end, label in names:
            if label != "PERSON" or start == end:
                continue
            if end - start > 1 and self.lower[end - 1] in POSSESSIVES:
                end -= 1
            if end - start > 1 or self.lower_word(start - 1) in PERSON_TITLES:
                surnames.add(self.words[end - 1])
        return surnames


def _names(doc: Doc) -> list[tuple[int, int, str]]:
    if doc._.mentions is None:
        return [(ent.start, ent.end, ent.label_) for ent in doc.ents]
    return [(name.start, name.end, name.label) for name in doc._.mentions if name.is_name]
