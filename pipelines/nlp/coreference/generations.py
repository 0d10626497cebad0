"""Father and son of one name within a document: "Juan Rey" and "Juan Rey Jr.".

What belongs here: which generation a mention of such a name means. What does not: father and son in different documents (the
resolve stage).
"""

from __future__ import annotations

from pipelines.nlp.actors.phrase_index import fold
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.coreference.patterns import KIN_WORDS
from pipelines.nlp.names.patterns import PERSON_TAILS
from pipelines.nlp.parsed import Doc

_NEAR = 8  # tokens before a name in which a word of kinship tells that it is the other one's


class Generations:
    """The generation that each person's name of a document tells.

    Args:
        doc: the document.
        mentions: its names, by position.
        words: the folded words of each name without honorific and generation, by `id` of the mention.
    """

    def __init__(self, doc: Doc, mentions: list[MentionSpan], words: dict[int, tuple[str, ...]]) -> None:
        self._stated: dict[int, str] = {}
        self._first: dict[tuple[str, ...], str] = {}
        self._plain: set[int] = set()
        titles: dict[tuple[str, ...], set[str]] = {}
        for mention in mentions:
            name = words[id(mention)]
            if mention.label != "PERSON" or len(name) < 2:
                continue
            last = fold(doc[mention.end - 1].text).rstrip(".")
            stated = last if last in PERSON_TAILS else ""
            self._first.setdefault(name, stated)
            if stated:
                self._stated[id(mention)] = stated
                titles.setdefault(name, set()).update([mention.title] if mention.title else [])
        for mention in mentions if titles else ():
            name = words[id(mention)]
            if mention.label != "PERSON" or len(name) < 2 or id(mention) in self._stated or name not in titles:
                continue
            near = {fold(t.text) for t in doc[max(0, mention.start - _NEAR) : mention.start]}
            if near & KIN_WORDS or (mention.title and titles[name] and mention.title not in titles[name]):
                self._plain.add(id(mention))

    def of(self, mention: MentionSpan, full: tuple[str, ...]) -> str:
        """The generation a mention means: its own, or that of the full name it is short for; empty where there is none."""
        if id(mention) in self._plain:
            return ""
        return self._stated.get(id(mention)) or self._first.get(full, "")
