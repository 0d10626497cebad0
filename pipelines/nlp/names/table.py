"""The tokens of a document as the name finder reads them: words, shapes, segments, lexicon matches, sport.

What belongs here: everything that is looked up once a document. What does not: decisions about names (`pieces.py`,
`evidence.py`).
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from functools import lru_cache
from itertools import accumulate, chain, count, repeat
from typing import NamedTuple

from pipelines.immutable import dataclass
from pipelines.nlp.actors.phrase_index import Kind, Match, PhraseIndex, fold, split_words
from pipelines.nlp.annotations import written_on
from pipelines.nlp.names.lexicon import TeamLexicon
from pipelines.nlp.names.patterns import FUNCTION_WORDS, NO_ACRONYMS
from pipelines.nlp.names.sports import SPORT_WINDOW, find_sport
from pipelines.nlp.parsed import Doc

_CAPS_SHARE = 0.75  # of the letters-only words of a segment, for a headline in capitals
_TITLE_SHARE = 0.7  # the same for a headline in title case
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
    texts = [t.text for t in doc]
    facts = [_fact(text) for text in texts]
    table = TokenTable(doc, texts, [f.folded for f in facts], [f.capital for f in facts], [f.upper for f in facts])
    table.segments = _split_segments(table)
    table.sport = find_sport(table.folded[:SPORT_WINDOW], table.upper[:3])
    words = _expand(facts)
    team_index = teams.index(table.sport)
    on = written_on(doc)
    names, team_names = index.first_words, team_index.first_words
    for i, (text, at) in enumerate(zip(texts, words.first, strict=False)):
        first = words.folded[at]
        if text[0].isalnum():
            if first in names:
                _match_token(table, index, words, i, on)
            if table.capital[i] and first in team_names:
                _match_team(table, team_index, words, i)
    return table


class _Fact(NamedTuple):
    """What depends on a token's text alone; the last two are the words that the lexicons cut it into."""

    folded: str
    capital: bool
    upper: bool
    parts: tuple[str, ...]
    folded_parts: tuple[str, ...]


@lru_cache(maxsize=32_768)
def _fact(text: str) -> _Fact:
    folded = fold(text)
    upper = len(text) > 1 and text.isupper() and any(c.isalpha() for c in text)
    parts = (text,) if text.isalnum() else (split_words(text) or (text,))
    folded_parts = (folded,) if parts == (text,) else tuple(map(fold, parts))
    return _Fact(folded, text[0].isupper(), upper, parts, folded_parts)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words as the lexicons cut them, the token of each, and the first word of each token and of what follows the last."""

    words: list[str]
    folded: list[str]
    owners: list[int]
    first: list[int]

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


def _expand(facts: list[_Fact]) -> _Words:
    parts = [fact.parts for fact in facts]
    counts = list(map(len, parts))
    return _Words(
        words=list(chain.from_iterable(parts)),
        folded=list(chain.from_iterable([fact.folded_parts for fact in facts])),
        owners=list(chain.from_iterable(map(repeat, count(), counts))),
        first=list(accumulate(counts, initial=0)),
    )


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
    words = [i for i in range(start, end) if len(table.texts[i]) > 1 and table.texts[i].isalpha()]
    if not words:
        return Segment(start, end, "text")
    upper = sum(table.upper[i] for i in words)
    if len(words) >= 3 and upper / len(words) >= _CAPS_SHARE:
        return Segment(start, end, "caps")
    if not may_be_title:
        return Segment(start, end, "text")
    long_words = [i for i in words if table.folded[i] not in FUNCTION_WORDS]
    capital = sum(table.capital[i] for i in long_words)
    if (
        len(long_words) >= _MIN_TITLE_WORDS
        and capital / len(long_words) >= _TITLE_SHARE
        and not table.doc[end - 1].is_punct
    ):
        return Segment(start, end, "title")
    return Segment(start, end, "text")
