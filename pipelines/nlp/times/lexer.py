"""A text as tokens with classes: what the grammar of time expressions runs on.

What belongs here: splitting and classing of tokens, and the value of a number written in several words. What does not: the
word lists (`patterns.py`) and the grammar (`grammar.py`).
"""

from __future__ import annotations

from functools import lru_cache

from pipelines.immutable import dataclass
from pipelines.nlp.times import patterns as p
from pipelines.nlp.times.token_class import TokenClass as T

_NUMBER_CLASSES = frozenset((T.DAY, T.YEAR, T.INT, T.ONES, T.TEENS, T.CENTURY_TEENS, T.TENS, T.HUNDREDS))


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens of a text, as parallel sequences."""

    text: str
    classes: str  # one character a token, see patterns.py
    starts: list[int]
    ends: list[int]
    values: list[object]  # what a token's class means: a number, a month, a unit's letter

    def word(self, index: int) -> str:
        """A token as it stands in the text."""
        return self.text[self.starts[index] : self.ends[index]]


def lex(text: str) -> Lexed:
    """Split a text into tokens and class each."""
    entries: list[tuple[str, object]] = []
    starts: list[int] = []
    ends: list[int] = []
    if len(_PLAIN_WORDS) >= _PLAIN_WORDS_LIMIT:
        _PLAIN_WORDS.clear()
    class_of = _PLAIN_WORDS.__getitem__
    for match in p.TOKEN.finditer(text):
        group = match.lastindex or 0
        start, end = match.span(group)
        if group == 1:  # plain words, as nearly all are
            words = text[start:end].split(" ")
            entries += map(class_of, words)
            for word in words:
                starts.append(start)
                start += len(word)
                ends.append(start)
                start += 1
        else:
            entries.append(_class_other(match.lastgroup or "", text[start:end]))
            starts.append(start)
            ends.append(end)
    return Lexed(text, "".join([entry[0] for entry in entries]), starts, ends, [entry[1] for entry in entries])


def number_value(lexed: Lexed, start: int, end: int) -> float | None:
    """The number that the tokens [start, end) write, such as "12", "2 1/2", "twenty-five", "two and a half".

    Returns:
        The number, or None when the tokens have none.
    """
    total, current, fraction, seen = 0.0, 0.0, 0.0, False
    for index in range(start, end):
        token_class, value = lexed.classes[index], lexed.values[index]
        if token_class in _NUMBER_CLASSES and isinstance(value, int | float):
            if value in (100, 1000) and token_class == T.HUNDREDS:
                current = max(current, 1) * value
                if value == 1000:
                    total, current = total + current, 0.0
            else:
                current += value
            seen = True
        elif token_class == T.FRACTION and isinstance(value, float):
            fraction, seen = value, True
        elif token_class == T.HALF:
            fraction, seen = 0.5, True
        elif token_class == T.VAGUE and value == "couple":
            current, seen = 2.0, True
    return total + current + fraction if seen else None


def spelled_year(lexed: Lexed, start: int, end: int) -> int | None:
    """The year that words write: "nineteen ninety-six", "two thousand and four", "twenty ten"."""
    values = [
        lexed.values[i]
        for i in range(start, end)
        if lexed.classes[i] in _NUMBER_CLASSES and isinstance(lexed.values[i], int)
    ]
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) >= 2 and numbers[1] == 1000:
        year = numbers[0] * 1000 + sum(numbers[2:])
    elif len(numbers) >= 2 and numbers[0] in (18, 19, 20) and 10 <= sum(numbers[1:]) <= 100:
        year = numbers[0] * 100 + sum(numbers[1:]) % 100
    else:
        return None
    return year if 1700 <= year <= 2199 else None


class _PlainWords(dict[str, tuple[str, object]]):
    """Words already classed; one that is missing is classed."""

    def __missing__(self, word: str) -> tuple[str, object]:
        entry = self[word] = _class_word(word)
        return entry


_PLAIN_WORDS = _PlainWords()
_PLAIN_WORDS_LIMIT = 100_000  # emptied when full, so that no stream of new names fills the memory


def _class_word(word: str) -> tuple[str, object]:
    lower = word.lower()
    entry = p.LEXICON.get(lower)
    if entry is None:
        return T.OTHER.value, None
    if lower in p.CAPITALISED_ONLY and not word[0].isupper():
        return T.OTHER.value, None
    if lower in p.LOWERCASE_ONLY and not word.islower():
        return T.OTHER.value, None
    return entry


@lru_cache(maxsize=16384)
def _class_other(kind: str, word: str) -> tuple[str, object]:
    """Class of a token that is no plain word; `kind` is the alternative of `patterns.TOKEN` that found it."""
    match kind:
        case "plain":
            return _class_word(word)
        case "abbreviation":
            return _class_word(word.rstrip("."))
        case "int" | "hour":
            return _class_integer(word)
        case "number":
            return T.INT, float(word.replace(",", ""))
        case "ordinal":
            return T.ORDINAL, int(word[:-2])
        case "decade":
            digits = int("".join(filter(str.isdigit, word)))
            return T.DECADE, digits
        case "fraction":
            return T.FRACTION, {"½": 0.5, "¼": 0.25, "¾": 0.75}.get(word) or int(word[0]) / int(word[2])
        case "fiscal_year":
            return T.FISCAL_YEAR, int(word[2:]) if len(word) == 6 else 2000 + int(word[2:])
        case "short_year":
            return T.SHORT_YEAR, int(word[1:])
        case "sign" | "apostrophe":
            return _class_mark(word)
    token_class = _CLASS_OF_KIND.get(kind, T.OTHER)
    return token_class, word


_CLASS_OF_KIND = {
    "break": T.BREAK,
    "iso": T.ISO,
    "numeric": T.NUMERIC,
    "clock": T.CLOCK,
    "quarter_code": T.QUARTER_CODE,
    "meridiem": T.MERIDIEM,
    "oclock": T.OCLOCK,
    "poss": T.POSS,
}


def _class_integer(word: str) -> tuple[str, object]:
    value = int(word[:18])
    if len(word) <= 2 and 1 <= value <= 31:
        return T.DAY, value
    if len(word) == 4 and 1000 <= value <= 2199:
        return T.YEAR, value
    return T.INT, value


def _class_mark(word: str) -> tuple[str, object]:
    if word == ",":
        return T.COMMA, None
    if word in p.DASHES:
        return T.HYPHEN, None
    if word == "/":
        return T.SLASH, None
    if word == "(":
        return T.OPEN, None
    if word == ")":
        return T.CLOSE, None
    return T.PUNCT, None
