"""Line ends inside a name: "the World\\nBank".

What belongs here: which line ends of a text do not end a name. What does not: paragraphs that are wrapped throughout, whose line
ends the text's masked view has replaced already (`stages/ingest/canonical.py`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from functools import cache

from pipelines.nlp.actors.component import get_describer
from pipelines.nlp.actors.phrase_index import PhraseIndex, fold, split_words
from pipelines.nlp.names.lexicon import load_given_names
from pipelines.nlp.names.patterns import FUNCTION_WORDS

_REACH = 4  # words of a name before and after the line end
_CONTEXT = 60  # characters read before and after it
# The letter before is asked behind it, so that only line ends are looked at.
_LINE_END = re.compile(r"\n(?=[^\W\d_])(?<=[^\W\d_]\n)")
# Words that end a body's or company's name and begin no sentence of their own.
_TAILS = frozenset(
    "corp corp. corporation inc inc. ltd ltd. limited plc llc ag gmbh nv ab oyj asa holdings bank ministry party university "
    "union court parliament republic authority commission".split()
)


def join_broken_names(text: str) -> str:
    """Replace the line ends inside names by spaces, so the text's length stays.

    A line ends inside a name when the lexicons have a name or a body that goes on across it, when a title or a given name stands
    before it and an unknown word follows, or when the last word of an organisation's name follows. A blank line ends every
    name, and so does a word in capitals on either side.

    Args:
        text: a text as the NLP reads it.
    """
    if "\n" not in text:
        return text
    index, given_names = get_describer().lexicon.index, _given_names()
    pieces, last = [], 0
    for match in _LINE_END.finditer(text):
        at = match.start()
        line = text[max(0, at - _CONTEXT) : at].rpartition("\n")[2]
        before = split_words(line)[-_REACH:]
        after = split_words(text[at + 1 : at + 1 + _CONTEXT].partition("\n")[0])[:_REACH]
        if before and after and _is_inside(before, after, index, given_names):
            pieces += [text[last:at], " "]
            last = at + 1
    return "".join((*pieces, text[last:])) if pieces else text


def _is_inside(before: Sequence[str], after: Sequence[str], index: PhraseIndex, given_names: Container[str]) -> bool:
    if not (_is_written_as_name(before[-1]) and _is_written_as_name(after[0])):
        return False
    if _crosses(before, after, index):
        return True
    if fold(before[-1]) in FUNCTION_WORDS or fold(after[0]) in FUNCTION_WORDS:
        return False
    if fold(after[0]) in _TAILS:
        return True
    return index.match_at(after, 0) is None and _opens_person(before, index, given_names)


def _is_written_as_name(word: str) -> bool:
    is_shouted = len(word) > 1 and word.isupper()
    return word[0].isupper() and word.isalpha() and not is_shouted


def _crosses(before: Sequence[str], after: Sequence[str], index: PhraseIndex) -> bool:
    """Whether a phrase of the lexicons that begins with a capital goes on across the line end."""
    for start in range(len(before)):
        if before[start][0].isupper():
            match = index.match_at([*before[start:], *after], 0)
            if match is not None and match.end > len(before) - start:
                return True
    return False


def _opens_person(before: Sequence[str], index: PhraseIndex, given_names: Container[str]) -> bool:
    """Whether the word before a line end opens a person's name: a given name, or an unknown word after a title."""
    if fold(before[-1]) in given_names:
        return True
    return _ends_title(before[:-1], index) and index.match_at(before[-1:], 0) is None


def _ends_title(words: Sequence[str], index: PhraseIndex) -> bool:
    for start in range(len(words)):
        match = index.match_at(words[start:], 0)
        if match is not None and match.end == len(words) - start and match.entry.is_title:
            return True
    return False


@cache
def _given_names() -> dict[str, str]:
    return load_given_names()
