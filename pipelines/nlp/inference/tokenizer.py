"""The searches of spaCy's tokenizer for suffixes and infixes, made once a word.

What belongs here: `keep_searches`. What does not: how the tokenizer cuts (its patterns, and `pipelines/nlp/repairs`).
Why: within a memory zone the tokenizer keeps nothing, and each of the two searches takes 5 to 15 microseconds a word, nearly
always to find nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from spacy.lang.en import English
from spacy.util import compile_suffix_regex

_MOST_KEPT = 50_000  # words, of some 200 bytes
_LONGEST_KEPT = 40  # characters


class _KeptSearch:
    """A search whose results are kept, as it knows nothing but the word."""

    def __init__(self, search: Callable[[str], Any], nothing: Any, *, is_never_of_letters: bool) -> None:
        """
        Args:
            search: gives what it finds in a word.
            nothing: what it gives where it finds nothing.
            is_never_of_letters: whether it finds nothing in a word of letters from A to Z alone.
        """
        self.__self__ = getattr(search, "__self__", None)  # where spaCy looks for the pattern
        self._search = search
        self._nothing = nothing
        self._is_never_of_letters = is_never_of_letters
        self._found: dict[str, Any] = {}

    def __call__(self, word: str) -> Any:
        if self._is_never_of_letters and word.isascii() and word.isalpha():
            return self._nothing
        try:
            return self._found[word]
        except KeyError:
            found = self._search(word)
        if len(word) <= _LONGEST_KEPT:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            self._found[word] = found
        return found


def keep_searches(tokenizer: Any, infixes: Callable[[str], Iterable[Any]], *, are_infixes_signs: bool) -> None:
    """Have a tokenizer search each word once for suffixes and infixes.

    Args:
        tokenizer: that of a pipeline, whose suffixes change no more.
        infixes: its search for infixes from now on.
        are_infixes_signs: whether each of these has a sign, so that none is within letters.
    """
    rules = tokenizer.rules
    tokenizer.rules = {}  # as each search that is set has the tokenizer read all of its special cases again
    tokenizer.infix_finditer = _KeptSearch(lambda word: tuple(infixes(word)), (), is_never_of_letters=are_infixes_signs)
    suffixes = tokenizer.suffix_search
    if suffixes is not None:
        tokenizer.suffix_search = _KeptSearch(suffixes, None, is_never_of_letters=_are_signs(suffixes))
    tokenizer.rules = rules


def _are_signs(suffixes: Any) -> bool:
    """Whether suffixes are spaCy's for English: each has a sign or follows a digit."""
    pattern = getattr(getattr(suffixes, "__self__", None), "pattern", None)
    defaults: Any = English.Defaults
    return bool(pattern == compile_suffix_regex(defaults.suffixes).pattern)
