"""spaCy's attribute ruler as a table: which rules a kind of token meets is matched once, then looked up.

What belongs here: applying the rules of a loaded `AttributeRuler`. What does not: rules. Why: the ruler tries each of its rules
at each token of each document, though most ask for nothing but the tag, the dependency and a word out of a short list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from spacy.attrs import DEP, LOWER, MORPH, POS, TAG
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.strings import get_string_id
from spacy.tokens import Doc
from spacy.tokens._retokenize import set_token_attrs

_ATTRIBUTES = [TAG, LOWER, DEP]
_NAMES = frozenset(("TAG", "LOWER", "DEP", "IS_SPACE"))
_LISTED = {"LOWER": ("IN",), "DEP": ("IN", "NOT_IN")}  # conditions that name what they ask for
# More words than any news text has at a time; the words of a long run must not pile up.
_MAX_WORDS = 50_000


# Stand for all dependencies and for all words that no rule names, but for white space.
_OTHER_DEPENDENCY, _OTHER_WORD, _SPACE = "other-dependency", "other-word", " "


class _Kind(NamedTuple):
    """What the rules say of a token with a certain tag, word and dependency."""

    rules: tuple[int, ...]  # those of one token that it meets, in the order of application
    part_of_speech: int  # what they set; 0 where they set none
    morphology: Any  # likewise; None where they set none
    others: dict[int, Any]  # what else they set
    may_begin: bool  # whether a rule of several tokens may begin here


class _Words(dict[int, int]):
    """What stands for a word: itself where a rule names it. One that is missing is looked at."""

    def __init__(self, strings: Any, words: Iterable[str], expressions: Iterable[str]) -> None:
        self._strings = strings
        self._named = frozenset(words)
        self._expression = re.compile("|".join(f"(?:{expression})" for expression in expressions) or r"(?!)")
        self._other, self._space = map(strings.add, (_OTHER_WORD, _SPACE))

    def __missing__(self, word: int) -> int:
        text = self._strings[word]
        is_named = text in self._named or self._expression.search(text)
        other = self._space if text.isspace() else self._other
        found = self[word] = word if is_named else other
        return found


class _Dependencies(dict[int, int]):
    """What stands for a dependency: itself where a rule names it."""

    def __missing__(self, dependency: int) -> int:
        found = self[dependency] = get_string_id(_OTHER_DEPENDENCY)
        return found


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
        words, expressions, dependencies = _named(ruler.patterns)
        self._words = _Words(ruler.vocab.strings, words, expressions)
        self._dependencies = _Dependencies({0: 0} | {number: number for number in map(get_string_id, dependencies)})
        self._kinds: dict[tuple[int, ...], _Kind] = {}

    def __call__(self, doc: Doc) -> Doc:
        if len(self._words) >= _MAX_WORDS:
            self._words.clear()
        tags, words, dependencies = doc.to_array(_ATTRIBUTES).T.tolist()
        stand_ins = map(self._words.__getitem__, words), map(self._dependencies.__getitem__, dependencies)
        known = self._kinds
        kinds = [known.get(row) or self._match(row) for row in zip(tags, *stand_ins, strict=True)]
        for token, (_, part_of_speech, morphology, others, _) in zip(doc, kinds, strict=True):
            if part_of_speech:
                token.pos = part_of_speech
            if morphology is not None:
                token.morph = morphology
            if others:
                set_token_attrs(token, others)
        for index, rules in self._met_by_several(doc, kinds).items():
            set_token_attrs(doc[index], self._merged({*kinds[index].rules, *rules}))
        return doc

    def _match(self, row: tuple[int, ...]) -> _Kind:
        tag, word, dependency = row
        doc = Doc(self._vocab, words=[self._vocab.strings[word]])
        values: Any = np.array([[tag, dependency]], dtype=np.uint64)
        doc.from_array([TAG, DEP], values)
        rules = sorted({int(self._vocab.strings[key]) for key, _, _ in self._single(doc, allow_missing=True)})
        may_begin = bool(self._first(doc, allow_missing=True))
        others = self._merged(rules)
        set_token_attrs(doc[0], others)
        morphology = doc[0].morph if others.pop(MORPH, None) is not None else None
        kind = self._kinds[row] = _Kind(tuple(rules), others.pop(POS, 0), morphology, others, may_begin)
        return kind

    def _met_by_several(self, doc: Doc, kinds: Sequence[_Kind]) -> dict[int, set[int]]:
        """The rules of several tokens, by the token that they set."""
        met: dict[int, set[int]] = {}
        for begin in [index for index, kind in enumerate(kinds) if kind.may_begin]:
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
    if name not in _LISTED or isinstance(condition, str):
        return True
    return isinstance(condition, Mapping) and all(
        key in _LISTED[name] or (key == "REGEX" and name == "LOWER" and isinstance(value, str))
        for key, value in condition.items()
    )


def _named(rules: Iterable[Any]) -> tuple[set[str], set[str], set[str]]:
    """Words, regular expressions of words, and dependencies that the rules name."""
    words: set[str] = set()
    expressions: set[str] = set()
    dependencies: set[str] = set()
    for token in (token for rule in rules for pattern in rule["patterns"] for token in pattern):
        word, dependency = token.get("LOWER", {}), token.get("DEP", {})
        if isinstance(word, str):
            words.add(word)
        else:
            words.update(word.get("IN", ()))
            expressions.update([word["REGEX"]] if "REGEX" in word else ())
        if isinstance(dependency, str):
            dependencies.add(dependency)
        else:
            dependencies.update(*dependency.values())
    return words, expressions, dependencies


def _add(matcher: Matcher, key: str, pattern: list[dict[str, Any]]) -> None:
    known = matcher.get(key)
    if known is not None:
        matcher.remove(key)
    matcher.add(key, [*(known[1] if known is not None else ()), pattern])
