"""Words and strings that were met, from one document to the next: what spaCy looks up and decodes each time it is asked.

What belongs here: what depends on a word alone. What does not: what a document says of it (`parsed.py`).
"""

from __future__ import annotations

from spacy.lang.lex_attrs import is_punct, is_space, lower
from spacy.strings import StringStore
from spacy.vocab import Vocab

_MOST_KEPT = 50_000  # words, and strings
Word = tuple[str, str, bool, bool]  # as written, in lower case, whether white space, whether punctuation


class _Words(dict[int, Word]):
    """Words by their hash, which is the same in every vocabulary; one that is missing is looked up in `vocab`."""

    vocab: Vocab

    def __missing__(self, number: int) -> Word:
        text = str(self.vocab.strings[number]) if number else ""
        # Not the vocabulary's own attributes: one without those of a language has none, and the next may.
        word = self[number] = (text, lower(text), is_space(text), is_punct(text))
        return word


class _Strings(dict[int, str]):
    """Lemmas, tags and labels by their hash; one that is missing is looked up in `store`."""

    store: StringStore

    def __missing__(self, number: int) -> str:
        string = self[number] = str(self.store[number]) if number else ""
        return string


_words = _Words()
_strings = _Strings()


def known_words(vocab: Vocab) -> tuple[_Words, _Strings]:
    """What is known of words and strings, for the documents of a vocabulary."""
    for known in (_words, _strings):
        if len(known) > _MOST_KEPT:
            known.clear()
    _words.vocab, _strings.store = vocab, vocab.strings
    return _words, _strings
