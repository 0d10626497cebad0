"""Line ends inside a name: "the World\\nBank".

What belongs here: which line ends of a text do not end a name. What does not: paragraphs that are wrapped throughout (the text's
canonical form has them unwrapped).
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from spacy.tokens import Doc

from pipelines.nlp.actors.phrase_index import PhraseIndex, fold
from pipelines.nlp.names.patterns import FUNCTION_WORDS, ORG_TAILS

_REACH = 4  # words of a name before and after the line end
_FORMS_OF_BUSINESS = ORG_TAILS - FUNCTION_WORDS


def breaks_inside_names(doc: Doc, texts: Sequence[str], index: PhraseIndex, given_names: Container[str]) -> set[int]:
    """The line ends, by token, that lie inside a name.

    A line ends inside a name when the lexicons have a name or a body that goes on across it, when a given name or a title with a
    word of a name stands before it, or when the last word of an organisation's name follows. A blank line, and a line in
    capitals, end every name.

    Args:
        doc: the document.
        texts: the text of each token.
        index: names and actor nouns.
        given_names: folded given names.
    """
    found: set[int] = set()
    for i, text in enumerate(texts):
        if text.strip() or text.count("\n") != 1 or not 0 < i < len(texts) - 1:
            continue
        before, after = texts[i - 1], texts[i + 1]
        if not (_may_be_part(before) and _may_be_part(after)):
            continue
        if _crosses(texts, i, index) or fold(after) in _FORMS_OF_BUSINESS or _is_given_name(texts, i, index, given_names):
            found.add(i)
    return found


def _may_be_part(word: str) -> bool:
    is_shouted = len(word) > 1 and word.isupper()
    return word[0].isupper() and word.isalpha() and not is_shouted and fold(word) not in FUNCTION_WORDS


def _crosses(texts: Sequence[str], at: int, index: PhraseIndex) -> bool:
    """Whether a phrase of the lexicons, in capitals throughout, goes on across a line end."""
    after = texts[at + 1 : at + 1 + _REACH]
    for start in range(max(0, at - _REACH), at):
        before = texts[start:at]
        if any(not word.strip() for word in before) or not before[0][0].isupper():
            continue
        match = index.match_at([*before, *after], 0)
        if match is not None and match.end > len(before):
            return True
    return False


def _is_given_name(texts: Sequence[str], at: int, index: PhraseIndex, given_names: Container[str]) -> bool:
    """Whether the word before a line end opens a person's name: a given name, or the word after a title."""
    if fold(texts[at - 1]) in given_names and (at < 2 or not texts[at - 2][0].isupper() or _ends_title(texts, at - 1, index)):
        return index.match_at(texts[at + 1 : at + 1 + _REACH], 0) is None
    return _ends_title(texts, at - 1, index) and index.match_at(texts[at - 1 : at], 0) is None


def _ends_title(texts: Sequence[str], end: int, index: PhraseIndex) -> bool:
    """Whether a title ends right before a token."""
    for start in range(max(0, end - _REACH), end):
        words = texts[start:end]
        if any(not word.strip() for word in words):
            continue
        match = index.match_at(words, 0)
        if match is not None and match.end == len(words) and match.entry.is_title:
            return True
    return False
