"""The tokens of a document as the name finder reads them: words, shapes, segments, lexicon matches, sport.

What belongs here: everything that is looked up once a document. What does not: decisions about names (`pieces.py`,
`evidence.py`).
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from functools import lru_cache

from pipelines.immutable import dataclass
from pipelines.nlp.actors.phrase_index import Kind, Match, PhraseIndex, fold, split_words
from pipelines.nlp.annotations import written_on
from pipelines.nlp.names.lexicon import TeamLexicon
from pipelines.nlp.names.patterns import FUNCTION_WORDS, NO_ACRONYMS
from pipelines.nlp.names.sports import sport_of
from pipelines.nlp.parsed import Doc

_CAPS_SHARE = 0.75  # of the letters-only words of a segment, for a headline in capitals
_TITLE_SHARE = 0.7  # the same for a headline in title case
_MIN_CAPS_WORDS = 3
_MIN_TITLE_WORDS = 5
_HEADLINE_SEGMENTS = 2  # only these, at the beginning, can be a headline in title case


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, or the part of it on one line. `style` is "text", "caps" or "title"."""

    start: int
    end: int
    style: str


@dataclass(slots=True)
class TokenTable:
    """What is known of each token, by index."""

    doc: Doc
    texts: list[str]
    folded: list[str]
    capital: list[bool]  # begins with a capital letter
    upper: list[bool]  # in capitals throughout, two letters or more
    word: list[bool]  # two letters or more and nothing else
    segments: list[Segment] = field(default_factory=list)
    names: dict[int, Match] = field(default_factory=dict)  # longest lexicon name at a token
    nouns: dict[int, Match] = field(default_factory=dict)  # longest title or actor noun at a token
    sport: str | None = None

    def is_glued(self, i: int) -> bool:
        """No white space between token i and the next."""
        return not self.doc[i].whitespace_


def build_table(doc: Doc, index: PhraseIndex, teams: TeamLexicon) -> TokenTable:
    """Read a document's tokens once.

    Args:
        doc: a tagged and parsed document.
        index: names and actor nouns.
        teams: sports teams and competitions; teams count in stories about their sport alone.
    """
    texts = [t.text for t in doc.tokens]
    facts = list(map(_fact, texts))
    folded, capital, upper = [f[0] for f in facts], [f[1] for f in facts], [f[2] for f in facts]
    table = TokenTable(doc, texts, folded, capital, upper, [f[3] for f in facts])
    table.segments = _split_segments(table)
    table.sport = sport_of(doc, folded)
    words = _expand(texts, folded, facts)
    team_index = teams.index(table.sport)
    on = written_on(doc)
    for i in words.beginnings(index):
        if texts[i][0].isalnum():
            _match_token(table, index, words, i, on)
    for i in words.beginnings(team_index):
        if capital[i] and texts[i][0].isalnum():
            _match_team(table, team_index, words, i)
    return table


# Folded; whether it begins with a capital, is all capitals, is a word of letters; the words that the lexicons cut it into.
_Fact = tuple[str, bool, bool, bool, tuple[str, ...]]


@lru_cache(maxsize=32_768)
def _fact(text: str) -> _Fact:
    """What depends on a token's text alone."""
    upper = len(text) > 1 and text.isupper() and any(c.isalpha() for c in text)
    parts = () if text.isalnum() else split_words(text)
    if parts == (text,):
        parts = ()  # nothing is cut
    return fold(text), text[0].isupper(), upper, len(text) > 1 and text.isalpha(), parts


@dataclass(slots=True)
class _Words:
    """Words as the lexicons cut them, the token of each, and the first word of each token and of what follows the last."""

    words: list[str]
    folded: list[str]
    owners: list[int]
    first: list[int]

    def add_whole(self, texts: list[str], folded: list[str], start: int, end: int) -> None:
        """Add tokens [start, end), each of which is a word."""
        at = len(self.words)
        self.words += texts[start:end]
        self.folded += folded[start:end]
        self.owners += range(start, end)
        self.first += range(at, at + end - start)

    def beginnings(self, index: PhraseIndex) -> list[int]:
        """The tokens with which a phrase may begin."""
        return [i for at in index.beginnings(self.folded) if self.first[i := self.owners[at]] == at]

    def token_end(self, word_end: int) -> int | None:
        """The token index at which words end, or None inside a token."""
        if word_end < len(self.owners) and self.owners[word_end] == self.owners[word_end - 1]:
            return None
        return self.owners[word_end - 1] + 1


def _match_token(table: TokenTable, index: PhraseIndex, words: _Words, i: int, on: date | None) -> None:
    match = index.match_at(words.words, words.first[i], words.folded, on=on)
    if match is None:
        return
    end = words.token_end(match.end)
    if end is None:
        return
    if table.sport and match.entry.kind is Kind.ORGANISATION and table.texts[i] in NO_ACRONYMS:
        return  # a column of a table of results
    found = Match(i, end, match.entry)
    if match.entry.key:
        table.names[i] = found
    else:
        table.nouns[i] = found


def _match_team(table: TokenTable, teams: PhraseIndex, words: _Words, i: int) -> None:
    match = teams.match_at(words.words, words.first[i], words.folded)
    if match is None:
        return
    end = words.token_end(match.end)
    known = table.names.get(i)
    if end is not None and (known is None or end >= known.end):
        table.names[i] = Match(i, end, match.entry)


def _expand(texts: list[str], folded: list[str], facts: list[_Fact]) -> _Words:
    """The tokens as words: each is one, but for the few that are cut."""
    words = _Words([], [], [], [])
    done = 0
    for i, fact in enumerate(facts):
        if parts := fact[4]:
            words.add_whole(texts, folded, done, i)
            words.first.append(len(words.words))
            words.words += parts
            words.folded += map(fold, parts)
            words.owners += [i] * len(parts)
            done = i + 1
    words.add_whole(texts, folded, done, len(texts))
    words.first.append(len(words.words))
    return words


def _split_segments(table: TokenTable) -> list[Segment]:
    breaks = {i for i, text in enumerate(table.texts) if "\n" in text}
    segments: list[Segment] = []
    start = 0
    for i in sorted(breaks.union([sent.start for sent in table.doc.sents])):
        ends_line = i in breaks
        if i > start:
            segments.append(_segment(table, start, i, may_be_title=len(segments) < _HEADLINE_SEGMENTS))
            start = i
        if ends_line:
            start = i + 1
    if start < len(table.texts):
        segments.append(_segment(table, start, len(table.texts), may_be_title=len(segments) < _HEADLINE_SEGMENTS))
    return segments


def _segment(table: TokenTable, start: int, end: int, *, may_be_title: bool) -> Segment:
    words = sum(table.word[start:end])
    if words >= _MIN_CAPS_WORDS and any(table.upper[start:end]):
        upper = sum(table.upper[i] for i in range(start, end) if table.word[i])
        if upper / words >= _CAPS_SHARE:
            return Segment(start, end, "caps")
    if not may_be_title or table.doc.tokens[end - 1].is_punct:
        return Segment(start, end, "text")
    long_words = [i for i in range(start, end) if table.word[i] and table.folded[i] not in FUNCTION_WORDS]
    capital = sum(table.capital[i] for i in long_words)
    if len(long_words) >= _MIN_TITLE_WORDS and capital / len(long_words) >= _TITLE_SHARE:
        return Segment(start, end, "title")
    return Segment(start, end, "text")
