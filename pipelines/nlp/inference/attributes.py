"""spaCy's attribute ruler as a table: which rules a kind of token meets is matched once, then looked up.

What belongs here: applying the rules of a loaded `AttributeRuler`. What does not: rules. Why: the ruler tries each of its rules
at each token of each document, though most ask for nothing but the tag, the dependency and a word out of a short list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from spacy.attrs import DEP, IS_SPACE, LOWER, TAG
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc
from spacy.tokens._retokenize import set_token_attrs

_ATTRIBUTES = [TAG, LOWER, DEP, IS_SPACE]
_NAMES = frozenset(("TAG", "LOWER", "DEP", "IS_SPACE"))
# More words than any news text has at a time; the words of a long run must not pile up.
_MAX_WORDS = 50_000


class _Kind(NamedTuple):
    """What the rules say of a token with a certain tag, word, dependency and nature."""

    rules: tuple[int, ...]  # those of one token that it meets, in the order of application
    attributes: dict[int, Any]  # what they set together
    may_begin: bool  # whether a rule of several tokens may begin here


class AttributeTable:
    """Sets the attributes that an `AttributeRuler` would set."""

    def __init__(self, ruler: Any) -> None:
        """
        Args:
            ruler: an `AttributeRuler` that `is_tabular`.
        """
        self._ruler = ruler
        self._vocab = ruler.vocab
        self._single, self._longer, self._first = (Matcher(ruler.vocab) for _ in range(3))
        self._reach = 1  # tokens of the longest pattern
        for number, rule in enumerate(ruler.patterns):
            for length, pattern in ((len(pattern), pattern) for pattern in rule["patterns"]):
                self._reach = max(self._reach, length)
                if length > 1:
                    _add(self._first, "first", pattern[:1])
                _add(self._single if length == 1 else self._longer, str(number), pattern)
        conditions = list(_word_conditions(ruler.patterns))
        self._words = {ruler.vocab.strings.add(word) for words, _ in conditions for word in words}
        self._expressions = [re.compile(expression) for _, found in conditions for expression in found]
        self._is_named: dict[int, bool] = {}
        self._kinds: dict[tuple[int, ...], _Kind] = {}
        self._known: dict[tuple[int, ...], _Kind] = {}  # the same, of each word by itself

    def __call__(self, doc: Doc) -> Doc:
        rows = zip(*doc.to_array(_ATTRIBUTES).T.tolist(), strict=True)
        known = self._known
        kinds = [known.get(row) or self._kind(doc, index, row) for index, row in enumerate(rows)]
        longer = self._met_by_several(doc, kinds)
        for index, kind in enumerate(kinds):
            if index in longer:
                set_token_attrs(doc[index], self._merged({*kind.rules, *longer[index]}))
            elif kind.attributes:
                set_token_attrs(doc[index], kind.attributes)
        return doc

    def _kind(self, doc: Doc, index: int, row: tuple[int, ...]) -> _Kind:
        if len(self._known) >= _MAX_WORDS:
            self._known.clear()
        tag, word, dependency, is_space = row
        is_named = self._is_named.get(word)
        if is_named is None:
            is_named = self._know(word)
        # All words that no rule names are one kind.
        key = (tag, word if is_named else 0, dependency, is_space)
        kind = self._kinds.get(key) or self._kinds.setdefault(key, self._match(doc[index].text, tag, dependency))
        self._known[row] = kind
        return kind

    def _know(self, word: int) -> bool:
        if len(self._is_named) >= _MAX_WORDS:
            self._is_named.clear()
        text = self._vocab.strings[word]
        found = word in self._words or any(expression.search(text) for expression in self._expressions)
        self._is_named[word] = found
        return found

    def _match(self, word: str, tag: int, dependency: int) -> _Kind:
        doc = Doc(self._vocab, words=[word])
        values: Any = np.array([[tag, dependency]], dtype=np.uint64)
        doc.from_array([TAG, DEP], values)
        rules = sorted({int(self._vocab.strings[key]) for key, _, _ in self._single(doc, allow_missing=True)})
        return _Kind(tuple(rules), self._merged(rules), bool(self._first(doc, allow_missing=True)))

    def _met_by_several(self, doc: Doc, kinds: Sequence[_Kind]) -> dict[int, set[int]]:
        """The rules of several tokens, by the token that they set."""
        met: dict[int, set[int]] = {}
        for begin in (index for index, kind in enumerate(kinds) if kind.may_begin):
            window = doc[begin : begin + self._reach]
            for key, start, end in self._longer(window, allow_missing=True):
                if start == 0:
                    rule = int(self._vocab.strings[key])
                    place = self._ruler.indices[rule]
                    met.setdefault(begin + (place if place >= 0 else end + place), set()).add(rule)
        return met

    def _merged(self, rules: Iterable[int]) -> dict[int, Any]:
        merged: dict[int, Any] = {}
        for rule in sorted(rules):
            merged.update(self._ruler.attrs[rule])
        return merged


def is_tabular(component: Any) -> bool:
    """Whether a component is a ruler whose patterns ask for nothing but tag, dependency and listed words, one a token."""
    if type(component) is not AttributeRuler:
        return False
    ruler: Any = component
    return all(
        _is_plain(name, condition)
        for rule in ruler.patterns
        for pattern in rule["patterns"]
        for token in pattern
        for name, condition in token.items()
    )


def _is_plain(name: str, condition: Any) -> bool:
    if name not in _NAMES:
        return False
    if name != "LOWER" or not isinstance(condition, Mapping):
        return True
    return all(key == "IN" or (key == "REGEX" and isinstance(value, str)) for key, value in condition.items())


def _word_conditions(rules: Iterable[Any]) -> Iterator[tuple[list[str], list[str]]]:
    """Words and regular expressions of each condition on a word."""
    for token in (token for rule in rules for pattern in rule["patterns"] for token in pattern):
        condition = token.get("LOWER")
        if isinstance(condition, str):
            yield [condition], []
        elif condition is not None:
            yield list(condition.get("IN", ())), [condition["REGEX"]] if "REGEX" in condition else []


def _add(matcher: Matcher, key: str, pattern: list[dict[str, Any]]) -> None:
    known = matcher.get(key)
    if known is not None:
        matcher.remove(key)
    matcher.add(key, [*(known[1] if known is not None else ()), pattern])
