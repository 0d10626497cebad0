"""Sentences of sport, markets and the like in which nobody of politics is named, so that no event of theirs is a row.

What belongs here: seeing that no party of a sentence can have a political sector, before any of its predicates is read. What
does not: what a passage is about (`domain.py`), and that a row of such a passage needs such a party (`rows.py`).

A party has its sector by a mention over its words, by words of the lexicon of actors in its phrase, by whom it repeats ("it" the
sentence before, "we" whoever speaks), or by an event told before, of which the caller knows. Words are compared with fewer of
their signs than the lexicon compares, so that how a phrase is cut makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pipelines.nlp.actors.patterns import OFFICE_SECTORS
from pipelines.nlp.actors.phrase_index import Entry, Kind, PhraseIndex, fold, split_words
from pipelines.nlp.annotations import EntityNode, MentionSpan
from pipelines.nlp.events.patterns import POLITICAL_SECTORS
from pipelines.nlp.events.speakers import FIRST_PERSON
from pipelines.nlp.parsed import Doc, Span

_REPEATS_BEFORE = "it"  # the pronoun that stands for the subject of the sentence before
_WEAK = "weak"  # role of a noun that takes its sector from the words around it
_SECTORS = POLITICAL_SECTORS | OFFICE_SECTORS

_MOST_PLAIN = 50_000

# First word of a phrase -> second words, None among them where the first is the whole phrase.
_Beginnings = dict[str, set[str | None]]


class PoliticalWords:
    """The words with which a phrase may begin that gives a political sector."""

    def __init__(self, index: PhraseIndex) -> None:
        """
        Args:
            index: the lexicon of actors.
        """
        self._nouns: _Beginnings = {}  # in any case
        self._names: _Beginnings = {}  # with a capital
        self._acronyms: _Beginnings = {}  # as they are written
        for words, entry in index.entries():
            if not _gives_sector(entry):
                continue
            exact = _without_stops(words)
            folded = list(map(fold, exact))
            second = folded[1] if len(folded) > 1 else None
            if entry.kind is not Kind.NOUN and entry.is_acronym:
                self._acronyms.setdefault(exact[0], set()).add(second)
            elif entry.kind is not Kind.NOUN and exact[0][0].isupper():
                self._names.setdefault(folded[0], set()).add(second)
            else:
                self._nouns.setdefault(folded[0], set()).add(second)
        self._plain: set[str] = set()  # texts of tokens that begin no such phrase, and are nobody who speaks

    def may_be_in(self, texts: list[str]) -> bool:
        """Whether any of some tokens may begin such a phrase, or is a pronoun for who speaks: seen from each token alone.

        Args:
            texts: the texts of the tokens.
        """
        if self._plain.issuperset(texts):
            return False
        plain = {text for text in texts if text in self._plain or self._is_plain(text)}
        if len(self._plain) > _MOST_PLAIN:
            self._plain.clear()
        self._plain |= plain
        return not plain.issuperset(texts)

    def _is_plain(self, text: str) -> bool:
        if text.lower() in FIRST_PERSON:
            return False
        return all(
            folded not in self._nouns and not (is_capital and folded in self._names) and exact not in self._acronyms
            for exact, folded, is_capital in _cut(text)
        )

    def are_in(self, texts: list[str]) -> bool:
        """Whether such a phrase may begin among the tokens of a text.

        Args:
            texts: the texts of the tokens.
        """
        words = [word for text in texts for word in _cut(text)]
        following = [folded for _, folded, _ in words[1:]]
        following.append("")
        nouns, names, acronyms = self._nouns, self._names, self._acronyms
        for (exact, folded, is_capital), second in zip(words, following, strict=True):
            if folded in nouns and _goes_on(nouns[folded], second):
                return True
            if is_capital and folded in names and _goes_on(names[folded], second):
                return True
            if exact in acronyms and _goes_on(acronyms[exact], second):
                return True
        return False


class SilentPassages:
    """Tells which sentences of one Doc name nobody of politics."""

    def __init__(self, doc: Doc, words: PoliticalWords) -> None:
        """
        Args:
            doc: the document, with its mentions and quotations.
            words: the words that give a political sector.
        """
        self._doc = doc
        self._words = words
        self._known: dict[int, bool] = {}  # by the start of a sentence
        self._named: set[int] | None = None  # tokens of mentions with a political sector

    def is_silent(self, sent: Span) -> bool:
        """Whether no party of a sentence can have a political sector, unless an event told before lends it one."""
        if not self._names_nobody(sent) or self._is_anothers(sent):
            return False
        tokens = self._doc.tokens
        if sent.start and any(t.lower_ == _REPEATS_BEFORE for t in tokens[sent.start : sent.end]):
            return self._names_nobody(tokens[sent.start - 1].sent)
        return True

    def _names_nobody(self, sent: Span) -> bool:
        """Whether no mention and no word of a sentence has such a sector by itself, and nobody speaks of himself there."""
        known = self._known.get(sent.start)
        if known is None:
            known = self._known[sent.start] = self._find_nobody(sent)
        return known

    def _find_nobody(self, sent: Span) -> bool:
        if self._named is None:
            self._named = {i for m in self._doc._.mentions or () if _is_political(m) for i in range(m.start, m.end)}
        if not self._named.isdisjoint(range(sent.start, sent.end)):
            return False
        tokens = self._doc.tokens[sent.start : sent.end]
        texts = [t.text for t in tokens]
        if not self._words.may_be_in(texts):
            return True
        return not any(t.lower_ in FIRST_PERSON for t in tokens) and not self._words.are_in(texts)

    def _is_anothers(self, sent: Span) -> bool:
        """Whether part of a sentence is quoted from somebody whom another one names."""
        tokens = self._doc.tokens
        last = tokens[sent.end - 1]
        start, end = tokens[sent.start].idx, last.idx + len(last)
        return any(
            quote.speaker is not None and not (start <= quote.speaker.start_char and quote.speaker.end_char <= end)
            for quote in self._doc._.quotes or ()
            if quote.start_char < end and start < quote.end_char
        )


def _gives_sector(entry: Entry) -> bool:
    """Whether an entry makes a phrase political, by itself or by what stands beside it ("leaders" of a people)."""
    return entry.sector in _SECTORS or (entry.role == _WEAK and entry.sector is not None)


def _is_political(mention: MentionSpan) -> bool:
    entity = mention.entity
    return mention.sector in POLITICAL_SECTORS or (entity is not None and _is_political_entity(entity))


def _is_political_entity(entity: EntityNode) -> bool:
    return entity.sector in POLITICAL_SECTORS or any(map(_is_political_entity, entity.members))


def _goes_on(seconds: set[str | None], second: str) -> bool:
    return None in seconds or second in seconds


@lru_cache(maxsize=32_768)
def _cut(text: str) -> tuple[tuple[str, str, bool], ...]:
    """The words of a token without full stops, each as it is written, folded, and whether it begins with a capital."""
    parts = (text,) if text.isalnum() else (*_without_stops(split_words(text)), *_whole(text))
    return tuple((part, fold(part), part[0].isupper()) for part in parts)


def _whole(text: str) -> Iterator[str]:
    """A token with full stops as one word: whether "U.N" is cut depends on what follows it."""
    whole = text.replace(".", "")
    if "." in text and whole:
        yield whole


def _without_stops(words: tuple[str, ...]) -> list[str]:
    return [bare for word in words if (bare := word.replace(".", ""))]
